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


def test_enlarging_repeats_each_pixel_and_adds_their_gradients():
    inputs = tf.constant(INPUTS)
    weights = np.random.default_rng(1).standard_normal([2, 8, 10, 3]).astype(np.float32)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        large = layers.Enlarge()(inputs)
        value = tf.reduce_sum(weights * large)
    assert_array_equal(large, INPUTS.repeat(2, axis=1).repeat(2, axis=2))
    expected = weights.reshape([2, 4, 2, 5, 2, 3]).sum((2, 4))
    assert_allclose(tape.gradient(value, inputs), expected, atol=1e-5)


def test_conditional_instance_norm_of_one_style_is_numpy_s():
    norm = layers.ConditionalInstanceNorm(1)
    norm.build((None, None, None, 3), (None, 1))
    norm.scale.assign([[1.0, 2.0, 3.0]])
    norm.shift.assign([[0.0, -1.0, 5.0]])
    mean, variance = INPUTS.mean((1, 2), keepdims=True), INPUTS.var((1, 2), keepdims=True)
    expected = [1, 2, 3] * (INPUTS - mean) / np.sqrt(variance + 1e-5) + [0, -1, 5]
    assert_allclose(norm(INPUTS, tf.ones([1, 1])), expected, atol=1e-5)


def test_conditional_instance_norm_blends_the_styles_of_each_image():
    norm = layers.ConditionalInstanceNorm(2)
    norm.build((None, None, None, 3), (None, 2))
    norm.scale.assign([[1.0] * 3, [3.0] * 3])
    whole, half = norm(INPUTS, tf.constant([[1.0, 0.0]])), norm(INPUTS, tf.constant([[0.5, 0.5]]))
    assert_allclose(half, 2 * whole, atol=1e-5)
    each = norm(INPUTS, tf.constant([[1.0, 0.0], [0.5, 0.5]]))
    assert_allclose(each, tf.concat([whole[:1], half[1:]], 0), atol=1e-5)


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_mirror_to_is_numpy_s_reflection_however_far(size):
    inputs = np.random.default_rng(0).random([1, size, size, 2], np.float32)
    margins = [[0, 0], [0, 16 - size], [0, 16 - size], [0, 0]]
    expected = np.pad(inputs, margins, mode="reflect" if size > 1 else "edge")
    assert_array_equal(layers.mirror_to(tf.constant(inputs), 16, 16), expected)


def test_conditional_instance_norm_keeps_shares_and_scales_in_float32():
    norm = layers.ConditionalInstanceNorm(2, dtype="mixed_bfloat16")
    norm.build((None, None, None, 3), (None, 2))
    norm.shift.assign([[0.3337] * 3, [0.3337] * 3])
    shifted = norm(tf.zeros([1, 4, 5, 3]), tf.constant([[0.6, 0.4]]))
    assert_allclose(shifted, np.full([1, 4, 5, 3], 0.3337), atol=1e-6)
