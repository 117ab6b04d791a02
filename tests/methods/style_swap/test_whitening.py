import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from tfstyle.methods.style_swap import whitening

RANDOM = np.random.default_rng(0)


def features(rows=20, columns=30, channels=6, seed=0):
    """Correlated channels of unlike means."""
    random = np.random.default_rng(seed)
    mixing = random.normal(size=[channels, channels])
    values = random.normal(size=[1, rows, columns, channels]) @ mixing + 3 * np.arange(channels)
    return tf.constant(values, tf.float32)


def test_statistics_are_those_of_all_positions_together():
    maps = [features(seed=1), features(5, 7, seed=2)]
    rows = np.concatenate([np.reshape(each, [-1, 6]) for each in maps]).astype(np.float64)
    found = whitening.statistics(maps)
    assert_allclose(found.mean, rows.mean(axis=0), rtol=1e-5)
    assert_allclose(found.covariance, np.cov(rows.T, bias=True), rtol=1e-4, atol=1e-4)


def test_white_features_have_mean_zero_and_unit_covariance():
    given = features()
    white = whitening.whiten(given, whitening.statistics([given]), 0.0)
    found = whitening.statistics([white])
    assert_allclose(found.mean, np.zeros(6), atol=1e-4)
    assert_allclose(found.covariance, np.eye(6), atol=1e-3)


@pytest.mark.parametrize("regulariser", [0.0, 0.5])
def test_colouring_undoes_whitening(regulariser):
    given = features()
    own = whitening.statistics([given])
    again = whitening.color(whitening.whiten(given, own, regulariser), own, regulariser)
    assert_allclose(again, given, rtol=1e-4, atol=1e-3)


def test_coloured_features_have_the_style_s_statistics():
    given, style = features(seed=1), whitening.statistics([features(seed=2)])
    white = whitening.whiten(given, whitening.statistics([given]), 0.0)
    found = whitening.statistics([whitening.color(white, style, 0.0)])
    assert_allclose(found.mean, style.mean, rtol=1e-3, atol=1e-3)
    assert_allclose(found.covariance, style.covariance, rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize("positions", [(1, 3), (1, 1), (2, 2)])
def test_fewer_positions_than_channels_stay_finite(positions):
    """The covariance has no inverse, and no position no variance at all."""
    given, style = features(*positions, seed=1), whitening.statistics([features(seed=2)])
    white = whitening.whiten(given, whitening.statistics([given]), style.regulariser())
    assert np.isfinite(whitening.color(white, style, style.regulariser())).all()


def test_equal_eigenvalues_are_no_obstacle():
    """White noise has a covariance of which every direction is an eigenvector."""
    given = tf.constant(RANDOM.choice([-1.0, 1.0], size=[1, 64, 64, 5]), tf.float32)
    white = whitening.whiten(given, whitening.statistics([given]), 0.0)
    assert_allclose(whitening.statistics([white]).covariance, np.eye(5), atol=1e-3)


def test_transport_carries_mean_and_covariance():
    own, target = features(channels=3, seed=1), whitening.statistics([features(channels=3, seed=2)])
    carried = whitening.transport(own, whitening.statistics([own]), target)
    found = whitening.statistics([carried])
    assert_allclose(found.mean, target.mean, rtol=1e-4, atol=1e-4)
    assert_allclose(found.covariance, target.covariance, rtol=1e-3, atol=1e-3)


def test_transport_between_equal_statistics_is_the_identity():
    given = features(channels=3)
    own = whitening.statistics([given])
    assert_allclose(whitening.transport(given, own, own), given, rtol=1e-4, atol=1e-3)


def test_transport_of_independent_channels_stretches_each():
    """A diagonal covariance: x -> sigma_T / sigma (x - mean) + mean_T, known by hand."""
    own = whitening.Statistics(tf.constant([1.0, 2.0]), tf.constant([[4.0, 0.0], [0.0, 9.0]]))
    target = whitening.Statistics(tf.constant([0.0, 5.0]), tf.constant([[1.0, 0.0], [0.0, 36.0]]))
    found = whitening.transport(tf.constant([[3.0, 5.0]]), own, target, regulariser=0.0)
    assert_allclose(found, [[1.0, 11.0]], rtol=1e-5)


def test_power_of_a_diagonal_matrix():
    found = whitening.power(tf.constant([[4.0, 0.0], [0.0, 9.0]]), -1 / 2)
    assert_allclose(found, [[1 / 2, 0], [0, 1 / 3]], atol=1e-6)


def test_power_is_of_what_the_regulariser_makes():
    found = whitening.power(tf.zeros([2, 2]), 1 / 2, 0.25)
    assert_allclose(found, np.eye(2) / 2, atol=1e-6)


def test_main_directions_are_those_of_greatest_variance():
    own = whitening.Statistics(tf.zeros([3]), tf.linalg.diag([1.0, 9.0, 4.0]))
    found = np.abs(whitening.main_directions(own, 2))
    assert_allclose(found, [[0, 0], [0, 1], [1, 0]], atol=1e-6)


def test_regulariser_is_a_share_of_the_mean_eigenvalue():
    own = whitening.Statistics(tf.zeros([2]), tf.linalg.diag([1.0, 3.0]))
    assert_allclose(own.regulariser(), 2 * whitening.REGULARISER, rtol=1e-6)


def test_style_of_one_colour_has_roots_too():
    """All its eigenvalues are 0, and so would be what is added to them."""
    flat = whitening.statistics([tf.ones([1, 3, 4, 6])])
    white = whitening.whiten(tf.ones([1, 3, 4, 6]), flat, flat.regulariser())
    assert_allclose(white, np.zeros([1, 3, 4, 6]))
    assert_allclose(whitening.color(white, flat, flat.regulariser()), np.ones([1, 3, 4, 6]))
