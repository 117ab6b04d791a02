"""The histogram loss (Risser et al. 2017), with answers known by hand."""

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from tfstyle.losses import histograms

HEIGHT, WIDTH = 32, 32


def spread(*channels, seed=0):
    """Features `[1, 32, 32, channels]` whose channels hold the given 1024 values, shuffled."""
    random = np.random.default_rng(seed)
    columns = [random.permutation(np.float32(values)) for values in channels]
    return np.stack(columns, axis=-1).reshape(1, HEIGHT, WIDTH, len(channels))


RAMP = np.arange(1024) / 1023
"""From 0 to 1, as many values in each part of the range."""


def loss(features, style):
    return histograms.histogram_loss(
        tf.constant(features), histograms.quantiles(tf.constant(style))
    ).numpy()


def matched(features, style):
    return histograms.matched(
        tf.constant(features), histograms.quantiles(tf.constant(style))
    ).numpy()


def test_quantiles_are_the_values_by_rank():
    found = histograms.quantiles(tf.constant(spread(RAMP, 5 - 2 * RAMP))).numpy()
    assert found.shape == (1, 2, histograms.KNOTS)
    ranks = np.linspace(0, 1, histograms.KNOTS)
    assert_allclose(found[0], [ranks, 3 + 2 * ranks], atol=1e-5)


def test_each_value_becomes_that_of_its_rank_whatever_the_places():
    features = spread(RAMP, RAMP, seed=1)
    found = matched(features, spread(3 + 2 * RAMP, RAMP**2, seed=2))
    assert_allclose(found[..., 0], 3 + 2 * features[..., 0], atol=0.01)
    assert_allclose(found[..., 1], features[..., 1] ** 2, atol=0.01)


def test_loss_of_a_shift_and_a_stretch():
    """(F + 3 - F)^2 is 9, and the mean of (2 F - F)^2 = F^2 over [0, 1] is 1 / 3."""
    features = spread(RAMP, seed=1)
    assert_allclose(loss(features, spread(RAMP + 3, seed=2)), 9, rtol=0.01)
    assert_allclose(loss(features, spread(2 * RAMP, seed=2)), 1 / 3, rtol=0.01)
    assert_allclose(loss(np.repeat(features, 2, -1), spread(RAMP + 3, RAMP)), 4.5, rtol=0.01)


def test_features_in_another_order_lose_nothing():
    heavy = np.random.default_rng(3).exponential(size=1024)
    features, style = spread(heavy, seed=1), spread(heavy, seed=2)
    assert np.abs(features - style).mean() > 0.5
    assert loss(features, style) < 1e-4 * heavy.var()


def test_zeros_become_the_mean_of_what_their_ranks_have():
    """Half of the values are 0: their ranks have the ramp's lower half, of mean 1 / 4."""
    half = np.concatenate([np.zeros(512), 1 + RAMP[:512]])
    found = matched(spread(half, seed=1), spread(RAMP, seed=2))[0, ..., 0]
    features = spread(half, seed=1)[0, ..., 0]
    assert_allclose(found[features == 0], 0.25, atol=0.01)
    assert found[features > 0].min() == pytest.approx(0.5, abs=0.01)
    assert found.max() == pytest.approx(1, abs=0.01)


def test_channel_of_one_value_becomes_the_target_s_mean():
    flat = np.full(1024, 7.0)
    assert_allclose(matched(spread(flat), spread(2 * RAMP)), 1, atol=0.01)
    assert_allclose(loss(spread(flat), spread(flat + 2)), 4, rtol=1e-5)


def test_gradient_holds_the_target_constant():
    features, style = spread(RAMP, seed=1), spread(2 * RAMP, seed=2)
    watched, quantiles = tf.constant(features), histograms.quantiles(tf.constant(style))
    with tf.GradientTape() as tape:
        tape.watch(watched)
        value = histograms.histogram_loss(watched, quantiles)
    expected = 2 * (features - matched(features, style)) / features.size
    assert_allclose(tape.gradient(value, watched), expected, rtol=1e-4, atol=1e-9)


def test_a_batch_is_so_many_pictures_each_matched_by_itself():
    pictures = [spread(RAMP, 3 * RAMP, seed=1), spread(RAMP**2, RAMP + 1, seed=2)]
    styles = [spread(RAMP + 1, RAMP, seed=3), spread(2 * RAMP, RAMP**3, seed=4)]
    quantiles = tf.concat([histograms.quantiles(tf.constant(each)) for each in styles], 0)
    together = histograms.histogram_loss(tf.concat(pictures, 0), quantiles)
    alone = [loss(*pair)[0] for pair in zip(pictures, styles, strict=True)]
    assert_allclose(together, alone, rtol=1e-5)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_narrow_features_are_compared_in_float32(dtype):
    features = tf.cast(spread(4 * RAMP, seed=1), dtype)
    quantiles = histograms.quantiles(tf.cast(spread(4 * RAMP + 2, seed=2), dtype))
    found = histograms.histogram_loss(features, quantiles)
    assert found.dtype == tf.float32
    assert_allclose(found, 4, rtol=0.02)
