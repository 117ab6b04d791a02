"""Where the optimisation begins: at noise, at a picture, or at what another method paints."""

import os
from collections.abc import Sequence

import numpy as np

from tfstyle import image, settings
from tfstyle.methods import feed_forward, style_swap
from tfstyle.methods.gatys.config import APPLY, STARTS, Config, is_painted
from tfstyle.result import Level


def first_image(
    content: np.ndarray, styles: Sequence[np.ndarray], levels: Sequence[Level], config: Config
) -> np.ndarray:
    """Returns what the first level begins with, `[1, height, width, 3]`, of any size.

    Args:
        content: `[1, height, width, 3]`.
        styles: likewise.
        levels: the plan; noise has the first one's size, and what another method paints the last
            one's.
        config: the settings.

    Raises:
        ValueError: `config.start` is neither a choice nor a picture.
    """
    start = os.fspath(config.start)
    if start == "noise":
        return image.noise(levels[0].size, config.seed)
    if is_painted(start):
        return _painted(start, image.resize(content, levels[-1].size), styles, config)
    given = {"content": content, "style": styles[0]}
    # The words come first: a file that is called content can be given as ./content.
    return given[start] if start in given else _read(start)


def _painted(
    start: str, content: np.ndarray, styles: Sequence[np.ndarray], config: Config
) -> np.ndarray:
    if start.startswith(APPLY):
        one_pass = feed_forward.Config(precision=config.precision)
        return feed_forward.stylize(content, start.removeprefix(APPLY), one_pass).image
    swap = style_swap.Config(
        size=None,
        style_scale=config.style_scale,
        preserve_color=config.preserve_color,
        vgg_weights=config.vgg_weights,
        precision=config.precision,
    )
    return style_swap.stylize(content, styles, swap).image


def _read(start: str) -> np.ndarray:
    if not os.path.exists(start):
        settings.check_choice("start", start, (*STARTS, "the path of a picture"))
    return image.read(start)
