"""L-BFGS's pairs in bfloat16, and its direction from them, a block of values at a time."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf

BFLOAT16 = tf.bfloat16.as_numpy_dtype
"""NumPy's type of that name, which TensorFlow brings."""

BLOCK = 2**14
"""Values of each vector that are float32 at a time."""


class Pair(NamedTuple):
    """A step and what it changed, `[n]` each, bfloat16."""

    move: np.ndarray
    """Of the position."""
    change: np.ndarray
    """Of the gradient."""


def pair(before: tuple[np.ndarray, np.ndarray], after: tuple[np.ndarray, np.ndarray]) -> Pair:
    """Returns what lies between two places, each given as position and gradient, float32."""
    return Pair(*map(_difference, after, before))


def has_curvature(pair: Pair) -> bool:
    """Returns whether the slope rose along the move: no other pair tells of a Hessian."""
    products = (
        np.dot(_wide(pair.move, block), _wide(pair.change, block)) for block in _blocks(pair.move)
    )
    return sum(map(float, products)) > 0


def direction(gradient: np.ndarray, pairs: Sequence[Pair], scale: float) -> np.ndarray:
    """Returns minus the inverse Hessian estimate times the gradient, of its shape, float32.

    The two loops of Nocedal and Wright (2006), algorithm 7.4, need no vector but only products of
    vectors: all of these are computed in one pass over the pairs, and a second one adds the pairs
    up. Reference: Chen, Wang and Zhou (2014), "Large-scale L-BFGS using MapReduce".

    Args:
        gradient: any shape of n values, float32.
        pairs: the newest last, of positive curvature.
        scale: the estimate of the inverse Hessian, times the unit matrix, without any pair.
    """
    vectors = [
        *(each.move for each in pairs),
        *(each.change for each in pairs),
        gradient.reshape(-1),
    ]
    products = np.zeros([len(vectors), len(vectors)])
    for block in _blocks(vectors[-1]):
        rows = _rows(vectors, block)
        products += rows @ rows.T
    weights = _weights(products, scale).astype(np.float32)
    result = np.empty_like(vectors[-1])
    for block in _blocks(result):
        result[block] = weights @ _rows(vectors, block)
    return result.reshape(gradient.shape)


def _weights(products: np.ndarray, scale: float) -> np.ndarray:
    """Returns how much of each move, each change and the gradient is in the direction.

    Args:
        products: of these vectors with each other, `[2 * pairs + 1, 2 * pairs + 1]`, float64.
        scale: as for `direction`.
    """
    count = len(products) // 2
    curvatures = np.diagonal(products, count)[:count]
    weights, shares = np.zeros(len(products)), np.zeros(count)
    weights[-1] = -1
    for newest in reversed(range(count)):
        shares[newest] = products[newest] @ weights / curvatures[newest]
        weights[count + newest] -= shares[newest]
    if count:
        # The newest pair's curvature guesses the Hessian's size; Nocedal and Wright, eq. 7.20.
        scale = curvatures[-1] / products[-2, -2]
    weights *= scale
    for oldest in range(count):
        taken = products[count + oldest] @ weights / curvatures[oldest]
        weights[oldest] += shares[oldest] - taken
    return weights


def _difference(after: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Returns the rounded difference as one row of values."""
    after, before = after.reshape(-1), before.reshape(-1)
    narrow = np.empty(after.shape, BFLOAT16)
    for block in _blocks(after):
        narrow[block] = after[block] - before[block]
    return narrow


def _rows(vectors: Sequence[np.ndarray], block: slice) -> np.ndarray:
    """Returns a block of each vector, `[vectors, values]`, float32."""
    return np.stack([_wide(vector, block) for vector in vectors])


def _wide(vector: np.ndarray, block: slice) -> np.ndarray:
    return vector[block].astype(np.float32)


def _blocks(vector: np.ndarray) -> Iterator[slice]:
    for start in range(0, len(vector), BLOCK):
        yield slice(start, start + BLOCK)
