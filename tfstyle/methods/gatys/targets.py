"""What an image of each level is compared with: content and styles, at that level's size."""

import functools
from collections.abc import Callable, Sequence

import numpy as np

from tfstyle import image
from tfstyle.image import color
from tfstyle.losses import objective
from tfstyle.losses.tiling.objective import TiledObjective
from tfstyle.methods import shared_settings
from tfstyle.methods.gatys.config import Config
from tfstyle.networks import vgg19_layers
from tfstyle.optimization.optimizer import ValueAndGradient
from tfstyle.result import Level


def objective_at(
    loss: objective.Objective,
    content: np.ndarray,
    styles: list[np.ndarray],
    held: objective.Held | None,
    config: Config,
) -> Callable[[Level], ValueAndGradient]:
    """Returns what gives the objective at a level, its targets computed at that level's size.

    Args:
        loss: the weighted terms.
        content: `[1, height, width, 3]`, at its own size.
        styles: likewise, of any sizes.
        held: for a frame of a video, what the temporal loss compares it with.
        config: the settings.

    Raises:
        ValueError: the shares of the styles do not fit their number.
    """
    colored = [color.prepare_style(style, content, config.preserve_color) for style in styles]
    grey_or_not = color.prepare_content(content, config.preserve_color)
    blend = _blend(len(styles), config)

    def at(level: Level) -> ValueAndGradient:
        own = loss if level.tile is None else _in_tiles(loss, level.tile)
        # Styles shrink with the image, so that strokes stay as large beside it.
        scaled = [image.resize(style, style_size(style, level, config)) for style in colored]
        targets = own.targets(image.resize(grey_or_not, level.size), scaled, blend, held)
        return functools.partial(own.value_and_gradient, targets=targets)

    return at


# Kept, as `loss` is, for the other levels and the next picture: its graphs are traced once.
@functools.lru_cache(maxsize=1)
def _in_tiles(loss: objective.Objective, side: int) -> TiledObjective:
    return TiledObjective.of(loss, side)


def style_sizes(
    styles: Sequence[np.ndarray], config: Config
) -> Callable[[Level], list[tuple[int, int]]]:
    """Returns what gives the styles' (height, width) at a level."""
    return lambda level: [style_size(style, level, config) for style in styles]


def style_size(style: np.ndarray, level: Level, config: Config) -> tuple[int, int]:
    """Returns a style's (height, width) at a level, larger where the deepest layer needs it."""
    height, width = style.shape[1:3]
    wanted = round(max(level.size) * config.style_scale)
    longest = vgg19_layers.longest_side(height, width, wanted, config.weights().layers)
    return image.fit_size(height, width, longest)


def _blend(styles: int, config: Config) -> list[float]:
    """Returns each style's share; they sum to 1."""
    return shared_settings.shares(config.style_blend or (1.0,) * styles, styles)
