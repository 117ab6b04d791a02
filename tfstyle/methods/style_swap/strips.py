"""A large level in bounded memory: the same picture, strip by strip, of the whole's statistics."""

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import tensorflow as tf

from tfstyle.methods.style_swap import whitening

STRIP_PIXELS = 2**19
"""Pixels of a strip, without its margins. No larger, a level is better painted at once."""

KEPT_PIXELS = 2_000_000
"""Up to so many, a level's features are kept from their statistics to their decoding; above, they
are had twice."""

MARGIN = 64
"""Rows around a strip that its own depend on: VGG19's down to block3_conv1 see 10 further, the
inverse network's 4 positions of 4 pixels, and its checkerboard is measured over 5 more. A multiple
of every stride down to block4, so that positions stay where they are."""


class Sums:
    """Statistics of many maps, one after the other."""

    def __init__(self) -> None:
        """Begins with none."""
        # In float64: a covariance is a small difference of large sums.
        self._count, self._total, self._products = 0.0, 0.0, 0.0

    def add(self, features: tf.Tensor, weights: tf.Tensor | None = None) -> None:
        """Takes `[1, rows, columns, channels]`; weights are `[rows, columns]`."""
        if weights is None:
            own, count = whitening.statistics([features]), float(math.prod(features.shape[:-1]))
        else:
            count = float(tf.reduce_sum(weights))
            # The region has nothing here.
            if count == 0:
                return
            own = whitening.statistics([features], [weights])
        mean = own.mean.numpy().astype(np.float64)
        self._count += count
        self._total = self._total + count * mean
        self._products = self._products + count * (own.covariance.numpy() + np.outer(mean, mean))

    def statistics(self) -> whitening.Statistics:
        """Returns those of all that was taken."""
        mean = self._total / self._count
        covariance = self._products / self._count - np.outer(mean, mean)
        return whitening.Statistics(
            tf.constant(mean, tf.float32), tf.constant(covariance, tf.float32)
        )


def paint(
    query: tf.Tensor, paint_strip: Callable[..., tf.Tensor], *beside: tf.Tensor
) -> np.ndarray:
    """Returns a query painted strip by strip.

    Args:
        query: `[1, height, width, 3]`, grown to whole positions.
        paint_strip: from a part of the query, margins and all, and the same rows of what lies
            beside it, to its picture, of the part's shape.
        beside: what there is by positions, each `[number, rows, columns]`.

    Returns:
        The query's shape, float32.
    """
    pastiche = np.empty(query.shape, np.float32)
    for top, bottom, above, below in _strips(*query.shape[1:3]):
        first, end = top - above, bottom + below
        parts = [_rows(each, query, first, end) for each in beside]
        painted = paint_strip(query[:, first:end], *parts)
        pastiche[:, top:bottom] = painted[:, above : above + bottom - top]
    return pastiche


def statistics(
    queries: Sequence[tf.Tensor], encode: Callable[[tf.Tensor], tf.Tensor]
) -> whitening.Statistics:
    """Returns those of all features of some queries together, each position of which counts once.

    Args:
        queries: each as for `paint`.
        encode: from a part of one to its features.
    """
    sums = Sums()
    for query in queries:
        for _, features in _features(query, encode):
            sums.add(features)
    return sums.statistics()


def statistics_of_regions(
    queries: Sequence[tf.Tensor],
    encode: Callable[[tf.Tensor], tf.Tensor],
    weights: Sequence[tf.Tensor],
) -> list[whitening.Statistics]:
    """Returns those of each region of some queries together; see `statistics`.

    Args:
        queries: each as for `paint`.
        encode: from a part of one to its features.
        weights: how far positions belong to each region, `[regions, rows, columns]` for each query.
    """
    sums = [Sums() for _ in weights[0]]
    for query, shares in zip(queries, weights, strict=True):
        for first, features in _features(query, encode):
            here = shares[:, first : first + features.shape[1]]
            for region, share in zip(sums, here, strict=True):
                region.add(features, share)
    return [region.statistics() for region in sums]


def features(query: tf.Tensor, encode: Callable[[tf.Tensor], tf.Tensor]) -> tf.Tensor:
    """Returns a query's features, `[1, rows, columns, channels]`; see `statistics`."""
    return tf.concat([part for _, part in _features(query, encode)], axis=1)


def decode(
    target: tf.Tensor, size: tuple[int, int], decoder: Callable[[tf.Tensor], tf.Tensor]
) -> np.ndarray:
    """Returns what the decoder makes of features, strip by strip.

    Args:
        target: `[1, rows, columns, channels]`.
        size: of the picture, (height, width) in pixels, a multiple of the positions'.
        decoder: from features to a picture.
    """
    pastiche = np.empty([1, *size, 3], np.float32)
    stride = size[0] // target.shape[1]
    for top, bottom, above, below in _strips(*size):
        seen = target[:, (top - above) // stride : (bottom + below) // stride]
        pastiche[:, top:bottom] = decoder(seen)[:, above : above + bottom - top]
    return pastiche


def _rows(beside: tf.Tensor, query: tf.Tensor, first: int, end: int) -> tf.Tensor:
    """Returns the rows of what lies beside a query that belong to these rows of its pixels."""
    stride = query.shape[1] // beside.shape[1]
    return beside[:, first // stride : end // stride]


def _features(
    query: tf.Tensor, encode: Callable[[tf.Tensor], tf.Tensor]
) -> Iterator[tuple[int, tf.Tensor]]:
    """Yields each strip's first row of positions, and its features without its margins.

    These are `[1, rows, columns, channels]`.
    """
    for top, bottom, above, below in _strips(*query.shape[1:3]):
        features = encode(query[:, top - above : bottom + below])
        # Rows of pixels to a row of positions.
        stride = (bottom + below - top + above) // features.shape[1]
        yield top // stride, features[:, above // stride : (above + bottom - top) // stride]


def _strips(height: int, width: int) -> Iterator[tuple[int, int, int, int]]:
    """Yields each strip's first and last row, and the margins above and below."""
    most = max(STRIP_PIXELS // width // MARGIN, 1) * MARGIN
    # Of equal heights, or nearly: the highest takes the memory.
    rows = math.ceil(height / math.ceil(height / most) / MARGIN) * MARGIN
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        yield top, bottom, min(MARGIN, top), min(MARGIN, height - bottom)
