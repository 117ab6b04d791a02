import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle.networks.layers import wrap


def features(*shape):
    return np.random.default_rng(0).normal(size=[2, *shape, 3]).astype(np.float32)


@pytest.mark.parametrize(("shape", "border"), [((5, 7), 1), ((2, 2), 1), ((4, 3), 2), ((2, 2), 2)])
def test_beyond_a_side_lies_the_opposite_one(shape, border):
    inputs = features(*shape)
    margins = [[0, 0], [border, border], [border, border], [0, 0]]
    assert_array_equal(wrap.wrap_pad(tf.constant(inputs), border), np.pad(inputs, margins, "wrap"))


@pytest.mark.parametrize(("shape", "border"), [((5, 7), 1), ((2, 2), 1), ((4, 3), 2), ((2, 2), 2)])
def test_gradient_adds_up_what_each_pixel_is_seen_as(shape, border):
    """Each padded pixel's upstream gradient goes to the one that it repeats."""
    inputs = tf.constant(features(*shape))
    upstream = features(shape[0] + 2 * border, shape[1] + 2 * border)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        padded = wrap.wrap_pad(inputs, border)
    expected = np.zeros(inputs.shape, np.float32)
    for row in range(upstream.shape[1]):
        for column in range(upstream.shape[2]):
            place = (row - border) % shape[0], (column - border) % shape[1]
            expected[:, place[0], place[1]] += upstream[:, row, column]
    found = tape.gradient(padded, inputs, output_gradients=tf.constant(upstream))
    assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
