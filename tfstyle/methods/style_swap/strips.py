"""A large level in bounded memory: the same picture, strip by strip, of the whole's statistics."""

from collections.abc import Callable, Iterator

import numpy as np
import tensorflow as tf

from tfstyle.methods.style_swap import whitening

WHOLE_PIXELS = 2_000_000
"""Up to so many, a level is better painted at once: its statistics need no pass of their own."""

STRIP_PIXELS = 2**19
"""Pixels of a strip, without its margins."""

MARGIN = 64
"""Rows around a strip that its own depend on: VGG19's down to block3_conv1 see 10 further, the
inverse network's 4 positions of 4 pixels, and its checkerboard is measured over 5 more. A multiple
of every stride down to block4, so that positions stay where they are."""


def paint(query: tf.Tensor, paint_strip: Callable[[tf.Tensor], tf.Tensor]) -> np.ndarray:
    """Returns a query painted strip by strip.

    Args:
        query: `[1, height, width, 3]`, grown to whole positions.
        paint_strip: from a part of the query, margins and all, to its picture, of the same shape.

    Returns:
        The query's shape, float32.
    """
    pastiche = np.empty(query.shape, np.float32)
    for top, bottom, above, below in _strips(*query.shape[1:3]):
        painted = paint_strip(query[:, top - above : bottom + below])
        pastiche[:, top:bottom] = painted[:, above : above + bottom - top]
    return pastiche


def statistics(query: tf.Tensor, encode: Callable[[tf.Tensor], tf.Tensor]) -> whitening.Statistics:
    """Returns those of the whole query's features, each position of which counts once.

    Args:
        query: as for `paint`.
        encode: from a part of it to its features.
    """
    count, total, products = 0, 0.0, 0.0
    for top, bottom, above, below in _strips(*query.shape[1:3]):
        features = tf.cast(encode(query[:, top - above : bottom + below]), tf.float32)
        # Rows of pixels to a row of positions.
        stride = (bottom + below - top + above) // features.shape[1]
        own = features[:, above // stride : (above + bottom - top) // stride]
        rows = tf.reshape(own, [-1, own.shape[-1]])
        # In float64: a covariance is a small difference of large sums.
        mean = tf.reduce_mean(rows, axis=0)
        centred = rows - mean
        mean = mean.numpy().astype(np.float64)
        count += len(rows)
        total = total + len(rows) * mean
        products = products + tf.matmul(centred, centred, transpose_a=True).numpy()
        products = products + len(rows) * np.outer(mean, mean)
    mean = total / count
    covariance = products / count - np.outer(mean, mean)
    return whitening.Statistics(tf.constant(mean, tf.float32), tf.constant(covariance, tf.float32))


def _strips(height: int, width: int) -> Iterator[tuple[int, int, int, int]]:
    """Yields each strip's first and last row, and the margins above and below."""
    rows = max(STRIP_PIXELS // width // MARGIN, 1) * MARGIN
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        yield top, bottom, min(MARGIN, top), min(MARGIN, height - bottom)
