"""A map of named masks: white is the region, black is not, grey edges are shared."""

from collections.abc import Mapping

import numpy as np

from tfstyle.image import ImageError, color
from tfstyle.regions.layers import resize
from tfstyle.regions.maps import Map

REST = "rest"
"""The region of what no mask has."""

NOISE = 0.06
"""How far from black or white a mask's values may lie and still count as such: JPEG's ripples."""

LEAST_REST = 0.005
"""The share of the picture that the masks must leave before there is a rest."""

SAME_ASPECT = 0.02
"""By how much the masks' aspects may differ: they may have been rounded."""


def from_masks(masks: Mapping[str, np.ndarray], called: str = "regions") -> Map:
    """Returns the regions of black and white pictures, and the rest where they leave one.

    Masks that overlap share; where they leave a gap of less than a two-hundredth of the picture,
    they share that too.

        >>> from_masks({"sky": image.read("sky.png")}).names
        ('sky', 'rest')

    Args:
        masks: by the region's name, `[1, height, width, 3]` in [0, 1], all of one aspect; the
            first one's size is the map's.
        called: what messages call the map.

    Raises:
        ImageError: a mask is empty or of another aspect than the first, or there is none.
    """
    if not masks:
        raise ImageError(f"{called} must have a mask at least. Received: none")
    first = next(iter(masks.values())).shape[1:3]
    greys = [_grey(name, mask, first, called) for name, mask in masks.items()]
    # [regions, height, width]
    stacked = np.stack(greys)
    names, stacked = _with_rest(tuple(masks), stacked)
    return Map(names, _shared(stacked), called)


def _grey(name: str, mask: np.ndarray, size: tuple[int, int], called: str) -> np.ndarray:
    """Returns a mask at a size, `[height, width]`."""
    height, width = mask.shape[1:3]
    if abs(height / width / (size[0] / size[1]) - 1) > SAME_ASPECT:
        raise ImageError(
            f"{called} must have masks of one aspect; scale them alike. "
            f"Received: mask {name} of {width}x{height} beside one of {size[1]}x{size[0]}"
        )
    grey = color.luminance(mask)[..., 0]
    cleaned = np.clip((grey - NOISE) / (1 - 2 * NOISE), 0, 1).astype(np.float32)
    if not cleaned.any():
        raise ImageError(
            f"{called} must have something white in every mask; paint the region white, or leave "
            f"it out. Received: mask {name}, empty"
        )
    return resize(cleaned, size)[0]


def _with_rest(names: tuple[str, ...], masks: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
    """Returns the regions with what they leave, where that is enough to be one."""
    left = np.clip(1 - masks.sum(axis=0), 0, 1)
    # A picture that is called rest is the rest already.
    if REST in names or left.mean() < LEAST_REST:
        return names, masks
    return (*names, REST), np.concatenate([masks, left[np.newaxis]])


def _shared(masks: np.ndarray) -> np.ndarray:
    """Returns masks that sum to 1 everywhere; a gap is shared alike."""
    total = masks.sum(axis=0)
    gap = total <= 0
    shared = (masks + gap) / (total + gap * len(masks))
    return shared.astype(np.float32)
