"""A convolution of one image as that of its upper and lower half, faster on some processors.

With oneDNN on processors with AVX2 alone, a convolution of a single image falls back on a slow
kernel; two images in a batch, each half as high, do not.
"""

import contextlib
import contextvars
from collections.abc import Callable, Iterator

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


def is_faster() -> bool:
    """Returns whether single images are to be split, in a graph that is traced now."""
    if _for_any_processor.get() or tf.config.list_physical_devices("GPU"):
        return False
    return processor.convolves_pairs_faster()


def convolve(
    bordered: tf.Tensor, convolution: Callable[[tf.Tensor], tf.Tensor], step: int, reach: int
) -> tf.Tensor:
    """Returns what a convolution makes of images, computed on their halves; the same result.

    Args:
        bordered: `[batch, rows, columns, channels]`, `reach` rows beyond the image on each side.
        convolution: without padding, of any batch.
        step: its stride.
        reach: rows that its kernel reaches to either side.
    """
    overlap = 2 * reach
    rows = tf.shape(bordered)[1] - overlap
    # Rounded up to a multiple of the stride, so that the lower half's first row is one that the
    # whole image's convolution computes, too.
    half = (rows + 2 * step - 1) // (2 * step) * step
    outputs = convolution(split(bordered, half, overlap))
    _, height, width, _ = tf.unstack(tf.shape(outputs))
    # [batch, 2 * height, width, channels]
    whole = tf.reshape(outputs, [-1, 2 * height, width, outputs.shape[-1]])
    # What the zeros below the lower half have made goes.
    fitting = whole[:, : (rows + step - 1) // step]
    return tf.ensure_shape(fitting, [bordered.shape[0], None, None, None])


def split(images: tf.Tensor, height: tf.Tensor, overlap: int) -> tf.Tensor:
    """Returns each image's upper and lower half, which share `overlap` rows, one after the other.

    Args:
        images: `[batch, rows, columns, channels]`, of height + overlap to 2 * height + overlap
            rows; what lacks is zero.
        height: rows of each half, the shared ones left out.
        overlap: rows that both have.

    Returns:
        `[2 * batch, height + overlap, columns, channels]`.
    """

    # A gradient of our own: TensorFlow's of two slices fills two arrays of the image's size with
    # zeros and adds them.
    @tf.custom_gradient
    def both(images: tf.Tensor) -> tuple[tf.Tensor, Callable[[tf.Tensor], tf.Tensor]]:
        batch, rows, columns, channels = tf.unstack(tf.shape(images))
        lacking = tf.zeros([batch, 2 * height + overlap - rows, columns, channels], images.dtype)
        halves = tf.concat([images[:, : height + overlap], images[:, height:], lacking], axis=1)

        def join(upstream: tf.Tensor) -> tf.Tensor:
            # [batch, 2 * (height + overlap), columns, channels]
            halves = tf.reshape(upstream, [batch, 2 * (height + overlap), columns, channels])
            upper, lower = halves[:, : height + overlap], halves[:, height + overlap :]
            shared = upper[:, height:] + lower[:, :overlap]
            return tf.concat([upper[:, :height], shared, lower[:, overlap : rows - height]], axis=1)

        # [2 * batch, height + overlap, columns, channels]
        return tf.reshape(halves, [2 * batch, height + overlap, columns, images.shape[-1]]), join

    return both(images)
