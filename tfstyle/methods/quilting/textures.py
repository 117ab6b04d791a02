"""The textures that blocks are taken from: their sizes and colours beside the result."""

from collections.abc import Sequence

import numpy as np

from tfstyle import image
from tfstyle.image import color
from tfstyle.methods.quilting.config import Config

SMALLEST = 2
"""Pixels of a texture's side, as of the smallest block."""


def scaled(
    textures: Sequence[np.ndarray], size: tuple[int, int], content: np.ndarray, config: Config
) -> list[np.ndarray]:
    """Returns the textures at their size beside the result, in the colours that are asked for.

    Args:
        textures: `[1, height, width, 3]` each, of any sizes.
        size: of the result, (height, width) in pixels.
        content: `[1, height, width, 3]`, whose colours may be kept.
        config: the settings.
    """
    colored = [color.prepare_style(each, content, config.preserve_color) for each in textures]
    sizes = scaled_sizes(textures, size, config)
    return [image.resize(*pair) for pair in zip(colored, sizes, strict=True)]


def scaled_sizes(
    textures: Sequence[np.ndarray], size: tuple[int, int], config: Config
) -> list[tuple[int, int]]:
    """Returns the textures' (height, width) beside a result of (height, width) pixels."""
    sizes = [(texture.shape[1], texture.shape[2]) for texture in textures]
    if config.style_scale is None:
        return sizes
    longest = max(1, round(max(size) * config.style_scale))
    return [image.fit_size(height, width, longest) for height, width in sizes]


def check(textures: Sequence[np.ndarray], block: int, style_scale: float | None = None) -> None:
    """Raises ValueError unless each texture, scaled by so much if at all, has a block."""
    scaling = f", scaled beside the result by style_scale={style_scale}" if style_scale else ""
    for texture in textures:
        height, width = texture.shape[1:3]
        if min(height, width) < SMALLEST:
            raise ValueError(
                f"texture must have at least {SMALLEST}x{SMALLEST} pixels"
                f"{'; raise style_scale, or let it be none' if scaling else ''}. "
                f"Received: {width}x{height} pixels{scaling}"
            )
        if min(height, width) < block:
            raise ValueError(
                f"block_size must be at most {min(height, width)}, the shorter side of the texture "
                f"of {width}x{height} pixels{scaling}; lower it"
                f"{', or raise style_scale' if scaling else ''}. Received: block_size={block}"
            )
