"""Images taken apart into their upper and lower halves, which some processors convolve faster."""

import contextlib
import contextvars
from collections.abc import Iterator

import tensorflow as tf

from tfstyle.system import processor

_for_any_processor = contextvars.ContextVar("_for_any_processor", default=False)


@contextlib.contextmanager
def for_any_processor() -> Iterator[None]:
    """Lets graphs that are traced meanwhile suit all machines, not just this one."""
    token = _for_any_processor.set(True)
    try:
        yield
    finally:
        _for_any_processor.reset(token)


def are_faster() -> bool:
    """Returns whether images are to be convolved in halves, in a graph that is traced now."""
    if _for_any_processor.get() or tf.config.list_physical_devices("GPU"):
        return False
    return processor.convolves_pairs_faster()


def cut(images: tf.Tensor, height: tf.Tensor, overlap: int) -> tf.Tensor:
    """Returns each image's upper and lower half, which share `overlap` rows, one after the other.

    Args:
        images: `[batch, rows, columns, channels]`, of height + overlap to 2 * height + overlap
            rows; what lacks is zero.
        height: rows of each half, the shared ones left out.
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
