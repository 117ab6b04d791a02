"""Whether a map fits its picture, and whether its regions are large enough for the layers."""

import math
from collections.abc import Iterable, Sequence

import numpy as np
from scipy import ndimage

from tfstyle.image import ImageError, arrays
from tfstyle.networks import vgg19_layers
from tfstyle.regions.layers import at_layer


def as_masks(array: np.ndarray, regions: int, called: str) -> np.ndarray:
    """Returns masks as float32, or raises ImageError that names them.

    Args:
        array: `[regions, height, width]`, floats in [0, 1], uint8 or bool.
        regions: how many there must be.
        called: what messages call them.
    """
    values = np.asarray(array)
    if values.ndim != 3 or len(values) != regions or 0 in values.shape:
        raise ImageError(
            f"{called} must be masks [{regions}, height, width], one for each region. "
            f"Received: {called}.shape={list(values.shape)}"
        )
    return arrays.as_unit_range(values * np.uint8(255) if values.dtype == bool else values, called)


def check_sums(masks: np.ndarray, called: str) -> None:
    """Raises ImageError unless masks `[regions, height, width]` sum to 1 at each position."""
    sums = masks.sum(axis=0)
    # Masks of bytes are rounded, each of them.
    if np.abs(sums - 1).max() > len(masks) / 255:
        raise ImageError(
            f"{called} must sum to 1 at each position; tfstyle.regions.from_masks makes such masks "
            f"of others. Received: sums from {sums.min():.3g} to {sums.max():.3g}"
        )


def check_fits(masks: np.ndarray, size: tuple[int, int], called: str, of: str) -> None:
    """Raises ImageError unless masks have the aspect of their picture.

    Sides may have been rounded, by a pixel of the picture or of the map, whichever is larger. A
    mask of one pixel fits any picture.

    Args:
        masks: `[regions, map_height, map_width]`.
        size: (height, width) of the picture, in pixels.
        called: what messages call the map.
        of: what they call the picture.
    """
    map_height, map_width = masks.shape[1:]
    height, width = size
    # By the longest sides: a line's other side would allow for any height.
    scale = max(height, width) / max(map_height, map_width)
    differs = abs(map_height * width / map_width - height) > max(1.0, scale)
    if differs and (map_height, map_width) != (1, 1):
        raise ImageError(
            f"{called} must have the aspect of {of}, {width}x{height}; draw the map over that "
            f"picture. Received: {called} of {map_width}x{map_height}"
        )


def check_room(
    masks: np.ndarray, names: Sequence[str], layers: Iterable[str], way: str, called: str
) -> None:
    """Raises ImageError, naming the least size, when a region is smaller than a layer's cell.

    Args:
        masks: `[regions, height, width]`, at the size that is painted.
        names: the regions'.
        layers: by Keras's names; the deepest decides.
        way: see `at_layer`.
        called: what messages call the map.
    """
    deepest = max(layers, key=vgg19_layers.LAYERS.index)
    # [regions]: in positions of the layer. What a picture lacks altogether is none of its regions.
    room = at_layer(masks, deepest, way).sum(axis=(1, 2))
    for name, mask, positions in zip(names, masks, room, strict=True):
        if mask.any() and positions < 1:
            height, width = mask.shape
            least = math.ceil(max(height, width) * _growth(mask, deepest, way))
            raise ImageError(
                f"{called} must give each region a position of {deepest} at least; take "
                f"size={least}, draw the region larger, or leave deep layers out. "
                f"Received: region {name} of {mask.sum():.0f} pixels in {width}x{height}"
            )


def _growth(mask: np.ndarray, layer: str, way: str) -> float:
    """Returns how many times larger the picture must be for a position in the region."""
    stride = vgg19_layers.stride(layer)
    if way != "inside":
        return math.sqrt(stride**2 / float(mask.sum()))
    # The largest square in the region; beyond the picture's border nothing is against it.
    width = 2 * ndimage.distance_transform_cdt(mask >= 1, "chessboard").max() - 1
    # A position may begin anywhere in it.
    return (2 * stride + 2 * vgg19_layers.reach(layer)) / max(width, 1)
