"""A graph's try and except."""

from collections.abc import Callable

import tensorflow as tf


def attempt(function: Callable, argument: tf.Tensor, otherwise: tf.Tensor) -> tf.Tensor:
    """Returns `function(argument)`, or `otherwise` where that fails."""
    done = tf.data.Dataset.from_tensors(argument).map(function).ignore_errors()
    either = done.concatenate(tf.data.Dataset.from_tensors(otherwise))
    return either.take(1).get_single_element()
