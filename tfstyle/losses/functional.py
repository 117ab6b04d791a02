"""The losses, pure functions of tensors in the reference system's normalisation.

Each gives one value per image, so that a batch is so many pictures, each judged by itself.
"""

import tensorflow as tf


def gram_matrix(features: tf.Tensor) -> tf.Tensor:
    """Returns how strongly each pair of channels fires together, averaged over positions.

    G = F^T F / (C * H * W), with F the features as one row per position.
    Reference: Gatys et al. (2015), eq. 3; the divisor is the reference system's.

    Args:
        features: `[batch, height, width, channels]`, any float type.

    Returns:
        `[batch, channels, channels]`, float32, symmetric.
    """
    batch, height, width, channels = tf.unstack(tf.shape(features))
    rows = tf.reshape(features, [batch, height * width, features.shape[-1]])
    positions_and_channels = tf.cast(height * width * channels, tf.float32)
    return _products_of_columns(rows) / positions_and_channels


@tf.custom_gradient
def _products_of_columns(rows: tf.Tensor):
    """Returns rows^T rows in float32; the gradient is one product in the rows' own type.

    d(R^T R) seen by R is R (U + U^T); the general rule multiplies by U and U^T apart.
    """
    wide = tf.cast(rows, tf.float32)

    def gradient(upstream: tf.Tensor) -> tf.Tensor:
        symmetric = upstream + tf.linalg.matrix_transpose(upstream)
        return tf.matmul(rows, tf.cast(symmetric, rows.dtype))

    return tf.matmul(wide, wide, transpose_a=True), gradient


def style_loss(features: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """Returns the distance between the features' Gram matrix and a target Gram matrix.

    ||G - G'||_F^2 / (C * H * W), H and W of the features.
    Reference: the reference system's style loss of one layer, after Gatys et al. (2015), eq. 4;
    the second division by C * H * W is its own.

    Args:
        features: `[batch, height, width, channels]`, any float type.
        target: `[batch or 1, channels, channels]`, float32.

    Returns:
        `[batch]`, float32.
    """
    squares = tf.math.squared_difference(gram_matrix(features), target)
    return tf.reduce_sum(squares, axis=[1, 2]) / _values_per_image(features)


def content_loss(features: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """Returns the mean squared difference between features and target features.

    ||F - F'||_F^2 / (C * H * W).
    Reference: the reference system's content loss of one layer; Johnson et al. (2016), eq. 2.

    Args:
        features: `[batch, height, width, channels]`, any float type.
        target: the same shape.

    Returns:
        `[batch]`, float32.
    """
    difference = tf.cast(features, tf.float32) - tf.cast(target, tf.float32)
    return _sum_of_squares(difference) / _values_per_image(features)


def total_variation(image: tf.Tensor) -> tf.Tensor:
    """Returns the summed squared differences between horizontal and vertical neighbours.

    sum (x[h, w+1, c] - x[h, w, c])^2 + sum (x[h+1, w, c] - x[h, w, c])^2.
    Reference: the reference system; Johnson et al. (2016), section 3.2.

    Args:
        image: `[batch, height, width, channels]`, float32.

    Returns:
        `[batch]`, float32.
    """
    batch, height, width, channels = tf.unstack(tf.shape(image))
    # Long rows: slices of three channels are several times slower on a CPU.
    rows = tf.reshape(image, [batch, height, width * channels])
    return _squared_steps(rows, channels)


@tf.custom_gradient
def _squared_steps(rows: tf.Tensor, channels: tf.Tensor):
    """Returns the summed squares of the steps to the right (`channels` on) and down.

    A value's gradient is twice the step that leads to it less twice the step that leaves it; the
    general rule pads and adds each slice apart, at six times the cost.
    """
    right = rows[:, :, channels:] - rows[:, :, :-channels]
    down = rows[:, 1:] - rows[:, :-1]

    def gradient(upstream: tf.Tensor):
        arriving = tf.pad(right, [[0, 0], [0, 0], [channels, 0]]) + tf.pad(
            down, [[0, 0], [1, 0], [0, 0]]
        )
        leaving = tf.pad(right, [[0, 0], [0, 0], [0, channels]]) + tf.pad(
            down, [[0, 0], [0, 1], [0, 0]]
        )
        return 2 * upstream[:, tf.newaxis, tf.newaxis] * (arriving - leaving), None

    return _sum_of_squares(right) + _sum_of_squares(down), gradient


def temporal_loss(image: tf.Tensor, held: tf.Tensor, trust: tf.Tensor) -> tf.Tensor:
    """Returns the mean squared difference from what earlier frames show, where that is trusted.

    sum c (x - w)^2 / (C * H * W), w the earlier pastiches warped, c the trust.
    Reference: Ruder et al. (2016), section 4.2.

    Args:
        image: `[batch, height, width, channels]`, float32.
        held: the same shape.
        trust: `[batch, height, width, 1]`, float32, from 0 to 1.

    Returns:
        `[batch]`, float32.
    """
    return _sum_of_squares(tf.sqrt(trust) * (image - held)) / _values_per_image(image)


def out_of_range(image: tf.Tensor) -> tf.Tensor:
    """Returns the summed squared distances of the values from the range [0, 1].

    sum max(x - 1, 0)^2 + sum max(-x, 0)^2. Not in the reference system:
    without it L-BFGS, which knows no bounds, paints whiter than white, and clipping bleaches.

    Args:
        image: `[batch, height, width, channels]`, float32.

    Returns:
        `[batch]`, float32.
    """
    # Where the clipped image would pass a gradient on, the excess is zero: none is needed.
    excess = image - tf.stop_gradient(tf.clip_by_value(image, 0, 1))
    return _sum_of_squares(excess)


def _values_per_image(features: tf.Tensor) -> tf.Tensor:
    return tf.cast(tf.reduce_prod(tf.shape(features)[1:]), tf.float32)


@tf.custom_gradient
def _sum_of_squares(values: tf.Tensor):
    """Returns each image's sum of squares; the general gradient makes a broadcast copy more."""

    def gradient(upstream: tf.Tensor) -> tf.Tensor:
        return 2 * tf.reshape(upstream, [-1] + [1] * (values.shape.rank - 1)) * values

    return tf.reduce_sum(tf.square(values), axis=list(range(1, values.shape.rank))), gradient
