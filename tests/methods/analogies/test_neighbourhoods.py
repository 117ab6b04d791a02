import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from samples import picture

from tfstyle.methods.analogies import neighbourhoods
from tfstyle.methods.analogies.neighbourhoods import Coarser


def test_pyramid_halves_rounding_up():
    shapes = [each.shape for each in neighbourhoods.pyramid(picture(9, 4, 1)[0], 4)]
    assert shapes == [(2, 1, 3), (3, 1, 3), (5, 2, 3), (9, 4, 3)]


def test_flat_picture_stays_flat():
    assert_allclose(neighbourhoods.halve(np.full([7, 8, 1], 0.3, np.float32)), 0.3, rtol=1e-6)


def test_point_is_halved_by_the_binomial():
    point = np.zeros([9, 9, 1], np.float32)
    point[4, 4] = 1
    halved = neighbourhoods.halve(point)[..., 0]
    assert_allclose(halved[2, 1:4] * 256, [6, 36, 6], rtol=1e-6)


def test_each_window_has_the_weight_of_one():
    for radius in (neighbourhoods.FINE, neighbourhoods.COARSE):
        assert_allclose(np.square(neighbourhoods.gaussian(radius)).sum(), 1, rtol=1e-6)
    assert_allclose(np.square(neighbourhoods.earlier_weights()).sum(), 1, rtol=1e-6)


@pytest.mark.parametrize("channels, numbers", [(1, 37), (3, 111)])
def test_rows_hold_what_their_module_says(channels, numbers):
    unfiltered, filtered = (picture(6, 8, seed)[0, ..., :channels] for seed in (1, 2))
    beyond = np.zeros(channels, np.float32)
    alone = neighbourhoods.rows(unfiltered, filtered, None, beyond)
    assert alone.shape == (48, numbers)
    coarser = Coarser(neighbourhoods.halve(unfiltered), neighbourhoods.halve(filtered))
    whole = neighbourhoods.rows(unfiltered, filtered, coarser)
    assert whole.shape == (48, numbers + 18 * channels)
    middle = 3 * 8 + 4
    assert_array_equal(whole[middle, : 25 * channels], alone[middle, : 25 * channels])
    assert_array_equal(whole[middle, -12 * channels :], alone[middle, -12 * channels :])


def test_squared_distance_of_two_flat_pairs_is_that_of_their_parts():
    flat = [np.full([4, 4, 1], value, np.float32) for value in (0.1, 0.4)]
    rows = [
        neighbourhoods.rows(each, each, Coarser(each[:2, :2], each[:2, :2])).astype(np.float64)
        for each in flat
    ]
    assert_allclose(np.square(rows[0] - rows[1]).sum(axis=1), 4 * 0.3**2, rtol=1e-5)


def test_frame_is_the_mirrored_picture_of_half_the_size():
    filtered, half = np.zeros([4, 4, 1], np.float32), np.float32([[1, 2], [3, 4]])[..., None]
    framed = neighbourhoods.framed(filtered, Coarser(half, half))[..., 0]
    assert_array_equal(framed[1, 2:-2], [1, 1, 2, 2])
    assert_array_equal(framed[0, 2:-2], [3, 3, 4, 4])
    assert_array_equal(framed[2:, 0], [2, 2, 4, 4])
    assert_array_equal(framed[2:, -1], [1, 1, 3, 3])
    assert_array_equal(framed[2:, 2:-2], 0)
