"""Borders that meet: beyond the right edge lies the left one, beyond the lower the upper."""

from collections.abc import Callable

import tensorflow as tf

from tfstyle.networks.layers import pixels


def wrap_pad(inputs: tf.Tensor, border: int) -> tf.Tensor:
    """Returns the input with `border` pixels more on each side, those of the opposite one.

    Args:
        inputs: `[batch, height, width, channels]`, height and width from `border` up.
        border: pixels.

    Returns:
        `[batch, height + 2 * border, width + 2 * border, channels]`.
    """

    # A gradient of our own, as of mirrored borders: TensorFlow's takes longer.
    @tf.custom_gradient
    def pad(inputs: tf.Tensor) -> tuple[tf.Tensor, Callable[[tf.Tensor], tf.Tensor]]:
        _, height, width, _ = pixels.sides(inputs)
        return pixels.pick(inputs, _around(height, border), _around(width, border)), fold

    def fold(upstream: tf.Tensor) -> tf.Tensor:
        return _fold(_fold(upstream, border, axis=1), border, axis=2)

    return pad(inputs)


def _around(size: tf.Tensor, border: int) -> tf.Tensor:
    """Returns the indices of a side with borders of the opposite one, `[size + 2 * border]`."""
    return tf.range(-border, size + border) % size


def _fold(upstream: tf.Tensor, border: int, axis: int) -> tf.Tensor:
    """Returns the gradient of what was there before an axis was wrapped."""
    inner = tf.shape(upstream)[axis] - 2 * border
    before, middle, after = tf.split(upstream, [border, inner, border], axis)
    # A pixel may lie at both ends, where there are few.
    start, end = [[0, 0]] * 4, [[0, 0]] * 4
    start[axis], end[axis] = [0, inner - border], [inner - border, 0]
    return middle + tf.pad(after, start) + tf.pad(before, end)
