import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle import image

# --- Checking ---


@pytest.mark.parametrize("shape", [[2, 3, 3], [1, 2, 3, 3], [3, 3, 3], [1, 1, 3]])
def test_as_image_adds_the_batch_dimension(shape):
    result = image.as_image(np.full(shape, 0.25), "content")
    assert result.dtype == np.float32
    assert_array_equal(result, np.full([1, *shape[-3:]], 0.25))


def test_as_image_divides_uint8_by_255():
    assert_allclose(image.as_image([[[0.0, 0.2, 1.0]]], "x"), [[[[0, 0.2, 1]]]], rtol=1e-6)
    eight_bit = np.array([[[0, 51, 255]]], np.uint8)
    assert_allclose(image.as_image(eight_bit, "x"), [[[[0, 0.2, 1]]]], rtol=1e-6)


def test_as_image_clips_small_overshoot():
    result = image.as_image([[[-0.0009, 0.5, 1.0009]]], "content")
    assert_array_equal(result, [[[[0, 0.5, 1]]]])


def test_as_image_is_no_view():
    array = np.zeros([1, 2, 2, 3], np.float32)
    image.as_image(array, "content")[:] = 1
    assert_array_equal(array, np.zeros([1, 2, 2, 3]))


def test_as_image_takes_eager_tensors():
    tf = pytest.importorskip("tensorflow")
    for dtype in (tf.float32, tf.float16, tf.bfloat16):
        result = image.as_image(tf.fill([2, 2, 3], tf.cast(0.5, dtype)), "content")
        assert_array_equal(result, np.full([1, 2, 2, 3], 0.5, np.float32))


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros([2, 2]), r"content\.shape=\[2, 2\]"),
        (np.zeros([2, 2, 4]), r"content\.shape=\[2, 2, 4\]"),
        (np.zeros([2, 2, 2, 3]), r"one RGB image.*content\.shape=\[2, 2, 2, 3\]"),
        (np.zeros([1, 0, 2, 3]), "not empty"),
        (np.zeros([2, 2, 3], bool), "content.dtype=bool"),
        (np.zeros([2, 2, 3], np.int64), "content.dtype=int64"),
        (np.full([1, 1, 3], np.nan), "3 NaN"),
        (np.array([[[0, 0, np.inf]]]), "1 NaN or infinite"),
        (np.array([[[0, 0, 1e300]]]), "1 NaN or infinite"),
        (np.array([[[0, 0, 255.0]]]), r"divide 8-bit levels by 255.*content\.max\(\)=255"),
        (np.array([[[-0.002, 0, 1]]]), r"content\.min\(\)=-0\.002"),
        ("photo.jpg", r"content\.shape=\[\]"),
    ],
)
def test_as_image_refuses_and_names_the_argument(array, message):
    with pytest.raises(image.ImageError, match="content must .*" + message):
        image.as_image(array, "content")


# --- Sizes and start images ---


@pytest.mark.parametrize("size", [(1, 1), (3, 40), (40, 3), (9, 8), (100, 100)])
def test_resize_of_a_constant_is_constant(size):
    resized = image.resize(np.full([1, 9, 11, 3], 0.3, np.float32), size)
    assert resized.dtype == np.float32
    assert_allclose(resized, np.full([1, *size, 3], 0.3), rtol=1e-6)


def test_resize_of_two_by_two_to_one_is_the_mean():
    block = np.array([[0, 0.25], [0.5, 0.75]], np.float32)
    colours = np.stack([block, block / 3, np.ones([2, 2])], axis=-1).astype(np.float32)
    resized = image.resize(colours[np.newaxis], (1, 1))
    assert_allclose(resized, [[[[0.375, 0.125, 1]]]], rtol=1e-6)


def test_resize_does_not_alias():
    stripes = np.tile(np.array([0, 1], np.float32), 32)
    picture = np.broadcast_to(stripes[:, np.newaxis], [1, 64, 64, 3]).astype(np.float32)
    inside = image.resize(picture, (16, 16))[:, :, 2:-2]
    assert_allclose(inside, np.full([1, 16, 12, 3], 0.5), atol=0.01)


def test_resize_does_not_round_to_8_bits():
    ramp = np.linspace(0.5, 0.501, 64, dtype=np.float32)
    picture = np.broadcast_to(ramp[:, np.newaxis], [1, 8, 64, 3]).astype(np.float32)
    row = image.resize(picture, (8, 128))[0, 0, :, 0]
    assert np.all(np.diff(row[8:-8]) > 0)


