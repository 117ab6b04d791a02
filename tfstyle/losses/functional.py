"""The losses, pure functions of tensors in the reference system's normalisation.

Each gives one value per image, so a batch is so many pictures, each compared by itself. Weights,
layers and targets belong to the objective.
"""

from collections.abc import Callable

import tensorflow as tf

Gradient = Callable[[tf.Tensor], tf.Tensor]
"""From the gradient of what comes after to the gradient of the input."""


def gram_matrix(features: tf.Tensor) -> tf.Tensor:
    """Returns how strongly each pair of channels fires together, averaged over positions.

    G = F^T F / (C * H * W), with F the features as one row per position.
    Reference: Gatys et al. (2015), eq. 3; the divisor is the reference system's.

    Args:
        features: `[batch, height, width, channels]`, any float type.

    Returns:
        `[batch, channels, channels]`, float32, symmetric.
    """
    return channel_products(features) / values_per_image(features)


def channel_products(features: tf.Tensor) -> tf.Tensor:
    """Returns the Gram matrix before the division, F^T F: the sum of that over parts of an image.

    Args:
        features: `[batch, height, width, channels]`, any float type.

    Returns:
        `[batch, channels, channels]`, float32, symmetric.
    """
    batch, height, width, _ = tf.unstack(tf.shape(features))
    # [batch, height * width, channels]; the last is known when the graph is traced.
    return _products_of_columns(tf.reshape(features, [batch, height * width, features.shape[-1]]))


@tf.custom_gradient
def _products_of_columns(rows: tf.Tensor) -> tuple[tf.Tensor, Gradient]:
    """Returns R^T R of rows `[batch, n, channels]`, in float32, and its gradient R (U + U^T)."""
    # Sums over a whole picture overflow float16 and lose digits in bfloat16.
    wide = tf.cast(rows, tf.float32)

    def gradient(upstream: tf.Tensor) -> tf.Tensor:
        # One product in the rows' own type; the general rule multiplies by U and by U^T.
        symmetric = upstream + tf.linalg.matrix_transpose(upstream)
        return tf.matmul(rows, tf.cast(symmetric, rows.dtype))

    return tf.matmul(wide, wide, transpose_a=True), gradient


