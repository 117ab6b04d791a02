"""Where blocks lie in a picture, and in which order they are found."""

import dataclasses
import math
from collections.abc import Iterator

import numpy as np

from tfstyle.methods.quilting import seams

Place = tuple[int, int]
"""A block's (row, column) in the grid."""


@dataclasses.dataclass(frozen=True)
class Axis:
    """Where blocks lie along one side of the picture."""

    length: int
    """The side that is wanted, in pixels."""
    block: int
    starts: tuple[int, ...]
    """The first pixel of each block."""
    is_ring: bool = False
    """Whether the last block overlaps the first one too."""

    @property
    def laid(self) -> int:
        """Pixels that the blocks cover, on a ring once."""
        return self.length if self.is_ring else self.starts[-1] + self.block

    def before(self, index: int) -> int:
        """Returns how many pixels of a block lie on the one before it."""
        return self.starts[index - 1] + self.block - self.starts[index] if index else 0

    def after(self, index: int) -> int:
        """Returns how many pixels of the last block lie on the first one, of others none."""
        is_last = index == len(self.starts) - 1
        return self.starts[-1] + self.block - self.length if self.is_ring and is_last else 0

    def pixels(self, index: int) -> np.ndarray:
        """Returns the pixels under a block, `[block]`."""
        return (self.starts[index] + np.arange(self.block)) % self.laid


def axis(length: int, block: int, overlap: int, is_ring: bool = False) -> Axis:
    """Returns the fewest blocks that cover a side, neighbours overlapping by so many pixels.

    On a ring they lie at distances that differ by one pixel at most, and overlap by more where
    they must be closer to meet, or by less where else three of them would.

    Args:
        length: the side, in pixels.
        block: a block's side.
        overlap: at most half of a block.
        is_ring: whether the last block is to meet the first.
    """
    # A block lies on the one before it only, as long as the overlap is at most half of it.
    step = block - overlap
    if is_ring:
        # Not so many that the last block's two neighbours would meet on it.
        count = max(2, min(math.ceil(length / step), 2 * length // block))
        return Axis(length, block, tuple(i * length // count for i in range(count)), True)
    count = max(1, math.ceil((length - overlap) / step))
    return Axis(length, block, tuple(step * i for i in range(count)))


@dataclasses.dataclass(frozen=True)
class Grid:
    """Where blocks lie, and in which order."""

    down: Axis
    across: Axis

    @property
    def count(self) -> int:
        """How many blocks there are."""
        return len(self.down.starts) * len(self.across.starts)

    def bands(self, place: Place) -> seams.Bands:
        """Returns how a block lies on those before it."""
        (row, column), down, across = place, self.down, self.across
        return seams.Bands(
            down.before(row), down.after(row), across.before(column), across.after(column)
        )

    def window(self, place: Place) -> tuple[np.ndarray, np.ndarray]:
        """Returns what picks a block's pixels out of `[..., height, width]`."""
        row, column = place
        return self.down.pixels(row)[:, np.newaxis], self.across.pixels(column)

    def waves(self) -> Iterator[list[Place]]:
        """Yields the places in groups: none lies on another of its group, all on earlier ones.

        A block touches the one beside it and three above it, so that two blocks further left
        the next row can go on: the picture is that of one block after the other, row by row.
        """
        rows, columns = len(self.down.starts), len(self.across.starts)
        # On a ring the first block of a row also touches the last one of the row above.
        lag = columns if self.across.is_ring else 2
        for wave in range(lag * (rows - 1) + columns):
            places = ((row, wave - lag * row) for row in range(rows))
            if group := [place for place in places if 0 <= place[1] < columns]:
                yield group


def grid(size: tuple[int, int], block: int, overlap: int, tileable: bool = False) -> Grid:
    """Returns where blocks lie in a picture of (height, width) pixels; see `axis`."""
    return Grid(*(axis(length, block, overlap, tileable) for length in size))
