"""What memory an image analogy needs, asked before it starts."""

import math

from tfstyle.system import memory

PER_PIXEL = 250
"""Bytes for each pixel of all pictures, whatever is compared; measured, as the next is."""

PER_CHANNEL = 400
"""Bytes for each pixel and channel that is compared."""


def needed(target_pixels: float, known_pixels: float, channels: int) -> float:
    """Returns the bytes that an image analogy takes.

    Args:
        target_pixels: of the picture to filter.
        known_pixels: of the filtered picture.
        channels: how many are compared.
    """
    per_pixel = PER_PIXEL + channels * PER_CHANNEL
    return memory.BASE_WITHOUT_NETWORK + (target_pixels + known_pixels) * per_pixel


def check(
    size: tuple[int, int], known_size: tuple[int, int], channels: int, grow: bool = True
) -> None:
    """Raises MemoryError, saying which longest side would fit, unless the target does.

    Args:
        size: of the target, (height, width) in pixels.
        known_size: of the filtered picture, likewise, for this size.
        channels: how many are compared.
        grow: whether the filtered picture's size follows the target's.
    """

    def needed_at(longest: int) -> float:
        scale = (longest / max(size)) ** 2
        known_pixels = math.prod(known_size) * (scale if grow else 1)
        return needed(scale * math.prod(size), known_pixels, channels)

    memory.check_need(size, needed_at)
