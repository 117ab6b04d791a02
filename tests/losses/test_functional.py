import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from tfstyle.losses import functional

RANDOM = np.random.default_rng(0)
FEATURES = RANDOM.standard_normal([2, 3, 4, 5]).astype(np.float32)
OTHERS = RANDOM.standard_normal([2, 3, 4, 5]).astype(np.float32)


def numpy_gram(features):
    grams = []
    for one in np.float64(features):
        rows = one.reshape([-1, one.shape[-1]])  # [height * width, channels]
        grams.append(rows.T @ rows / one.size)
    return np.array(grams)


def numpy_style_loss(features, target):
    squares = [np.sum((a - b) ** 2) for a, b in zip(numpy_gram(features), target, strict=True)]
    return np.array(squares) / features[0].size


def gradient_of(function, at):
    at = tf.constant(at)
    with tf.GradientTape() as tape:
        tape.watch(at)
        value = function(at)
    return tape.gradient(value, at).numpy()


def assert_gradient_matches_finite_differences(function, at, step=1e-2):
    """Compares slopes along random directions; float32 allows no more than 3 digits."""
    gradient = np.float64(gradient_of(function, at))
    for seed in range(5):
        direction = np.random.default_rng(seed).standard_normal(at.shape)
        move = np.float32(step * direction)
        rise = tf.reduce_sum(function(at + move)) - tf.reduce_sum(function(at - move))
        assert_allclose(np.sum(gradient * direction), rise / (2 * step), rtol=5e-3, atol=1e-4)


# --- The Gram matrix ---


def test_gram_matrix_of_ones_is_one_over_channels():
    assert_allclose(functional.gram_matrix(tf.ones([1, 4, 5, 2])), np.full([1, 2, 2], 1 / 2))


def test_gram_matrix_of_channels_that_never_fire_together_is_diagonal():
    features = np.zeros([1, 1, 4, 2], np.float32)
    features[0, 0, 0, 0], features[0, 0, 1, 1] = 2, 4
    assert_allclose(functional.gram_matrix(features), [[[4 / 8, 0], [0, 16 / 8]]])


def test_gram_matrix_is_numpy_s():
    assert_allclose(functional.gram_matrix(FEATURES), numpy_gram(FEATURES), rtol=1e-5, atol=1e-6)


def test_gram_matrix_is_symmetric():
    gram = functional.gram_matrix(FEATURES).numpy()
    assert_allclose(gram, np.swapaxes(gram, 1, 2), rtol=1e-6)


def test_gram_matrix_forgets_where_things_are():
    shuffled = np.random.default_rng(0).permutation(FEATURES.reshape([2, 12, 5]), axis=1)
    gram = functional.gram_matrix(shuffled.reshape([2, 3, 4, 5]))
    assert_allclose(gram, functional.gram_matrix(FEATURES), rtol=1e-5, atol=1e-6)


def test_gram_matrix_has_the_gradient_of_any_function_of_it():
    weights = RANDOM.standard_normal([2, 5, 5]).astype(np.float32)  # Not symmetric.
    assert_gradient_matches_finite_differences(
        lambda features: tf.reduce_sum(weights * functional.gram_matrix(features)), FEATURES
    )


def test_gram_matrix_has_a_gradient_in_the_features_own_type():
    features = tf.cast(FEATURES, tf.bfloat16)
    with tf.GradientTape() as tape:
        tape.watch(features)
        value = tf.reduce_sum(functional.gram_matrix(features))
    gradient = tape.gradient(value, features)
    expected = gradient_of(lambda x: tf.reduce_sum(functional.gram_matrix(x)), FEATURES)
    assert gradient.dtype == tf.bfloat16
    assert_allclose(tf.cast(gradient, tf.float32), expected, atol=0.05)


# --- Style and content ---


def test_style_loss_is_numpy_s():
    target = numpy_gram(OTHERS)
    loss = functional.style_loss(FEATURES, target.astype(np.float32))
    assert_allclose(loss, numpy_style_loss(FEATURES, target), rtol=1e-5)


def test_style_loss_of_ones_against_zeros_by_hand():
    # G = 1/2 in four places, squared and summed 1; C H W = 2 * 3 * 4.
    loss = functional.style_loss(tf.ones([1, 3, 4, 2]), tf.zeros([1, 2, 2]))
    assert_allclose(loss, 1 / 24, rtol=1e-6)


def test_style_loss_against_its_own_gram_matrix_is_zero():
    assert_allclose(functional.style_loss(FEATURES, functional.gram_matrix(FEATURES)), [0, 0])


def test_style_loss_has_the_gradient_of_its_value():
    target = numpy_gram(OTHERS).astype(np.float32)
    assert_gradient_matches_finite_differences(lambda x: functional.style_loss(x, target), FEATURES)


