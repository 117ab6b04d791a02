import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle.networks.layers import convolutions, split_convolution
from tfstyle.system import processor


@pytest.fixture(params=["1", "0"])
def faster(request, monkeypatch):
    monkeypatch.setattr(processor, "convolves_pairs_faster", lambda: request.param == "1")
    return request.param == "1"


def random(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape, np.float32)


def test_halves_share_rows_and_lack_zeros():
    images = np.arange(10.0).reshape(2, 5, 1, 1)
    cut = split_convolution.split(tf.constant(images), 2, 2)
    rows = np.squeeze(cut)
    assert_array_equal(rows, [[0, 1, 2, 3], [2, 3, 4, 0], [5, 6, 7, 8], [7, 8, 9, 0]])


def test_gradient_of_halves_is_how_often_each_row_is_there():
    images = tf.zeros([1, 6, 2, 1])
    with tf.GradientTape() as tape:
        tape.watch(images)
        total = tf.reduce_sum(split_convolution.split(images, 2, 2))
    gradient = tape.gradient(total, images)
    assert_array_equal(gradient[0, :, 0, 0], [1, 1, 2, 2, 1, 1])


@pytest.mark.parametrize("height", [5, 8, 9, 11, 12])
@pytest.mark.parametrize(
    "options", [{"kernel_size": 3}, {"kernel_size": 9}, {"kernel_size": 3, "strides": 2}]
)
@pytest.mark.parametrize("batch", [1, 2])
def test_convolution_is_the_same_in_halves(faster, height, options, batch):
    """TensorFlow's own of the mirrored image, and its gradients."""
    layer = convolutions.ReflectConv2D(4, activation="relu", bias_initializer="ones", **options)
    inputs, stride = random(batch, height, 8, 3), options.get("strides", 1)
    layer.build((1, 16, 16, 3))

    @tf.function(input_signature=[tf.TensorSpec([None, None, None, 3])])
    def convolve(inputs):
        return layer(inputs)

    border = options["kernel_size"] // 2
    margins = [[0, 0], [border, border], [border, border], [0, 0]]

    def expect(inputs):
        mirrored = tf.pad(inputs, margins, mode="REFLECT")
        return tf.nn.relu(tf.nn.conv2d(mirrored, layer.kernel, stride, "VALID") + 1)

    results = []
    for function in (convolve, expect):
        variables = [tf.constant(inputs), layer.kernel.value]
        with tf.GradientTape() as tape:
            tape.watch(variables)
            outputs = function(variables[0])
            total = tf.reduce_sum(outputs * random(*outputs.shape, seed=1))
        results.append([outputs, *tape.gradient(total, variables)])
    for found, expected in zip(*results, strict=True):
        assert_allclose(found, expected, atol=2e-4)


def test_strip_of_an_image_is_the_same_in_halves(faster):
    layer = convolutions.ReflectConv2D(4, 3)
    inputs = random(1, 12, 8, 3)
    whole = layer(inputs)
    assert_allclose(layer(inputs[:, :7], below=0), whole[:, :6], atol=1e-5)
    assert_allclose(layer(inputs[:, 4:9], above=0, below=0), whole[:, 5:8], atol=1e-5)


def test_zero_border_is_keras_s(faster):
    layer = convolutions.ZeroConv2D(4, 3, activation="relu")
    inputs = random(2, 7, 8, 3)
    outputs = layer(inputs[:1]), layer(inputs)
    plain = keras.layers.Conv2D(4, 3, padding="same", activation="relu")
    plain.build(inputs.shape)
    plain.set_weights(layer.get_weights())
    assert_allclose(outputs[0], plain(inputs[:1]), atol=1e-5)
    assert_allclose(outputs[1], plain(inputs), atol=1e-5)


def test_number_of_images_stays_known(faster):
    """Norms of one image go another way."""
    layer = convolutions.ReflectConv2D(4, 3)
    for batch in (1, None):
        images = tf.TensorSpec([batch, None, None, 3])
        traced = tf.function(layer).get_concrete_function(images)
        assert traced.output_shapes[0] == batch


def reshapes(layer):
    traced = tf.function(layer).get_concrete_function(tf.TensorSpec([1, None, None, 3]))
    return sum(operation.type == "Reshape" for operation in traced.graph.get_operations())


def test_graphs_for_any_processor_have_no_halves(faster):
    layer = convolutions.ReflectConv2D(4, 3)
    with split_convolution.for_any_processor():
        without = reshapes(layer)
    assert reshapes(layer) - without == (2 if faster else 0)


def test_graphs_for_a_gpu_have_no_halves(monkeypatch):
    monkeypatch.setattr(processor, "convolves_pairs_faster", lambda: True)
    assert split_convolution.is_faster()
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [f"a {kind}"])
    assert not split_convolution.is_faster()
