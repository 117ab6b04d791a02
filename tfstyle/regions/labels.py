"""Labels: one number a pixel, which says the region; and what is done about doubtful pixels."""

import numpy as np
from scipy import ndimage

NONE = -1
"""The label of a pixel that nothing is known of."""


def are_flat(levels: np.ndarray, most: int) -> np.ndarray:
    """Returns where a pixel and its eight neighbours are of nearly one colour.

    Args:
        levels: `[height, width, channels]`, uint8.
        most: by how much they may differ in a channel, in levels.

    Returns:
        `[height, width]`, bool.
    """
    highest = ndimage.maximum_filter(levels, (3, 3, 1), mode="nearest")
    lowest = ndimage.minimum_filter(levels, (3, 3, 1), mode="nearest")
    return (highest - lowest).max(axis=-1) <= most


def spread(found: np.ndarray) -> np.ndarray:
    """Returns labels in which each pixel without one has that of the nearest with one.

    Args:
        found: `[height, width]`, integers, at least one of them not `NONE`.
    """
    unknown = found == NONE
    if not unknown.any():
        return found
    rows, columns = ndimage.distance_transform_edt(
        unknown, return_distances=False, return_indices=True
    )
    spread_out: np.ndarray = found[rows, columns]
    return spread_out


def in_reading_order(found: np.ndarray) -> list[int]:
    """Returns the labels in the order in which they are met from the top left, line by line."""
    values, first = np.unique(found, return_index=True)
    return [int(values[place]) for place in np.argsort(first)]
