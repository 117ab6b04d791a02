"""Where the optimisation begins: noise, the content, a style, or a picture of one's own."""

import os

import numpy as np

from tfstyle import image, settings
from tfstyle.methods.gatys.config import STARTS, Config
from tfstyle.result import Level


def first_image(content: np.ndarray, style: np.ndarray, level: Level, config: Config) -> np.ndarray:
    """Returns what the first level begins with, `[1, height, width, 3]`, of any size.

    Args:
        content: `[1, height, width, 3]`.
        style: likewise, the first one.
        level: the first one, whose size noise has.
        config: the settings.

    Raises:
        ValueError: `config.start` is neither a choice nor a picture.
    """
    if config.start == "noise":
        return image.noise(level.size, config.seed)
    given = {"content": content, "style": style}
    # The words come first: a file that is called content can be given as ./content.
    return given[config.start] if config.start in given else _read(config.start)


def _read(start: str | os.PathLike) -> np.ndarray:
    if not os.path.exists(start):
        settings.check_choice("start", str(start), (*STARTS, "the path of a picture"))
    return image.read(start)
