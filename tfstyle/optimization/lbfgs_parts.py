"""Two inner parts of L-BFGS, cheaper than TFP's own, and the values that they exchange with it.

`tfp.optimizer.lbfgs_minimize` spends 2.8 evaluations a step, because its Hager-Zhang search
goes on after a unit step that is good already. It computes its direction by scans that copy the
whole history twice. `unit_step_first` needs about 1.1 evaluations a step, `compact_direction` a few
matrix products; `lbfgs_clones` puts both into a private copy of TFP's minimiser.

Both ask tensors for their values: they run eagerly, not inside of `tf.function`.
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol

import tensorflow as tf

SUFFICIENT_DECREASE = 0.1
CURVATURE = 0.9
"""The constants of the Wolfe conditions; Nocedal and Wright (2006), eq. 3.6."""

ROUNDING = 1e-4
"""Relative error of an objective whose features are bfloat16."""


class Results(NamedTuple):
    """What L-BFGS knows after a step: TFP's `LBfgsOptimizerResults`, field by field.

    TFP asks for the fields, not for the type, and has its own type in a private module.
    """

    converged: tf.Tensor
    failed: tf.Tensor
    num_iterations: tf.Tensor
    num_objective_evaluations: tf.Tensor
    position: tf.Tensor
    """`[n]`, as the gradient."""
    objective_value: tf.Tensor
    objective_gradient: tf.Tensor
    position_deltas: tf.Tensor
    """`[history, n]`, the newest last, as those of the gradient."""
    gradient_deltas: tf.Tensor


class LineValue(Protocol):
    """The objective along a line: TFP's `ValueAndGradient`."""

    x: tf.Tensor
    """The step."""
    f: tf.Tensor
    """The value after it."""
    df: tf.Tensor
    """The slope along the line."""


class LineSearchResult(NamedTuple):
    """What a line search found: TFP's `HagerZhangLineSearchResults`, field by field."""

    converged: tf.Tensor
    failed: tf.Tensor
    func_evals: tf.Tensor
    iterations: tf.Tensor
    left: LineValue
    """Where the step ends."""
    right: LineValue


LineSearch = Callable[..., LineSearchResult]


def unit_step_first(hager_zhang: LineSearch) -> LineSearch:
    """Returns a line search that takes the unit step if that satisfies the Wolfe conditions.

    Otherwise the original goes on from the trial, whose evaluation is not lost.

    Args:
        hager_zhang: TFP's, or what takes the same arguments.
    """

    def search(
        value_and_gradients_function: Callable[[tf.Tensor], LineValue],
        initial_step_size: tf.Tensor,
        value_at_zero: LineValue,
        **settings: object,
    ) -> LineSearchResult:
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
        # The search does not count the value that it was given.
        return result._replace(func_evals=result.func_evals + 1)

    return search


def _accept(trial: LineValue) -> LineSearchResult:
    return LineSearchResult(
        converged=tf.constant(True),
        failed=tf.constant(False),
        func_evals=tf.constant(1),
        iterations=tf.constant(0),
        left=trial,
        right=trial,
    )


def satisfies_wolfe(start: LineValue, trial: LineValue) -> tf.Tensor:
    """Returns whether a step decreases the value enough and flattens the slope enough.

    Either Wolfe's conditions, or Hager and Zhang's (2005, eq. 4) approximate ones, which judge
    by slopes where the decrease drowns in the rounding of the value.

    Args:
        start: value `f` and slope `df` at step zero.
        trial: step `x`, value `f` and slope `df` after it.
    """
    decreases = trial.f <= start.f + SUFFICIENT_DECREASE * trial.x * start.df
    levels_off = trial.df <= (2 * SUFFICIENT_DECREASE - 1) * start.df
    # In bfloat16 a good step near the minimum may seem to end a little higher.
    as_low = trial.f <= start.f + ROUNDING * tf.abs(start.f)
    flattens = trial.df >= CURVATURE * start.df
    return flattens & (decreases | (levels_off & as_low))


def compact_direction(state: Results) -> tf.Tensor:
    """Returns minus the inverse Hessian estimate times the gradient.

    The two-loop recursion of Nocedal and Wright (2006), algorithm 7.4, solved as two
    triangular systems of the number of pairs: the long vectors are read in matrix products
    only. Reference: Byrd, Nocedal and Schnabel (1994), eq. 3.1, regrouped.

    Args:
        state: what is known after a step, its newest pairs last.

    Returns:
        `[n]`, float32.
    """
    gradient = state.objective_gradient
    pairs = min(int(state.num_iterations), state.position_deltas.shape[0])
    if pairs == 0:
        return -gradient
    # [pairs, n]; what lies before the newest pairs is zero still, and would divide by zero.
    moves, changes = state.position_deltas[-pairs:], state.gradient_deltas[-pairs:]
    # [pairs, pairs]
    moves_times_changes = tf.matmul(moves, changes, transpose_b=True)
    curvatures = tf.linalg.diag_part(moves_times_changes)
    upper = tf.linalg.band_part(moves_times_changes, 0, -1)
    first = _solve(upper, tf.linalg.matvec(moves, gradient))
    inner = gradient - tf.linalg.matvec(changes, first, transpose_a=True)
    # The newest pair's curvature guesses the Hessian's size; Nocedal and Wright (2006), eq. 7.20.
    scale = curvatures[-1] / tf.reduce_sum(tf.square(changes[-1]))
    second = _solve(upper, curvatures * first - scale * tf.linalg.matvec(changes, inner), True)
    return -(scale * inner + tf.linalg.matvec(moves, second, transpose_a=True))


def _solve(upper: tf.Tensor, right: tf.Tensor, transposed: bool = False) -> tf.Tensor:
    """Returns x with upper x = right, or upper^T x = right."""
    solution = tf.linalg.triangular_solve(
        upper, right[:, tf.newaxis], lower=False, adjoint=transposed
    )
    return solution[:, 0]
