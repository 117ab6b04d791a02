"""How an image is cut into tiles, and what of an image each of them sees."""

import itertools
from collections.abc import Iterator
from typing import NamedTuple


class Box(NamedTuple):
    """Rows and columns, from the first up to the last, which is left out."""

    top: int
    bottom: int
    left: int
    right: int

    def scaled(self, stride: int) -> "Box":
        """Returns the positions of a layer whose positions are `stride` pixels wide and high."""
        return Box(*(edge // stride for edge in self))

    def within(self, other: "Box") -> "Box":
        """Returns the box as it is counted from another's corner."""
        return Box(
            self.top - other.top,
            self.bottom - other.top,
            self.left - other.left,
            self.right - other.left,
        )


class Tile(NamedTuple):
    """A part of an image: its own pixels, which no other tile has, and those that they see."""

    inner: Box
    outer: Box
    """The inner box with the halo around it, as far as the image reaches."""


def tiles(size: tuple[int, int], side: int, stride: int, halo: int) -> Iterator[Tile]:
    """Yields tiles of about equal size that cover an image, row by row.

    A tile ends inside of the image or where the image does. There the network's own border is the
    image's; elsewhere what the network makes of the border reaches no position of the inner box.

    Args:
        size: of the image, (height, width) in pixels.
        side: longest side of an inner box in pixels, `stride` at least.
        stride: pixels between two positions of the deepest layer; tiles begin at multiples of it.
        halo: pixels around an inner box, a multiple of the stride.
    """
    rows, columns = (_spans(length, side, stride) for length in size)
    for (top, bottom), (left, right) in itertools.product(rows, columns):
        outer = Box(
            max(0, top - halo),
            min(size[0], bottom + halo),
            max(0, left - halo),
            min(size[1], right + halo),
        )
        yield Tile(Box(top, bottom, left, right), outer)


def _spans(length: int, side: int, stride: int) -> list[tuple[int, int]]:
    """Returns where the parts of a length begin and end."""
    # Whole positions of the deepest layer; the last may be cut off.
    positions = -(-length // stride)
    parts = -(-positions // max(1, side // stride))
    # Equal parts, since a narrow one is nearly all halo.
    starts = [positions * part // parts * stride for part in range(parts)]
    return list(itertools.pairwise([*starts, length]))
