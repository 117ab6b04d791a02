"""Masks brought to another size, and to a layer of VGG19, in three ways."""

import numpy as np
from PIL import Image
from scipy import ndimage

from tfstyle import settings
from tfstyle.networks import vgg19_layers
from tfstyle.regions.ways import WAYS

MOST_CUT = 1 / 3
"""Of a region's depth, from its edge to its middle: what `inner` cuts off at most. More would leave
deep layers few positions, which are painted over and over."""


def resize(masks: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Returns masks at another size, by a filter without overshoot, so that their sum stays 1.

    Args:
        masks: `[regions, height, width]` or `[height, width]`, float32 in [0, 1].
        size: (height, width) of the result in pixels.

    Returns:
        `[regions, *size]`, float32 in [0, 1].
    """
    height, width = size
    if masks.ndim == 2:
        masks = masks[np.newaxis]
    if masks.shape[1:] == (height, width):
        return masks.copy()
    # Averages when shrinking: the other would smooth edges beyond the pixels that they lie in.
    shrinks = height <= masks.shape[1] and width <= masks.shape[2]
    kernel = Image.Resampling.BOX if shrinks else Image.Resampling.BILINEAR
    # Pillow's sizes have the width first.
    resized = [np.asarray(Image.fromarray(mask).resize((width, height), kernel)) for mask in masks]
    return np.clip(np.stack(resized), 0, 1)


def at_layer(masks: np.ndarray, layer: str, way: str = "simple") -> np.ndarray:
    """Returns masks of a picture's size as a layer of VGG19 sees them.

        >>> at_layer(np.ones([2, 64, 96], np.float32), "block3_conv1").shape
        (2, 16, 24)

    Args:
        masks: `[regions, height, width]`, float32 in [0, 1].
        layer: by Keras's name, such as "block4_conv1".
        way: one of `WAYS`. "simple" averages over the pixels that a position stands for; "inside"
            takes the least, and "all" the most, of what lies in its receptive field. At the
            picture's own border that is cut off.

    Returns:
        `[regions, rows, columns]`, rows and columns those of the layer's features.
    """
    settings.check_choice("way", way, WAYS)
    stride, reach = vgg19_layers.stride(layer), vgg19_layers.reach(layer)
    if way == "simple":
        return _blocks(masks, stride).mean(axis=(2, 4))
    if way == "inside":
        return _blocks(_extreme(masks, "minimum", reach), stride).min(axis=(2, 4))
    return _blocks(_extreme(masks, "maximum", reach), stride).max(axis=(2, 4))


def inner(masks: np.ndarray, layer: str) -> np.ndarray:
    """Returns masks without the edges from where a layer of VGG19 sees other regions.

    A region that is too small for that loses a third of its depth. The picture's own border is no
    edge.

        >>> inner(np.array([[[1, 1, 1, 1, 0, 0, 0, 0]]], np.float32), "block1_conv1")[0, 0, :5]
        array([1., 1., 1., 0., 0.], dtype=float32)

    Args:
        masks: `[regions, height, width]`, float32 in [0, 1].
        layer: by Keras's name.

    Returns:
        Masks of the same shape; none that has something becomes empty.
    """
    return np.stack([_inner(mask, layer) for mask in masks])


def _inner(mask: np.ndarray, layer: str) -> np.ndarray:
    """Returns a mask `[height, width]` without the edge of a layer's reach."""
    inside = mask >= mask.max() / 2
    if inside.all():
        return mask
    # In pixels to the nearest one outside, row or column, whichever is more.
    depth = ndimage.distance_transform_cdt(inside, "chessboard")
    # Where the layer has positions: elsewhere its poolings drop what would be left.
    seen = _blocks(depth[np.newaxis], vgg19_layers.stride(layer))
    deepest = seen.max(initial=0) or depth.max()
    cut: np.ndarray = mask * (depth > min(vgg19_layers.reach(layer), MOST_CUT * deepest))
    return cut


def _blocks(masks: np.ndarray, stride: int) -> np.ndarray:
    """Returns `[regions, rows, stride, columns, stride]`; what pooling drops is left out."""
    regions, height, width = masks.shape
    rows, columns = height // stride, width // stride
    inner = masks[:, : rows * stride, : columns * stride]
    return inner.reshape([regions, rows, stride, columns, stride])


def _extreme(masks: np.ndarray, kind: str, reach: int) -> np.ndarray:
    """Returns the least or the most of all pixels that lie at most `reach` away, row and column."""
    along = ndimage.minimum_filter1d if kind == "minimum" else ndimage.maximum_filter1d
    for axis in (1, 2):
        masks = along(masks, 2 * reach + 1, axis=axis, mode="nearest")
    return masks
