"""The objective in tiles is the whole one, whatever the size, the border and the terms."""

import dataclasses
import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal
from samples import TINY_CHANNELS, picture

from tfstyle import regions
from tfstyle.losses import guides, loss_weights, terms
from tfstyle.losses.objective import Held, Objective
from tfstyle.losses.tiling.objective import TiledObjective
from tfstyle.networks import vgg19, vgg19_layers, vgg19_weights
from tfstyle.networks.layers import convolutions

WEIGHTS = loss_weights.Weights(
    content=2.0,
    style=30.0,
    total_variation=0.01,
    out_of_range=5.0,
    content_layers={"block3_conv2": 0.5, "block4_conv2": 2.0},
    style_layers={"block1_conv1": 1.0, "block2_conv1": 0.25, "block5_conv1": 3.0},
    at_size=128,
    relative=True,
)

SIZES = [(64, 64), (97, 130), (200, 51), (61, 173)]


@pytest.fixture(scope="module", params=["zero", "reflect"])
def encoder(request, tiny_encoder):
    return tiny_encoder if request.param == "zero" else rebuilt(tiny_encoder)


def rebuilt(encoder, kind=convolutions.ReflectConv2D, dtype="float32"):
    """The same network with mirrored borders, or of another type."""
    inputs = keras.Input([None, None, 3])
    flow, features = inputs, {}
    for layer in encoder.layers[1:]:
        if isinstance(layer, keras.layers.Conv2D):
            own = kind(**{**layer.get_config(), "dtype": dtype})
            flow = features[layer.name] = own(flow)
            own.set_weights(layer.get_weights())
        else:
            flow = keras.layers.MaxPooling2D(2, dtype=dtype)(flow)
    return keras.Model(inputs, features)


def evaluate(loss, size, held=None):
    """Value, gradient and terms of a picture that goes beyond black and white here and there."""
    image = 1.4 * picture(*size, seed=3, smoothing=1) - 0.2
    styles = [picture(150, 121, seed=2), picture(90, 110, seed=4, smoothing=0)]
    targets = loss.targets(picture(*size, seed=1), styles, [0.3, 0.7], held)
    return loss.value_and_gradient(tf.constant(image), targets)


def assert_same(tiled, whole, tolerance=1e-4):
    assert_allclose(tiled[0], whole[0], rtol=tolerance)
    largest = np.abs(whole[1]).max()
    assert_allclose(tiled[1], whole[1], atol=tolerance * largest)
    assert list(tiled[2]) == list(whole[2])
    for name, term in whole[2].items():
        assert_allclose(tiled[2][name], term, rtol=tolerance, err_msg=name)


@pytest.mark.parametrize("relative", [True, False])
def test_value_gradient_and_terms_are_the_whole_one_s(encoder, relative):
    weights = dataclasses.replace(WEIGHTS, relative=relative)
    whole, tiled = Objective(encoder, weights), TiledObjective(encoder, weights, side=48)
    for size in SIZES:
        assert_same(evaluate(tiled, size), evaluate(whole, size))


def test_tiles_of_one_position_do_too(tiny_encoder):
    whole = Objective(tiny_encoder, WEIGHTS)
    assert_same(evaluate(TiledObjective.of(whole, 16), (61, 90)), evaluate(whole, (61, 90)))


def test_a_frame_is_held_to_earlier_ones_as_a_whole(tiny_encoder):
    whole = Objective(tiny_encoder, dataclasses.replace(WEIGHTS, temporal=7.0))
    held = Held(picture(61, 90, seed=5), picture(61, 90, seed=6)[..., :1])
    tiled = TiledObjective.of(whole, 32)
    assert_same(evaluate(tiled, (61, 90), held), evaluate(whole, (61, 90), held))


def test_without_terms_of_the_image_too(tiny_encoder):
    whole = Objective(
        tiny_encoder, dataclasses.replace(WEIGHTS, total_variation=0.0, out_of_range=0.0)
    )
    assert_same(evaluate(TiledObjective.of(whole, 32), (61, 90)), evaluate(whole, (61, 90)))


def test_weights_of_each_position_may_stand_in_a_target(tiny_encoder):
    """As the masks of regions do: the Gram matrix of masked features, in tiles and whole."""
    mask = tf.constant(picture(12, 22, seed=7)[..., :1])
    masked = dataclasses.replace(
        terms.TERMS[1],
        loss=lambda features, mask, gram: terms.style_loss(features * mask, gram),
        target=dataclasses.replace(
            terms.GRAM_MATRIX,
            of=lambda references, layer: (mask, references.grams[layer]),
            signature=lambda channels, dtype: (
                tf.TensorSpec([None, None, None, 1], "float32"),
                tf.TensorSpec([None, channels, channels], "float32"),
            ),
            maps=1,
        ),
        sum=terms.Sum(
            lambda features, mask: terms.channel_products(features * mask), terms.style_loss_of
        ),
    )
    weights = dataclasses.replace(WEIGHTS, style_layers={"block4_conv1": 1.0}, relative=False)
    size = (99, 180)  # 12 x 22 positions of that layer.
    whole = Objective(tiny_encoder, weights, [masked])
    assert_same(evaluate(TiledObjective.of(whole, 48), size), evaluate(whole, size))


