"""Masks, and what is painted under them."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from samples import picture

from tfstyle import image
from tfstyle.image import masks, srgb

PASTICHE, CONTENT = picture(6, 8, seed=1), picture(6, 8, seed=2)


def half_mask(height=6, width=8):
    """White on the left and black on the right."""
    return np.repeat([[1.0, 0.0]], width // 2, axis=1).repeat(height, axis=0).astype(np.float32)


# --- Laid over each other ---


def test_white_is_the_pastiche_and_black_the_content_bit_for_bit():
    found = image.composite(PASTICHE, CONTENT, half_mask())
    assert_array_equal(found[:, :, :4], PASTICHE[:, :, :4])
    assert_array_equal(found[:, :, 4:], CONTENT[:, :, 4:])


def test_grey_mixes_light_and_not_levels():
    """Half of white's light is 0.7354 in sRGB (IEC 61966-2-1), and not 0.5."""
    white, black = np.ones([2, 2, 3]), np.zeros([2, 2, 3])
    found = image.composite(white, black, np.full([2, 2], 0.5))
    assert_allclose(found, np.full([1, 2, 2, 3], 0.7354), atol=1e-4)


def test_light_of_known_levels():
    """Grey 188 of 255 is about half of white's light, and 0.04045 the end of the straight part."""
    levels = np.array([0, 0.04045, 188 / 255, 1], np.float32)
    light = srgb.to_linear(levels)
    assert_allclose(light, [0, 0.04045 / 12.92, 0.5029, 1], atol=1e-4)
    assert_allclose(srgb.from_linear(light), levels, atol=1e-6)


def test_content_and_mask_are_brought_to_the_pastiche_s_size():
    found = image.composite(PASTICHE, picture(12, 16, seed=3), half_mask(60, 80))
    assert found.shape == PASTICHE.shape
    assert_array_equal(found[:, :, :3], PASTICHE[:, :, :3])
    assert_array_equal(found[:, :, 5:], image.resize(picture(12, 16, seed=3), (6, 8))[:, :, 5:])


def test_enlarged_edge_is_soft_and_has_no_ripples():
    """Beside the edge's own width, white stays white and black black."""
    fitted = masks.fit(half_mask(6, 8), (60, 80))
    assert fitted.shape == (60, 80)
    assert (fitted[:, :35] == 1).all() and (fitted[:, 45:] == 0).all()
    assert (np.diff(fitted[30]) <= 0).all() and 0.3 < fitted[30, 40] < 0.7


@pytest.mark.parametrize(
    "form",
    [
        lambda mask: mask > 0.5,
        lambda mask: np.uint8(255 * mask),
        lambda mask: mask[..., np.newaxis],
        lambda mask: mask[np.newaxis, ..., np.newaxis],
    ],
)
def test_mask_may_be_bools_bytes_or_have_a_channel(form):
    found = image.composite(PASTICHE, CONTENT, form(half_mask()))
    assert_array_equal(found, image.composite(PASTICHE, CONTENT, half_mask()))


# --- Files ---


def test_mask_is_its_file_s_greys(tmp_path):
    greys = np.float32([[0, 51, 102], [153, 204, 255]]) / 255
    image.write(tmp_path / "mask.png", np.repeat(greys[np.newaxis, ..., np.newaxis], 3, -1))
    assert_allclose(image.read_mask(tmp_path / "mask.png"), greys, atol=1e-6)
    assert image.read_mask(tmp_path / "mask.png").max() == 1


def test_transparent_parts_of_a_cut_out_are_black(tmp_path):
    alpha = np.float32([[0, 1], [0.4, 1]])
    image.write(tmp_path / "cut_out.png", np.ones([1, 2, 2, 3], np.float32), alpha)
    assert_allclose(image.read_mask(tmp_path / "cut_out.png"), alpha, atol=1e-6)


# --- What cannot be used ---


def test_mask_that_lets_nothing_be_painted_is_refused():
    with pytest.raises(image.ImageError, match="mask must be white or grey .* black all over"):
        image.composite(PASTICHE, CONTENT, np.zeros([6, 8]))


@pytest.mark.parametrize("shape", [(80, 60), (60, 100), (600, 770), (1, 9)])
def test_another_aspect_is_refused(shape):
    content = picture(60, 80, seed=3)
    with pytest.raises(image.ImageError, match=r"the photograph's aspect, 80x60 .* Received: mask"):
        image.composite(PASTICHE, content, np.ones(shape))


@pytest.mark.parametrize(
    ("mask", "size"), [((67, 100), (683, 1024)), ((1365, 2048), (683, 1024)), ((6, 8), (7, 9))]
)
def test_rounding_is_no_other_aspect(mask, size):
    masks.check(np.ones(mask), size, "mask", "mask.png")


@pytest.mark.parametrize("shape", [(6, 8, 3), (2, 6, 8, 1), (0, 8), (8,)])
def test_what_is_no_grey_image_is_refused(shape):
    with pytest.raises(image.ImageError, match="mask must be one grey image"):
        image.composite(PASTICHE, CONTENT, np.ones(shape))


def test_values_beyond_white_are_refused():
    with pytest.raises(image.ImageError, match=r"mask must be in \[0, 1\]"):
        image.composite(PASTICHE, CONTENT, np.full([6, 8], 255.0))
