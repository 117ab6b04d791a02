"""How large blocks are, and where they lie: what the settings leave open is chosen here."""

from tfstyle.methods.quilting import grid
from tfstyle.methods.quilting.config import Config

SMALLEST_BLOCK = 4
"""Pixels of a block's side below which passes shrink it no further."""


def blocks_of_passes(size: tuple[int, int], config: Config) -> list[int]:
    """Returns each pass's block side, smaller by a third from one to the next.

    Reference: Efros and Freeman (2001), section 3; the first side is our choice.

    Args:
        size: of the result, (height, width) in pixels.
        config: the settings.
    """
    sides = [config.block_size or max(SMALLEST_BLOCK, round(max(size) / 21))]
    for _ in range(config.passes - 1):
        # A block asked for may be smaller than the smallest; it then stays as it is.
        sides.append(max(min(SMALLEST_BLOCK, sides[0]), round(sides[-1] * 2 / 3)))
    return sides


def block_of_synthesis(texture_size: tuple[int, int], config: Config) -> int:
    """Returns the block's side where more of a texture of (height, width) pixels is made."""
    return config.block_size or max(2, round(min(texture_size) / 5))


def grid_of_pass(size: tuple[int, int], block: int, config: Config) -> grid.Grid:
    """Returns where the blocks of a pass lie in a result of (height, width) pixels."""
    return grid.grid(size, block, _overlap(block, config))


def grid_of_synthesis(size: tuple[int, int], block: int, config: Config) -> grid.Grid:
    """Returns where the blocks lie in a result of (height, width) pixels, on a ring if tileable.

    Raises:
        ValueError: a tileable result is too small for two blocks a side.
    """
    if config.tileable and min(size) < 2 * block:
        raise ValueError(
            f"block_size must be at most half of the result's shorter side, {min(size) // 2}, for "
            f"a tileable one. Received: block_size={block}"
        )
    return grid.grid(size, block, _overlap(block, config), config.tileable)


def _overlap(block: int, config: Config) -> int:
    """Returns the pixels that a block lies on its neighbour: none only where none are asked for."""
    return min(block // 2, max(round(block * config.overlap), config.overlap > 0))
