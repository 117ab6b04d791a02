import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle import layers

INPUTS = np.random.default_rng(0).standard_normal([2, 4, 5, 3]).astype(np.float32)


@pytest.mark.parametrize("border", [1, 2, 3])
def test_mirrored_border_is_numpy_s(border):
    margins = [[0, 0], [border, border], [border, border], [0, 0]]
    expected = np.pad(INPUTS, margins, mode="reflect")
    assert_array_equal(layers.mirror_pad(tf.constant(INPUTS), border), expected)


@pytest.mark.parametrize("border", [1, 2])
def test_mirrored_border_has_tensorflow_s_gradient(border):
    margins = [[0, 0], [border, border], [border, border], [0, 0]]
    shape = [2, 4 + 2 * border, 5 + 2 * border, 3]
    weights = np.random.default_rng(1).standard_normal(shape).astype(np.float32)
    gradients = []
    for pad in (layers.mirror_pad, lambda x, _: tf.pad(x, margins, mode="REFLECT")):
        inputs = tf.constant(INPUTS)
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            value = tf.reduce_sum(weights * pad(inputs, border))
        gradients.append(tape.gradient(value, inputs))
    assert_allclose(gradients[0], gradients[1], rtol=1e-5, atol=1e-6)


def test_tap_gives_its_input_twice_and_adds_the_gradients():
    inputs = tf.constant(INPUTS)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        first, second = layers.Tap()(inputs)
        value = tf.reduce_sum(2 * first) + tf.reduce_sum(3 * second)
    assert_array_equal(first, INPUTS)
    assert_array_equal(second, INPUTS)
    assert_array_equal(tape.gradient(value, inputs), np.full(INPUTS.shape, 5))


def test_reflect_convolution_keeps_size_and_constants():
    layer = layers.ReflectConv2D(2, 3, kernel_initializer="ones")
    assert_allclose(layer(tf.ones([1, 4, 5, 3])), np.full([1, 4, 5, 2], 27.0))
