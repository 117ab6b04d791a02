"""Sizes and shares by Python's numbers or, in a graph, by tensors: a formula has one home so.

Tensors are scalars of float64, which has Python's own digits, and stay so when they are rounded.
"""

import math
import numbers
from collections.abc import Iterable
from typing import Any

import numpy as np

Scalar = Any
"""A number, or a scalar tensor of float64."""


def least(*values: Scalar) -> Scalar:
    """Returns the smallest."""
    return min(values) if _are_numbers(values) else _tf().reduce_min(_tensors(values))


def greatest(*values: Scalar) -> Scalar:
    """Returns the largest."""
    return max(values) if _are_numbers(values) else _tf().reduce_max(_tensors(values))


def rounded(value: Scalar) -> Scalar:
    """Returns the nearest whole number, of two as near the even one."""
    return round(value) if _are_numbers([value]) else _tf().round(value)


def ceiling(value: Scalar) -> Scalar:
    """Returns the next whole number that is not smaller."""
    return math.ceil(value) if _are_numbers([value]) else _tf().math.ceil(value)


def log2(value: Scalar) -> Scalar:
    """Returns the logarithm to base 2."""
    return math.log2(value) if _are_numbers([value]) else _tf().math.log(value) / math.log(2)


def choose(condition: Any, yes: Scalar, no: Scalar) -> Scalar:
    """Returns one of two by a condition, a bool or a tensor of one."""
    if isinstance(condition, bool | np.bool_):
        return yes if condition else no
    return _tf().where(condition, *_tensors([yes, no]))


def fit(height: Scalar, width: Scalar, longest: Scalar) -> tuple[Scalar, Scalar]:
    """Returns the (height, width) of that aspect with that longest side; see `arrays.fit_size`."""
    # At least 1: a line of one pixel's height stays one when it is shrunk.
    height, width = (
        greatest(1, rounded(side * longest / greatest(height, width))) for side in (height, width)
    )
    return height, width


def _are_numbers(values: Iterable[Scalar]) -> bool:
    return all(isinstance(value, numbers.Real) for value in values)


def _tensors(values: Iterable[Scalar]) -> list[Any]:
    tf = _tf()
    return [tf.cast(value, tf.float64) for value in values]


def _tf() -> Any:
    # Numbers need no TensorFlow, which takes seconds to load.
    import tensorflow as tf

    return tf
