"""A picture filtered as another one was: A is to A' as B is to B' (Hertzmann et al. 2001)."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from tfstyle import image
from tfstyle.image import color
from tfstyle.methods.analogies import level, memory, neighbourhoods, run, smoothing
from tfstyle.methods.analogies.config import MOST_LEVELS, Config
from tfstyle.result import Level, Progress, Result

SMALLEST_AUTOMATIC = 16
"""Shorter side of the target in pixels below which `auto` adds no further level."""

LEAST_KNOWN = 2 * (2 * neighbourhoods.FINE + 1)
"""Pixels of the filtered picture's longest side: one neighbourhood alone is painted as a mesh."""

FLAT = 1e-3
"""Standard deviation of a luminance below which it has no range that another could have."""


def stylize(
    content: np.ndarray,
    styles: np.ndarray | Sequence[np.ndarray],
    config: Config = Config(),  # noqa: B008 (frozen)
    *,
    callback: Callable[[Progress], None] | None = None,
    source: np.ndarray | None = None,
) -> Result:
    """Returns the content changed as the source was changed into the style.

    Reference: Hertzmann, Jacobs, Oliver, Curless and Salesin (2001), "Image analogies".

    Args:
        content: B, `[height, width, 3]` or `[1, height, width, 3]`, in [0, 1], or uint8.
        styles: A', one such image, the filtered one.
        config: the settings.
        callback: called after every wave of pixels.
        source: A, the unfiltered image, of the style's size; by default the style, smoothed.

    Raises:
        ValueError: an image or a setting cannot be used; the message says what is expected.
        MemoryError: the size does not fit; the message says what would.
        Interrupted: Ctrl-C; carries the image so far.
    """
    target, filtered = image.as_image(content, "content"), _only_style(styles)
    unfiltered = None if source is None else image.as_image(source, "source")
    _check_pair(unfiltered, filtered)
    levels = plan(target.shape[1:3], config)
    size = levels[-1].size
    known_size = _known_size(filtered.shape[1:3], size, config)
    _check_known_size(known_size, config)
    channels = 3 if config.features == "rgb" else 1
    memory.check(size, known_size, channels, grow=config.style_scale is not None)
    target, filtered = image.resize(target, size), image.resize(filtered, known_size)
    if unfiltered is None:
        # Differs from Hertzmann et al. (2001): A' is brought to B's range, not A, which smoothing
        # has made paler: A' would be blown out.
        ranged, unfiltered = filtered, _smoothed(filtered, config)
    else:
        ranged = unfiltered = image.resize(unfiltered, known_size)
    pictures = _pictures(unfiltered, filtered, target, ranged, len(levels), config)
    options = run.Options(config.kappa, config.candidates, config.search_error)
    return run.paint(pictures, levels, options, _finish(target, config), callback)


def plan(content_size: tuple[int, int], config: Config) -> tuple[Level, ...]:
    """Returns the levels for a content of (height, width) pixels; a step is a wave of pixels."""
    size = content_size if config.size is None else image.fit_size(*content_size, config.size)
    sizes = [size]
    while len(sizes) < _level_count(size, config):
        height, width = sizes[0]
        # Rounded up, as `neighbourhoods.halve` takes every second pixel from the first on.
        sizes.insert(0, (-(-height // 2), -(-width // 2)))
    return tuple(Level(each, level.waves(each)) for each in sizes)


def _level_count(size: tuple[int, int], config: Config) -> int:
    if str(config.levels) != "auto":
        return int(config.levels)
    return max(1, min(MOST_LEVELS, int(math.log2(min(size) / SMALLEST_AUTOMATIC)) + 1))


def _only_style(styles: np.ndarray | Sequence[np.ndarray]) -> np.ndarray:
    pictures = image.as_images(styles, "style")
    if len(pictures) != 1:
        raise ValueError(f"styles must be one filtered image. Received: {len(pictures)} styles")
    return pictures[0]


def _check_pair(unfiltered: np.ndarray | None, filtered: np.ndarray) -> None:
    if unfiltered is not None and unfiltered.shape != filtered.shape:
        (height, width), (own_height, own_width) = filtered.shape[1:3], unfiltered.shape[1:3]
        raise ValueError(
            f"source must have the size of the filtered picture, {width}x{height}, so that their "
            f"pixels belong together. Received: source of {own_width}x{own_height}"
        )


def _known_size(
    filtered_size: tuple[int, int], size: tuple[int, int], config: Config
) -> tuple[int, int]:
    if config.style_scale is None:
        return filtered_size
    return image.fit_size(*filtered_size, max(1, round(max(size) * config.style_scale)))


def _check_known_size(known_size: tuple[int, int], config: Config) -> None:
    """Raises ValueError where the scale leaves next to nothing of the filtered picture."""
    is_shrunk = config.style_scale is not None and config.style_scale < 1
    if is_shrunk and max(known_size) < LEAST_KNOWN:
        height, width = known_size
        raise ValueError(
            f"style_scale must leave {LEAST_KNOWN} pixels of the filtered picture, two "
            "neighbourhoods; raise it, or let it be none. "
            f"Received: style_scale={config.style_scale}, which leaves {width}x{height}"
        )


def _smoothed(filtered: np.ndarray, config: Config) -> np.ndarray:
    return smoothing.diffuse(filtered, config.smoothing, config.smoothing_edge)


def _pictures(
    unfiltered: np.ndarray,
    filtered: np.ndarray,
    target: np.ndarray,
    ranged: np.ndarray,
    levels: int,
    config: Config,
) -> run.Pictures:
    """Returns the pyramids of what is compared and copied.

    Args:
        unfiltered: A, `[1, height, width, 3]`.
        filtered: A', the same shape.
        target: B, likewise.
        ranged: which of A and A' is to have B's range of luminances; the other follows.
        levels: how many sizes.
        config: the settings.
    """
    paint = filtered
    if config.features == "luminance":
        unfiltered, filtered, target = map(color.luminance, (unfiltered, filtered, target))
        if config.remap_luminance:
            remap = _remapping(color.luminance(ranged), target)
            unfiltered, filtered = remap(unfiltered), remap(filtered)
    if config.color == "target":
        # Only luminance is copied; `_finish` gives it the target's colours.
        paint = filtered if config.features == "luminance" else color.luminance(filtered)
        paint = np.repeat(paint, 3, axis=-1)
    # Differs from Hertzmann et al. (2001): no steerable filters beside luminance.
    compared = (unfiltered, filtered, target, paint)
    return run.Pictures(*(neighbourhoods.pyramid(each[0], levels) for each in compared))


def _remapping(ranged: np.ndarray, target: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Returns Y -> (sigma_B / sigma) (Y - mu) + mu_B, which gives luminances the target's range.

    Where one of the two is flat, as in texture synthesis, Y - mu + mu_B.
    """
    mean, deviations = ranged.mean(), (target.std(), ranged.std())
    gain = deviations[0] / deviations[1] if min(deviations) > FLAT else 1.0
    return lambda luminances: gain * (luminances - mean) + target.mean()


def _finish(target: np.ndarray, config: Config) -> Callable[[np.ndarray], np.ndarray]:
    """Returns what makes the result of `[1, height, width, 3]` painted pixels."""
    mode = "luminance" if config.color == "target" else "none"
    return lambda pixels: color.restore(np.clip(pixels, 0, 1), target, mode)
