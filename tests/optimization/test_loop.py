import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle.optimization import loop
from tfstyle.optimization.options import OPTIMIZERS, RESTART_STEP, Options
from tfstyle.result import Ending

START = np.random.default_rng(0).random([1, 4, 5, 3], np.float32)
TARGET = np.random.default_rng(1).random([1, 4, 5, 3], np.float32)
IMPORTANCE = np.geomspace(1, 100, 60, dtype=np.float32).reshape([1, 4, 5, 3])

SIZE = "5x4"


def pull(image):
    """The weighted squared distance from a known image."""
    away = image - TARGET
    value = tf.reduce_sum(IMPORTANCE * tf.square(away))
    return value, 2 * IMPORTANCE * away, {"pull": value}


def smooth(image):
    """Not quadratic: the fourth power of the distance comes on top."""
    away = image - TARGET
    value = tf.reduce_sum(IMPORTANCE * tf.square(away) + away**4)
    return value, 2 * IMPORTANCE * away + 4 * away**3, {"pull": value}


class Objective:
    """Calls `pull`, and something else from the given evaluation on."""

    def __init__(self, since=np.inf, then=None):
        self.calls, self.since, self.then = 0, since, then

    def __call__(self, image):
        self.calls += 1
        return (self.then if self.calls >= self.since else pull)(image)


def not_finite(image):
    return tf.constant(np.nan), image * np.nan, {"pull": tf.constant(np.nan)}


def wrong_slope(image):
    """The way that is promised to lead down leads up, however short the step."""
    value, gradient, terms = pull(image)
    return value, -gradient, terms


def interrupt(image):
    raise KeyboardInterrupt


def minimize(objective=pull, steps=10, optimizer="lbfgs", **arguments):
    options = Options(optimizer=optimizer, learning_rate=0.05, history=5)
    return loop.minimize(objective, START, steps, options, **arguments)


def distance(image):
    return float(pull(tf.constant(image))[0])


# --- Reaching the minimum ---


@pytest.mark.parametrize(("optimizer", "steps"), [("lbfgs", 60), ("adam", 400)])
def test_known_image_is_found(optimizer, steps):
    trace = minimize(steps=steps, optimizer=optimizer)
    assert_allclose(trace.image, TARGET, atol=0.02)


def test_lbfgs_costs_hardly_more_than_one_evaluation_a_step():
    curve = minimize(smooth, steps=40).losses
    first, last = curve[9], curve[39]
    assert (last.evaluations - first.evaluations) / (last.step - first.step) <= 1.15


def test_tfp_s_own_line_search_costs_more():
    lean, own = (
        loop.minimize(smooth, START, 15, Options(line_search=line_search))
        for line_search in ("unit_step", "hager_zhang")
    )
    assert lean.evaluations < own.evaluations


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_curve_ends_at_the_best_image(optimizer):
    trace = minimize(optimizer=optimizer)
    assert [loss.step for loss in trace.losses] == list(range(1, 11))
    assert trace.loss == min(loss.terms["total"] for loss in trace.losses)
    assert trace.loss == pytest.approx(distance(trace.image), rel=1e-5)
    assert trace.loss < 0.5 * distance(START)
    assert all(loss.terms["pull"] == pytest.approx(loss.terms["total"]) for loss in trace.losses)
    assert trace.outcome.sentence == "step limit reached"
    assert not trace.interrupted


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_evaluations_of_the_curve_are_those_made(optimizer):
    objective = Objective()
    trace = minimize(objective, optimizer=optimizer)
    assert trace.evaluations == trace.losses[-1].evaluations == objective.calls


def test_seconds_of_the_curve_rise():
    seconds = [loss.seconds for loss in minimize().losses]
    assert seconds == sorted(seconds)
    assert seconds[0] > 0


def test_no_steps_return_the_start():
    trace = minimize(steps=0)
    assert_array_equal(trace.image, START)
    assert (trace.step, trace.evaluations, trace.losses) == (0, 0, ())
    assert trace.outcome.sentence == "step limit reached"


def test_start_image_is_not_written_to():
    before = START.copy()
    minimize(optimizer="adam")
    minimize(optimizer="lbfgs")
    assert_array_equal(START, before)


def test_loss_that_no_longer_changes_ends_the_run():
    trace = loop.minimize(pull, TARGET, 100)
    assert trace.outcome.sentence == "converged: the loss no longer changes"
    assert trace.outcome.kind is Ending.CONVERGED
    assert trace.step < 100
    assert_array_equal(trace.image, TARGET)


# --- When it goes wrong ---


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_objective_that_turns_nan_gives_the_best_finite_image(optimizer):
    trace = minimize(Objective(since=15, then=not_finite), steps=50, optimizer=optimizer)
    assert np.isfinite(trace.image).all()
    assert trace.loss == pytest.approx(distance(trace.image), rel=1e-5)
    assert trace.loss < distance(START)
    assert trace.outcome.sentence.startswith(
        f"loss became non-finite at step {trace.step}; try a smaller"
    )
    assert trace.step < 50


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_objective_that_is_never_finite_gives_the_start(optimizer):
    trace = minimize(not_finite, steps=50, optimizer=optimizer)
    assert_array_equal(trace.image, START)
    assert trace.losses == ()
    assert trace.outcome.sentence == "loss became non-finite at step 1; try a smaller style_weight"


