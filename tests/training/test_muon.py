"""Muon against singular values, and against Adam where it is Adam."""

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle.training import muon

KERNEL = (3, 3, 5, 8)


def step(optimizer, shape, gradient):
    """Returns where one step from zero leads."""
    variable = keras.Variable(np.zeros(shape, np.float32))
    optimizer.build([variable])
    optimizer.apply_gradients([(gradient.astype(np.float32), variable)])
    return variable.numpy()


@pytest.fixture
def random():
    return np.random.default_rng(5)


@pytest.mark.parametrize("shape", [(40, 12), (12, 40), (12, 12)])
def test_singular_values_go_through_the_quintic_and_directions_stay(random, shape):
    matrix = random.normal(size=shape).astype(np.float32)
    left, values, right = np.linalg.svd(matrix, full_matrices=False)
    a, b, c = muon.QUINTIC
    expected = values / np.sqrt(np.sum(values**2))
    for _ in range(muon.ITERATIONS):
        expected = a * expected + b * expected**3 + c * expected**5
    found = left.T @ muon.orthogonal(matrix).numpy() @ right.T
    assert_allclose(found, np.diag(expected), atol=1e-4)


def test_singular_values_become_nearly_one(random):
    values = np.linalg.svd(muon.orthogonal(random.normal(size=[40, 12])), compute_uv=False)
    assert values.min() > 0.65
    assert values.max() < 1.25


def test_zeros_stay_zeros():
    assert not muon.orthogonal(np.zeros([4, 6], np.float32)).numpy().any()


def test_a_kernels_step_is_as_long_as_adams_is_said_to_be(random):
    """An orthogonal n x m matrix has root mean square 1 / sqrt(max(n, m))."""
    moved = step(muon.Muon(0.01), KERNEL, random.normal(size=KERNEL))
    assert_allclose(np.sqrt(np.mean(moved**2)), 0.01 * muon.RMS, rtol=0.15)


def test_a_kernels_step_does_not_depend_on_the_gradients_scale(random):
    gradient = random.normal(size=KERNEL)
    small, large = (step(muon.Muon(0.01), KERNEL, scale * gradient) for scale in (1e-3, 1e3))
    assert_allclose(small, large, rtol=1e-3, atol=1e-7)


def test_it_goes_down(random):
    gradient = random.normal(size=KERNEL)
    assert np.sum(step(muon.Muon(0.01), KERNEL, gradient) * gradient) < 0


@pytest.mark.parametrize("shape", [(7,), (4, 7), (9, 9, 5, 3)])
def test_scales_shifts_and_the_images_own_kernel_are_adams(random, shape):
    gradient = random.normal(size=shape)
    assert_array_equal(
        step(muon.Muon(0.01), shape, gradient),
        step(keras.optimizers.Adam(0.01), shape, gradient),
    )
