"""Cuts of least difference."""

import itertools

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from tfstyle.methods.quilting import seams

RANDOM = np.random.default_rng(0)


def cheapest_of_all(costs):
    """Every way down whose steps go aside by one at most, one after the other."""
    rows, columns = costs.shape
    ways = itertools.product(range(columns), repeat=rows)
    allowed = (way for way in ways if max(map(abs, np.diff(way)), default=0) <= 1)
    return min(sum(costs[row, column] for row, column in enumerate(way)) for way in allowed)


@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (5, 1), (5, 3), (6, 4)])
def test_path_is_the_cheapest_of_all(shape):
    for _ in range(5):
        costs = RANDOM.random(shape)
        path = seams.cheapest_path(costs)
        assert np.abs(np.diff(path)).max(initial=0) <= 1
        assert costs[np.arange(shape[0]), path].sum() == pytest.approx(cheapest_of_all(costs))


def test_cut_runs_where_pictures_agree():
    """The new block differs everywhere but in the third column of its left band."""
    old, new = np.zeros([3, 8, 8]), np.ones([3, 8, 8])
    new[:, :, 2] = 0
    mask = seams.new_part(old, new, seams.Bands(left=5))
    assert_array_equal(mask, np.broadcast_to(np.arange(8) >= 2, [8, 8]))


@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
def test_each_side_is_cut_as_the_left_one(side):
    """The picture turned, so that the side lies to the left, has the cut turned with it."""
    turns = {"left": 0, "top": 1, "right": 2, "bottom": 3}[side]
    old, new = RANDOM.random([2, 3, 9, 9])
    expected = seams.new_part(old, new, seams.Bands(left=4))
    turned = [np.rot90(each, -turns, (1, 2)) for each in (old, new)]
    mask = seams.new_part(*turned, seams.Bands(**{side: 4}))
    assert_array_equal(np.rot90(mask, turns), expected)


def test_a_pixel_is_new_where_all_cuts_say_so():
    old, new = np.zeros([1, 6, 6]), np.ones([1, 6, 6])
    new[:, :, 1] = new[:, 2] = 0
    mask = seams.new_part(old, new, seams.Bands(top=4, left=3))
    one_by_one = [seams.new_part(old, new, each) for each in (seams.Bands(4), seams.Bands(left=3))]
    assert_array_equal(mask, one_by_one[0] & one_by_one[1])


def test_without_neighbours_all_is_new():
    assert seams.new_part(np.zeros([3, 4, 4]), np.ones([3, 4, 4]), seams.Bands()).all()
    assert not seams.covered(4, seams.Bands()).any()


def test_covered_is_the_frame_of_bands():
    mask = seams.covered(6, seams.Bands(top=1, bottom=2, left=3))
    assert_array_equal(np.flatnonzero(~mask[2]), [3, 4, 5])
    assert mask[0].all() and mask[4:].all()
