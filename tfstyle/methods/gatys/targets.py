"""What an image of each level is compared with: content and styles, at that level's size."""

import functools
from collections.abc import Callable, Sequence

import numpy as np

from tfstyle import image
from tfstyle.image import color
from tfstyle.losses import objective
from tfstyle.losses.tiling.objective import TiledObjective
from tfstyle.methods import style_scaling
from tfstyle.methods.gatys import by_region
from tfstyle.methods.gatys.config import Config
from tfstyle.networks import vgg19_layers
from tfstyle.optimization.optimizer import ValueAndGradient
from tfstyle.regions.matching import Regions
from tfstyle.result import Level


def objective_at(
    loss: objective.Objective,
    content: np.ndarray,
    styles: list[np.ndarray],
    full: int,
    held: objective.Held | None,
    config: Config,
    regions: Regions | None = None,
) -> Callable[[Level], ValueAndGradient]:
    """Returns what gives the objective at a level, its targets computed at that level's size.

    Args:
        loss: the weighted terms.
        content: `[1, height, width, 3]`, at its own size.
        styles: likewise, of any sizes.
        full: longest side of the result, in pixels.
        held: for a frame of a video, what the temporal loss compares it with.
        config: the settings.
        regions: which part is painted in the style of which parts; None for the whole.

    Raises:
        ValueError: the shares of the styles do not fit their number.
    """
    colored = _colored(styles, content, regions, config.preserve_color)
    grey_or_not = color.prepare_content(content, config.preserve_color)
    blend = by_region.shares(regions, len(styles), config)

    def at(level: Level) -> ValueAndGradient:
        own = loss if level.tile is None else _in_tiles(loss, level.tile)
        sizes = [style_size(style, level, full, config) for style in colored]
        scaled = list(map(image.resize, colored, sizes))
        guides = by_region.at_level(regions, level, sizes, blend, config)
        targets = own.targets(image.resize(grey_or_not, level.size), scaled, blend, held, guides)
        return functools.partial(own.value_and_gradient, targets=targets)

    return at


# Kept, as `loss` is, for the other levels and the next picture: its graphs are traced once.
@functools.lru_cache(maxsize=1)
def _in_tiles(loss: objective.Objective, side: int) -> TiledObjective:
    return TiledObjective.of(loss, side)


def style_sizes(
    styles: Sequence[np.ndarray], full: int, config: Config
) -> Callable[[Level], list[tuple[int, int]]]:
    """Returns what gives the styles' (height, width) at a level."""
    return lambda level: [style_size(style, level, full, config) for style in styles]


def style_size(style: np.ndarray, level: Level, full: int, config: Config) -> tuple[int, int]:
    """Returns a style's (height, width) at a level, larger where the deepest layer needs it."""
    height, width = style.shape[1:3]
    wanted = style_scaling.side(config, max(height, width), max(level.size), full)
    longest = vgg19_layers.longest_side(height, width, wanted, config.weights().layers)
    return image.fit_size(height, width, longest)


def _colored(
    styles: list[np.ndarray], content: np.ndarray, regions: Regions | None, mode: str
) -> list[np.ndarray]:
    """Returns the styles in the colours that the mode asks for."""
    if regions is None:
        return [color.prepare_style(style, content, mode) for style in styles]
    return [
        by_region.prepare_style(style, masks, content, regions, mode)
        for style, masks in zip(styles, regions.styles, strict=True)
    ]
