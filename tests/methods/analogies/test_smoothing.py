import numpy as np
from numpy.testing import assert_allclose, assert_array_equal
from samples import picture

from tfstyle.methods.analogies import smoothing

NO_EDGES = 1e6


def test_without_edges_it_is_a_gaussian_blur():
    point = np.zeros([1, 41, 41, 3], np.float32)
    point[0, 20, 20] = 1
    blurred = smoothing.diffuse(point, sigma=3, edge=NO_EDGES)[0, ..., 0]
    away = np.arange(-20, 21)
    assert_allclose(blurred.sum(), 1, rtol=1e-5)
    assert_allclose((blurred.sum(axis=0) * away**2).sum(), 9, rtol=1e-3)


def test_mean_is_kept_and_no_new_extremes_come():
    rough = picture(20, 30, seed=1, smoothing=0)
    for edge in (0.05, NO_EDGES):
        smooth = smoothing.diffuse(rough, sigma=4, edge=edge)
        assert_allclose(smooth.mean(), rough.mean(), rtol=1e-4)
        assert rough.min() <= smooth.min() and smooth.max() <= rough.max()
        assert smooth.std() < rough.std()


def test_steps_above_the_edge_stay_and_those_below_go():
    step = np.zeros([1, 8, 40, 3], np.float32)
    step[:, :, 20:] = 1
    high, low = (
        smoothing.diffuse(step * np.float32(height), sigma=3, edge=0.1)[0, 4, :, 0] / height
        for height in (1, 0.02)
    )
    assert high[20] - high[19] > 0.8
    assert low[20] - low[19] < 0.3


def test_no_smoothing_is_a_copy():
    rough = picture(5, 6, seed=1, smoothing=0)
    same = smoothing.diffuse(rough, sigma=0, edge=0.1)
    assert_array_equal(same, rough)
    assert not np.shares_memory(same, rough)
