"""The checkerboard artefact of a network that enlarges, and how it is removed.

What repeats from cell to cell is not the picture's. Reference for the artefact, not for its
removal: Odena et al. (2016), "Deconvolution and checkerboard artifacts".
"""

import numpy as np
import tensorflow as tf

from tfstyle.networks.layers import mirror

CELLS = 7
"""Cells in a row and in a column over whose mean the artefact is measured, the middle one among
them: odd."""

DEEPEST = 12 / 255
"""How far the artefact goes up or down at most: so an edge does not count for more than a flat
area. A picture's own edges are steeper, in [0, 1]."""


def without_checkerboard(images: tf.Tensor, stride: int) -> tf.Tensor:
    """Returns images without what repeats every `stride` pixels.

    A position of the features becomes a cell of stride x stride pixels, and noise behind a ReLU
    has a mean that depends on the place in the cell: a faint grid in flat areas. Here each pixel
    loses what those at its place in the cells around have in common beyond their surroundings.
    Slopes stay as they are, edges within `DEEPEST` / `CELLS`.

    Args:
        images: `[batch, stride * rows, stride * columns, 3]`, float32; with fewer than `CELLS`
            cells below or beside each other they stay as they are.
        stride: a cell's side in pixels.
    """
    if stride == 1:
        return images
    # Mirrored, tiny pictures would need their mirror's mirror.
    is_large = tf.reduce_min(tf.shape(images)[1:3]) >= CELLS * stride
    return tf.cond(is_large, lambda: images - _checkerboard(images, stride), lambda: images)


def _checkerboard(images: tf.Tensor, stride: int) -> tf.Tensor:
    # What each pixel has beyond its surroundings, of which only what repeats is the artefact.
    beyond = tf.clip_by_value(images - _smoothed(images, stride), -DEEPEST, DEEPEST)
    # [batch, rows, columns, stride * stride * 3]: a pixel's place in its cell becomes a channel.
    places = tf.nn.space_to_depth(beyond, stride)
    return tf.nn.depth_to_space(tf.nn.avg_pool2d(places, CELLS, 1, "SAME"), stride)


def _smoothed(images: tf.Tensor, stride: int) -> tf.Tensor:
    """Returns means over two cells' sides, the middle weighing most: without the artefact."""
    # A box of a cell's side, twice: of a pattern of that period nothing but its mean passes.
    box = np.full(stride, 1 / stride, np.float32)
    weights = np.convolve(box, box)
    down = np.tile(weights[:, None, None, None], [1, 1, 3, 1])
    bordered = mirror.mirror_pad(images, stride - 1)
    for kernel in (down, down.transpose(1, 0, 2, 3)):
        bordered = tf.nn.depthwise_conv2d(bordered, kernel, [1, 1, 1, 1], "VALID")
    return bordered