def style_loss(features: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """Returns the distance between the features' Gram matrix and a target Gram matrix.

    ||G - G'||_F^2 / (C * H * W), H and W of the features.
    Reference: the reference system's style loss of one layer, after Gatys et al. (2015), eq. 4.

    Args:
        features: `[batch, height, width, channels]`, any float type.
        target: `[batch or 1, channels, channels]`, float32.

    Returns:
        `[batch]`, float32.
    """
    return style_loss_of(channel_products(features), values_per_image(features), target)


def style_loss_of(products: tf.Tensor, values: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """Returns what `style_loss` does, of features summed up already.

    Args:
        products: `channel_products` of all positions, `[batch, channels, channels]`.
        values: C * H * W of the features, float32.
        target: as for `style_loss`.
    """
    # Differs from Gatys et al. (2015), eq. 4: there the divisor is 4 C^2 H^2 W^2 of plain sums. The
    # reference system divides the Gram matrix by C H W, and the squares once more.
    squares = tf.math.squared_difference(products / values, target)
    return tf.reduce_sum(squares, axis=[1, 2]) / values


def content_loss(features: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """Returns the mean squared difference between features and target features.

    ||F - F'||_F^2 / (C * H * W).
    Reference: the reference system's content loss of one layer; Johnson et al. (2016), eq. 2.
    Gatys et al. (2015), eq. 1, take half the sum.

    Args:
        features: `[batch, height, width, channels]`, any float type.
        target: the same shape.

    Returns:
        `[batch]`, float32.
    """
    return content_loss_of(squared_distance(features, target), values_per_image(features))


def squared_distance(features: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """Returns ||F - F'||_F^2, `[batch]`, float32: the sum of that over parts of an image.

    Args:
        features: `[batch, height, width, channels]`, any float type.
        target: the same shape.
    """
    return _sum_of_squares(tf.cast(features, tf.float32) - tf.cast(target, tf.float32))


def content_loss_of(distance: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    """Returns what `content_loss` does, of a `squared_distance` and the features' C * H * W."""
    return distance / values


def total_variation(image: tf.Tensor) -> tf.Tensor:
    """Returns the summed squared differences between horizontal and vertical neighbours.

    sum (x[h, w+1, c] - x[h, w, c])^2 + sum (x[h+1, w, c] - x[h, w, c])^2, not divided.
    Reference: the reference system; Johnson et al. (2016), section 3.2.

    Args:
        image: `[batch, height, width, channels]`, float32.

    Returns:
        `[batch]`, float32.
    """
    batch, height, width, channels = tf.unstack(tf.shape(image))
    # [batch, height, width * channels]: slices of three channels are several times slower on a CPU.
    rows = tf.reshape(image, [batch, height, width * channels])
    return _squared_steps(rows, channels)


@tf.custom_gradient
def _squared_steps(
    rows: tf.Tensor, channels: tf.Tensor
) -> tuple[tf.Tensor, Callable[[tf.Tensor], tuple[tf.Tensor, None]]]:
    """Returns the summed squares of the steps to the right (`channels` on) and down."""
    right = rows[:, :, channels:] - rows[:, :, :-channels]
    down = rows[:, 1:] - rows[:, :-1]

    def gradient(upstream: tf.Tensor) -> tuple[tf.Tensor, None]:
        # Twice the step that leads to a value less twice the step that leaves it; the general rule
        # pads and adds each slice by itself, at six times the cost.
        arriving = tf.pad(right, [[0, 0], [0, 0], [channels, 0]]) + tf.pad(
            down, [[0, 0], [1, 0], [0, 0]]
        )
        leaving = tf.pad(right, [[0, 0], [0, 0], [0, channels]]) + tf.pad(
            down, [[0, 0], [0, 1], [0, 0]]
        )
        return 2 * upstream[:, tf.newaxis, tf.newaxis] * (arriving - leaving), None

    return _sum_of_squares(right) + _sum_of_squares(down), gradient


def wrapped_total_variation(image: tf.Tensor) -> tf.Tensor:
    """Returns `total_variation` of an image that tiles: steps across the borders count as well.

    sum (x[h, w+1, c] - x[h, w, c])^2 + sum (x[h+1, w, c] - x[h, w, c])^2, the indices modulo the
    sides, not divided.

    Args:
        image: `[batch, height, width, channels]`, float32.

    Returns:
        `[batch]`, float32.
    """
    right, down = (tf.roll(image, -1, axis) - image for axis in (2, 1))
    return _sum_of_squares(right) + _sum_of_squares(down)


def temporal_loss(image: tf.Tensor, held: tf.Tensor, trust: tf.Tensor) -> tf.Tensor:
    """Returns the mean squared difference from what earlier frames show, where that is trusted.

    sum c (x - w)^2 / (C * H * W), w the earlier pastiches warped, c the trust. The divisor counts
    all values, trusted or not, as the paper's does.
    Reference: Ruder et al. (2016), section 4.2.

    Args:
        image: `[batch, height, width, channels]`, float32.
        held: the same shape.
        trust: `[batch, height, width, 1]`, float32, from 0 to 1.

    Returns:
        `[batch]`, float32.
    """
    return _sum_of_squares(tf.sqrt(trust) * (image - held)) / values_per_image(image)


def out_of_range(image: tf.Tensor) -> tf.Tensor:
    """Returns the summed squared distances of the values from the range [0, 1].

    sum max(x - 1, 0)^2 + sum max(-x, 0)^2, not divided.

    Args:
        image: `[batch, height, width, channels]`, float32.

    Returns:
        `[batch]`, float32.
    """
    # Differs from the reference system, which has no such term: L-BFGS knows no bounds and paints
    # whiter than white, so that clipping bleaches the picture.
    # Where the clipped image would pass a gradient on, the excess is zero: none is needed.
    excess = image - tf.stop_gradient(tf.clip_by_value(image, 0, 1))
    return _sum_of_squares(excess)


def values_per_image(features: tf.Tensor) -> tf.Tensor:
    """Returns C * H * W, float32."""
    return tf.cast(tf.reduce_prod(tf.shape(features)[1:]), tf.float32)


@tf.custom_gradient
def _sum_of_squares(values: tf.Tensor) -> tuple[tf.Tensor, Gradient]:
    """Returns each image's sum of squares, `[batch]`."""

    def gradient(upstream: tf.Tensor) -> tf.Tensor:
        # [batch, 1, ...]; the general rule makes a broadcast copy more.
        return 2 * tf.reshape(upstream, [-1] + [1] * (values.shape.rank - 1)) * values

    return tf.reduce_sum(tf.square(values), axis=list(range(1, values.shape.rank))), gradient
