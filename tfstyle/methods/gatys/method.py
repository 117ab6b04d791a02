"""A photograph painted in a picture's style by optimising its pixels (Gatys et al. 2015)."""

import dataclasses
import pathlib
from collections.abc import Callable, Sequence

import keras
import numpy as np

from tfstyle import image
from tfstyle.image import color
from tfstyle.losses import objective, perceptual
from tfstyle.methods import style_scaling
from tfstyle.methods.gatys import by_region, targets, tiles
from tfstyle.methods.gatys.config import Config
from tfstyle.methods.gatys.start import first_image, networks_used
from tfstyle.networks import vgg19_files, vgg19_layers
from tfstyle.optimization import checkpoint_file, coarse_to_fine, options, pyramid
from tfstyle.regions.matching import Regions
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
    regions: Regions | None = None,
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
        regions: which part is painted in the style of which parts, instead of the maps that the
            settings name; see `tfstyle.regions`.

    Raises:
        ValueError: an image or a setting cannot be used; the message says what is expected.
        MemoryError: the size does not fit; the message says what would.
        Interrupted: Ctrl-C; carries the best image so far.
    """
    content, styles = image.as_image(content, "content"), image.as_images(styles, "style")
    whole = _whole_levels(content.shape[1:3], config)
    full = max(whole[-1].size)
    has_regions = regions is not None or config.content_regions is not None
    seen = tiles.Styles(targets.style_sizes(styles, full, config), has_regions)
    tile = tiles.side(whole[-1], config, seen, checkpoint if resume else None)
    levels = tiles.cut(whole, tile, config, seen)
    # Before VGG19 is loaded, or even downloaded.
    _check_sizes(levels, seen, config)
    style_shapes = [style.shape[1:3] for style in styles]
    _check_style_room(style_shapes, full, config)
    regions = by_region.find(regions, content.shape[1:3], style_shapes, config)
    if regions is not None:
        by_region.check_room(regions, levels[-1], seen.sizes(levels[-1]), config)
    if held is None:
        start = first_image(content, styles, levels, config, regions)
        networks = networks_used(config)
    else:
        # What is held has the full size's details: coarser levels would lose them.
        levels = levels[-1:]
        start, networks = held.over(image.resize(content, levels[-1].size)), {}
    # Without a weight, what is held is only where the optimisation starts.
    compared = held if temporal_weight else None
    # Without the maps' names: the pictures of a folder share what is built.
    unmapped = dataclasses.replace(config, content_regions=None, style_regions=None)
    loss, weights = perceptual.build(unmapped, features, temporal_weight, regions is not None)
    task = coarse_to_fine.Task(
        levels=levels,
        start=start,
        objective_at=targets.objective_at(loss, content, styles, full, compared, config, regions),
        finish=_keep_colors(content, levels[-1].size, config),
        options=_options(config),
        options_in_tiles=dataclasses.replace(
            _options(config), history=tiles.history(config), lean=True
        ),
        resize=image.resize_tile if config.tileable else image.resize,
        weights={**weights, **networks},
    )
    # What the settings leave open, as "auto" does, tells runs apart too.
    facts = (*task.weights.values(), resolve_precision(config.precision))
    masks = () if regions is None else (regions.content, *regions.styles)
    # Of regions at hand the settings, which name no map, say nothing of how they reach the layers.
    facts += () if regions is None else (config.region_guides,)
    identity = checkpoint_file.fingerprint(config, start, content, *styles, *masks, facts=facts)
    return coarse_to_fine.run(
        task, coarse_to_fine.Checkpoints(checkpoint, identity, resume, tile), callback
    )


def plan(content_size: tuple[int, int], config: Config) -> tuple[Level, ...]:
    """Returns the levels, coarse to fine, for a content image of (height, width) pixels.

    Of a size that does not fit into the memory that there is, some are in tiles.
    """
    levels = _whole_levels(content_size, config)
    side = tiles.side(levels[-1], config, tiles.NO_STYLES, None)
    return tiles.cut(levels, side, config, tiles.NO_STYLES)


def _whole_levels(content_size: tuple[int, int], config: Config) -> tuple[Level, ...]:
    size = content_size if config.size is None else image.fit_size(*content_size, config.size)
    course = config.course()
    layers = config.weights().layers
    planned = pyramid.plan(
        size,
        config.levels_asked(),
        steps=course.steps,
        coarse_steps=course.coarse_steps,
        smallest_side=vgg19_layers.smallest_side(layers),
    )
    return tuple(_as_tile(level, layers) for level in planned) if config.tileable else planned


def _as_tile(level: Level, layers: Sequence[str]) -> Level:
    """Returns the level with sides of whole positions at every layer: pooling drops no others."""
    stride = max(map(vgg19_layers.stride, layers))
    height, width = (max(1, round(side / stride)) * stride for side in level.size)
    return dataclasses.replace(level, size=(height, width))


def weights_used(config: Config) -> dict[str, str]:
    """Returns names and SHA-256 of the files that `config` asks for: VGG19's, the start's network.

    Raises:
        ValueError: there is no such file.
        OSError: VGG19's can be neither found nor downloaded.
    """
    path = vgg19_files.find(config.vgg_weights)
    used = {"name": path.name, "sha256": files.digest(path, "sha256")}
    return used | networks_used(config)


def _check_sizes(levels: tuple[Level, ...], styles: tiles.Styles, config: Config) -> None:
    """Raises unless the coarsest level has features everywhere and the finest fits in memory."""
    smallest = vgg19_layers.smallest_side(config.weights().layers)
    for level in levels:
        if min(level.size) < smallest:
            height, width = level.size
            raise ValueError(
                f"every level must be at least {smallest} pixels wide and high for the deepest "
                f"layer; raise size, or list larger levels. Received: level {width}x{height}"
            )
    tiles.check(levels[-1], config, styles)


def _check_style_room(styles: Sequence[tuple[int, int]], full: int, config: Config) -> None:
    """Raises ValueError where the settings leave a style less than a position of a layer."""
    deepest = max(config.weights().layers, key=vgg19_layers.LAYERS.index)
    least = vgg19_layers.stride(deepest)
    for size in styles:
        style_scaling.check_room(config, max(size), full, full, least, f"a position of {deepest}")


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
