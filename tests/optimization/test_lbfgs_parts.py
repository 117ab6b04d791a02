import threading
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_probability as tfp
from numpy.testing import assert_allclose
from tensorflow_probability.python.optimizer import bfgs_utils, lbfgs

from tfstyle.optimization import lbfgs_parts

ORIGINALS = bfgs_utils.hager_zhang, lbfgs._get_search_direction


def quadratic(size, condition, seed):
    """A convex function of known minimum, scaled to a first step that is not wild."""
    random = np.random.default_rng(seed)
    basis, _ = np.linalg.qr(random.standard_normal([size, size]))
    hessian = basis * np.geomspace(1, condition, size) @ basis.T / condition
    hessian = tf.constant((hessian + hessian.T) / 2)
    minimum = random.standard_normal(size)

    def function(position):
        away = position - minimum
        slope = tf.linalg.matvec(hessian, away)
        return tf.reduce_sum(away * slope) / 2, slope

    return function, np.zeros(size), minimum


def rosenbrock(size):
    def value(x):
        return tf.reduce_sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)

    def function(position):
        return tfp.math.value_and_gradient(value, position)

    return function, np.tile([-1.2, 1.0], size // 2), np.ones(size)


PROBLEMS = {
    "quadratic, condition 10": quadratic(5, 10, 0),
    "quadratic, condition 100": quadratic(30, 100, 1),
    "Rosenbrock, 2 variables": rosenbrock(2),
    "Rosenbrock, 10 variables": rosenbrock(10),
}


def minimize(function, start):
    return tfp.optimizer.lbfgs_minimize(
        function, tf.constant(start, tf.float64), tolerance=1e-8, max_iterations=500
    )


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
    with lbfgs_parts.lean_lbfgs():
        lean = minimize(function, start)
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

    with lbfgs_parts.lean_lbfgs():
        result = minimize(counted, start)
    assert int(result.num_objective_evaluations) == len(calls)


def test_ill_conditioned_quadratic_is_minimised_all_the_same():
    function, start, minimum = quadratic(10, 1000, seed=2)
    with lbfgs_parts.lean_lbfgs():
        result = minimize(function, start)
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


# --- TFP's private names ---


def test_tfp_still_has_the_names_that_are_exchanged():
    assert hasattr(bfgs_utils, "hager_zhang")
    assert hasattr(lbfgs, "_get_search_direction")


def names_now():
    return bfgs_utils.hager_zhang, lbfgs._get_search_direction


def test_names_are_exchanged_and_restored():
    with lbfgs_parts.lean_lbfgs():
        inside = names_now()
    assert inside[0] is not ORIGINALS[0]
    assert inside[1] is lbfgs_parts.compact_direction
    assert names_now() == ORIGINALS


def test_names_are_restored_after_an_error():
    with pytest.raises(ZeroDivisionError), lbfgs_parts.lean_lbfgs():
        raise ZeroDivisionError
    assert names_now() == ORIGINALS


def test_names_are_restored_when_two_threads_overlap():
    entered, leave = threading.Event(), threading.Event()

    def hold():
        with lbfgs_parts.lean_lbfgs():
            entered.set()
            leave.wait(10)

    def follow():
        with lbfgs_parts.lean_lbfgs():
            pass

    first, second = threading.Thread(target=hold), threading.Thread(target=follow)
    first.start()
    entered.wait(10)
    second.start()
    second.join(0.2)  # It has to wait for the first.
    leave.set()
    first.join(10)
    second.join(10)
    try:
        assert names_now() == ORIGINALS
    finally:
        bfgs_utils.hager_zhang, lbfgs._get_search_direction = ORIGINALS


@pytest.mark.parametrize(
    ("module", "name"), [(bfgs_utils, "hager_zhang"), (lbfgs, "_get_search_direction")]
)
def test_renamed_tfp_runs_untouched_with_a_warning(monkeypatch, module, name):
    monkeypatch.delattr(module, name)
    before = dict(vars(bfgs_utils)), dict(vars(lbfgs))
    with pytest.warns(UserWarning, match="tensorflow-probability has renamed its line search"):
        with lbfgs_parts.lean_lbfgs():
            assert (dict(vars(bfgs_utils)), dict(vars(lbfgs))) == before
