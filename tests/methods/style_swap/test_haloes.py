import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle.methods.style_swap import course
from tfstyle.methods.style_swap.config import Config
from tfstyle.methods.style_swap.painting import haloes

SIZE = 120, 160
Y, X = np.indices(SIZE, np.float32)
FROM_SHAPE = np.maximum(np.hypot(Y - 60, X - 50) - 25, 0)
"""Pixels from a dark disc."""


def grey(values):
    return np.repeat(values[np.newaxis, ..., np.newaxis], 3, -1).astype(np.float32)


CONTENT = grey(np.where(FROM_SHAPE > 0, 0.6, 0.1))
GLOW = grey(np.where(FROM_SHAPE > 0, 0.3 * np.exp(-FROM_SHAPE / 10), 0))
STAR = grey(0.3 * np.exp(-((Y - 60) ** 2 + (X - 140) ** 2) / 20))


def test_light_beside_a_dark_shape_falls_by_a_third_or_more():
    painted = CONTENT + GLOW
    even = haloes.take_out(tf.constant(painted), tf.constant(CONTENT), 1.0)
    # Beyond the pixels on the edge itself.
    beside = (FROM_SHAPE > 3) & (FROM_SHAPE < 12)
    left = (np.array(even) - CONTENT)[0][beside].mean()
    assert left < 2 / 3 * GLOW[0][beside].mean()
    assert_allclose(even[0, 60, 50], CONTENT[0, 60, 50], atol=0.02)


def test_light_far_from_edges_is_the_style_s_own():
    even = haloes.take_out(tf.constant(CONTENT + STAR), tf.constant(CONTENT), 1.0)
    assert even[0, 60, 140, 0] - CONTENT[0, 60, 140, 0] > 0.9 * STAR.max()


def test_dark_beside_a_shape_stays():
    painted = CONTENT - 0.5 * GLOW
    even = haloes.take_out(tf.constant(painted), tf.constant(CONTENT), 1.0)
    dark = (FROM_SHAPE > 1) & (FROM_SHAPE < 8)
    assert_allclose(np.array(even)[0][dark], painted[0][dark], atol=0.02)


def test_photograph_itself_stays():
    even = haloes.take_out(tf.constant(CONTENT), tf.constant(CONTENT), 1.0)
    assert np.abs(even - CONTENT).mean() < 1 / 255


def test_plain_picture_stays():
    plain = tf.fill([1, 30, 40, 3], 0.25)
    assert_allclose(haloes.take_out(plain, plain, 1.0), plain, atol=1e-6)


def test_share_is_how_much_of_it_goes():
    painted, content = tf.constant(CONTENT + GLOW), tf.constant(CONTENT)
    none, half, whole = (haloes.take_out(painted, content, share) for share in (0.0, 0.5, 1.0))
    assert_array_equal(none, painted)
    assert_allclose(half, (painted + whole) / 2, atol=1e-6)


def test_nothing_becomes_darker_than_black():
    """Of a painting that bends away from its photograph the filter explains less than nothing."""
    random = np.random.default_rng(0).random([1, 8, 10, 1], np.float32)
    content = tf.repeat(tf.image.resize(random, SIZE, "bicubic"), 3, -1)
    content = tf.clip_by_value(content, 0, 1)
    even = haloes.take_out(0.9 * content**4 + 0.03, content, 1.0)
    assert np.min(even) >= 0


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (3, 700), (900, 2), (400, 390)])
def test_any_size_is_taken(size):
    random = np.random.default_rng(0)
    pastiche, content = random.random([2, 1, *size, 3], np.float32)
    even = haloes.take_out(tf.constant(pastiche), tf.constant(content), 1.0)
    assert even.shape == pastiche.shape
    assert np.isfinite(even).all() and np.all(even <= pastiche + 1e-6) and np.min(even) >= 0


def test_a_large_picture_is_measured_small():
    times = 5
    large, small = (np.repeat(np.repeat(CONTENT + GLOW, k, 1), k, 2) for k in (times, 1))
    content = np.repeat(np.repeat(CONTENT, times, 1), times, 2)
    even = haloes.take_out(tf.constant(large), tf.constant(content), 1.0)
    expected = haloes.take_out(tf.constant(small), tf.constant(CONTENT), 1.0)
    middles = even[:, times // 2 :: times, times // 2 :: times]
    assert np.abs(middles - expected).mean() < 0.01


def test_graph_computes_the_same():
    painted, content = tf.constant(CONTENT + GLOW), tf.constant(CONTENT)
    in_graph = tf.function(haloes.take_out)(painted, content, tf.constant(0.7))
    assert_allclose(in_graph, haloes.take_out(painted, content, 0.7), atol=1e-5)


def test_share_follows_the_strength():
    shares = [
        course.plan((512, 512), Config(strength=strength)).halo_share for strength in (0, 0.25, 1)
    ]
    assert shares == [0, 0.5, 1]
    assert course.plan((512, 512), Config(halo_share=0.2)).halo_share == 0.2


def test_chen_and_schmidt_s_swap_has_none():
    plain = Config(whiten=False, levels=1, color_share=0.0)
    assert course.plan((512, 512), plain).halo_share == 0
