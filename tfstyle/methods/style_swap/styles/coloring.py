"""Styles in the colours of the content that they are for, where the content's are kept."""

from collections.abc import Sequence

import numpy as np

from tfstyle.image import color
from tfstyle.regions import layers

HALF = 0.5
"""From here on, a pixel counts as inside of a region."""


def of(
    pictures: Sequence[np.ndarray],
    content: np.ndarray,
    mode: str,
    masks: Sequence[np.ndarray] | None = None,
    place: np.ndarray | None = None,
) -> list[np.ndarray]:
    """Returns a style's pictures, brought near the content's colours; see `color.prepare_style`.

    Args:
        pictures: each `[1, height, width, 3]`.
        content: `[1, height, width, 3]`.
        mode: one of `color.MODES`.
        masks: the region of each picture that is taken, `[height, width]` from 0 to 1.
        place: the region of the content that they are for, likewise.
    """
    seen = content if place is None else _inside(content, place)
    if masks is None or mode == "none":
        return [color.prepare_style(picture, seen, mode) for picture in pictures]
    return [_region(*pair, seen, mode) for pair in zip(pictures, masks, strict=True)]


def _region(picture: np.ndarray, mask: np.ndarray, content: np.ndarray, mode: str) -> np.ndarray:
    """Returns a picture in which the region has the content's colours, by its own alone."""
    # Outside as well: what lies near sees it.
    prepared = color.prepare_style(picture, content, mode)
    inside = _is_inside(mask, picture)
    prepared[:, inside] = color.prepare_style(_inside(picture, mask), content, mode)[:, :, 0]
    return prepared


def _inside(picture: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Returns a region's pixels as a picture of one column, `[1, pixels, 1, 3]`."""
    return picture[:, _is_inside(mask, picture)][:, :, np.newaxis]


def _is_inside(mask: np.ndarray, picture: np.ndarray) -> np.ndarray:
    """Returns whether each pixel lies in a region, `[height, width]`; at least one does."""
    (resized,) = layers.resize(mask, picture.shape[1:3])
    return resized >= min(HALF, resized.max())
