"""Where a new block takes over from what lies below it: the cut of least difference.

Reference: Efros and Freeman (2001), "Image quilting for texture synthesis and transfer",
section 2.1.
"""

from typing import NamedTuple

import numpy as np


class Bands(NamedTuple):
    """How many pixels of a block lie on its neighbours, at each side."""

    top: int = 0
    bottom: int = 0
    left: int = 0
    right: int = 0


def covered(block: int, bands: Bands) -> np.ndarray:
    """Returns which pixels of a block lie on its neighbours, `[block, block]`, bool."""
    mask = np.ones([block, block], bool)
    mask[bands.top : block - bands.bottom, bands.left : block - bands.right] = False
    return mask


def new_part(old: np.ndarray, new: np.ndarray, bands: Bands) -> np.ndarray:
    """Returns which pixels are taken from the new block: those where every band's cut says so.

    Args:
        old: `[planes, block, block]`, what is there; only its bands count.
        new: the same shape.
        bands: where both have something.

    Returns:
        `[block, block]`, bool.
    """
    # e = (B1 - B2)^2 of Efros and Freeman (2001), section 2.1, over red, green and blue.
    differences = np.square(old - new).sum(axis=0)
    mask = np.ones(differences.shape, bool)
    # One search serves all four sides: each is turned until its cut runs from top to bottom, with
    # what is there on its left. Turned parts are views, so that the mask itself is written to.
    sides = (
        (bands.left, differences, mask),
        (bands.right, differences[:, ::-1], mask[:, ::-1]),
        (bands.top, differences.T, mask.T),
        (bands.bottom, differences[::-1].T, mask[::-1].T),
    )
    for width, costs, part in sides:
        if width:
            cut = cheapest_path(costs[:, :width])
            part[:, :width] &= np.arange(width) >= cut[:, np.newaxis]
    return mask


def cheapest_path(costs: np.ndarray) -> np.ndarray:
    """Returns the column of each row on the cheapest way down, a step going aside by one at most.

    E(i, j) = e(i, j) + min(E(i-1, j-1), E(i-1, j), E(i-1, j+1)), then back from the least of the
    last row.

    Args:
        costs: `[rows, columns]`.

    Returns:
        `[rows]`, whole numbers.
    """
    rows, columns = costs.shape
    # A column more at each side costs infinitely much, so that no path leaves the band.
    totals = np.full([rows, columns + 2], np.inf)
    totals[0, 1:-1] = costs[0]
    for row in range(1, rows):
        above = totals[row - 1]
        least = np.minimum(np.minimum(above[:-2], above[1:-1]), above[2:])
        np.add(costs[row], least, out=totals[row, 1:-1])
    # Where each total came from: -1, 0 or 1 to the side. [3, rows - 1, columns]
    neighbours = np.stack([totals[:-1, :-2], totals[:-1, 1:-1], totals[:-1, 2:]])
    asides = (neighbours.argmin(axis=0) - 1).tolist()
    path = [int(totals[-1, 1:-1].argmin())]
    for row in range(rows - 2, -1, -1):
        path.append(path[-1] + asides[row][path[-1]])
    return np.array(path[::-1])
