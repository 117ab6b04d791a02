"""Maps drawn in flat colours."""

import numpy as np
import pytest
from drawn_maps import BLUE, GREEN, GREY, RED, as_jpeg, halves
from numpy.testing import assert_array_equal
from PIL import Image, ImageDraw

from tfstyle import image, regions
from tfstyle.regions import colors


def drawn(size, ground, *shapes):
    """A picture of a ground and of ellipses or rectangles."""
    picture = Image.new("RGB", size, ground)
    for kind, box, color in shapes:
        getattr(ImageDraw.Draw(picture), kind)(box, fill=color)
    return np.asarray(picture, np.float32)[np.newaxis] / 255


def test_each_colour_is_a_region_and_its_mask_is_where_it_is():
    found = regions.from_colors(halves(20, 30))
    assert found.names == ("#0000ff", "#00ff00")
    assert found.masks.dtype == np.float32
    assert_array_equal(found.masks[0, :10], np.ones([10, 30]))
    assert_array_equal(found.masks[0, 10:], np.zeros([10, 30]))
    assert_array_equal(found.masks.sum(axis=0), np.ones([20, 30]))


def test_regions_come_in_the_order_in_which_one_reads():
    picture = drawn((60, 40), RED, ("rectangle", (0, 30, 60, 40), BLUE))
    picture[:, 10:20, 40:50] = np.array(GREEN) / 255
    assert regions.from_colors(picture).names == ("#ff0000", "#00ff00", "#0000ff")


def test_one_colour_is_one_region():
    found = regions.from_colors(halves(8, 8, RED, RED))
    assert found.names == ("#ff0000",)
    assert_array_equal(found.masks, np.ones([1, 8, 8]))


@pytest.mark.parametrize("quality", [95, 75, 50, 30])
@pytest.mark.parametrize("pair", [(BLUE, GREEN), (RED, BLUE), ((0, 0, 0), (255, 255, 255))])
def test_jpeg_makes_neither_regions_nor_holes(quality, pair):
    # The edge lies inside of a block of 16 pixels, where JPEG's ripples are strongest.
    picture = halves(150, 201, *pair)
    found = regions.from_colors(image.read(as_jpeg(picture, quality)))
    exact = regions.from_colors(picture)
    assert len(found.names) == 2
    wrong = (found.masks[0] != exact.masks[0]).any(axis=1)
    # The edge itself, between rows 74 and 75, moves by half a block of colour at most.
    assert set(np.flatnonzero(wrong)) <= set(range(71, 79))


def test_smoothed_edges_are_no_part_of_a_region_of_their_colour():
    picture = drawn(
        (800, 400), (0, 0, 0), ("ellipse", (40, 40, 360, 360), (255, 255, 255)),
        ("rectangle", (500, 100, 700, 300), GREY),
    )  # fmt: skip
    small = image.resize(picture, (200, 400))
    found = regions.from_colors(small)
    assert set(found.names) == {"#000000", "#ffffff", "#808080"}
    grey = found.masks[found.names.index("#808080")]
    assert not grey[:, :200].any()
    assert abs(grey.sum() - 100 * 100) < 2 * 100


def test_similar_colours_of_an_exact_map_are_regions_each():
    assert len(regions.from_colors(halves(20, 20, (120, 120, 80), (120, 120, 120))).names) == 2


def test_photograph_is_refused():
    noise = np.random.default_rng(0).random([1, 64, 64, 3], np.float32)
    with pytest.raises(image.ImageError) as raised:
        regions.from_colors(noise, "content_regions")
    assert str(raised.value) == (
        "content_regions must be a picture of at most 64 flat colours, or name=mask.png pairs. "
        "Received: 0% of it in flat colours"
    )


def test_smooth_picture_is_no_map_either():
    # A sky: flat everywhere, but of no colour for long.
    ramp = np.linspace(0.2, 0.9, 300, dtype=np.float32)
    picture = np.tile(ramp[np.newaxis, :, np.newaxis, np.newaxis], [1, 1, 300, 3])
    with pytest.raises(image.ImageError, match="of it in flat colours"):
        regions.from_colors(picture)


def test_narrow_stripes_of_three_pixels_are_regions():
    picture = np.zeros([1, 15, 9, 3], np.float32)
    for number in range(5):
        picture[:, 3 * number : 3 * number + 3] = number / 4
    assert len(regions.from_colors(picture).names) == 5


def test_more_colours_than_regions_may_be_are_refused():
    # 125 colours, each 63 levels from the next.
    steps = np.arange(5, dtype=np.float32) * 63 / 255
    columns = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape([1, -1, 3])
    picture = np.tile(np.repeat(columns, 9, axis=1)[np.newaxis], [1, 9, 1, 1])
    with pytest.raises(image.ImageError, match="at most 64 flat colours.*Received: "):
        regions.from_colors(picture)


def test_colours_differ_by_the_channel_of_the_most():
    assert colors.difference("#102030", "#112a30") == 10
    assert colors.is_color("#0a0b0c")
    assert not colors.is_color("sky") and not colors.is_color("#sky123")
