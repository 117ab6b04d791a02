"""A picture made of a texture's blocks, row by row, each overlapping those before it."""

import concurrent.futures
import dataclasses
import os
from collections.abc import Iterator

import numpy as np

from tfstyle.methods.quilting import seams
from tfstyle.methods.quilting.block_search import BlockSearch, Match, Term
from tfstyle.methods.quilting.grid import Grid, Place

COLORS = slice(0, 3)
CORRESPONDENCE = slice(3, 4)
"""Which planes of a texture are its colours, and which one is its correspondence map."""

THREADS = min(8, os.cpu_count() or 1)
"""Blocks that are searched at the same time."""


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
        # alpha * (overlap + previous result) + (1 - alpha) * map: Efros and Freeman (2001), section
        # 3. A pass that asks for nothing has alpha = 1.
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
    # Drawn beforehand: threads would ask in an order that no seed decides.
    draws = random.random([len(canvas.grid.down.starts), len(canvas.grid.across.starts)])

    def find(place: Place) -> Match:
        return search.find(canvas.terms(place), tolerance, draws[place])

    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        for wave in canvas.grid.waves():
            # All of a wave are found before one is laid: they must not see each other.
            for place, match in zip(wave, list(pool.map(find, wave)), strict=True):
                canvas.lay(place, match.block[COLORS])
                yield match
