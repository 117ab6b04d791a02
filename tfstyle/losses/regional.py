"""The style loss region by region: pure functions of tensors, beside those of `functional`."""

import tensorflow as tf

from tfstyle.losses import functional
from tfstyle.losses.functional import Gradient

SMALLEST_AREA = 1e-6
"""Keeps a region without positions from dividing by zero, in positions of a layer."""


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
    return averaged(region_sums(features, guides))


def region_sums(features: tf.Tensor, guides: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns what `region_gram_matrices` divides: the sums of these over parts of an image.

    Args:
        features: `[batch, height, width, channels]`, any float type.
        guides: `[regions, height, width]`, float32.

    Returns:
        sum_p m_r(p) F(p) F(p)^T, `[batch, regions, channels, channels]`, and the regions' areas
        sum_p m_r(p), `[regions]`; float32.
    """
    # Differs from Gatys et al. (2016), whose guides multiply features: here a position that belongs
    # to a region by half counts by half, and the regions together count each position once.
    batch, height, width, _ = tf.unstack(tf.shape(features))
    rows = tf.reshape(features, [batch, height * width, features.shape[-1]])
    # [regions, height * width, 1]
    of_rows = tf.reshape(guides, [-1, height * width, 1])
    return _guided_products(rows, of_rows), tf.reduce_sum(of_rows, axis=[1, 2])


def averaged(sums: tuple[tf.Tensor, tf.Tensor]) -> tf.Tensor:
    """Returns `region_gram_matrices` of features that are summed up already by `region_sums`."""
    products, areas = sums
    divisors = tf.maximum(areas, SMALLEST_AREA) * float(products.shape[-1])
    return products / divisors[:, tf.newaxis, tf.newaxis]


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


def region_style_loss(
    features: tf.Tensor, guides: tf.Tensor, target: tf.Tensor, shares: tf.Tensor
) -> tf.Tensor:
    """Returns the distance between the features' Gram matrices, region by region, and targets.

    sum_r s_r ||G_r - G'_r||_F^2 / (C * H * W), H and W of the features. One region of the share 1
    over everything gives `style_loss`.
    Reference: Gatys et al. (2016), "Controlling perceptual factors", eq. 5.

    Args:
        features: `[batch, height, width, channels]`, any float type.
        guides: `[regions, height, width]`, float32; see `region_gram_matrices`.
        target: `[regions, channels, channels]`, float32.
        shares: `[regions]`, float32, how much each region counts.

    Returns:
        `[batch]`, float32.
    """
    values = functional.values_per_image(features)
    return region_style_loss_of(region_sums(features, guides), values, target, shares)


def region_style_loss_of(
    sums: tuple[tf.Tensor, tf.Tensor], values: tf.Tensor, target: tf.Tensor, shares: tf.Tensor
) -> tf.Tensor:
    """Returns what `region_style_loss` does, of features summed up already.

    Args:
        sums: `region_sums` of all positions.
        values: C * H * W of the features, float32.
        target: as for `region_style_loss`.
        shares: likewise.
    """
    squares = tf.math.squared_difference(averaged(sums), target)
    # [batch, regions]
    of_regions = tf.reduce_sum(squares, axis=[2, 3])
    return tf.linalg.matvec(of_regions, shares) / values
