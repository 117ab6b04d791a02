import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle.networks.layers import grain


@pytest.fixture(scope="module")
def large():
    return grain.over(tf.zeros([1, 600, 700, 3])).numpy()[0]


def test_grain_is_normal_of_deviation_1(large):
    assert abs(large.mean()) < 0.02 and abs(large.std() - 1) < 0.02
    # Of normal numbers 4.55 % lie beyond two deviations.
    assert_allclose(np.mean(np.abs(large) > 2), 0.0455, atol=0.005)


@pytest.mark.parametrize("lag", [1, 2, *grain.PERIODS, 194, 256])
def test_nothing_comes_back(large, lag):
    assert abs(np.mean(large[lag:] * large[:-lag])) < 0.02
    assert abs(np.mean(large[:, lag:] * large[:, :-lag])) < 0.02


def test_colours_are_apart(large):
    assert_allclose(np.corrcoef(large.reshape(-1, 3).T), np.eye(3), atol=0.02)


def test_rows_and_columns_are_those_of_the_whole(large):
    rows, columns = np.array([0, 5, 300, 599]), np.array([699, 2])
    assert_array_equal(grain.at(rows, columns)[0], large[rows][:, columns])


def test_grain_is_the_same_everywhere():
    """As its first versions had it: pictures are not to change."""
    assert_allclose(
        grain.at(tf.range(1), tf.range(2))[0, 0],
        [[-0.1788637, -0.0009101, -0.1026286], [-0.8365467, 0.7189994, 0.1059562]],
        atol=1e-6,
    )
