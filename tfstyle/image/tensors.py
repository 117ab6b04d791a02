"""Bytes to floats and back, and sizes, as TensorFlow computes it, in graphs too.

`arrays` has NumPy's.
"""

import tensorflow as tf


def from_bytes(levels: tf.Tensor) -> tf.Tensor:
    """Returns levels from 0 to 255 as values in [0, 1], float32, of the same shape."""
    return tf.cast(levels, tf.float32) / 255


def to_bytes(values: tf.Tensor) -> tf.Tensor:
    """Returns values in [0, 1] as levels from 0 to 255, rounded, uint8, of the same shape."""
    return tf.cast(tf.round(values * 255), tf.uint8)


def resize(images: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
    """Returns images at another size by the filter of `arrays.resize`, but for rounding.

    Args:
        images: `[batch, height, width, 3]`, float32 in [0, 1].
        size: (height, width) of the result in pixels, int32.

    Returns:
        `[batch, *size, 3]`, float32, clipped to [0, 1].
    """
    resized = tf.image.resize(images, size, "lanczos3", antialias=True)
    return tf.clip_by_value(resized, 0.0, 1.0)
