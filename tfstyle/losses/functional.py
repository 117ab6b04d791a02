"""The losses, pure functions of tensors in the reference system's normalisation.

Each gives one value per image, so a batch is so many pictures, each compared by itself. Weights,
layers and targets belong to the objective.
"""

from collections.abc import Callable

import tensorflow as tf

SMALLEST_AREA = 1e-6
"""Keeps a region without positions from dividing by zero, in positions of a layer."""

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
    batch, height, width, channels = tf.unstack(tf.shape(features))
    # [batch, height * width, channels]; the last is known when the graph is traced.
    rows = tf.reshape(features, [batch, height * width, features.shape[-1]])
    positions_and_channels = tf.cast(height * width * channels, tf.float32)
    return _products_of_columns(rows) / positions_and_channels


def region_gram_matrices(features: tf.Tensor, guides: tf.Tensor) -> tf.Tensor:
    """Returns a Gram matrix for each region, averaged over the region's own positions.

    G_r = sum_p m_r(p) F(p) F(p)^T / (C * sum_p m_r(p)), m_r the region's guide. A guide of ones
    gives `gram_matrix`.
    Reference: Gatys et al. (2016), "Controlling perceptual factors", eq. 4; their T_r is the root
    of m_r here.

    Args:
        features: `[batch, height, width, channels]`, any float type.
        guides: `[regions, height, width]`, float32 from 0 to 1; a region that is zero everywhere
            has a matrix of zeros.

    Returns:
        `[batch, regions, channels, channels]`, float32, symmetric.
    """
    # Differs from Gatys et al. (2016), whose guides multiply features: here a position that belongs
    # to a region by half counts by half, and the regions together count each position once.
    batch, height, width, channels = tf.unstack(tf.shape(features))
    rows = tf.reshape(features, [batch, height * width, features.shape[-1]])
    # [regions, height * width, 1]
    of_rows = tf.reshape(guides, [-1, height * width, 1])
    areas = tf.reduce_sum(of_rows, axis=[1, 2])
    divisors = tf.maximum(areas, SMALLEST_AREA) * tf.cast(channels, tf.float32)
    return _guided_products(rows, of_rows) / divisors[:, tf.newaxis, tf.newaxis]


@tf.custom_gradient
def _guided_products(rows: tf.Tensor, guides: tf.Tensor) -> tuple[tf.Tensor, Gradient]:
    """Returns R^T diag(m) R of rows `[batch, n, channels]` for each guide m, and its gradient.

    `[batch, regions, channels, channels]`, float32; the guides, `[regions, n, 1]`, are constants.
    """
    wide = tf.cast(rows, tf.float32)

    # One region after the other: all at once would keep the features once for each.
    def products(guide: tf.Tensor) -> tf.Tensor:
        return tf.matmul(wide * guide, wide, transpose_a=True)

    def gradient(upstream: tf.Tensor) -> tuple[tf.Tensor, None]:
        symmetric = tf.cast(upstream + tf.linalg.matrix_transpose(upstream), rows.dtype)

        def add(total: tf.Tensor, region: tuple[tf.Tensor, tf.Tensor]) -> tf.Tensor:
            guide, of_region = region
            return total + tf.cast(guide, rows.dtype) * tf.matmul(rows, of_region)

        # [regions, batch, channels, channels]
        each = tf.transpose(symmetric, [1, 0, 2, 3])
        start = tf.zeros_like(rows)
        return tf.foldl(add, (guides, each), start, parallel_iterations=1), None

    found = tf.map_fn(products, guides, parallel_iterations=1)
    return tf.transpose(found, [1, 0, 2, 3]), gradient


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
    # Differs from Gatys et al. (2015), eq. 4: there the divisor is 4 C^2 H^2 W^2 of plain sums. The
    # reference system divides the Gram matrix by C H W, and the squares once more.
    squares = tf.math.squared_difference(gram_matrix(features), target)
    return tf.reduce_sum(squares, axis=[1, 2]) / _values_per_image(features)


def region_style_loss(
    features: tf.Tensor, target: tf.Tensor, guides: tf.Tensor, shares: tf.Tensor
) -> tf.Tensor:
    """Returns the distance between the features' Gram matrices, region by region, and targets.

    sum_r s_r ||G_r - G'_r||_F^2 / (C * H * W), H and W of the features. One region of the share 1
    over everything gives `style_loss`.
    Reference: Gatys et al. (2016), "Controlling perceptual factors", eq. 5.

    Args:
        features: `[batch, height, width, channels]`, any float type.
        target: `[regions, channels, channels]`, float32.
        guides: `[regions, height, width]`, float32; see `region_gram_matrices`.
        shares: `[regions]`, float32, how much each region counts.

    Returns:
        `[batch]`, float32.
    """
    squares = tf.math.squared_difference(region_gram_matrices(features, guides), target)
    # [batch, regions]
    of_regions = tf.reduce_sum(squares, axis=[2, 3])
    return tf.linalg.matvec(of_regions, shares) / _values_per_image(features)


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
    difference = tf.cast(features, tf.float32) - tf.cast(target, tf.float32)
    return _sum_of_squares(difference) / _values_per_image(features)


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
    return _sum_of_squares(tf.sqrt(trust) * (image - held)) / _values_per_image(image)


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


def _values_per_image(features: tf.Tensor) -> tf.Tensor:
    """Returns C * H * W, float32."""
    return tf.cast(tf.reduce_prod(tf.shape(features)[1:]), tf.float32)


@tf.custom_gradient
def _sum_of_squares(values: tf.Tensor) -> tuple[tf.Tensor, Gradient]:
    """Returns each image's sum of squares, `[batch]`."""

    def gradient(upstream: tf.Tensor) -> tf.Tensor:
        # [batch, 1, ...]; the general rule makes a broadcast copy more.
        return 2 * tf.reshape(upstream, [-1] + [1] * (values.shape.rank - 1)) * values

    return tf.reduce_sum(tf.square(values), axis=list(range(1, values.shape.rank))), gradient
