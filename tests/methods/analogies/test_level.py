"""Waves of pixels, against one pixel after the other."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from samples import picture

from tfstyle.methods.analogies import level as analogy_level
from tfstyle.methods.analogies import neighbourhoods
from tfstyle.methods.analogies.neighbourhoods import Coarser


def paired(height, width, seed=1):
    """A and A' of random luminance, with those of half the size."""
    unfiltered, filtered = (picture(height, width, seed + i, 1)[0, ..., :1] for i in (0, 9))
    coarser = Coarser(neighbourhoods.halve(unfiltered), neighbourhoods.halve(filtered))
    return analogy_level.Known(unfiltered, filtered, coarser)


def halved(unfiltered, seed=7):
    half = neighbourhoods.halve(unfiltered)
    return Coarser(half, picture(*half.shape[:2], seed, 1)[0, ..., : half.shape[2]])


def fill(known, unfiltered, penalty=0.5, candidates=10_000, error=0.0, threads=1):
    coarser = known.coarser and halved(unfiltered)
    level = analogy_level.Level(
        known,
        unfiltered,
        coarser,
        penalty=penalty,
        candidates=candidates,
        error=error,
        threads=threads,
    )
    assert list(level.fill()) == list(range(1, level.waves + 1))
    return level


def one_by_one(known, target, coarser, penalty):
    """Hertzmann et al.'s algorithm with an exact search, as plainly as can be."""
    painted, sources = np.zeros_like(target), {}
    places = [(y, x) for y in range(target.shape[0]) for x in range(target.shape[1])]
    rows = {
        (y, x): row(known.unfiltered, known.filtered, known.coarser, known, y, x)
        for y in range(known.filtered.shape[0])
        for x in range(known.filtered.shape[1])
    }
    for y, x in places:
        wanted = row(target, painted, coarser, known, y, x)
        distances = {source: np.sum((rows[source] - wanted) ** 2) for source in rows}
        best = min(distances, key=distances.get)
        coherent = []
        for down, right in around(2)[:12]:
            if (y + down, x + right) in sources:
                at = sources[y + down, x + right]
                coherent.append((at[0] - down, at[1] - right))
        coherent = [source for source in coherent if source in rows]
        if coherent:
            nearest = min(coherent, key=distances.get)
            if distances[nearest] <= distances[best] * (1 + penalty):
                best = nearest
        sources[y, x] = best
        painted[y, x] = known.filtered[best]
    return painted, np.array([sources[place] for place in places])


@pytest.mark.parametrize("size", [(4, 1), (5, 2), (1, 4), (3, 3)])
def test_narrow_pictures_are_filled_as_any(size):
    known, target = paired(6, 7), picture(*size, 3, 1)[0, ..., :1]
    painted, sources = one_by_one(known, target, halved(target), 0.5)
    level = fill(known, target)
    assert_array_equal(level.sources.ravel(), sources @ [7, 1])
    assert_array_equal(level.filtered, painted)


def test_candidates_are_compared_a_few_at_a_time_with_the_same_result(monkeypatch):
    known, target = paired(6, 7), picture(9, 8, 3, 1)[0, ..., :1]
    together = fill(known, target).sources
    monkeypatch.setattr(analogy_level, "COMPARED", 1)
    assert_array_equal(fill(known, target).sources, together)


def around(radius):
    side = range(-radius, radius + 1)
    return [(down, right) for down in side for right in side]


def mirrored(picture, y, x):
    return picture[tuple(map(folded, (y, x), picture.shape[:2]))]


def folded(place, size):
    """Where a place beyond the border lies in the mirror, or in the mirror's mirror."""
    period = max(2 * size - 2, 1)
    return min(place % period, period - place % period)


def row(unfiltered, filtered, coarser, known, y, x):
    """The weighted neighbourhood of one pixel."""
    height, width = filtered.shape[:2]

    def earlier(down, right):
        at = y + down, x + right
        if 0 <= at[0] and 0 <= at[1] < width:
            return filtered[at]
        if coarser is None:
            return known.filtered.mean(axis=(0, 1))
        down, right = folded(at[0], height), folded(at[1], width)
        return coarser.filtered[down // 2, right // 2]

    weights = np.array([np.exp(-(a * a + b * b) / 2) for a, b in around(2)])
    parts = [(weights, [mirrored(unfiltered, y + a, x + b) for a, b in around(2)])]
    parts += [(weights[:12], [earlier(a, b) for a, b in around(2)[:12]])]
    if coarser is not None:
        small = np.array([np.exp(-(a * a + b * b) / 0.5) for a, b in around(1)])
        for half in (coarser.unfiltered, coarser.filtered):
            at = y // 2, x // 2
            parts += [(small, [mirrored(half, at[0] + a, at[1] + b) for a, b in around(1)])]
    return np.concatenate(
        [(np.sqrt(w / w.sum())[:, None] * np.array(values)).ravel() for w, values in parts]
    )


@pytest.mark.parametrize("penalty", [0.0, 0.5, 4.0])
@pytest.mark.parametrize("has_coarser", [True, False])
def test_waves_paint_what_reading_order_does(penalty, has_coarser):
    known, target = paired(12, 13), picture(12, 11, 4, 1)[0, ..., :1]
    if not has_coarser:
        known = analogy_level.Known(known.unfiltered, known.filtered, None)
    coarser = halved(target) if has_coarser else None
    painted, sources = one_by_one(known, target, coarser, penalty)
    level = fill(known, target, penalty)
    assert_array_equal(level.sources.ravel(), sources @ [13, 1])
    assert_array_equal(level.filtered, painted)


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (7, 1), (2, 3), (5, 4)])
def test_waves_reach_every_pixel_once_and_after_those_it_sees(size):
    seen = {}
    for wave in range(analogy_level.waves(size)):
        for place in zip(*analogy_level.pixels_of(wave, size), strict=True):
            assert place not in seen
            seen[place] = wave
    assert set(seen) == set(np.ndindex(size))
    for (y, x), wave in seen.items():
        for down, right in neighbourhoods.EARLIER:
            assert seen.get((y + down, x + right), -1) < wave


def test_greater_kappa_copies_larger_pieces():
    def broken(kappa):
        level = fill(paired(30, 30), picture(30, 34, seed=5)[0, ..., :1], penalty=kappa)
        rows, columns = level.sources // 30, level.sources % 30
        return np.sum((np.diff(rows) != 0) | (np.diff(columns) != 1))

    breaks = [broken(kappa) for kappa in (0.0, 0.5, 5.0)]
    assert breaks == sorted(breaks, reverse=True) and breaks[-1] < breaks[0] / 2


def test_search_is_near_to_exact():
    known, target = paired(48, 48), picture(40, 48, 4, 2)[0, ..., :1]
    exact = fill(known, target, candidates=48 * 48)
    quick = fill(known, target, candidates=8, error=1.0)
    assert quick.distance < 1.1 * exact.distance


@pytest.mark.parametrize("features", ["luminance", "rgb"])
def test_number_of_threads_does_not_alter_the_result(features):
    channels = {"luminance": 1, "rgb": 3}[features]
    known = analogy_level.Known(
        *(picture(60, 60, seed)[0, ..., :channels] for seed in (1, 2)), coarser=None
    )
    target = picture(50, 64, 3)[0, ..., :channels]
    levels = [fill(known, target, candidates=4, error=1.0, threads=n) for n in (1, 2, 5)]
    assert_array_equal(levels[0].sources, levels[1].sources)
    assert_array_equal(levels[0].sources, levels[2].sources)