def test_one_failed_step_restarts_lbfgs_from_the_best_image():
    objective = Objective()

    def not_finite_once(image):
        return (not_finite if objective.calls == 15 else pull)(image)

    objective.since, objective.then = 15, not_finite_once
    trace = minimize(objective, steps=80)
    assert trace.kind == "lbfgs"
    (note,) = trace.notes
    assert note == f"line search failed at step {trace.kind_since[0]} of {SIZE}, L-BFGS restarted"
    assert trace.outcome.sentence.endswith("; " + note)
    assert_allclose(trace.image, TARGET, atol=0.02)


def test_restart_s_first_trial_is_shorter_than_a_first_step():
    seen = []

    def watched(image):
        seen.append(image.numpy())
        return pull(image)

    failed_before = loop.Trace(START, distance(START), step=3, kind_since=(3, 9))
    loop.minimize(watched, START, 4, resume_from=failed_before)
    trial = next(image for image in seen if not np.array_equal(image, START))
    assert_allclose(np.sqrt(np.mean((trial - START) ** 2)), RESTART_STEP, rtol=1e-2)


def test_second_failure_at_once_hands_over_to_adam():
    objective = Objective()

    def not_finite_for_a_while(image):
        return (not_finite if objective.calls <= 18 else pull)(image)

    objective.since, objective.then = 15, not_finite_for_a_while
    trace = minimize(objective, steps=30)
    assert trace.kind == "adam"
    first, second = trace.notes
    failed, _ = trace.kind_since
    assert first == f"line search failed at step {failed - 1} of {SIZE}, L-BFGS restarted"
    assert second == f"line search failed at step {failed} of {SIZE}, Adam went on"
    assert trace.outcome.sentence == f"step limit reached; {first}; {second}"
    assert trace.outcome.kind is Ending.STEP_LIMIT
    assert trace.step == 30
    assert trace.loss == pytest.approx(distance(trace.image), rel=1e-5)


def test_line_search_that_fails_at_the_first_step_is_not_called_non_finite():
    trace = minimize(wrong_slope, steps=5)
    assert "non-finite" not in trace.outcome.sentence
    assert trace.notes


# --- Ctrl-C ---


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_interrupt_during_an_evaluation_keeps_the_best_image(optimizer):
    trace = minimize(Objective(since=15, then=interrupt), steps=20, optimizer=optimizer)
    assert trace.interrupted
    assert 0 < trace.step < 20
    assert trace.outcome.sentence == f"interrupted at step {trace.step}"
    assert trace.loss == pytest.approx(distance(trace.image), rel=1e-5)
    assert trace.loss < distance(START)


def test_interrupt_before_the_first_step_keeps_the_start():
    trace = minimize(interrupt)
    assert trace.outcome.sentence == "interrupted at step 0"
    assert_array_equal(trace.image, START)


def stop_at(step):
    def callback(trace):
        if trace.step == step:
            raise KeyboardInterrupt

    return callback


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_interrupt_in_the_callback_ends_at_that_step(optimizer):
    trace = minimize(optimizer=optimizer, callback=stop_at(4))
    assert trace.interrupted
    assert trace.step == len(trace.losses) == 4


def test_callback_sees_every_step():
    seen = []
    trace = minimize(callback=seen.append)
    assert [one.step for one in seen] == list(range(1, 11))
    assert seen[-1].loss == trace.loss
    assert all(one.outcome is None for one in seen)


# --- Going on ---


def assert_same_run(resumed, whole):
    assert_array_equal(resumed.image, whole.image)
    assert (resumed.loss, resumed.step) == (whole.loss, whole.step)
    assert resumed.evaluations == whole.evaluations
    curves = [
        [(x.step, x.evaluations, x.terms) for x in trace.losses] for trace in (resumed, whole)
    ]
    assert curves[0] == curves[1]


@pytest.mark.parametrize("step", [1, 3, 9, 10])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_resumed_run_is_the_uninterrupted_one_bit_for_bit(optimizer, step):
    half = minimize(optimizer=optimizer, callback=stop_at(step))
    half = dataclasses.replace(half, outcome=None)
    resumed = minimize(optimizer=optimizer, resume_from=half)
    assert_same_run(resumed, minimize(optimizer=optimizer))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_run_interrupted_in_the_midst_of_a_step_resumes_bit_for_bit(optimizer):
    half = minimize(Objective(since=15, then=interrupt), steps=20, optimizer=optimizer)
    half = dataclasses.replace(half, outcome=None)
    resumed = minimize(steps=20, optimizer=optimizer, resume_from=half)
    assert_same_run(resumed, minimize(steps=20, optimizer=optimizer))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_run_interrupted_between_a_step_and_its_account_resumes_bit_for_bit(monkeypatch, optimizer):
    account = loop._after_step

    def account_or_stop(trace, *arguments):
        return interrupt(None) if trace.step == 3 else account(trace, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(loop, "_after_step", account_or_stop)
        half = minimize(optimizer=optimizer)
    assert (half.step, half.interrupted) == (3, True)
    half = dataclasses.replace(half, outcome=None)
    resumed = minimize(optimizer=optimizer, resume_from=half)
    assert_same_run(resumed, minimize(optimizer=optimizer))
