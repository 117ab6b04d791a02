import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle.optimization import loop
from tfstyle.optimization.options import FIRST_STEP, LINE_SEARCHES, OPTIMIZERS, Options

START = np.random.default_rng(0).random([1, 4, 5, 3], np.float32)
TARGET = np.random.default_rng(1).random([1, 4, 5, 3], np.float32)


def pull(image):
    """The squared distance from a known image, as one term."""
    away = image - TARGET
    value = tf.reduce_sum(tf.square(away))
    return value, 2 * away, {"pull": value}


def stiff(image):
    """The same distance, some values a hundred times as important as others."""
    importance = tf.reshape(tf.exp(tf.linspace(0.0, 4.6, 60)), [1, 4, 5, 3])
    away = image - TARGET
    value = tf.reduce_sum(importance * tf.square(away))
    return value, 2 * importance * away, {"pull": value}


def start(kind, objective=pull, **options):
    options = Options(optimizer=kind, **options)
    return loop.kind(kind)(objective, START, options)


def test_every_name_has_its_optimizer():
    assert [loop.kind(name).__name__.lower() for name in OPTIMIZERS] == [
        "lbfgs",
        "adam",
    ]


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_before_a_step_the_image_is_the_start(kind):
    optimizer = start(kind)
    assert_array_equal(optimizer.image(), START)
    assert optimizer.evaluations == 0
    assert not optimizer.converged
    assert not optimizer.failed


@pytest.mark.parametrize("factor", [1e-12, 1.0, 1e12])
@pytest.mark.parametrize("line_search", LINE_SEARCHES)
def test_first_trial_of_lbfgs_is_a_few_grey_levels_long_whatever_the_scale(factor, line_search):
    seen = []

    def scaled(image):
        seen.append(image.numpy())
        value, gradient, terms = pull(image)
        return value * factor, gradient * factor, terms

    start("lbfgs", scaled, line_search=line_search).step()
    trial = next(image for image in seen if not np.array_equal(image, START))
    assert_allclose(np.sqrt(np.mean((trial - START) ** 2)), FIRST_STEP, rtol=1e-3)


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("line_search", LINE_SEARCHES)
def test_evaluations_are_counted_as_they_are_made(kind, line_search):
    calls = []

    def counted(image):
        calls.append(image)
        return stiff(image)

    optimizer = start(kind, counted, line_search=line_search)
    for _ in range(5):
        optimizer.step()
        assert optimizer.evaluations == len(calls)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_loss_and_terms_belong_to_the_image(kind):
    optimizer = start(kind, stiff)
    for _ in range(4):
        optimizer.step()
        value = float(stiff(tf.constant(optimizer.image()))[0])
        assert optimizer.loss == pytest.approx(value, rel=1e-5)
        assert optimizer.terms == {"pull": pytest.approx(value, rel=1e-5)}


def test_first_step_of_adam_moves_every_value_by_the_learning_rate():
    optimizer = start("adam", learning_rate=0.02)
    optimizer.step()
    optimizer.step()  # The image that the second step looks at.
    assert_allclose(optimizer.image() - START, 0.02 * np.sign(TARGET - START), rtol=1e-3)


@pytest.mark.parametrize("steps", [1, 4, 15])
@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_restored_optimizer_goes_on_bit_for_bit(kind, steps):
    whole, first, second = (start(kind, stiff, history=3) for _ in range(3))
    for _ in range(steps):
        first.step()
    second.restore(first.freeze()())
    for _ in range(steps + 3):
        whole.step()
    for _ in range(3):
        second.step()
    assert_array_equal(second.image(), whole.image())
    assert (second.loss, second.evaluations) == (whole.loss, whole.evaluations)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_frozen_state_stays_while_the_optimizer_goes_on(kind):
    optimizer = start(kind, stiff)
    optimizer.step()
    copy = optimizer.freeze()
    before = {name: np.array(array) for name, array in copy().items()}
    optimizer.step()
    for name, array in copy().items():
        assert_array_equal(array, before[name])


def test_objective_without_slope_is_converged():
    optimizer = start("lbfgs", lambda image: (tf.constant(1.0), tf.zeros_like(image), {}))
    optimizer.step()
    assert optimizer.converged
    assert_array_equal(optimizer.image(), START)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_objective_that_is_not_finite_has_failed(kind):
    optimizer = start(kind, lambda image: (tf.constant(np.nan), image * np.nan, {}))
    optimizer.step()
    assert optimizer.failed
