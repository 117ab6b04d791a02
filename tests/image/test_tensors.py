import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle.image import arrays, tensors

LEVELS = np.arange(256, dtype=np.uint8)


def test_bytes_survive_both_ways_by_either_library():
    assert_array_equal(arrays.to_bytes(arrays.from_bytes(LEVELS)), LEVELS)
    assert_array_equal(tensors.to_bytes(tensors.from_bytes(LEVELS)), LEVELS)


def test_both_libraries_give_the_same_floats():
    assert_array_equal(tensors.from_bytes(LEVELS), arrays.from_bytes(LEVELS))


def test_black_and_white_are_0_and_1():
    assert arrays.from_bytes(LEVELS[[0, 255]]).tolist() == [0.0, 1.0]
    assert arrays.from_bytes(LEVELS).dtype == np.float32


def test_halves_go_to_the_even_level_by_either_library():
    halves = np.float32([0.5, 1.5, 2.5, 3.5]) / np.float32(255)
    halves = halves[halves * np.float32(255) % 1 == 0.5]
    assert halves.size
    assert_array_equal(arrays.to_bytes(halves) % 2, 0)
    assert_array_equal(tensors.to_bytes(tf.constant(halves)), arrays.to_bytes(halves))


@pytest.mark.parametrize("size", [(7, 5), (31, 40), (80, 61), (40, 48)])
def test_resize_is_that_of_arrays(size):
    picture = np.random.default_rng(0).random([1, 40, 48, 3], np.float32)
    resized = tensors.resize(tf.constant(picture), tf.constant(size))
    assert_allclose(resized, arrays.resize(picture, size), atol=1e-5)