def test_content_loss_is_the_mean_squared_difference():
    expected = np.mean((np.float64(FEATURES) - OTHERS) ** 2, axis=(1, 2, 3))
    assert_allclose(functional.content_loss(FEATURES, OTHERS), expected, rtol=1e-6)


def test_content_loss_is_symmetric():
    forth, back = (
        functional.content_loss(FEATURES, OTHERS),
        functional.content_loss(OTHERS, FEATURES),
    )
    assert_allclose(forth, back, rtol=1e-6)


def test_content_loss_has_the_gradient_of_its_value():
    assert_gradient_matches_finite_differences(
        lambda x: functional.content_loss(x, OTHERS), FEATURES
    )


# --- Total variation ---


def test_total_variation_of_a_checkerboard_counts_its_edges():
    board = np.indices([4, 6]).sum(axis=0) % 2
    image = np.float32(board)[np.newaxis, :, :, np.newaxis]
    assert functional.total_variation(image) == 4 * 5 + 3 * 6


def test_total_variation_of_one_colour_is_zero():
    assert functional.total_variation(tf.fill([1, 4, 5, 3], 0.7)) == 0


def test_total_variation_is_numpy_s():
    right, down = np.diff(FEATURES, axis=2), np.diff(FEATURES, axis=1)
    expected = np.sum(right**2, axis=(1, 2, 3)) + np.sum(down**2, axis=(1, 2, 3))
    assert_allclose(functional.total_variation(FEATURES), expected, rtol=1e-5)


def test_total_variation_has_the_gradient_of_its_value():
    assert_gradient_matches_finite_differences(functional.total_variation, FEATURES)


# --- All of them ---


def style_loss_of_itself_reversed(features):
    return functional.style_loss(features, functional.gram_matrix(features[..., ::-1]))


def content_loss_of_itself_reversed(features):
    return functional.content_loss(features, features[..., ::-1])


@pytest.mark.parametrize(
    "loss",
    [
        style_loss_of_itself_reversed,
        content_loss_of_itself_reversed,
        functional.total_variation,
        functional.out_of_range,
    ],
)
def test_each_image_of_a_batch_has_a_loss_of_its_own(loss):
    alone = [float(loss(tf.constant(FEATURES[index : index + 1]))[0]) for index in (0, 1)]
    assert_allclose(loss(tf.constant(FEATURES)), alone, rtol=1e-5)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
@pytest.mark.parametrize(
    "loss", [functional.gram_matrix, style_loss_of_itself_reversed, content_loss_of_itself_reversed]
)
def test_loss_of_narrow_features_is_summed_in_float32(loss, dtype):
    features = tf.cast(FEATURES, dtype)
    narrow, wide = loss(features), loss(tf.cast(features, tf.float32))
    assert narrow.dtype == tf.float32
    assert_allclose(narrow, wide, rtol=1e-6, atol=1e-6)


def test_sum_of_many_float16_values_does_not_overflow():
    gram = functional.gram_matrix(tf.fill([1, 64, 64, 2], tf.constant(100, tf.float16)))
    assert_allclose(gram, np.full([1, 2, 2], 100.0**2 / 2))


def test_temporal_loss_is_numpy_s_and_counts_what_is_trusted_only():
    image, held = RANDOM.random([2, 2, 4, 5, 3], np.float32)
    trust = RANDOM.random([2, 4, 5, 1], np.float32)
    trust[:, 0] = 0
    expected = (trust * np.square(image - held)).sum(axis=(1, 2, 3)) / (4 * 5 * 3)
    assert_allclose(functional.temporal_loss(image, held, trust), expected, rtol=1e-5)
    slope = gradient_of(lambda image: functional.temporal_loss(image, held, trust), image)
    assert_allclose(slope, 2 * trust * (image - held) / 60, rtol=1e-4, atol=1e-8)


# --- Tiles ---


def test_wrapped_total_variation_of_one_bright_pixel_by_hand():
    """Four steps of 2, wherever the pixel lies, up to the corners."""
    for row, column in ((0, 0), (1, 2), (2, 3)):
        image = np.zeros([1, 3, 4, 1], np.float32)
        image[0, row, column] = 2
        assert_allclose(functional.wrapped_total_variation(image), [16])


def test_wrapped_total_variation_is_the_plain_one_and_the_steps_across_the_borders():
    image = np.random.default_rng(0).random([2, 5, 7, 3], np.float32)
    across = np.square(image[:, 0] - image[:, -1]).sum((1, 2)) + np.square(
        image[:, :, 0] - image[:, :, -1]
    ).sum((1, 2))
    found = functional.wrapped_total_variation(image)
    assert_allclose(found, functional.total_variation(image) + across, rtol=1e-5)
