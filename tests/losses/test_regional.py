"""The style loss region by region, against NumPy's and against the plain one."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal
from samples import picture

from tfstyle import regions
from tfstyle.losses import functional, guides, loss_weights, objective, regional, terms

RANDOM = np.random.default_rng(0)
FEATURES = RANDOM.standard_normal([2, 4, 6, 5]).astype(np.float32)
GUIDES = RANDOM.random([3, 4, 6]).astype(np.float32)
TARGETS = RANDOM.standard_normal([3, 5, 5]).astype(np.float32)
SHARES = np.array([0.5, 0.2, 0.3], np.float32)
WHOLE = np.ones([1, 4, 6], np.float32)

WEIGHTS = loss_weights.Weights(
    content=2.0,
    style=30.0,
    total_variation=0.01,
    out_of_range=5.0,
    content_layers={"block3_conv2": 1.0},
    style_layers={"block1_conv1": 1.0, "block3_conv1": 2.0},
    at_size=None,
)


def numpy_grams(features, guides):
    """sum_p m(p) F(p) F(p)^T / (C sum_p m(p)), position by position."""
    grams = np.zeros([len(features), len(guides), 5, 5])
    for image, of_image in enumerate(np.float64(features)):
        for region, guide in enumerate(np.float64(guides)):
            for row, column in np.ndindex(guide.shape):
                vector = of_image[row, column]
                grams[image, region] += guide[row, column] * np.outer(vector, vector)
            grams[image, region] /= 5 * guide.sum()
    return grams


def slope(function, at):
    at = tf.constant(at)
    with tf.GradientTape() as tape:
        tape.watch(at)
        value = function(at)
    return tape.gradient(value, at).numpy()


# --- The functions ---


def test_gram_matrices_are_numpy_s():
    grams = regional.region_gram_matrices(FEATURES, GUIDES)
    assert_allclose(grams, numpy_grams(FEATURES, GUIDES), rtol=1e-5, atol=1e-6)


def test_region_over_everything_has_the_plain_gram_matrix():
    grams = regional.region_gram_matrices(FEATURES, WHOLE)
    assert_allclose(grams[:, 0], functional.gram_matrix(FEATURES), rtol=1e-6)


def test_gram_matrices_of_parts_weighted_by_their_areas_are_the_whole_s():
    parts = np.concatenate([GUIDES[:1], 1 - GUIDES[:1]])
    areas = parts.sum(axis=(1, 2)) / 24
    grams = regional.region_gram_matrices(FEATURES, parts).numpy()
    together = np.einsum("r,brij->bij", areas, grams)
    assert_allclose(together, functional.gram_matrix(FEATURES), rtol=1e-5, atol=1e-6)


def test_region_without_positions_has_zeros():
    grams = regional.region_gram_matrices(FEATURES, np.zeros([1, 4, 6], np.float32))
    assert_array_equal(grams, np.zeros([2, 1, 5, 5]))


def test_loss_is_numpy_s():
    found = regional.region_style_loss(FEATURES, GUIDES, TARGETS, SHARES)
    squares = ((numpy_grams(FEATURES, GUIDES) - TARGETS) ** 2).sum(axis=(2, 3))
    assert_allclose(found, squares @ SHARES / (5 * 4 * 6), rtol=1e-5)


def test_loss_has_its_gradient():
    def loss(features):
        return tf.reduce_sum(regional.region_style_loss(features, GUIDES, TARGETS, SHARES))

    gradient = np.float64(slope(loss, FEATURES))
    for seed in range(5):
        direction = np.random.default_rng(seed).standard_normal(FEATURES.shape)
        move = np.float32(1e-2 * direction)
        rise = loss(FEATURES + move) - loss(FEATURES - move)
        assert_allclose(np.sum(gradient * direction), rise / 2e-2, rtol=5e-3, atol=1e-4)


def test_gradient_comes_in_the_features_own_type():
    narrow = slope(
        lambda features: tf.reduce_sum(
            regional.region_style_loss(features, GUIDES, TARGETS, SHARES)
        ),
        tf.cast(FEATURES, tf.bfloat16),
    )
    assert narrow.dtype.name == "bfloat16"


def test_positions_outside_of_every_region_are_left_alone():
    guides = np.zeros([1, 4, 6], np.float32)
    guides[:, :2] = 1
    gradient = slope(
        lambda features: tf.reduce_sum(
            regional.region_style_loss(features, guides, TARGETS[:1], [1.0])
        ),
        FEATURES,
    )
    assert gradient[:, :2].any()
    assert not gradient[:, 2:].any()


# --- The objective ---


def by_region(encoder, weights, content, styles, found, way="simple", blend=None):
    """The objective and its targets where the style is compared region by region."""
    loss = objective.Objective(encoder, weights, terms.BY_REGION)
    blend = blend or [1 / len(styles)] * len(styles)
    sizes = [style.shape[1:3] for style in styles]
    of_layers = guides.at_layers(
        found, content.shape[1:3], sizes, blend, tuple(weights.style_layers), way
    )
    return loss, loss.targets(content, styles, blend, guides=of_layers)


def halves(styles=1, rows=8):
    """Above and below, in all styles."""
    masks = np.zeros([2, rows, 8], np.float32)
    masks[0, : rows // 2], masks[1, rows // 2 :] = 1, 1
    return regions.Regions(("above", "below"), masks, (masks,) * styles)


def own_styles(rows=8):
    """Above and below, each in a style of its own."""
    found = halves(rows=rows)
    whole = np.eye(2, dtype=np.float32)[..., np.newaxis, np.newaxis]
    return regions.Regions(found.names, found.content, tuple(whole))


@pytest.mark.parametrize("relative", [False, True])
@pytest.mark.parametrize("way", regions.WAYS)
def test_one_region_over_everything_is_the_plain_objective(
    tiny_encoder, content, style, way, relative
):
    weights = dataclasses.replace(WEIGHTS, relative=relative)
    whole = np.ones([1, 1, 1], np.float32)
    found = regions.Regions(("all",), whole, (whole,))
    image = picture(40, 48, seed=5)
    plain = objective.Objective(tiny_encoder, weights)
    expected = plain.value_and_gradient(image, plain.targets(content, [style], [1.0]))
    loss, targets = by_region(tiny_encoder, weights, content, [style], found, way)
    value, gradient, parts = loss.value_and_gradient(image, targets)
    assert_allclose(value, expected[0], rtol=1e-5)
    assert_allclose(parts["style"], expected[2]["style"], rtol=1e-5)
    assert_allclose(gradient, expected[1], rtol=1e-3, atol=1e-6 * np.abs(expected[1]).max())


def test_two_regions_of_one_style_are_each_compared_with_all_of_it(tiny_encoder, content, style):
    """Regions whose styles are the same picture: its parts count by their areas."""
    loss, targets = by_region(tiny_encoder, WEIGHTS, content, [style, style], own_styles())
    for layer, (_, (_, grams, shares)) in targets["style"].items():
        plain = objective.Objective(tiny_encoder, WEIGHTS).style_grams(style)[layer]
        assert_allclose(grams, tf.repeat(plain, 2, axis=0), rtol=1e-5)
        assert_allclose(shares, [0.5, 0.5])


def test_picture_made_of_both_styles_has_no_style_loss_in_its_own_regions(pointwise, style):
    """With features of single pixels, what lies in the other region does not count."""
    other = picture(36, 32, seed=8, smoothing=0)
    stacked = np.concatenate([style, other], axis=1)
    weights = dataclasses.replace(WEIGHTS, style_layers={"block1_conv1": 1.0})
    weights = dataclasses.replace(weights, content_layers={"block1_conv1": 1.0})
    loss, targets = by_region(pointwise, weights, stacked, [style, other], own_styles(72))
    right = loss.terms(tf.constant(stacked), targets)["style"]
    wrong = loss.terms(tf.constant(stacked[:, ::-1].copy()), targets)["style"]
    assert right < 1e-6 * wrong


def test_region_has_nothing_of_what_lies_beside_it(tiny_encoder, content):
    """Whatever is below, the region above has the same target."""
    above, below, other = (picture(32, 48, seed, smoothing=0) for seed in (5, 6, 7))
    first, second = (
        by_region(
            tiny_encoder, WEIGHTS, content, [np.concatenate([above, each], axis=1)], halves()
        )[1]["style"]
        for each in (below, other)
    )
    for layer, (_, (_, grams, _)) in first.items():
        others = second[layer].target[1]
        assert_allclose(grams[0], others[0], rtol=1e-5, atol=1e-9)
        assert not np.allclose(grams[1], others[1], rtol=1e-2)


def test_styles_share_a_region_as_the_blend_says(tiny_encoder, content, style):
    other = picture(36, 32, seed=8)
    blend = [0.75, 0.25]
    found = halves(2)
    _, targets = by_region(tiny_encoder, WEIGHTS, content, [style, other], found, blend=blend)
    alone = [
        by_region(tiny_encoder, WEIGHTS, content, [each], halves())[1]["style"]
        for each in (style, other)
    ]
    for layer, (_, (_, grams, _)) in targets["style"].items():
        first, second = (each[layer].target[1] for each in alone)
        assert_allclose(grams, 0.75 * first + 0.25 * second, rtol=1e-5)


def test_regions_count_by_their_areas(tiny_encoder, content, style):
    masks = np.zeros([2, 4, 4], np.float32)
    masks[0, :1], masks[1, 1:] = 1, 1
    found = regions.Regions(("above", "below"), masks, (masks,))
    _, targets = by_region(tiny_encoder, WEIGHTS, content, [style], found)
    assert_allclose(targets["style"]["block1_conv1"].target[2], [0.25, 0.75], rtol=1e-6)


def test_region_with_nothing_inside_at_a_layer_is_left_out_there(tiny_encoder, content, style):
    # 4 of 40 rows: block3_conv1 sees 10 rows beyond a position's 4.
    masks = np.zeros([2, 10, 12], np.float32)
    masks[0, :1], masks[1, 1:] = 1, 1
    found = regions.Regions(("above", "below"), masks, (masks,))
    loss, targets = by_region(tiny_encoder, WEIGHTS, content, [style], found, "inside")
    assert_array_equal(targets["style"]["block3_conv1"].target[2], [0, 1])
    assert targets["style"]["block1_conv1"].target[2][0] > 0
    value, gradient, _ = loss.value_and_gradient(picture(40, 48, seed=5), targets)
    assert np.isfinite(value) and np.isfinite(gradient).all()


@pytest.fixture
def pointwise():
    """Features that look at single pixels."""
    import keras

    inputs = keras.Input([None, None, 3])
    layer = keras.layers.Conv2D(
        4,
        1,
        activation="relu",
        name="block1_conv1",
        kernel_initializer=keras.initializers.HeNormal(0),
    )
    return keras.Model(inputs, {"block1_conv1": layer(inputs)})
