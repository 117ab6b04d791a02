import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle.networks.layers import convolutions, mirror, norms

INPUTS = np.random.default_rng(0).standard_normal([2, 4, 5, 3]).astype(np.float32)


@pytest.mark.parametrize("border", [1, 2, 3])
def test_mirrored_border_is_numpy_s(border):
    margins = [[0, 0], [border, border], [border, border], [0, 0]]
    expected = np.pad(INPUTS, margins, mode="reflect")
    assert_array_equal(mirror.mirror_pad(tf.constant(INPUTS), border), expected)


@pytest.mark.parametrize(("above", "below"), [(0, 2), (3, 0), (1, 4)])
def test_mirrored_border_that_repeats_the_edge_is_numpy_s(above, below):
    margins = [[0, 0], [above, below], [2, 2], [0, 0]]
    expected = np.pad(INPUTS, margins, mode="symmetric")
    padded = mirror.mirror_pad(tf.constant(INPUTS), 2, above, below, repeat_edge=True)
    assert_array_equal(padded, expected)


@pytest.mark.parametrize("border", [1, 2])
@pytest.mark.parametrize(("above", "below"), [(None, None), (0, 2)])
@pytest.mark.parametrize(("repeat_edge", "mode"), [(False, "REFLECT"), (True, "SYMMETRIC")])
def test_mirrored_border_has_tensorflow_s_gradient(border, above, below, repeat_edge, mode):
    rows = [border if beyond is None else beyond for beyond in (above, below)]
    margins = [[0, 0], rows, [border, border], [0, 0]]
    shape = [2, 4 + sum(rows), 5 + 2 * border, 3]
    weights = np.random.default_rng(1).standard_normal(shape).astype(np.float32)
    gradients = []
    for pad in (
        lambda x: mirror.mirror_pad(x, border, above, below, repeat_edge),
        lambda x: tf.pad(x, margins, mode=mode),
    ):
        inputs = tf.constant(INPUTS)
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            value = tf.reduce_sum(weights * pad(inputs))
        gradients.append(tape.gradient(value, inputs))
    assert_allclose(gradients[0], gradients[1], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("given", "padded"),
    [
        ([None, 4, 5, 3], [None, 6, 7, 3]),
        ([2, None, 5, 3], [2, None, 7, 3]),
        ([None, None, None, None], [None, None, None, None]),
    ],
)
def test_mirrored_border_of_unknown_sizes_keeps_those_that_are_known(given, padded):
    signature = [tf.TensorSpec(given, tf.float32)]
    traced = tf.function(lambda inputs: mirror.mirror_pad(inputs, 1), input_signature=signature)
    assert traced.get_concrete_function().output_shapes.as_list() == padded
    expected = np.pad(INPUTS, [[0, 0], [1, 1], [1, 1], [0, 0]], mode="reflect")
    assert_array_equal(traced(INPUTS), expected)


def test_tap_gives_its_input_twice_and_adds_the_gradients():
    inputs = tf.constant(INPUTS)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        first, second = convolutions.Tap()(inputs)
        value = tf.reduce_sum(2 * first) + tf.reduce_sum(3 * second)
    assert_array_equal(first, INPUTS)
    assert_array_equal(second, INPUTS)
    assert_array_equal(tape.gradient(value, inputs), np.full(INPUTS.shape, 5))


def test_reflect_convolution_keeps_size_and_constants():
    layer = convolutions.ReflectConv2D(2, 3, kernel_initializer="ones")
    assert_allclose(layer(tf.ones([1, 4, 5, 3])), np.full([1, 4, 5, 2], 27.0))


def random(*shape, seed=2):
    return tf.constant(np.random.default_rng(seed).standard_normal(shape), tf.float32)


@pytest.mark.parametrize("times", [2, 3])
def test_enlarging_convolution_is_that_of_the_image_with_each_pixel_repeated(times):
    layer = convolutions.ReflectConv2D(4, 3, enlarge=times, bias_initializer="ones")
    outputs = layer(INPUTS)
    repeated = INPUTS.repeat(times, axis=1).repeat(times, axis=2)
    margins = [[0, 0], [1, 1], [1, 1], [0, 0]]
    expected = tf.nn.conv2d(np.pad(repeated, margins, mode="reflect"), layer.kernel, 1, "VALID")
    assert_allclose(outputs, expected + 1, atol=1e-5)


