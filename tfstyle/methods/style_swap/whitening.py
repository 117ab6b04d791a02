"""Features freed of their statistics, and given another picture's.

References: Li et al. (2017), "Universal style transfer via feature transforms", section 3.2, for
whitening and colouring; Pitié and Kokaram (2007), "The linear Monge-Kantorovitch linear colour
mapping for example-based colour transfer", for `transport`.
"""

from collections.abc import Sequence
from typing import NamedTuple

import tensorflow as tf

REGULARISER = 1e-2
"""Added to every eigenvalue, as a share of the style's mean one. A map of fewer positions than
channels has eigenvalues of 0, and below this share the photograph's noise would be amplified."""

SMALLEST_REGULARISER = 1e-12
"""Of a style of one colour, all of whose eigenvalues are 0: their roots are divided by."""


class Statistics(NamedTuple):
    """Mean and covariance of features over all positions, float32."""

    mean: tf.Tensor
    """`[channels]`."""
    covariance: tf.Tensor
    """`[channels, channels]`."""

    def regulariser(self) -> tf.Tensor:
        """Returns what is added to eigenvalues where these statistics are the style's."""
        channels = tf.cast(tf.shape(self.mean)[0], tf.float32)
        share = REGULARISER * tf.linalg.trace(self.covariance) / channels
        return tf.maximum(share, SMALLEST_REGULARISER)


def statistics(maps: Sequence[tf.Tensor], weights: Sequence[tf.Tensor] | None = None) -> Statistics:
    """Returns the statistics of all positions of some maps together.

    Args:
        maps: each `[batch, rows, columns, channels]`, of any sizes and any float type.
        weights: how much each position counts, `[rows, columns]` for each map, where they do not
            all count the same; their sum is above 0.
    """
    channels = maps[0].shape[-1]
    # [positions, channels]
    rows = tf.concat([tf.reshape(tf.cast(each, tf.float32), [-1, channels]) for each in maps], 0)
    if weights is not None:
        return _weighted(rows, tf.concat([tf.reshape(each, [-1]) for each in weights], 0))
    mean = tf.reduce_mean(rows, axis=0)
    centred = rows - mean
    count = tf.cast(tf.shape(rows)[0], tf.float32)
    return Statistics(mean, tf.matmul(centred, centred, transpose_a=True) / count)


def _weighted(rows: tf.Tensor, weights: tf.Tensor) -> Statistics:
    """Returns sum w x / sum w and sum w (x - mean) (x - mean)^T / sum w over `[positions, ...]`."""
    # [positions, 1]
    shares = (weights / tf.reduce_sum(weights))[:, tf.newaxis]
    mean = tf.reduce_sum(shares * rows, axis=0)
    centred = rows - mean
    return Statistics(mean, tf.matmul(centred, shares * centred, transpose_a=True))


def whiten(features: tf.Tensor, own: Statistics, regulariser: tf.Tensor | float) -> tf.Tensor:
    """Returns (F - mean) (C + regulariser I)^(-1/2): of mean 0 and, unregularised, covariance I.

    The root is the symmetric one (ZCA), so that channels keep their meaning from picture to
    picture and patches of two pictures can be compared.

    Args:
        features: `[..., channels]`, float32.
        own: their statistics.
        regulariser: see `Statistics.regulariser`.
    """
    return tf.tensordot(features - own.mean, power(own.covariance, -1 / 2, regulariser), 1)


def color(white: tf.Tensor, target: Statistics, regulariser: tf.Tensor | float) -> tf.Tensor:
    """Returns W (C + regulariser I)^(1/2) + mean: undoes `whiten` by the same statistics.

    Args:
        white: `[..., channels]`, float32.
        target: the statistics that white features get.
        regulariser: see `Statistics.regulariser`.
    """
    return tf.tensordot(white, power(target.covariance, 1 / 2, regulariser), 1) + target.mean


def transport(
    values: tf.Tensor, own: Statistics, target: Statistics, regulariser: float = 1e-5
) -> tf.Tensor:
    """Returns values with the target's mean and covariance, each moved as little as possible.

    x -> A (x - own mean) + target mean, A = C^-1/2 (C^1/2 T C^1/2)^1/2 C^-1/2 with C and T the
    covariances plus regulariser I: the linear Monge map, the identity between equal statistics.

    Args:
        values: `[..., channels]`, float32.
        own: their statistics.
        target: those that they get.
        regulariser: so that flat pictures have an inverse root.
    """
    root = power(own.covariance, 1 / 2, regulariser)
    inverse_root = power(own.covariance, -1 / 2, regulariser)
    target_covariance = target.covariance + regulariser * _identity_like(target.covariance)
    middle = power(root @ target_covariance @ root, 1 / 2)
    return tf.tensordot(values - own.mean, inverse_root @ middle @ inverse_root, 1) + target.mean


def power(matrix: tf.Tensor, exponent: float, regulariser: tf.Tensor | float = 0.0) -> tf.Tensor:
    """Returns a symmetric matrix plus regulariser I to a real power, symmetric.

    Negative eigenvalues, which rounding leaves, count as 0.
    """
    values, vectors = tf.linalg.eigh(matrix)
    powers = tf.pow(tf.maximum(values, 0.0) + regulariser, exponent)
    return tf.matmul(vectors * powers, vectors, transpose_b=True)


def main_directions(own: Statistics, count: int) -> tf.Tensor:
    """Returns the `count` directions of greatest variance, `[channels, count or fewer]`."""
    # `eigh` sorts by rising eigenvalues.
    return tf.linalg.eigh(own.covariance)[1][:, -count:]


def _identity_like(matrix: tf.Tensor) -> tf.Tensor:
    return tf.eye(tf.shape(matrix)[0], dtype=matrix.dtype)
