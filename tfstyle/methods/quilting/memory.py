"""What memory image quilting needs, asked before it starts."""

import math
from collections.abc import Sequence

from tfstyle.methods.quilting import canvas
from tfstyle.system import memory

PER_QUILTED_PIXEL = 70
"""Bytes for each pixel that is laid of blocks; measured, as the next two are."""

PER_PIXEL_OF_TEXTURE = 150
"""Bytes for each pixel of a texture that blocks are taken from."""

PER_SEARCHED_PIXEL = 30
"""Bytes for each pixel of a texture and each search that goes on at the same time."""


def needed(pixels: float, texture_pixels: float, searches: int) -> float:
    """Returns the bytes that image quilting takes.

    Args:
        pixels: of the result.
        texture_pixels: of all textures together.
        searches: how many go on at the same time.
    """
    per_texture_pixel = PER_PIXEL_OF_TEXTURE + searches * PER_SEARCHED_PIXEL
    textures = texture_pixels * per_texture_pixel
    return memory.BASE_WITHOUT_NETWORK + pixels * PER_QUILTED_PIXEL + textures


def check(
    size: tuple[int, int], texture_sizes: Sequence[tuple[int, int]], grow: bool = False
) -> None:
    """Raises MemoryError, saying which longest side would fit, unless the result does.

    Args:
        size: of the result, (height, width) in pixels.
        texture_sizes: of the textures, likewise, for this size.
        grow: whether the textures' sizes follow the result's.
    """

    def needed_at(longest: int) -> float:
        scale = (longest / max(size)) ** 2
        texture_pixels = sum(map(math.prod, texture_sizes)) * (scale if grow else 1)
        return needed(scale * math.prod(size), texture_pixels, canvas.THREADS)

    memory.check_need(size, needed_at)
