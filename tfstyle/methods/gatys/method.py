"""A photograph painted in a picture's style by optimising its pixels (Gatys et al. 2015)."""

import dataclasses
import pathlib
from collections.abc import Callable, Sequence

import keras
import numpy as np

from tfstyle import image
from tfstyle.image import color
from tfstyle.losses import objective, perceptual
from tfstyle.methods.gatys import targets, tiles
from tfstyle.methods.gatys.config import Config, is_painted
from tfstyle.methods.gatys.start import first_image, networks_used
from tfstyle.networks import vgg19_files, vgg19_layers
from tfstyle.optimization import checkpoint_file, coarse_to_fine, options, pyramid
from tfstyle.result import Level, Progress, Result
from tfstyle.system import files
from tfstyle.system.precision import resolve_precision


def stylize(
    content: np.ndarray,
    styles: np.ndarray | Sequence[np.ndarray],
    config: Config = Config(),  # noqa: B008 (frozen)
    *,
    callback: Callable[[Progress], None] | None = None,
    checkpoint: str | pathlib.Path | None = None,
    resume: bool = False,
    features: keras.Model | None = None,
    held: objective.Held | None = None,
    temporal_weight: float = 0.0,
) -> Result:
    """Returns the content image painted in the style of the style images.

    References: Gatys et al. (2015), "A neural algorithm of artistic style"; coarse to fine and
    colours after Gatys et al. (2016), "Controlling perceptual factors in neural style transfer".

    Args:
        content: `[height, width, 3]` or `[1, height, width, 3]`, in [0, 1], or uint8.
        styles: one such image, or several to blend; of any sizes.
        config: the settings.
        callback: called after every step.
        checkpoint: folder where the state is kept, so that an interrupted run can go on.
        resume: whether to go on from that state; the result is the uninterrupted run's,
            bit for bit on the same machine.
        features: a model from image to features by layer name instead of VGG19; see
            `vgg19.build`.
        held: for a frame of a video, what its earlier pastiches show, at the size of the result:
            the start, at that one level, and what the temporal loss compares it with.
        temporal_weight: weight of that loss (Ruder et al. 2016); 0 leaves it out.

    Raises:
        ValueError: an image or a setting cannot be used; the message says what is expected.
        MemoryError: the size does not fit; the message says what would.
        Interrupted: Ctrl-C; carries the best image so far.
    """
    content, styles = image.as_image(content, "content"), image.as_images(styles, "style")
    sizes = targets.style_sizes(styles, config)
    whole = _whole_levels(content.shape[1:3], config)
    tile = tiles.side(whole[-1], config, sizes, checkpoint if resume else None)
    levels = tiles.cut(whole, tile, config, sizes)
    # Before VGG19 is loaded, or even downloaded.
    _check_sizes(levels, sizes, config)
    if held is None:
        start, networks = first_image(content, styles, levels, config), networks_used(config)
    else:
        # What is held has the full size's details: coarser levels would lose them.
        levels = levels[-1:]
        start, networks = held.over(image.resize(content, levels[-1].size)), {}
    # Without a weight, what is held is only where the optimisation starts.
    compared = held if temporal_weight else None
    loss, weights = perceptual.build(config, features, temporal_weight)
    task = coarse_to_fine.Task(
        levels=levels,
        start=start,
        objective_at=targets.objective_at(loss, content, styles, compared, config),
        finish=_keep_colors(content, levels[-1].size, config),
        options=_options(config),
        options_in_tiles=dataclasses.replace(
            _options(config), history=tiles.history(config), lean=True
        ),
        weights={**weights, **networks},
    )
    # What the settings leave open, as "auto" does, tells runs apart too.
    facts = (*task.weights.values(), resolve_precision(config.precision))
    identity = checkpoint_file.fingerprint(config, start, content, *styles, facts=facts)
    return coarse_to_fine.run(
        task, coarse_to_fine.Checkpoints(checkpoint, identity, resume, tile), callback
    )


def plan(content_size: tuple[int, int], config: Config) -> tuple[Level, ...]:
    """Returns the levels, coarse to fine, for a content image of (height, width) pixels.

    Of a size that does not fit into the memory that there is, some are in tiles.
    """
    levels = _whole_levels(content_size, config)
    side = tiles.side(levels[-1], config, tiles.no_styles, None)
    return tiles.cut(levels, side, config, tiles.no_styles)


def _whole_levels(content_size: tuple[int, int], config: Config) -> tuple[Level, ...]:
    size = content_size if config.size is None else image.fit_size(*content_size, config.size)
    course = config.course()
    # What is painted already has the full size's details: coarser levels would lose them.
    levels = "1" if config.levels == "auto" and is_painted(course.start) else str(config.levels)
    return pyramid.plan(
        size,
        levels,
        steps=course.steps,
        coarse_steps=course.coarse_steps,
        smallest_side=vgg19_layers.smallest_side(config.weights().layers),
    )


def weights_used(config: Config) -> dict[str, str]:
    """Returns names and SHA-256 of the files that `config` asks for: VGG19's, the start's network.

    Raises:
        ValueError: there is no such file.
        OSError: VGG19's can be neither found nor downloaded.
    """
    path = vgg19_files.find(config.vgg_weights)
    used = {"name": path.name, "sha256": files.digest(path, "sha256")}
    return used | networks_used(config)


def _check_sizes(levels: tuple[Level, ...], sizes: tiles.StyleSizes, config: Config) -> None:
    """Raises unless the coarsest level has features everywhere and the finest fits in memory."""
    smallest = vgg19_layers.smallest_side(config.weights().layers)
    for level in levels:
        if min(level.size) < smallest:
            height, width = level.size
            raise ValueError(
                f"every level must be at least {smallest} pixels wide and high for the deepest "
                f"layer; raise size, or list larger levels. Received: level {width}x{height}"
            )
    tiles.check(levels[-1], config, sizes)


def _keep_colors(
    content: np.ndarray, size: tuple[int, int], config: Config
) -> Callable[[np.ndarray], np.ndarray]:
    if config.preserve_color == "none":
        return np.copy
    # Once, not for each picture that a callback asks for.
    full_size = image.resize(content, size)
    return lambda pixels: color.restore(pixels, full_size, config.preserve_color)


def _options(config: Config) -> options.Options:
    return options.Options(
        optimizer=config.optimizer,
        line_search=config.line_search,
        history=config.course().history,
        learning_rate=config.learning_rate,
    )
