"""Where overlapping patches lie in feature maps."""

from typing import NamedTuple

import tensorflow as tf

INSIDE = 0.9
"""Share of a patch that must lie in its region: the region's soft edge is a position wide."""


class Laid(NamedTuple):
    """Where patches lie in feature maps, before they can be compared."""

    positions: tf.Tensor
    """`[positions, channels]`: the pictures' features, one after the other, row by row."""
    corners: tf.Tensor
    """`[patches]`, int32: which position is each patch's upper left."""
    widths: tf.Tensor
    """`[patches]`, int32: how many positions a row has in the picture that the patch is from."""
    size: int
    """A patch's side, in positions."""
    stride: int
    """Positions from one patch to the next."""


def corners_of(rows: tf.Tensor, columns: tf.Tensor, size: int, stride: int) -> tf.Tensor:
    """Returns each patch's first position in a picture of so many, `[patches]`, row by row."""
    down, across = (tf.range(0, side - size + 1, stride) for side in (rows, columns))
    # [down, across], then [patches]
    return tf.reshape(down[:, tf.newaxis] * columns + across, [-1])


def members_of(corners: tf.Tensor, widths: tf.Tensor, size: int) -> tf.Tensor:
    """Returns the positions of each patch, `[..., size * size]`, from its first position.

    Args:
        corners: `[...]`, int32.
        widths: the same shape: positions in a row of the picture that the patch is from.
        size: a patch's side.
    """
    # [size, size], then [size * size]
    down, across = tf.meshgrid(tf.range(size), tf.range(size), indexing="ij")
    down, across = tf.reshape(down, [-1]), tf.reshape(across, [-1])
    # [..., 1] and [size * size] give [..., size * size], a row of positions for each patch.
    return corners[..., tf.newaxis] + down * widths[..., tf.newaxis] + across


def inside(laid: Laid, weights: tf.Tensor) -> Laid:
    """Returns the patches that lie in a region; of one too small for any, those most inside.

    Args:
        laid: all patches.
        weights: how far each position belongs to the region, `[positions]`, from 0 to 1.
    """
    members = members_of(laid.corners, laid.widths, laid.size)
    # [patches]
    shares = tf.reduce_mean(tf.gather(weights, members), axis=1)
    kept = shares >= tf.minimum(INSIDE, tf.reduce_max(shares))
    corners, widths = (tf.boolean_mask(each, kept) for each in (laid.corners, laid.widths))
    return laid._replace(corners=corners, widths=widths)
