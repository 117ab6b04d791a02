"""A picture made of a texture's blocks, row by row, each overlapping those before it."""

import concurrent.futures
import dataclasses
import math
import os
from collections.abc import Iterator

import numpy as np

from tfstyle.methods.quilting import seams
from tfstyle.methods.quilting.block_search import BlockSearch, Match, Term

COLORS = slice(0, 3)
CORRESPONDENCE = slice(3, 4)
"""Which planes of a texture are its colours, and which one is its correspondence map."""

THREADS = min(8, os.cpu_count() or 1)
"""Blocks that are searched at the same time."""

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
        lag = columns if self.across.is_ring else 2
        for wave in range(lag * (rows - 1) + columns):
            places = ((row, wave - lag * row) for row in range(rows))
            if group := [place for place in places if 0 <= place[1] < columns]:
                yield group


def grid(size: tuple[int, int], block: int, overlap: int, tileable: bool = False) -> Grid:
    """Returns where blocks lie in a picture of (height, width) pixels; see `axis`."""
    return Grid(*(axis(length, block, overlap, tileable) for length in size))


@dataclasses.dataclass(frozen=True)
class Wishes:
    """What a pass asks of its blocks beside the overlap: error = alpha * colours + map's."""

    alpha: float = 1.0
    """Weight of the overlap, and of the previous result."""
    previous: np.ndarray | None = None
    """`[3, height, width]`: the result of the pass before."""
    correspondence: np.ndarray | None = None
    """`[1, height, width]`: the content's map, which the textures' fourth plane is to be like."""
    correspondence_weight: float = 0.0


class Canvas:
    """The picture at work, `[3, height, width]`; where no block lies yet, its backdrop shows."""

    def __init__(self, grid: Grid, backdrop: np.ndarray, wishes: Wishes = Wishes()):  # noqa: B008
        """Takes where blocks lie, a picture of the size that is wanted, and what is asked."""
        self.grid = grid
        self._pixels = self._grow(backdrop)
        self._visible = self._grow(np.ones(backdrop.shape[1:], np.float32))
        colors = np.float32(wishes.alpha) * self._visible
        mapped = np.float32(wishes.correspondence_weight) * self._visible
        asked = (
            (COLORS, colors, wishes.previous),
            (CORRESPONDENCE, mapped, wishes.correspondence),
        )
        self._asked = [(*each[:2], self._grow(each[2])) for each in asked if each[2] is not None]
        self._overlap_weights = colors

    def picture(self) -> np.ndarray:
        """Returns what there is so far, `[3, height, width]`, cut to the size that is wanted."""
        return self._pixels[:, : self.grid.down.length, : self.grid.across.length].copy()

    def terms(self, place: Place) -> list[Term]:
        """Returns what is asked of a block; pixels outside of the picture count nothing."""
        window = self.grid.window(place)
        covered = seams.covered(self.grid.down.block, self.grid.bands(place))
        overlap = Term(COLORS, self._overlap_weights[window] * covered, self._pixels[:, *window])
        asked = [
            Term(planes, weights[window], target[:, *window])
            for planes, weights, target in self._asked
        ]
        return [overlap, *asked]

    def lay(self, place: Place, block: np.ndarray) -> None:
        """Lays a block, `[3, block, block]`, cut where it differs least from what is there."""
        window = self.grid.window(place)
        old = self._pixels[:, *window]
        mask = seams.new_part(old, block, self.grid.bands(place))
        self._pixels[:, *window] = np.where(mask, block, old)

    def _grow(self, picture: np.ndarray) -> np.ndarray:
        """Returns `[..., height, width]` as large as the blocks reach."""
        sides = zip((self.grid.down, self.grid.across), picture.shape[-2:], strict=True)
        missing = [(0, side.laid - length) for side, length in sides]
        return np.pad(picture, [(0, 0)] * (picture.ndim - 2) + missing)


def fill(
    canvas: Canvas, search: BlockSearch, tolerance: float, random: np.random.Generator
) -> Iterator[Match]:
    """Lays every block of the canvas's grid, and yields each.

    Blocks that do not touch are searched at the same time, which alters nothing.

    Args:
        canvas: is drawn on.
        search: the textures.
        tolerance: how much worse than the best a block may be; see `BlockSearch.find`.
        random: decides among them.
    """
    draws = random.random([len(canvas.grid.down.starts), len(canvas.grid.across.starts)])

    def find(place: Place) -> Match:
        return search.find(canvas.terms(place), tolerance, draws[place])

    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        for wave in canvas.grid.waves():
            for place, match in zip(wave, list(pool.map(find, wave)), strict=True):
                canvas.lay(place, match.block[COLORS])
                yield match
