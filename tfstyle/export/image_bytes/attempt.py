"""A graph's try and except."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf


def attempt(function: Callable, argument: Any, otherwise: Any) -> Any:
    """Returns `function(argument)`, or `otherwise` where that fails; tensors or tuples of them."""
    done = tf.data.Dataset.from_tensors(argument).map(function).ignore_errors()
    either = done.concatenate(tf.data.Dataset.from_tensors(otherwise))
    return either.take(1).get_single_element()
