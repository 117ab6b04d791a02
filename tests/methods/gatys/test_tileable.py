"""Pictures whose borders meet: nothing tells where a tile begins."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose
from samples import picture

from tfstyle.losses import objective
from tfstyle.methods import video
from tfstyle.methods.gatys import method as gatys
from tfstyle.networks import vgg19, vgg19_layers, vgg19_weights

CONFIG = gatys.Config(
    size=None,
    content_weight=0.0,
    histogram_weight=1.0,
    tileable=True,
    padding="reflect",
    precision="float32",
)

STRIDE = 16
"""The deepest layer's, block5_conv1."""


@pytest.fixture(scope="module")
def loss():
    """The objective on VGG19's shapes with random kernels."""
    random, inputs, convolutions = np.random.default_rng(0), 3, []
    for outputs in vgg19_layers.CHANNELS[:13]:
        kernel = random.standard_normal([3, 3, inputs, outputs], np.float32)
        convolutions.append((kernel * np.sqrt(2 / (9 * inputs)), np.zeros([outputs], np.float32)))
        inputs = outputs
    weights = vgg19_weights.Vgg19Weights("random", "", convolutions)
    layers = CONFIG.weights().layers
    tiles, others = (
        vgg19.build(layers, weights, pooling="average", padding=padding)
        for padding in ("wrap", "reflect")
    )
    return objective.Objective(tiles, CONFIG.weights(), style_encoder=others)


@pytest.fixture(scope="module")
def targets(loss):
    return loss.targets(picture(32, 48, seed=2), [picture(40, 32, seed=3)], [1.0])


@pytest.mark.parametrize(("down", "right"), [(STRIDE, 0), (0, STRIDE), (STRIDE, 2 * STRIDE)])
def test_rolled_by_the_deepest_stride_a_tile_has_the_same_loss(down, right, loss, targets):
    tile = picture(32, 48, seed=1)
    value, gradient, _ = loss.value_and_gradient(tf.constant(tile), targets)
    rolled = np.roll(tile, (down, right), (1, 2))
    again, its_gradient, _ = loss.value_and_gradient(tf.constant(rolled), targets)
    assert float(value) > 0.1
    assert_allclose(again, value, rtol=1e-5)
    scale = float(tf.reduce_max(tf.abs(gradient)))
    assert_allclose(its_gradient, np.roll(gradient, (down, right), (1, 2)), atol=1e-4 * scale)


def test_mirrored_borders_tell_where_a_picture_begins(loss, targets):
    """Else the test above would prove nothing."""
    plain = dataclasses.replace(CONFIG, tileable=False).weights()
    mirrored = objective.Objective(loss._style_features.python_function, plain)
    tile = picture(32, 48, seed=1)
    values = [
        float(mirrored.value_and_gradient(tf.constant(each), targets)[0])
        for each in (tile, np.roll(tile, (STRIDE, STRIDE), (1, 2)))
    ]
    assert abs(values[1] / values[0] - 1) > 1e-3


def test_sides_become_whole_positions_at_every_level():
    config = dataclasses.replace(CONFIG, size=300)
    assert [level.size for level in gatys.plan((201, 300), config)] == [(96, 144), (208, 304)]
    plain = dataclasses.replace(config, tileable=False)
    assert [level.size for level in gatys.plan((201, 300), plain)] == [(100, 150), (201, 300)]


def test_result_has_the_tile_s_size(tiny_encoder, content, style):
    config = dataclasses.replace(CONFIG, steps=2, coarse_steps=2, levels=2, size=70)
    result = gatys.stylize(content, style, config, features=tiny_encoder)
    assert result.image.shape == (1, 64, 64, 3)


def test_clips_are_no_tiles():
    with pytest.raises(ValueError, match="tileable must be False for a clip"):
        video.GatysConfig(tileable=True)