@pytest.mark.parametrize("relative", [True, False])
@pytest.mark.parametrize("size", [(64, 64), (97, 130)])
def test_style_by_region_is_the_whole_one_s(tiny_encoder, size, relative):
    """Above and below, across the borders of tiles, of two styles of which one has both."""
    masks = np.zeros([2, 10, 10], np.float32)
    masks[0, :3], masks[1, 3:] = 1, 1
    second = np.stack([np.zeros([10, 10], np.float32), np.ones([10, 10], np.float32)])
    found = regions.Regions(("above", "below"), masks, (masks[:, ::-1], second))
    styles, blend = [picture(150, 121, seed=2), picture(90, 110, seed=4)], [0.3, 0.7]
    weights = dataclasses.replace(WEIGHTS, relative=relative)
    of_layers = guides.at_layers(
        found, size, [(150, 121), (90, 110)], blend, tuple(weights.style_layers), "simple"
    )
    whole = Objective(tiny_encoder, weights, terms.BY_REGION)
    content, image = picture(*size, seed=1), tf.constant(picture(*size, seed=3))
    tiled, plain = (
        loss.value_and_gradient(image, loss.targets(content, styles, blend, guides=of_layers))
        for loss in (TiledObjective.of(whole, 48), whole)
    )
    assert plain[2]["style"] > 0
    assert_same(tiled, plain)


def test_a_term_that_is_no_sum_is_refused(tiny_encoder):
    alone = dataclasses.replace(terms.TERMS[0], sum=None)
    with pytest.raises(ValueError, match="tile must be none where the content term counts"):
        TiledObjective(tiny_encoder, WEIGHTS, [alone], side=64)


def test_the_same_twice(tiny_encoder):
    tiled = TiledObjective(tiny_encoder, WEIGHTS, side=32)
    first, second = (evaluate(tiled, (61, 90))[1] for _ in range(2))
    assert_array_equal(first, second)


def test_float16_s_gradient_does_not_vanish():
    """Where the objective is small, without a scale it would be 0."""
    inputs = keras.Input([None, None, 3])
    initializer = keras.initializers.RandomNormal(stddev=1.0, seed=1)
    layer = keras.layers.Conv2D(
        4, 1, activation="relu", kernel_initializer=initializer, dtype="float16"
    )
    narrow = keras.Model(inputs, {"block1_conv1": layer(inputs)})
    small = dataclasses.replace(
        WEIGHTS,
        content=1e-4,
        style=1e-4,
        out_of_range=0.0,
        content_layers={"block1_conv1": 1.0},
        style_layers={"block1_conv1": 1.0},
        at_size=None,
        relative=False,
    )
    whole, tiled = Objective(narrow, small), TiledObjective(narrow, small, side=48)
    assert_same(evaluate(tiled, (64, 90)), evaluate(whole, (64, 90)), tolerance=0.02)


def test_features_are_kept_where_the_content_is_compared_alone(tiny_encoder):
    tiled = TiledObjective(tiny_encoder, WEIGHTS, side=48)
    targets = tiled.targets(picture(100, 70, seed=1), [picture(50, 50, seed=2)], [1.0])
    shapes = {layer: each.target[0].shape for layer, each in targets["content"].items()}
    channels = TINY_CHANNELS["block3_conv2"], TINY_CHANNELS["block4_conv2"]
    assert shapes == {
        "block3_conv2": (1, 25, 17, channels[0]),
        "block4_conv2": (1, 12, 8, channels[1]),
    }


@pytest.mark.slow
@pytest.mark.parametrize("padding", ["zero", "reflect"])
def test_the_halo_is_wide_enough_for_all_of_vgg19(padding):
    """Of its depth, with random kernels; a narrower halo would miss what its positions see."""
    random = np.random.default_rng(0)
    channels = itertools.pairwise((3, *vgg19_layers.CHANNELS))
    kernels = [
        (
            np.float32(random.standard_normal([3, 3, inputs, outputs]) * np.sqrt(2 / 9 / inputs)),
            np.zeros(outputs, np.float32),
        )
        for inputs, outputs in channels
    ]
    vgg = vgg19_weights.Vgg19Weights("random", "", kernels)
    encoder = vgg19.build(WEIGHTS.layers, vgg, pooling="average", padding=padding)
    whole, tiled = Objective(encoder, WEIGHTS), TiledObjective(encoder, WEIGHTS, side=64)
    assert_same(evaluate(tiled, (251, 270)), evaluate(whole, (251, 270)))
