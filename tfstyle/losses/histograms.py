"""The histogram loss: features distributed as the style's, channel by channel (Risser et al. 2017).

Gram matrices leave room for features that are all weaker, or for contrast that is lost: a picture
may look washed out and have the style's Gram matrices all the same. Histograms do not.
"""

import numpy as np
import tensorflow as tf

from tfstyle.losses import functional

BINS = 256
"""Steps of a channel's range in which values are counted, as many as the paper's."""

KNOTS = 1025
"""Places at which a style's distribution is known, evenly spaced by rank."""


def quantiles(features: tf.Tensor) -> tf.Tensor:
    """Returns each channel's values by rank: the lowest first, the median in the middle.

    Args:
        features: `[1, height, width, channels]`, any float type.

    Returns:
        `[1, channels, KNOTS]`, float32, rising.
    """
    # [height * width, channels]
    rows = np.asarray(tf.cast(features, tf.float32)).reshape(-1, features.shape[-1])
    # By NumPy, which is many times faster at it than TensorFlow on a CPU.
    values = np.sort(rows.T, axis=1)
    places = np.linspace(0, values.shape[1] - 1, KNOTS)
    low = places.astype(int)
    high = np.minimum(low + 1, values.shape[1] - 1)
    knots = values[:, low] + np.float32(places - low) * (values[:, high] - values[:, low])
    return tf.constant(knots[np.newaxis], tf.float32)


def histogram_loss(features: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """Returns the mean squared difference between features and what has the style's histograms.

    ||F - R(F)||_F^2 / (C * H * W), where R maps each channel to the target's distribution, rank by
    rank. R(F) is held constant in the gradient, 2 (F - R(F)) / (C * H * W).
    Reference: Risser et al. (2017), "Stable and controllable neural texture synthesis and style
    transfer using histogram losses".

    Args:
        features: `[batch, height, width, channels]`, any float type.
        target: `[batch or 1, channels, KNOTS]`, float32; see `quantiles`.

    Returns:
        `[batch]`, float32.
    """
    wide = tf.cast(features, tf.float32)
    return functional.content_loss(wide, matched(tf.stop_gradient(wide), target))


def matched(features: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """Returns the features with each channel's distribution that of the target.

    A value of rank u, from 0 to 1, becomes the target's of that rank; u is counted in bins and
    linear within one. All that has a channel's lowest value becomes the mean of what its ranks
    have: after ReLU these are the zeros, which no gradient reaches.

    Args:
        features: `[batch, height, width, channels]`, float32.
        target: `[batch or 1, channels, KNOTS]`.

    Returns:
        The shape of `features`, float32.
    """
    # Differs from Risser et al. (2017), who map bins to bins: within a bin the map is linear.
    lowest = tf.reduce_min(features, axis=[1, 2], keepdims=True)
    ranges = tf.reduce_max(features, axis=[1, 2], keepdims=True) - lowest
    # From 0 to BINS; 0 where a channel has one value only.
    places = (features - lowest) * tf.math.divide_no_nan(float(BINS), ranges)
    indices = _rows(places)
    starts, slopes = _lines(_ranks(indices, tf.shape(features)), target)
    return tf.gather(starts, indices) + tf.gather(slopes, indices) * places


def _rows(places: tf.Tensor) -> tf.Tensor:
    """Returns where each value's bin stands in tables of `[batch * channels * (BINS + 1)]`.

    Bin 0 is for the lowest value alone, and bin k for places above k - 1 and up to k.
    """
    batch, channels = tf.shape(places)[0], tf.shape(places)[-1]
    first = (BINS + 1) * tf.reshape(tf.range(batch * channels), [batch, 1, 1, channels])
    # Rounding may carry the highest value beyond the last bin.
    return tf.minimum(tf.cast(tf.math.ceil(places), tf.int32), BINS) + first


def _ranks(indices: tf.Tensor, shape: tf.Tensor) -> tf.Tensor:
    """Returns the share of values up to each bin's end, `[batch, channels, BINS + 1]`."""
    size = shape[0] * shape[3] * (BINS + 1)
    counts = tf.math.bincount(tf.reshape(indices, [-1]), minlength=size, maxlength=size)
    counts = tf.reshape(counts, [shape[0], shape[3], BINS + 1])
    # Whole numbers are summed: float32 would lose some beyond 16 million.
    return tf.cast(tf.cumsum(counts, axis=-1), tf.float32) / tf.cast(
        shape[1] * shape[2], tf.float32
    )


def _lines(ranks: tf.Tensor, target: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns each bin's line from places to values, start and slope, as flat tables."""
    target = tf.broadcast_to(target, [tf.shape(ranks)[0], tf.shape(ranks)[1], KNOTS])
    # What the bins' ends become: bin k goes from end k - 1 to end k.
    ends = _at(target, ranks)
    slopes = ends[..., 1:] - ends[..., :-1]
    starts = ends[..., :-1] - tf.range(BINS, dtype=tf.float32) * slopes
    lowest = _mean_below(target, ranks[..., :1])
    flat = (
        tf.concat([lowest, starts], axis=-1),
        tf.concat([tf.zeros_like(lowest), slopes], axis=-1),
    )
    return tf.reshape(flat[0], [-1]), tf.reshape(flat[1], [-1])


def _at(values: tf.Tensor, ranks: tf.Tensor) -> tf.Tensor:
    """Returns evenly spaced values `[batch, channels, KNOTS]` at ranks from 0 to 1."""
    places = ranks * (KNOTS - 1)
    low = tf.minimum(tf.cast(places, tf.int32), KNOTS - 2)
    share = places - tf.cast(low, tf.float32)
    before, after = (tf.gather(values, low + step, batch_dims=2) for step in (0, 1))
    return before + share * (after - before)


def _mean_below(values: tf.Tensor, rank: tf.Tensor) -> tf.Tensor:
    """Returns the mean of the values up to a rank above 0, `[batch, channels, 1]`."""
    areas = tf.cumsum((values[..., 1:] + values[..., :-1]) / 2, axis=-1)
    areas = tf.pad(areas, [[0, 0], [0, 0], [1, 0]])
    places = rank * (KNOTS - 1)
    low = tf.minimum(tf.cast(places, tf.int32), KNOTS - 2)
    share = places - tf.cast(low, tf.float32)
    # The area up to the knot below, and that of the trapezoid from there to the rank.
    before = tf.gather(values, low, batch_dims=2)
    area = tf.gather(areas, low, batch_dims=2) + share * (before + _at(values, rank)) / 2
    return area / places
