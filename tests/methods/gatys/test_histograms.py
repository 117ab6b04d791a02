"""The histogram loss as a setting of the optimisation."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose
from samples import picture

from tfstyle.losses import histograms, objective
from tfstyle.methods.gatys import method as gatys

CONFIG = gatys.Config(
    size=None,
    levels=1,
    steps=15,
    style_layers="block3_conv1",
    content_layers="block3_conv1",
    histogram_layers="block3_conv1",
    precision="float32",
)


def test_features_are_distributed_more_like_the_style_s(shallow_encoder, content, style):
    target = histograms.quantiles(shallow_encoder(style)["block3_conv1"])
    distances = {}
    for weight in (0.0, 10.0):
        config = dataclasses.replace(CONFIG, histogram_weight=weight)
        result = gatys.stylize(content, style, config, features=shallow_encoder)
        features = shallow_encoder(result.image)["block3_conv1"]
        distances[weight] = float(histograms.histogram_loss(features, target)[0])
        assert ("histogram" in result.losses[-1].terms) == (weight > 0)
    assert distances[10.0] < 0.8 * distances[0.0]


def test_relative_loss_of_an_image_without_features_is_one(tiny_encoder):
    """As of every layer's term."""
    weights = dataclasses.replace(
        gatys.Config(histogram_weight=1.0, histogram_layers="block1_conv1").weights(),
        style_layers={},
    )
    loss = objective.Objective(tiny_encoder, weights)
    targets = loss.targets(picture(40, 48, seed=1), [picture(40, 48, seed=2)], [1.0])
    (comparison,) = targets["histogram"].values()
    nothing = tf.zeros([1, 40, 48, 4])
    value = comparison.weight * histograms.histogram_loss(nothing, *comparison.target)
    assert_allclose(value, 1, rtol=1e-4)


def test_styles_values_are_blended_by_rank(tiny_encoder):
    config = gatys.Config(histogram_weight=1.0, histogram_layers="block2_conv1")
    loss = objective.Objective(tiny_encoder, config.weights())
    styles = [picture(40, 48, seed=2), picture(36, 32, seed=3)]
    targets = loss.targets(picture(40, 48, seed=1), styles, [0.25, 0.75])
    (comparison,) = targets["histogram"].values()
    each = [histograms.quantiles(tiny_encoder(style)["block2_conv1"]).numpy() for style in styles]
    assert_allclose(comparison.target[0], 0.25 * each[0] + 0.75 * each[1], rtol=1e-4, atol=1e-6)
    assert np.abs(each[0] - each[1]).max() > 0.01


def test_layers_that_there_are_not_are_refused():
    with pytest.raises(ValueError, match="layer must be one of .* layer=block6_conv1"):
        gatys.Config(histogram_layers="block6_conv1")
