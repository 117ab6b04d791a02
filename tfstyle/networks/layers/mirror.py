"""Mirrored borders."""

from collections.abc import Callable

import tensorflow as tf

from tfstyle.networks.layers import pixels


def mirror_pad(
    inputs: tf.Tensor,
    border: int,
    above: int | None = None,
    below: int | None = None,
    repeat_edge: bool = False,
) -> tf.Tensor:
    """Returns the input with `border` mirrored pixels more on each side.

    Args:
        inputs: `[batch, height, width, channels]`, height and width above `border`.
        border: pixels.
        above: rows on top, if not `border`.
        below: rows at the bottom, if not `border`.
        repeat_edge: whether the mirror lies at the edge pixels' outer side, so that they are
            there twice, or in their middle.

    Returns:
        `[batch, height + above + below, width + 2 * border, channels]`.
    """
    above, below = (border if rows is None else rows for rows in (above, below))
    margins = [[0, 0], [above, below], [border, border], [0, 0]]
    # Without repetition the mirror begins at the edge's neighbour.
    edge = 0 if repeat_edge else 1

    # A gradient of our own: TensorFlow's of what is picked takes up to three times as long.
    @tf.custom_gradient
    def pad(inputs: tf.Tensor) -> tuple[tf.Tensor, Callable[[tf.Tensor], tf.Tensor]]:
        _, height, width, _ = pixels.sides(inputs)
        rows = _around(height, above, below, edge)
        return pixels.pick(inputs, rows, _around(width, border, border, edge)), fold

    def fold(upstream: tf.Tensor) -> tf.Tensor:
        mode = "SYMMETRIC" if repeat_edge else "REFLECT"
        return tf.raw_ops.MirrorPadGrad(input=upstream, paddings=margins, mode=mode)

    return pad(inputs)


def _around(size: tf.Tensor, before: int, after: int, edge: int) -> tf.Tensor:
    """Returns the indices of a side with its mirrored borders, `[before + size + after]`."""
    wanted = tf.range(-before, size + after)
    mirrored_before = tf.maximum(wanted, edge - 1 - wanted)
    return tf.minimum(mirrored_before, 2 * size - 1 - edge - mirrored_before)


def mirror_to(inputs: tf.Tensor, height: tf.Tensor, width: tf.Tensor) -> tf.Tensor:
    """Returns the input grown below and to the right by mirroring, as often as it takes.

    Args:
        inputs: `[batch, rows, columns, channels]`, from one pixel up.
        height: rows wanted, no fewer than there are.
        width: columns wanted, no fewer than there are.
    """
    inputs = tf.convert_to_tensor(inputs)
    size, wanted = inputs.shape[1:3], [tf.get_static_value(side) for side in (height, width)]
    if size.is_fully_defined() and size == wanted:
        return inputs
    _, rows, columns, _ = pixels.sides(inputs)
    return pixels.pick(inputs, mirrored(height, rows), mirrored(width, columns))


def mirrored(wanted: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
    """Returns 0, 1, ..., size - 1, size - 2, ..., 1, 0, 1, ...: `wanted` indices in all."""
    # There and back without the two ends' repetition; one pixel alone is its own mirror.
    period = tf.maximum(2 * size - 2, 1)
    position = tf.range(wanted) % period
    return tf.minimum(position, period - position)
