import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle.optimization.lean import pairs as narrow_pairs

RANDOM = np.random.default_rng(0)


def rounded(values):
    return values.astype(narrow_pairs.BFLOAT16).astype(np.float32)


def quadratic_pairs(count, size):
    """Pairs that a quadratic of a random Hessian has."""
    root = RANDOM.standard_normal([size, size])
    hessian = root @ root.T / size + np.eye(size)
    moves = np.float32(RANDOM.standard_normal([count, size]))
    nothing = np.zeros(size, np.float32)
    return [
        narrow_pairs.pair((nothing, nothing), (move, np.float32(hessian @ move))) for move in moves
    ]


def two_loops(gradient, pairs):
    """Nocedal and Wright (2006), algorithm 7.4, as it is printed."""
    wide = [(np.float64(pair.move), np.float64(pair.change)) for pair in pairs]
    direction, shares = np.float64(gradient), []
    for move, change in reversed(wide):
        shares.append(move @ direction / (move @ change))
        direction = direction - shares[-1] * change
    move, change = wide[-1]
    direction = direction * (move @ change) / (change @ change)
    for (move, change), share in zip(wide, reversed(shares), strict=True):
        direction = direction + move * (share - change @ direction / (move @ change))
    return -direction


def test_a_pair_is_what_lies_between_two_places_rounded():
    places = np.float32(RANDOM.standard_normal([4, 1, 3, 5, 3]))
    pair = narrow_pairs.pair((places[0], places[1]), (places[2], places[3]))
    assert_array_equal(np.float32(pair.move), rounded((places[2] - places[0]).ravel()))
    assert_array_equal(np.float32(pair.change), rounded((places[3] - places[1]).ravel()))


@pytest.mark.parametrize("count", [1, 4])
@pytest.mark.parametrize("block", [7, 2**14])
def test_direction_is_that_of_the_two_loops(monkeypatch, count, block):
    monkeypatch.setattr(narrow_pairs, "BLOCK", block)
    pairs = quadratic_pairs(count, 60)
    gradient = np.float32(RANDOM.standard_normal([1, 4, 5, 3]))
    direction = narrow_pairs.direction(gradient, pairs, scale=0.1)
    assert (direction.shape, direction.dtype) == (gradient.shape, np.float32)
    assert_allclose(direction.ravel(), two_loops(gradient.ravel(), pairs), rtol=1e-4, atol=1e-5)


def test_without_pairs_it_is_minus_the_gradient_times_the_scale():
    gradient = np.float32([1, -2, 4])
    assert_array_equal(narrow_pairs.direction(gradient, [], 0.5), np.float32([-0.5, 1, -2]))


@pytest.mark.parametrize(("change", "has"), [((1, 1), True), ((1, -2), False), ((1, -1), False)])
def test_curvature_is_a_slope_that_rises(change, has):
    nothing = np.zeros(2, np.float32)
    pair = narrow_pairs.pair((nothing, nothing), (np.float32([1, 1]), np.float32(change)))
    assert narrow_pairs.has_curvature(pair) == has