@pytest.mark.parametrize("width", range(3, 13))
def test_enlarging_convolution_keeps_every_column(width):
    """Whatever columns are computed beside: by a kernel of ones at its middle, and in gradients."""
    layer = convolutions.ReflectConv2D(1, 3, enlarge=2)
    inputs = np.asarray(random(1, 4, width, 1))
    layer(inputs)
    layer.kernel.assign(np.eye(9)[4].reshape(3, 3, 1, 1))
    assert_allclose(layer(inputs), inputs.repeat(2, axis=1).repeat(2, axis=2), atol=1e-6)
    with tf.GradientTape() as tape:
        tape.watch(variable := tf.constant(inputs))
        total = tf.reduce_sum(layer(variable))
    assert_allclose(tape.gradient(total, variable), np.full_like(inputs, 4), atol=1e-6)


@pytest.mark.parametrize("abreast", [2, 4])
@pytest.mark.parametrize("size", [1, 3, 5, 7, 9])
def test_pixels_computed_abreast_are_those_computed_one_by_one(size, abreast):
    inputs = random(2, 10, 12, 5)
    layer = convolutions.ReflectConv2D(3, size, abreast=abreast, bias_initializer="ones")
    outputs = layer(inputs)
    reach = [size // 2, size // 2]
    padded = np.pad(inputs, [[0, 0], reach, reach, [0, 0]], mode="reflect")
    assert_allclose(outputs, tf.nn.conv2d(padded, layer.kernel, 1, "VALID") + 1, atol=1e-5)


@pytest.mark.parametrize("options", [{}, {"strides": 2}, {"enlarge": 2}, {"abreast": 4}])
def test_strip_with_its_neighbours_is_convolved_as_within_the_image(options):
    inputs = random(1, 12, 8, 3)
    layer = convolutions.ReflectConv2D(4, 3, **options)
    whole = np.asarray(layer(inputs))
    top = layer(inputs[:, :7], below=0)
    middle = layer(inputs[:, 5:9], above=0, below=0)
    bottom = layer(inputs[:, 7:], above=0)
    joined = np.concatenate([top, middle, bottom], axis=1)
    assert_allclose(joined, whole, atol=1e-5)


def test_conditional_instance_norm_of_one_style_is_numpy_s():
    norm = norms.ConditionalInstanceNorm(1)
    norm.build((None, None, None, 3), (None, 1))
    norm.scale.assign([[1.0, 2.0, 3.0]])
    norm.shift.assign([[0.0, -1.0, 5.0]])
    mean, variance = INPUTS.mean((1, 2), keepdims=True), INPUTS.var((1, 2), keepdims=True)
    expected = [1, 2, 3] * (INPUTS - mean) / np.sqrt(variance + 1e-5) + [0, -1, 5]
    assert_allclose(norm(INPUTS, tf.ones([1, 1])), expected, atol=1e-5)


def test_conditional_instance_norm_blends_the_styles_of_each_image():
    norm = norms.ConditionalInstanceNorm(2)
    norm.build((None, None, None, 3), (None, 2))
    norm.scale.assign([[1.0] * 3, [3.0] * 3])
    whole, half = norm(INPUTS, tf.constant([[1.0, 0.0]])), norm(INPUTS, tf.constant([[0.5, 0.5]]))
    assert_allclose(half, 2 * whole, atol=1e-5)
    each = norm(INPUTS, tf.constant([[1.0, 0.0], [0.5, 0.5]]))
    assert_allclose(each, tf.concat([whole[:1], half[1:]], 0), atol=1e-5)


@pytest.mark.parametrize("images", [1, 2])
def test_conditional_affine_is_numpy_s(images):
    """One image and several take different roads."""
    affine = norms.ConditionalAffine(2)
    affine.build((None, None, None, 3), (None, 2))
    affine.scale.assign([[1.0, 2.0, 3.0], [5.0, 0.0, 1.0]])
    affine.shift.assign([[0.0, -1.0, 5.0], [4.0, 1.0, 1.0]])
    shares = tf.constant([[0.5, 0.5], [1.0, 0.0]])[:images]
    moved = affine(INPUTS[:images], shares)
    assert_allclose(moved[0], [3, 1, 2] * INPUTS[0] + [2, 0, 3], atol=1e-5)
    if images == 2:
        assert_allclose(moved[1], [1, 2, 3] * INPUTS[1] + [0, -1, 5], atol=1e-5)


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_mirror_to_is_numpy_s_reflection_however_far(size):
    inputs = np.random.default_rng(0).random([1, size, size, 2], np.float32)
    margins = [[0, 0], [0, 16 - size], [0, 16 - size], [0, 0]]
    expected = np.pad(inputs, margins, mode="reflect" if size > 1 else "edge")
    assert_array_equal(mirror.mirror_to(tf.constant(inputs), 16, 16), expected)
    side, open_sides = tf.TensorSpec([], tf.int32), tf.TensorSpec([1, None, None, 2], tf.float32)
    traced = tf.function(mirror.mirror_to, input_signature=[open_sides, side, side])
    assert_array_equal(traced(inputs, 16, 16), expected)
    assert_array_equal(traced(expected, 16, 16), expected)


def test_mirror_to_copies_nothing_where_nothing_is_to_grow():
    inputs = tf.constant(INPUTS)
    assert mirror.mirror_to(inputs, tf.constant(4), tf.constant(5)) is inputs


def test_conditional_instance_norm_keeps_shares_and_scales_in_float32():
    norm = norms.ConditionalInstanceNorm(2, dtype="mixed_bfloat16")
    norm.build((None, None, None, 3), (None, 2))
    norm.shift.assign([[0.3337] * 3, [0.3337] * 3])
    shifted = norm(tf.zeros([1, 4, 5, 3]), tf.constant([[0.6, 0.4]]))
    assert_allclose(shifted, np.full([1, 4, 5, 3], 0.3337), atol=1e-6)


def test_moments_are_numpy_s():
    mean, variance = norms.moments(tf.constant(INPUTS[:1]))
    assert_allclose(mean, INPUTS[0].mean((0, 1)), atol=1e-6)
    assert_allclose(variance, INPUTS[0].var((0, 1)), rtol=1e-5)


def test_conditional_instance_norm_of_a_strip_takes_the_whole_image_s_moments():
    norm = norms.ConditionalInstanceNorm(1)
    shares = tf.ones([1, 1])
    whole = norm(INPUTS[:1], shares)
    moments = tf.nn.moments(INPUTS[0], [0, 1])
    assert_allclose(norm(INPUTS[:1, 1:3], shares, moments), whole[:, 1:3], atol=1e-5)


def test_conditional_instance_norm_of_a_batch_is_each_image_s_with_its_gradient():
    norm = norms.ConditionalInstanceNorm(1)
    shares, weights = tf.ones([1, 1]), tf.random.stateless_normal(INPUTS.shape, [1, 2])

    def gradient(batches):
        inputs = tf.constant(INPUTS)
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = tf.concat([norm(batch, shares) for batch in tf.split(inputs, batches)], 0)
            value = tf.reduce_sum(weights * outputs)
        return tape.gradient(value, inputs)

    assert_allclose(gradient(1), gradient(2), atol=1e-6)


@pytest.mark.parametrize(
    ("channels", "filters"), [(8, 3), (16, 3), (24, 3), (32, 3), (40, 3), (3, 16), (3, 32)]
)
@pytest.mark.parametrize("abreast", [1, 2, 4])
@pytest.mark.parametrize("side", [3, 5, 7, 9])
def test_bfloat16_convolves_as_float32_does(channels, filters, abreast, side):
    """On machines with AMX some of oneDNN's convolutions are wrong; none of ours may be."""
    inputs = tf.cast(random(1, 24, 32, channels), tf.bfloat16)
    narrow = convolutions.ReflectConv2D(filters, side, abreast=abreast, dtype="bfloat16")
    outputs = tf.cast(narrow(inputs), tf.float32)
    wide = convolutions.ReflectConv2D(filters, side, dtype="float32")
    wide.build(inputs.shape)
    wide.set_weights([np.asarray(weight, np.float32) for weight in narrow.get_weights()])
    expected = wide(tf.cast(inputs, tf.float32))
    assert np.linalg.norm(outputs - expected) < 0.02 * np.linalg.norm(expected)
