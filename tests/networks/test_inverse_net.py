import pathlib

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

import tfstyle
from tfstyle.networks import inverse_layers, inverse_net, pretrained
from tfstyle.networks.stylizers import transform_net


def net(**arguments):
    keras.utils.set_random_seed(1)
    return inverse_net.InverseNet(**{"channels": 6, "width": 4, "unit": 2.0, **arguments})


def features(rows, columns, batch=1, channels=6, dtype=np.float32):
    return np.random.default_rng(0).random([batch, rows, columns, channels]).astype(dtype)


def convolutions(of):
    return [layer for layer in of.net.layers if isinstance(layer, keras.layers.Conv2D)]


# --- The network ---


@pytest.mark.parametrize("size", [(2, 2), (3, 5), (8, 7)])
@pytest.mark.parametrize("dtype", [np.float32, np.float16, tf.bfloat16.as_numpy_dtype])
def test_image_is_four_times_as_wide_and_high_as_features_at_the_third_block(size, dtype):
    image = net()(features(*size, batch=2, dtype=dtype))
    assert image.shape == (2, 4 * size[0], 4 * size[1], 3)
    assert image.dtype == tf.float32
    assert 0 <= np.min(image) <= np.max(image) <= 1


@pytest.mark.parametrize("layer", ["block1_conv1", "relu2_2", "block4_conv1"])
def test_image_is_as_large_as_the_layer_was_pooled(layer):
    of_layer = net(layer=layer)
    stride = {"1": 1, "2": 2, "4": 8}[of_layer.layer[len("block")]]
    assert of_layer(features(3, 4)).shape == (1, 3 * stride, 4 * stride, 3)
    assert of_layer.compute_output_shape((None, 3, None, 6)) == (None, 3 * stride, None, 3)


def test_convolutions_are_vgg19_s_reversed_after_one_more():
    default = inverse_net.InverseNet()
    kernels = [layer.kernel.shape for layer in convolutions(default)]
    channels = [256, 256, 128, 128, 64, 64, 3]
    assert kernels == [(3, 3, *pair) for pair in zip(channels, channels[1:], strict=False)]
    assert [layer.enlarge for layer in convolutions(default)] == [1, 1, 2, 1, 2, 1]


def test_kernels_that_pass_a_value_on_paint_it_over_its_whole_position():
    passing = net()
    for layer in convolutions(passing):
        kernel = np.zeros(layer.kernel.shape)
        kernel[1, 1, 0] = 1
        layer.kernel.assign(kernel)
    given = features(3, 5)
    expected = 0.5 + inverse_layers.OUTPUT_SCALE * given[..., :1] / passing.unit
    expected = np.broadcast_to(expected.repeat(4, 1).repeat(4, 2), [1, 12, 20, 3])
    assert_allclose(passing(given), expected, rtol=1e-6)


def test_features_twice_as_strong_are_twice_the_contrast():
    untrained, given = net(), 100 * features(4, 4)
    once, twice = (untrained(factor * given, training=True) - 0.5 for factor in (1, 2))
    assert_allclose(twice, 2 * once, atol=1e-5)
    assert np.abs(once).max() > 1e-2


def test_unclipped_image_is_what_training_sees():
    bright = net()
    convolutions(bright)[-1].bias.assign([10, 0, -10])
    given = 1e-6 * features(3, 3)
    assert_allclose(bright(given, training=True)[0, 0, 0], [1.5, 0.5, -0.5], atol=1e-4)
    assert_allclose(bright(given)[0, 0, 0], [1, 0.5, 0], atol=1e-4)


def test_unknown_layer_is_refused():
    with pytest.raises(ValueError, match="Did you mean block3_conv1"):
        net(layer="block3_conv11")


# --- Its files ---


@pytest.fixture
def trained():
    return net(layer="block2_conv1", pooling="average", padding="zero")


def test_saved_network_paints_the_same_and_knows_its_features(trained, tmp_path):
    (tmp_path / "model").mkdir()
    trained.save(tmp_path / "model" / "best.keras")
    loaded = inverse_net.load(tmp_path / "model")
    assert_array_equal(loaded(features(4, 5)), trained(features(4, 5)))
    assert loaded.architecture() == trained.architecture()
    assert (loaded.layer, loaded.pooling, loaded.padding) == ("block2_conv1", "average", "zero")


def test_packed_weights_are_within_float16(trained, tmp_path):
    inverse_net.pack(trained, tmp_path / "net.npz")
    loaded = inverse_net.load(tmp_path / "net.npz")
    assert loaded.architecture() == trained.architecture()
    for packed, weight in zip(loaded.get_weights(), trained.get_weights(), strict=True):
        assert_allclose(packed, weight, rtol=1e-3, atol=1e-6)


def test_packed_network_of_the_default_size_is_within_three_megabytes(tmp_path):
    inverse_net.pack(inverse_net.InverseNet(), tmp_path / "net.npz")
    assert (tmp_path / "net.npz").stat().st_size <= 3e6


def test_bfloat16_paints_nearly_the_same(trained, tmp_path):
    inverse_net.pack(trained, tmp_path / "net.npz")
    narrow = inverse_net.load(tmp_path / "net.npz", "bfloat16")
    assert narrow.dtype_policy.name == "mixed_bfloat16"
    assert {weight.dtype for weight in narrow.weights} == {"float32"}
    wide = inverse_net.load(tmp_path / "net.npz")
    assert_allclose(narrow(features(6, 6)), wide(features(6, 6)), atol=1 / 255)


def test_model_that_is_none_is_refused():
    with pytest.raises(
        ValueError, match="model must be inverse, inverse_white or the path of a trained one"
    ):
        inverse_net.load("invers")


def test_a_folder_s_own_network_comes_before_the_shipped_one_of_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inverse").mkdir()
    assert inverse_net.find("inverse").is_relative_to(pathlib.Path(tfstyle.__file__).parent)
    (tmp_path / "inverse" / "best.keras").write_bytes(b"trained")
    assert inverse_net.find("inverse").resolve() == tmp_path / "inverse" / "best.keras"


def test_stylizer_is_no_inverse_network_nor_the_other_way_round(trained, tmp_path):
    stylizer = transform_net.Stylizer(("wave",), width=4, residual_blocks=1)
    stylizer.save(tmp_path / "stylizer.keras")
    pretrained.pack(stylizer, tmp_path / "stylizer.npz")
    inverse_net.pack(trained, tmp_path / "net.npz")
    with pytest.raises(ValueError, match="model must be an inverse network"):
        inverse_net.load(tmp_path / "stylizer.keras")
    with pytest.raises(ValueError, match="model must be a packed inverse network"):
        inverse_net.load(tmp_path / "stylizer.npz")
    with pytest.raises(ValueError, match="model must be a packed stylizer"):
        pretrained.load(tmp_path / "net.npz")
