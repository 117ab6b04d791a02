import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle.optimization import checkpoint_checks, loop
from tfstyle.optimization.options import FIRST_STEP, LINE_SEARCHES, Options

START = np.random.default_rng(0).random([1, 4, 5, 3], np.float32)
TARGET = np.random.default_rng(1).random([1, 4, 5, 3], np.float32)


def stiff(image):
    """The distance from a known image, some values a hundred times as important as others."""
    importance = tf.reshape(tf.exp(tf.linspace(0.0, 4.6, 60)), [1, 4, 5, 3])
    away = image - TARGET
    value = tf.reduce_sum(importance * tf.square(away))
    return value, 2 * importance * away, {"pull": value}


def start(objective=stiff, **options):
    options = Options(lean=True, history=5, **options)
    return loop.kind("lbfgs", lean=True)(objective, START, options)


def stepped(steps, **options):
    optimizer = start(**options)
    for _ in range(steps):
        optimizer.step()
    return optimizer


def minimize(steps, lean):
    return loop.minimize(stiff, START, steps, Options(lean=lean, history=5))


def test_before_a_step_the_image_is_the_start():
    optimizer = start()
    assert_array_equal(optimizer.image(), START)
    assert (optimizer.evaluations, optimizer.loss) == (0, np.inf)
    with pytest.raises(ValueError, match="call step"):
        optimizer.freeze()


@pytest.mark.parametrize("line_search", LINE_SEARCHES)
def test_it_finds_the_minimum(line_search):
    optimizer = stepped(60, line_search=line_search)
    assert_allclose(optimizer.image(), TARGET, atol=1e-3)
    assert optimizer.loss == optimizer.terms["pull"]
    assert optimizer.loss == pytest.approx(float(stiff(optimizer.image())[0]))


def test_it_needs_no_more_than_a_few_evaluations_beyond_those_of_wide_pairs():
    lean, wide = minimize(30, lean=True), minimize(30, lean=False)
    assert lean.loss < 1e-3 * lean.losses[0].terms["total"]
    assert lean.evaluations <= 1.2 * wide.evaluations


@pytest.mark.parametrize("factor", [1e-12, 1.0, 1e12])
def test_first_trial_is_a_few_grey_levels_long_whatever_the_scale(factor):
    seen = []

    def scaled(image):
        seen.append(np.array(image))
        value, gradient, terms = stiff(image)
        return value * factor, gradient * factor, terms

    start(scaled).step()
    assert np.sqrt(np.mean((seen[1] - START) ** 2)) == pytest.approx(FIRST_STEP, rel=1e-3)


def test_a_restored_one_goes_on_bit_for_bit():
    whole, part = stepped(9), stepped(4)
    restored = start()
    restored.restore(part.freeze()())
    for _ in range(5):
        restored.step()
    assert_array_equal(restored.image(), whole.image())
    assert (restored.loss, restored.evaluations) == (whole.loss, whole.evaluations)


def test_what_was_frozen_stays_as_it_was():
    optimizer = stepped(3)
    frozen = optimizer.freeze()
    before = {name: array.copy() for name, array in frozen().items()}
    optimizer.step()
    for name, array in frozen().items():
        assert_array_equal(array, before[name])


def test_it_keeps_as_many_pairs_as_it_is_told_in_two_bytes_a_value():
    state = stepped(8).freeze()()
    pairs = {name: array for name, array in state.items() if name.startswith(("move_", "change_"))}
    assert len(pairs) == 2 * 5
    assert {array.nbytes for array in pairs.values()} == {2 * START.size}


def test_a_loss_that_is_no_number_fails_where_the_start_was_finite():
    def spoilt(image):
        value, gradient, terms = stiff(image)
        bad = value if np.array_equal(image, START) else value * np.nan
        return bad, gradient, terms

    optimizer = start(spoilt)
    optimizer.step()
    assert optimizer.failed
    assert optimizer.start_loss == float(stiff(START)[0])


def test_at_the_minimum_it_converges():
    optimizer = loop.kind("lbfgs", lean=True)(stiff, TARGET, Options(lean=True))
    optimizer.step()
    assert optimizer.converged and not optimizer.failed
    assert_array_equal(optimizer.image(), TARGET)


def test_state_of_another_picture_or_with_parts_missing_is_told():
    state = stepped(3).freeze()()
    fits = checkpoint_checks.state_fits
    assert fits("lbfgs", START, state, lean=True)
    assert not fits("lbfgs", START, state)
    assert not fits("lbfgs", START[:, :2], state, lean=True)
    assert not fits("lbfgs", START, {**state, "pairs": np.array(10**9)}, lean=True)
    for name in state:
        without = {other: array for other, array in state.items() if other != name}
        assert not fits("lbfgs", START, without, lean=True), name
