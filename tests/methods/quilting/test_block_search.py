"""Blocks found by Fourier transforms, against sums over every position."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle.methods.quilting import block_search
from tfstyle.methods.quilting.block_search import BlockSearch, Term

RANDOM = np.random.default_rng(0)


def direct(texture, terms):
    """sum w (s - t)^2 at each position, one after the other."""
    side = len(terms[0].weights)
    rows, columns = texture.shape[1] - side + 1, texture.shape[2] - side + 1
    errors = np.zeros([rows, columns])
    for row in range(rows):
        for column in range(columns):
            block = texture[:, row : row + side, column : column + side]
            for planes, weights, target in terms:
                errors[row, column] += (weights * (block[planes] - target) ** 2).sum()
    return errors


def some_terms(side):
    weights = RANDOM.random([2, side, side]).astype(np.float32)
    weights[0, 2:, 2:] = 0
    return [
        Term(slice(0, 3), weights[0], RANDOM.random([3, side, side], np.float32)),
        Term(slice(3, 4), weights[1], RANDOM.random([1, side, side], np.float32)),
    ]


@pytest.mark.parametrize(("size", "side"), [((20, 31), 7), ((9, 9), 9), ((17, 40), 1)])
def test_errors_are_the_direct_sums(size, side):
    texture, terms = RANDOM.random([4, *size], np.float32), some_terms(side)
    errors = block_search._Texture(texture).errors(terms)
    assert_allclose(errors, direct(texture, terms), rtol=1e-4, atol=1e-4)


def test_the_best_block_is_found():
    texture = RANDOM.random([3, 30, 25], np.float32)
    wanted = texture[:, 11:17, 4:10]
    term = Term(slice(0, 3), np.ones([6, 6], np.float32), wanted)
    match = BlockSearch([texture]).find([term], tolerance=0.1, draw=0.5)
    assert_array_equal(match.block, wanted)
    assert match.error < 1e-3


def test_it_may_lie_in_any_texture():
    textures = [RANDOM.random([3, *size], np.float32) for size in ((9, 12), (14, 8))]
    for texture in textures:
        term = Term(slice(0, 3), np.ones([5, 5], np.float32), texture[:, 3:8, 2:7])
        match = BlockSearch(textures).find([term], tolerance=0, draw=0.0)
        assert_array_equal(match.block, texture[:, 3:8, 2:7])


def test_draw_chooses_among_those_within_the_tolerance():
    """Three levels; 0.30 is nearest to 0.32, and 0.35 within 2.25 times that error."""
    texture = np.repeat(np.float32([0.3, 0.35, 0.9]), 3)[np.newaxis, np.newaxis].repeat(3, axis=1)
    term = Term(slice(0, 1), np.ones([3, 3], np.float32), np.full([1, 3, 3], 0.32, np.float32))
    search = BlockSearch([texture])
    drawn = {float(search.find([term], 1.5, draw).block.mean()) for draw in np.arange(0, 1, 0.1)}
    assert max(drawn) < 0.36 and len(drawn) > 1
    best = {float(search.find([term], 0.0, draw).block.mean()) for draw in np.arange(0, 1, 0.1)}
    assert len(best) == 1


def test_differences_below_half_a_grey_level_are_none():
    """A perfect block, one 0.45 of a level off, and one a whole level: two are drawn."""
    levels = np.float32([100, 100.45, 101]) / 255
    texture = np.tile(np.repeat(levels, 3), [3, 3, 1])
    term = Term(slice(0, 3), np.ones([3, 3], np.float32), np.full([3, 3, 3], levels[0]))
    search = BlockSearch([texture])
    drawn = [search.find([term], 0.0, draw).block.min() for draw in np.arange(0, 1, 0.1)]
    assert max(drawn) == levels[1]


def test_energies_may_be_forgotten_at_any_time():
    """As another thread does that needs room for its own."""

    class Forgetful(dict):
        def __setitem__(self, key, value):
            """Forgets what it was just told."""

    texture, terms = RANDOM.random([4, 12, 12], np.float32), some_terms(4)
    searched = block_search._Texture(texture)
    searched._energies = Forgetful()
    assert_allclose(searched.errors(terms), direct(texture, terms), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("least", "expected"), [(1, 1), (7, 8), (11, 12), (121, 125), (720, 720)])
def test_lengths_have_small_factors(least, expected):
    assert block_search.fast_length(least) == expected
