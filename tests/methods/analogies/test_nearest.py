import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle.methods.analogies import nearest


def test_search_finds_the_nearest():
    random = np.random.default_rng(0)
    basis = random.normal(size=[nearest.COMPONENTS, 55])
    rows, queries = (
        (random.normal(size=[count, len(basis)]) @ basis).astype(np.float32) for count in (300, 9)
    )
    apart = np.linalg.norm(rows[None] - queries[:, None], axis=-1)
    found = nearest.RowSearch(rows, error=0).nearest(queries, 3)
    assert_array_equal(found, np.argsort(apart, axis=1)[:, :3])


def test_components_are_the_directions_of_most_difference():
    random = np.random.default_rng(0)
    spread = np.array([0.1, 5.0, 0.2, 3.0] + [0.01] * 16)
    rows = (random.normal(size=[5000, 20]) * spread).astype(np.float32)
    found = nearest.components(rows)
    assert found.shape == (20, nearest.COMPONENTS)
    assert_allclose(np.abs(found[[3, 1], [-2, -1]]), 1, atol=1e-3)
    assert_allclose(found.T @ found, np.eye(nearest.COMPONENTS), atol=1e-5)


def test_fewer_rows_than_asked_for_are_all_found():
    rows = np.eye(3, 40, dtype=np.float32)
    found = nearest.RowSearch(rows, error=0).nearest(rows, 8)
    assert_array_equal(np.sort(found), np.tile(np.arange(3), [3, 1]))
    assert_array_equal(found[:, 0], np.arange(3))
