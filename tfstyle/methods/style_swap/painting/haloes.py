"""Light beside dark shapes, taken out of a finished picture.

Where the photograph has no edge, the painted brightness should have none either. At a coarse level
a position of a plain wall sees the dark shape beside it, gets features between both, and is painted
brighter than the rest of the wall. The guided filter explains the painted brightness by the
photograph's; what is brighter than that, near the photograph's edges, goes.

Reference: He, Sun and Tang (2010), "Guided image filtering", eqs. 5, 6 and 8.
"""

import dataclasses

import tensorflow as tf

from tfstyle.image import color, tensors

LARGEST = 384
"""Longest side at which brightness is compared: haloes are no finer at any size."""

REGULARITY = 1e-3
"""Variance below which the photograph counts as plain (epsilon in He et al.)."""

DARKEST = 0.05
"""Keeps what is nearly black from being divided by itself."""


@dataclasses.dataclass(frozen=True)
class Scale:
    """Haloes of one width. Lengths are shares of the picture's longest side."""

    window: float
    """Half the side of the square in which brightness is explained."""
    smoothing: float
    """Strokes that are finer than this do not count as haloes."""
    contrast: float
    """Variance of the photograph's brightness in the window beside which half of a halo goes: far
    from edges light is the style's own, as a star or a crest is."""


# By eye on twelve photographs and as many paintings.
SCALES = (Scale(0.15, 0.012, 0.0025), Scale(0.05, 0.003, 0.0064))


def take_out(pastiche: tf.Tensor, content: tf.Tensor, share: float | tf.Tensor) -> tf.Tensor:
    """Returns the pastiche without its haloes, or with a share of them taken out.

    Args:
        pastiche: `[1, height, width, 3]`, float32 in [0, 1].
        content: the photograph, the same shape.
        share: from 0 to 1.
    """
    if isinstance(share, float) and share == 0:
        return pastiche
    size = tf.shape(content)[1:3]
    longest = tf.reduce_max(size)
    side = tf.minimum(longest, LARGEST)
    small = tf.maximum(1, tf.cast(tf.round(size * side / longest), tf.int32))
    guide = _brightness(_fitted(content, small))
    painted = _brightness(_fitted(pastiche, small))
    kept = tf.ones_like(painted)
    for scale in SCALES:
        kept *= _kept(painted * kept, guide, scale, tf.cast(side, tf.float32))
    kept = tf.image.resize(1 + share * (kept - 1), size)
    return pastiche * kept


def _fitted(images: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
    same = tf.reduce_all(tf.shape(images)[1:3] == size)
    return tf.cond(same, lambda: images, lambda: tensors.resize(images, size))


def _brightness(images: tf.Tensor) -> tf.Tensor:
    """Returns `[1, height, width, 1]`."""
    return tf.reduce_sum(images * tf.constant(color.REC_601, tf.float32), axis=-1, keepdims=True)


def _kept(painted: tf.Tensor, guide: tf.Tensor, scale: Scale, side: tf.Tensor) -> tf.Tensor:
    """Returns the share of its brightness that each pixel keeps, `[1, height, width, 1]`."""
    window = _pixels(scale.window * side)
    mean, mean_painted = _mean(guide, window), _mean(painted, window)
    variance = tf.maximum(_mean(guide * guide, window) - mean * mean, 0.0)
    covariance = _mean(guide * painted, window) - mean * mean_painted
    slope = covariance / (variance + REGULARITY)
    offset = mean_painted - slope * mean
    explained = _mean(slope, window) * guide + _mean(offset, window)
    # Twice a mean over a square is nearly a bell; its deviation is 0.8 of half the side.
    reach = _pixels(1.25 * scale.smoothing * side)
    smooth = _mean(_mean(tf.stack([painted, painted - explained])[:, 0], reach), reach)
    bright, unexplained = smooth[:1], smooth[1:]
    beside_edges = variance / (variance + scale.contrast)
    lost = tf.maximum(unexplained, 0.0) * beside_edges / tf.maximum(bright, DARKEST)
    # What is explained may lie below black.
    return tf.maximum(1 - lost, 0.0)


def _pixels(length: tf.Tensor) -> tf.Tensor:
    return tf.cast(tf.maximum(tf.round(length), 1.0), tf.int32)


def _mean(values: tf.Tensor, reach: tf.Tensor) -> tf.Tensor:
    """Returns the mean over the square around each position, cut at the borders.

    Args:
        values: `[1, height, width, 1]`.
        reach: how far the square goes to each side.
    """
    for axis in (1, 2):
        values = _mean_along(values, axis, reach)
    return values


def _mean_along(values: tf.Tensor, axis: int, reach: tf.Tensor) -> tf.Tensor:
    length = tf.shape(values)[axis]
    places = tf.range(length)
    first, end = tf.maximum(places - reach, 0), tf.minimum(places + reach + 1, length)
    before = tf.pad(tf.cumsum(values, axis), [[int(each == axis), 0] for each in range(4)])
    sums = tf.gather(before, end, axis=axis) - tf.gather(before, first, axis=axis)
    shape = [-1 if each == axis else 1 for each in range(4)]
    return sums / tf.reshape(tf.cast(end - first, tf.float32), shape)
