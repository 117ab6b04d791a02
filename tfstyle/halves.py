"""Images taken apart into their upper and lower halves, which some processors convolve faster."""

import contextlib
from collections.abc import Iterator

import tensorflow as tf

from tfstyle import processor

_for_any_processor = False


@contextlib.contextmanager
def for_any_processor() -> Iterator[None]:
    """Lets graphs that are traced meanwhile suit all machines, not just this one."""
    global _for_any_processor
    before, _for_any_processor = _for_any_processor, True
    try:
        yield
    finally:
        _for_any_processor = before


def are_faster() -> bool:
    """Returns whether images are to be convolved in halves, in a graph that is traced now."""
    return not _for_any_processor and processor.convolves_pairs_faster()


def cut(images: tf.Tensor, height: tf.Tensor, overlap: int) -> tf.Tensor:
    """Returns each image's upper and lower half, which share `overlap` rows, one after the other.

    Args:
        images: `[batch, rows, columns, channels]`, of at most 2 * height + overlap rows; what lacks
            is zero.
        height: rows of each half, the shared ones left out; no fewer than half of the images'.
        overlap: rows that both have.

    Returns:
        `[2 * batch, height + overlap, columns, channels]`.
    """

    @tf.custom_gradient
    def both(images: tf.Tensor):
        batch, rows, columns, channels = tf.unstack(tf.shape(images))
        lacking = tf.zeros([batch, 2 * height + overlap - rows, columns, channels], images.dtype)
        halves = tf.concat([images[:, : height + overlap], images[:, height:], lacking], axis=1)

        def join(upstream: tf.Tensor) -> tf.Tensor:
            halves = tf.reshape(upstream, [batch, 2 * (height + overlap), columns, channels])
            upper, lower = halves[:, : height + overlap], halves[:, height + overlap :]
            shared = upper[:, height:] + lower[:, :overlap]
            return tf.concat([upper[:, :height], shared, lower[:, overlap : rows - height]], axis=1)

        return tf.reshape(halves, [2 * batch, height + overlap, columns, images.shape[-1]]), join

    return both(images)