def test_resize_clips_the_overshoot_at_an_edge():
    edge = np.zeros([1, 8, 8, 3], np.float32)
    edge[:, :, 4:] = 1
    resized = image.resize(edge, (32, 32))
    assert resized.min() == 0 and resized.max() == 1


def test_resize_weighs_by_the_lanczos_window():
    line = np.zeros([1, 1, 15, 3], np.float32)
    line[:, :, 7] = 1
    enlarged = image.resize(line, (1, 45))[0, 0, :, 0]  # Three new pixels to an old one.
    distances = (np.arange(45) - 22) / 3
    window = np.where(abs(distances) < 3, np.sinc(distances) * np.sinc(distances / 3), 0)
    assert_allclose(enlarged, np.clip(window, 0, 1), atol=0.01)


def test_resize_to_the_same_size_is_an_exact_copy():
    picture = image.noise((5, 7), seed=0)
    resized = image.resize(picture, (5, 7))
    assert_array_equal(resized, picture)
    assert not np.shares_memory(resized, picture)


def test_resize_of_one_pixel():
    pixel = np.array([[[[0.1, 0.2, 0.3]]]], np.float32)
    assert_allclose(image.resize(pixel, (2, 3)), np.broadcast_to(pixel, [1, 2, 3, 3]), rtol=1e-6)


@pytest.mark.parametrize("size", [(0, 4), (4, -1)])
def test_sizes_below_one_pixel_are_refused(size):
    with pytest.raises(image.ImageError, match="size must be at least 1 x 1"):
        image.resize(np.zeros([1, 2, 2, 3], np.float32), size)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((600, 800, 400), (300, 400)),
        ((800, 600, 400), (400, 300)),
        ((10, 10, 25), (25, 25)),
        ((1, 1000, 10), (1, 10)),
        ((3, 7, 5), (2, 5)),
        ((1, 1, 1), (1, 1)),
    ],
)
def test_fit_size(arguments, expected):
    assert image.fit_size(*arguments) == expected


def test_fit():
    assert image.fit(np.zeros([1, 6, 8, 3], np.float32), 4).shape == (1, 3, 4, 3)
    with pytest.raises(image.ImageError, match="longest=0"):
        image.fit(np.zeros([1, 6, 8, 3], np.float32), 0)


def test_noise_has_the_mean_and_deviation_asked_for():
    picture = image.noise((200, 300), seed=3, deviation=0.05)
    assert picture.shape == (1, 200, 300, 3) and picture.dtype == np.float32
    assert_allclose([picture.mean(), picture.std()], [0.5, 0.05], rtol=0.01)


def test_noise_follows_its_seed():
    assert_array_equal(image.noise((4, 5), seed=1), image.noise((4, 5), seed=1))
    assert np.any(image.noise((4, 5), seed=1) != image.noise((4, 5), seed=2))


def test_noise_stays_in_range():
    picture = image.noise((64, 64), seed=0, deviation=2)
    assert picture.min() == 0 and picture.max() == 1
    assert_array_equal(image.noise((2, 2), seed=0, deviation=0), np.full([1, 2, 2, 3], 0.5))


# --- Tiles ---


@pytest.mark.parametrize("size", [(12, 20), (96, 160), (36, 30)])
def test_resized_tile_does_not_show_where_it_begins(size):
    """Rolled by a share of its sides and resized, it is the resized one rolled by that share."""
    tile = np.random.default_rng(0).random([1, 24, 40, 3], np.float32)
    rolled = image.resize_tile(np.roll(tile, (12, 20), (1, 2)), size)
    expected = np.roll(image.resize_tile(tile, size), (size[0] // 2, size[1] // 2), (1, 2))
    assert_allclose(rolled, expected, atol=1e-5)


def test_tile_of_the_same_size_is_a_copy():
    tile = np.random.default_rng(0).random([1, 24, 40, 3], np.float32)
    assert_array_equal(image.resize_tile(tile, (24, 40)), tile)


def test_resized_tile_is_the_picture_resized_away_from_its_borders():
    tile = np.random.default_rng(0).random([1, 24, 40, 3], np.float32)
    found, plain = (resize(tile, (48, 80)) for resize in (image.resize_tile, image.resize))
    assert_allclose(found[:, 8:-8, 8:-8], plain[:, 8:-8, 8:-8], atol=1e-5)
    assert np.abs(found - plain).max() > 0.01
