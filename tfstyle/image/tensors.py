"""Bytes to floats and back as TensorFlow computes it, in graphs too; `arrays` has NumPy's."""

import tensorflow as tf


def from_bytes(levels: tf.Tensor) -> tf.Tensor:
    """Returns levels from 0 to 255 as values in [0, 1], float32, of the same shape."""
    return tf.cast(levels, tf.float32) / 255


def to_bytes(values: tf.Tensor) -> tf.Tensor:
    """Returns values in [0, 1] as levels from 0 to 255, rounded, uint8, of the same shape."""
    return tf.cast(tf.round(values * 255), tf.uint8)
