import itertools

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle.methods.style_swap.exchange import matching, patches


def features(rows, columns, seed=0, channels=5, batch=1):
    random = np.random.default_rng(seed)
    return random.normal(size=[batch, rows, columns, channels]).astype(np.float32)


def cut(features, size, stride):
    """All patches of one picture, row by row, and how many lie below and beside each other."""
    rows, columns, _ = features.shape
    tops, lefts = range(0, rows - size + 1, stride), range(0, columns - size + 1, stride)
    found = [features[y : y + size, x : x + size] for y in tops for x in lefts]
    return np.array(found), (len(tops), len(lefts))


def brute_force(content, styles, size=3, stride=1):
    """Chen and Schmidt's swap of `[rows, columns, channels]`, written as plainly as can be."""
    theirs = np.concatenate([cut(style, size, stride)[0] for style in styles])
    own, (down, across) = cut(content, size, stride)
    units = [patch.ravel() / np.linalg.norm(patch) for patch in theirs]
    matches = np.array([np.argmax([unit @ patch.ravel() for unit in units]) for patch in own])
    total, count = np.zeros(content.shape), np.zeros(content.shape[:2])
    for number, (y, x) in enumerate(itertools.product(range(down), range(across))):
        place = np.s_[y * stride : y * stride + size, x * stride : x * stride + size]
        total[place] += theirs[matches[number]]
        count[place] += 1
    return matches.reshape(down, across), total / count[..., np.newaxis]


