import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle import image
from tfstyle.training.style_crops import StyleCrops

SIDE = 8


def map_of_itself(height, width, blue):
    """A picture whose red is the row and whose green the column, in 256ths."""
    rows, columns = np.meshgrid(np.arange(height), np.arange(width), indexing="ij")
    pixels = np.stack([rows, columns, np.full_like(rows, blue)], axis=-1)
    return pixels[np.newaxis].astype(np.float32) / 256


PICTURES = [map_of_itself(16, 20, blue=1), map_of_itself(20, 12, blue=2)]


@pytest.fixture(scope="module")
def crops():
    return StyleCrops(PICTURES, longest_side=20, crop=SIDE, seed=3)


@pytest.fixture(scope="module")
def squares(crops):
    return np.round(256 * crops.at(tf.range(64, dtype=tf.int64)).numpy()).astype(int)


def test_each_is_a_square_of_a_picture_or_its_mirror_image(squares):
    for square in squares:
        flipped = square[0, 0, 1] > square[0, 1, 1]
        upright = square[:, ::-1] if flipped else square
        top, left, blue = upright[0, 0]
        picture = np.round(256 * PICTURES[blue - 1][0]).astype(int)
        assert_array_equal(upright, picture[top : top + SIDE, left : left + SIDE])


def test_pictures_places_and_flips_are_chosen_apart(squares):
    flipped = squares[:, 0, 0, 1] > squares[:, 0, 1, 1]
    chosen = {(blue, flip) for blue, flip in zip(squares[:, 0, 0, 2], flipped, strict=True)}
    assert len(chosen) == 4
    of_first = squares[squares[:, 0, 0, 2] == 1]
    assert {top for top in of_first[:, 0, 0, 0]} == set(range(16 - SIDE + 1))


def test_number_alone_decides(crops, squares):
    some = crops.at(tf.constant([40, 7], tf.int64))
    assert_allclose(256 * some.numpy(), squares[[40, 7]], atol=1e-3)
    other = StyleCrops(PICTURES, longest_side=20, crop=SIDE, seed=4).at(tf.constant([40], tf.int64))
    assert np.abs(256 * other.numpy() - squares[40]).max() > 0.5


def test_middles_are_the_pictures_own(crops):
    middles = 256 * crops.middles(5).numpy()
    assert_allclose(middles[:, 0, 0], [[4, 6, 1], [6, 2, 2]], atol=1e-3)
    assert len(crops.middles(1)) == 1


def test_picture_too_narrow_for_a_square_is_grown():
    narrow = StyleCrops([image.noise((4, 16), seed=0)], longest_side=16, crop=SIDE, seed=0)
    assert narrow.at(tf.constant([0], tf.int64)).shape == (1, SIDE, SIDE, 3)
