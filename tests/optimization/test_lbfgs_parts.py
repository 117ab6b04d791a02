from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_probability as tfp
from minima import quadratic, rosenbrock
from numpy.testing import assert_allclose
from tensorflow_probability.python.optimizer import lbfgs
from tensorflow_probability.python.optimizer.linesearch.hager_zhang import (
    HagerZhangLineSearchResult,
)

from tfstyle.optimization import lbfgs_parts
from tfstyle.optimization.lbfgs_clones import with_unit_step

PROBLEMS = {
    "quadratic, condition 10": quadratic(5, 10, 0),
    "quadratic, condition 100": quadratic(30, 100, 1),
    "Rosenbrock, 2 variables": rosenbrock(2),
    "Rosenbrock, 10 variables": rosenbrock(10),
}


def minimize(function, start, by=tfp.optimizer.lbfgs_minimize):
    return by(function, tf.constant(start, tf.float64), tolerance=1e-8, max_iterations=500)


def minimize_lean(function, start):
    return minimize(function, start, with_unit_step(tfp.optimizer.lbfgs_minimize))


def state_with(pairs, history=5, size=8):
    """What L-BFGS knows after that many steps on a random quadratic, newest pairs last."""
    random = np.random.default_rng(pairs)
    root = random.standard_normal([size, size])
    hessian = root @ root.T + np.eye(size)
    moves = random.standard_normal([history, size])
    moves[: max(history - pairs, 0)] = 0
    return SimpleNamespace(
        num_iterations=tf.constant(pairs),
        objective_gradient=tf.constant(random.standard_normal(size), tf.float32),
        position_deltas=tf.constant(moves, tf.float32),
        gradient_deltas=tf.constant(moves @ hessian, tf.float32),
    )


# --- What it finds ---


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.slow
def test_minimum_is_that_of_tfp_s_own_at_no_more_evaluations(name):
    function, start, minimum = PROBLEMS[name]
    own = minimize(function, start)
    lean = minimize_lean(function, start)
    assert bool(own.converged) and bool(lean.converged)
    assert_allclose(own.position, minimum, atol=1e-4)
    assert_allclose(lean.position, minimum, atol=1e-4)
    assert int(lean.num_objective_evaluations) <= int(own.num_objective_evaluations)


def test_evaluations_are_counted_as_they_are_made():
    function, start, _ = PROBLEMS["Rosenbrock, 10 variables"]
    calls = []

    def counted(position):
        calls.append(position)
        return function(position)

    result = minimize_lean(counted, start)
    assert int(result.num_objective_evaluations) == len(calls)


def test_ill_conditioned_quadratic_is_minimised_all_the_same():
    function, start, minimum = quadratic(10, 1000, seed=2)
    result = minimize_lean(function, start)
    assert bool(result.converged)
    assert_allclose(result.position, minimum, atol=1e-4)


@pytest.mark.parametrize("pairs", [0, 1, 3, 5, 9])
def test_direction_is_tfp_s_own(pairs):
    state = state_with(pairs)
    expected = lbfgs._get_search_direction(state).numpy()
    tolerance = 1e-4 * np.abs(expected).max()
    assert_allclose(lbfgs_parts.compact_direction(state), expected, atol=tolerance)


def test_direction_without_history_is_downhill():
    state = state_with(0)
    assert_allclose(lbfgs_parts.compact_direction(state), -state.objective_gradient)


# --- The Wolfe conditions ---


@pytest.mark.parametrize(
    ("value", "slope", "accepted"),
    [
        (0.5, -0.1, True),  # Lower and flatter.
        (0.5, 0.3, True),  # Past the minimum of the line.
        (0.95, 0.5, True),  # Hardly lower, but past the minimum of the line.
        (0.95, 0.85, False),  # Hardly lower, and far past it.
        (0.5, -0.95, False),  # Still as steep: below -0.9.
        (1.5, 2.0, False),  # Higher.
        (np.nan, np.nan, False),
        (np.inf, np.nan, False),
        (1.00005, 0.5, True),  # As low within rounding, and the slope says past the middle.
        (1.00005, 0.85, False),  # As low within rounding, but the slope says far past it.
    ],
)
def test_step_is_accepted_when_it_is_lower_and_flatter(value, slope, accepted):
    start = SimpleNamespace(f=tf.constant(1.0), df=tf.constant(-1.0))
    trial = SimpleNamespace(x=tf.constant(1.0), f=tf.constant(value), df=tf.constant(slope))
    assert bool(lbfgs_parts.satisfies_wolfe(start, trial)) == accepted


# --- TFP's tuples ---


def test_results_have_the_fields_of_tfp_s():
    assert lbfgs_parts.Results._fields == lbfgs.LBfgsOptimizerResults._fields


def test_line_search_s_result_has_the_fields_of_tfp_s():
    assert lbfgs_parts.LineSearchResult._fields == HagerZhangLineSearchResult._fields