@pytest.mark.parametrize("size, stride", [(3, 1), (1, 1), (2, 1), (3, 2), (4, 3)])
def test_swap_is_the_brute_force_one(size, stride):
    content, styles = features(7, 13, seed=1), [features(7, 9, seed=2), features(6, 5, seed=3)]
    bank = patches.prepare([tf.constant(style) for style in styles], size, stride)
    matches, swapped = brute_force(content[0], [style[0] for style in styles], size, stride)
    assert_array_equal(matching.nearest(tf.constant(content), bank)[0], matches)
    assert_allclose(matching.swap(tf.constant(content), bank)[0], swapped, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("score_bytes", [1, 4 * 11 * 7, 2**20])
@pytest.mark.parametrize("together", [1, 7, 42, 4096])
def test_how_many_are_compared_at_once_does_not_alter_the_matches(
    monkeypatch, together, score_bytes
):
    content, bank = tf.constant(features(10, 13)), patches.prepare([features(9, 8, seed=1)])
    matches = matching.nearest(content, bank)
    monkeypatch.setattr(matching, "TOGETHER", together)
    assert_array_equal(matching.nearest(content, bank, score_bytes), matches)


@pytest.mark.parametrize("compare", [matching.nearest, matching.swap])
def test_no_more_is_compared_at_once_than_memory_is_given(monkeypatch, compare):
    """A patch's 9 * 5 numbers and its scores, four bytes each."""
    compared, nearest_to = [], matching._nearest_to

    def spy(some, directions):
        compared.append(len(some))
        return nearest_to(some, directions)

    monkeypatch.setattr(matching, "_nearest_to", spy)
    bank = patches.prepare([tf.constant(features(9, 8))])
    each = 4 * (matching.TOGETHER + 9 * 5)
    compare(tf.constant(features(12, 12, seed=1)), bank, score_bytes=30 * each)
    assert compared == [30, 30, 30, 10]


def test_pictures_of_a_batch_are_swapped_by_themselves():
    contents, bank = tf.constant(features(6, 7, batch=3)), patches.prepare([features(9, 8, seed=1)])
    each = [matching.swap(contents[index : index + 1], bank) for index in range(3)]
    assert_array_equal(matching.swap(contents, bank), tf.concat(each, axis=0))


def test_of_equal_patches_the_first_is_taken(monkeypatch):
    bank = patches.prepare([tf.ones([1, 5, 6, 2])])
    content = tf.constant(features(7, 7, channels=2))
    for together in (1, 4096):
        monkeypatch.setattr(matching, "TOGETHER", together)
        assert_array_equal(matching.nearest(content, bank), np.zeros([1, 5, 5]))


def test_picture_swapped_with_itself_is_itself():
    content = tf.constant(features(8, 9))
    bank = patches.prepare([content])
    assert_array_equal(matching.nearest(content, bank)[0].numpy().ravel(), np.arange(6 * 7))
    assert_allclose(matching.swap(content, bank), content, rtol=1e-6)


def test_likeness_does_not_mind_how_loud_a_patch_is():
    loud = features(5, 5, seed=4)
    quiet = 1e-3 * features(3, 3, seed=5)
    bank = patches.prepare([tf.constant(loud), tf.constant(quiet)])
    assert matching.nearest(tf.constant(1e3 * quiet), bank)[0, 0, 0] == 9  # Loud has nine.


def test_patch_that_never_fires_is_matched_and_does_no_harm():
    silent = np.zeros([1, 4, 4, 5], np.float32)
    swapped = matching.swap(features(5, 5), patches.prepare([tf.constant(silent)]))
    assert_array_equal(swapped, np.zeros([1, 5, 5, 5]))


def test_laid_out_patches_are_averaged_where_they_overlap():
    bank = patches.prepare([tf.reshape(tf.range(4.0), [1, 1, 4, 1])], size=1)
    assert_array_equal(matching.fold_back(tf.constant([[[3, 1]]]), bank)[0, ..., 0], [[3, 1]])
    rows = tf.reshape(tf.range(16.0), [1, 4, 4, 1])  # The patches begin with 0, 1, 4 and 5.
    bank = patches.prepare([rows], size=3)
    laid = matching.fold_back(tf.constant([[[0, 3]]]), bank)[0, ..., 0]
    assert_allclose(laid[0], [0, (1 + 5) / 2, (2 + 6) / 2, 7])


@pytest.mark.parametrize("rows, columns", [(1, 1), (2, 9), (3, 3), (4, 5)])
def test_content_of_any_size_keeps_its_shape(rows, columns):
    bank = patches.prepare([features(9, 8, seed=1)], size=3, stride=2)
    assert matching.swap(tf.constant(features(rows, columns)), bank).shape == (1, rows, columns, 5)


def test_style_smaller_than_a_patch_is_refused():
    with pytest.raises(ValueError, match="at least 3 x 3 positions.* Received: size=2 x 9"):
        patches.prepare([tf.constant(features(2, 9))])


def test_graph_of_unknown_sizes_does_the_same():
    @tf.function(input_signature=[tf.TensorSpec([None, None, None, 5])] * 2)
    def swap(content, style):
        return matching.swap(content, patches.prepare([style]), score_bytes=4000)

    for rows, columns in ((6, 7), (9, 5)):
        content, style = features(rows, columns, seed=1), features(columns, rows, seed=2)
        expected = matching.swap(content, patches.prepare([style]), score_bytes=4000)
        assert_allclose(swap(content, style), expected, rtol=1e-6)


@pytest.mark.parametrize("narrow_type", ["bfloat16", "float16"])
def test_narrow_type_finds_nearly_as_good_patches(narrow_type):
    """All features positive, as after a ReLU: without centring narrow types could not tell."""
    content = np.abs(features(12, 12, seed=1, channels=32)) + 2
    style = np.abs(features(20, 20, seed=2, channels=32)) + 2
    wide, narrow = (
        matching.nearest(tf.cast(content, kind), patches.prepare([tf.cast(style, kind)]))
        for kind in ("float32", narrow_type)
    )
    own, theirs = (cut(each[0], 3, 1)[0].reshape([-1, 9 * 32]) for each in (content, style))
    cosines = own @ theirs.T / np.linalg.norm(theirs, axis=1) / np.linalg.norm(own, axis=1)[:, None]
    best, found = (
        np.take_along_axis(cosines, each.numpy().reshape([-1, 1]), 1) for each in (wide, narrow)
    )
    spread = best.mean() - cosines.mean()
    assert (best - found).mean() < 0.05 * spread


@pytest.mark.parametrize("stride", [0, 3])
def test_patches_that_leave_gaps_are_refused(stride):
    with pytest.raises(ValueError, match=f"leave no gaps. Received: stride={stride}, size=2"):
        patches.prepare([tf.constant(features(6, 6))], size=2, stride=stride)
