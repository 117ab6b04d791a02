"""The checkerboard goes, and all else stays."""

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal
from samples import picture

from tfstyle.networks.layers import checkerboard

ROWS, COLUMNS = 12, 15

INSIDE = slice(4, -4)
"""At the border the mirror turns the cells."""


def tiled(stride, seed=0):
    """A pattern that repeats, with a mean of 0 and up to five grey levels."""
    tile = np.random.default_rng(seed).uniform(-5, 5, [stride, stride, 3]) / 255
    return np.tile(tile - tile.mean((0, 1)), [ROWS, COLUMNS, 1])[np.newaxis].astype(np.float32)


@pytest.mark.parametrize("stride", [2, 4, 8])
def test_what_repeats_goes(stride):
    found = checkerboard.without_checkerboard(0.5 + tiled(stride), stride).numpy()
    inside = slice(stride, -stride)
    assert_allclose(found[:, inside, inside], 0.5, atol=0.6 / 255)
    middle = slice(stride * 5, stride * 6)
    assert_allclose(found[:, middle, middle], 0.5, atol=0.1 / 255)


def test_slopes_stay():
    down, right = np.indices([48, 60], np.float32)
    slope = np.repeat((0.2 + 0.008 * down + 0.002 * right)[np.newaxis, ..., np.newaxis], 3, -1)
    found = checkerboard.without_checkerboard(slope, 4).numpy()
    middle = slice(18, -18)
    assert_allclose(found[:, middle, middle], slope[:, middle, middle], atol=1e-6)


def test_an_edge_stays_within_two_grey_levels():
    edge = np.zeros([1, 48, 60, 3], np.float32)
    edge[:, :, 31:] = 1
    assert_allclose(checkerboard.without_checkerboard(edge, 4), edge, atol=2 / 255)


def test_other_periods_stay():
    waves = np.sin(2 * np.pi * np.arange(60) / 5.5).astype(np.float32)
    image = np.broadcast_to(
        (0.5 + 0.02 * waves)[np.newaxis, np.newaxis, :, np.newaxis], [1, 48, 60, 3]
    )
    found = checkerboard.without_checkerboard(tf.constant(image), 4).numpy()
    assert_allclose(found[:, INSIDE, INSIDE], image[:, INSIDE, INSIDE], atol=0.005)


@pytest.mark.parametrize(("size", "stride"), [((4, 4), 4), ((24, 60), 4), ((40, 40), 1)])
def test_few_cells_or_cells_of_one_pixel_have_none(size, stride):
    image = picture(*size, seed=1, smoothing=0)
    assert_array_equal(checkerboard.without_checkerboard(image, stride), image)
