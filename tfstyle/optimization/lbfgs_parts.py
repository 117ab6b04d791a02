"""Two inner parts of TFP's L-BFGS, exchanged for cheaper ones while it runs.

`tfp.optimizer.lbfgs_minimize` spends 2.8 evaluations a step because its Hager-Zhang search
goes on after a unit step that is good already, and it computes its direction by scans that
copy the whole history twice. `lean_lbfgs` puts `_unit_step_first` and `compact_direction` in
their places and restores the originals on the way out. Should TFP rename its private parts,
TFP runs untouched, with a warning.
"""

import contextlib
import threading
import warnings
from collections.abc import Iterator

import tensorflow as tf
from tensorflow_probability.python.optimizer import bfgs_utils, lbfgs
from tensorflow_probability.python.optimizer.linesearch.hager_zhang import (
    HagerZhangLineSearchResult,
)

SUFFICIENT_DECREASE = 0.1
CURVATURE = 0.9
"""The constants of the Wolfe conditions; Nocedal and Wright (2006), eq. 3.6."""

ROUNDING = 1e-4
"""Relative error of an objective whose features are bfloat16."""

SEARCH_NAME = "hager_zhang"
DIRECTION_NAME = "_get_search_direction"

_exchange = threading.Lock()


@contextlib.contextmanager
def lean_lbfgs() -> Iterator[None]:
    """Makes `lbfgs_minimize` try the unit step first and compute its direction compactly.

    One thread at a time: the exchanged names are global to TFP.
    """
    with _exchange:
        search = getattr(bfgs_utils, SEARCH_NAME, None)
        direction = getattr(lbfgs, DIRECTION_NAME, None)
        if search is None or direction is None:
            warnings.warn(
                "tensorflow-probability has renamed its line search: using its own, which needs "
                "more evaluations a step.",
                stacklevel=3,
            )
            yield
            return
        try:
            setattr(bfgs_utils, SEARCH_NAME, _unit_step_first(search))
            setattr(lbfgs, DIRECTION_NAME, compact_direction)
            yield
        finally:
            setattr(bfgs_utils, SEARCH_NAME, search)
            setattr(lbfgs, DIRECTION_NAME, direction)


def _unit_step_first(hager_zhang):
    """Returns a line search that takes the unit step if that satisfies the Wolfe conditions.

    Otherwise the original goes on from the trial, whose evaluation is not lost.
    """

    def search(value_and_gradients_function, initial_step_size, value_at_zero, **settings):
        trial = value_and_gradients_function(initial_step_size)
        if satisfies_wolfe(value_at_zero, trial):
            return _accept(trial)
        result = hager_zhang(
            value_and_gradients_function,
            initial_step_size=initial_step_size,
            value_at_initial_step=trial,
            value_at_zero=value_at_zero,
            **settings,
        )
        return result._replace(func_evals=result.func_evals + 1)

    return search


def _accept(trial) -> HagerZhangLineSearchResult:
    return HagerZhangLineSearchResult(
        converged=tf.constant(True),
        failed=tf.constant(False),
        func_evals=tf.constant(1),
        iterations=tf.constant(0),
        left=trial,
        right=trial,
    )


def satisfies_wolfe(start, trial) -> tf.Tensor:
    """Returns whether a step decreases the value enough and flattens the slope enough.

    Either Wolfe's conditions, or Hager and Zhang's (2005, eq. 4) approximate ones, which judge
    by slopes where the decrease drowns in the rounding of the value.

    Args:
        start: value `f` and slope `df` at step zero.
        trial: step `x`, value `f` and slope `df` after it.
    """
    decreases = trial.f <= start.f + SUFFICIENT_DECREASE * trial.x * start.df
    levels_off = trial.df <= (2 * SUFFICIENT_DECREASE - 1) * start.df
    as_low = trial.f <= start.f + ROUNDING * tf.abs(start.f)
    flattens = trial.df >= CURVATURE * start.df
    return flattens & (decreases | (levels_off & as_low))


def compact_direction(state) -> tf.Tensor:
    """Returns minus the inverse Hessian estimate times the gradient.

    The two-loop recursion of Nocedal and Wright (2006), algorithm 7.4, solved as two
    triangular systems of the number of pairs: the long vectors are read in matrix products
    only. Reference: Byrd, Nocedal and Schnabel (1994), eq. 3.1, regrouped.

    Args:
        state: TFP's `LBfgsOptimizerResults`, its newest pairs last.

    Returns:
        `[n]`, float32.
    """
    gradient = state.objective_gradient
    pairs = min(int(state.num_iterations), state.position_deltas.shape[0])
    if pairs == 0:
        return -gradient
    moves, changes = state.position_deltas[-pairs:], state.gradient_deltas[-pairs:]  # [pairs, n]
    moves_times_changes = tf.matmul(moves, changes, transpose_b=True)  # [pairs, pairs]
    curvatures = tf.linalg.diag_part(moves_times_changes)
    upper = tf.linalg.band_part(moves_times_changes, 0, -1)
    first = _solve(upper, tf.linalg.matvec(moves, gradient))
    inner = gradient - tf.linalg.matvec(changes, first, transpose_a=True)
    scale = curvatures[-1] / tf.reduce_sum(tf.square(changes[-1]))
    second = _solve(upper, curvatures * first - scale * tf.linalg.matvec(changes, inner), True)
    return -(scale * inner + tf.linalg.matvec(moves, second, transpose_a=True))


def _solve(upper: tf.Tensor, right: tf.Tensor, transposed: bool = False) -> tf.Tensor:
    """Returns x with upper x = right, or upper^T x = right."""
    solution = tf.linalg.triangular_solve(
        upper, right[:, tf.newaxis], lower=False, adjoint=transposed
    )
    return solution[:, 0]
