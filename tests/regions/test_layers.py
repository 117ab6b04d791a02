"""Masks at other sizes and at the layers, and the least that regions need there."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle import image, regions
from tfstyle.networks import vgg19_layers
from tfstyle.regions import checks


def strip(height, width, columns):
    """One region in the first columns."""
    masks = np.zeros([1, height, width], np.float32)
    masks[..., :columns] = 1
    return masks


# --- Sizes ---


@pytest.mark.parametrize("size", [(5, 7), (40, 64), (20, 32)])
def test_masks_that_sum_to_one_do_so_at_every_size(size):
    first = np.random.default_rng(0).random([20, 32]).astype(np.float32)
    resized = regions.resize(np.stack([first, 1 - first]), size)
    assert resized.shape == (2, *size)
    assert_allclose(resized.sum(axis=0), np.ones(size), rtol=1e-5)
    assert resized.min() >= 0 and resized.max() <= 1


def test_mask_of_one_pixel_is_the_whole_at_every_size():
    assert_array_equal(regions.resize(np.ones([1, 1, 1], np.float32), (3, 5)), np.ones([1, 3, 5]))


# --- Layers ---


@pytest.mark.parametrize(
    "layer, reach",
    [("block1_conv1", 1), ("block1_conv2", 2), ("block2_conv1", 4), ("block5_conv1", 70)],
)
def test_reach_of_a_layer_is_the_sum_of_its_convolutions_steps(layer, reach):
    assert vgg19_layers.reach(layer) == reach


@pytest.mark.parametrize("way", regions.WAYS)
@pytest.mark.parametrize("layer", ["block1_conv1", "block3_conv1", "block5_conv1"])
def test_one_region_over_everything_is_whole_at_every_layer(way, layer):
    stride = vgg19_layers.stride(layer)
    found = regions.at_layer(np.ones([1, 50, 70], np.float32), layer, way)
    assert_array_equal(found, np.ones([1, 50 // stride, 70 // stride]))


def test_simple_has_the_share_of_each_position():
    # 10 of 32 columns, in positions of 4: two whole ones and a half.
    found = regions.at_layer(strip(8, 32, 10), "block3_conv1", "simple")
    assert_array_equal(found[0, 0], [1, 1, 0.5, 0, 0, 0, 0, 0])


def test_inside_and_all_go_by_what_a_position_sees():
    # Of block2_conv1, a position of 2 columns sees 4 more on each side: the one of columns 6 and 7
    # sees columns 2 to 11.
    masks = strip(8, 32, 12)
    inside = regions.at_layer(masks, "block2_conv1", "inside")[0, 0]
    seen = regions.at_layer(masks, "block2_conv1", "all")[0, 0]
    assert_array_equal(np.flatnonzero(inside), [0, 1, 2, 3])
    # That of columns 14 and 15 begins at column 10, that of 16 and 17 at column 12.
    assert_array_equal(np.flatnonzero(seen), range(8))


def test_inner_has_no_edge_from_where_another_region_is_seen():
    # block2_conv1 sees 4 pixels further; at the picture's own border nothing is cut off.
    found = regions.layers.inner(strip(8, 32, 12), "block2_conv1")
    assert_array_equal(found, strip(8, 32, 8))


def test_inner_cuts_off_a_third_of_the_depth_of_a_small_region():
    # block5_conv1 sees 70 pixels further, and the region is 12 wide: none lies so deep.
    assert_array_equal(regions.layers.inner(strip(8, 32, 12), "block5_conv1"), strip(8, 32, 8))


def test_inner_leaves_something_where_the_layer_has_positions():
    # Of 31 rows block5_conv1 has the first 16 in a position; the rest is dropped by its poolings.
    masks = np.zeros([1, 31, 64], np.float32)
    masks[:, 10:] = 1
    found = regions.layers.inner(masks, "block5_conv1")
    assert_array_equal(np.flatnonzero(found[0, :, 0]), range(12, 31))
    assert regions.at_layer(found, "block5_conv1").sum() == 4 * 4 / 16


@pytest.mark.parametrize("masks", [np.ones([2, 8, 8]), np.zeros([2, 8, 8])])
def test_inner_of_the_whole_and_of_nothing_is_that(masks):
    assert_array_equal(regions.layers.inner(masks.astype(np.float32), "block1_conv1"), masks)


def test_receptive_field_of_the_network_is_what_the_reach_says(tiny_encoder):
    """Only what lies inside is unchanged when all pixels outside change."""
    masks = strip(48, 64, 40)
    before = np.random.default_rng(0).random([1, 48, 64, 3]).astype(np.float32)
    after = before.copy()
    after[:, :, 40:] = 1 - after[:, :, 40:]
    layer = "block3_conv1"
    # The tiny network has one convolution fewer in blocks 1 and 2 than VGG19: it sees less.
    same = np.isclose(*[tiny_encoder(each)[layer].numpy() for each in (before, after)]).all((0, 3))
    inside = regions.at_layer(masks, layer, "inside")[0] == 1
    assert same[inside].all() and not same.all()


def test_unknown_way_suggests_the_nearest():
    with pytest.raises(ValueError, match="way must be one of all, inside, simple"):
        regions.at_layer(strip(8, 8, 4), "block1_conv1", "outside")


# --- Checks ---


@pytest.mark.parametrize("map_size", [(300, 400), (75, 100), (38, 50), (1, 1), (3, 4)])
def test_map_of_the_picture_s_aspect_fits_at_every_size(map_size):
    regions.check_fits(np.ones([1, *map_size]), (300, 400), "content_regions", "content")


def test_map_of_another_aspect_is_refused():
    with pytest.raises(image.ImageError) as raised:
        regions.check_fits(np.ones([2, 300, 300]), (300, 400), "content_regions", "content")
    assert str(raised.value) == (
        "content_regions must have the aspect of content, 400x300; draw the map over that picture. "
        "Received: content_regions of 300x300"
    )


@pytest.mark.parametrize("map_size", [(1, 2000), (2000, 1)])
def test_map_of_one_line_fits_no_photograph(map_size):
    with pytest.raises(image.ImageError, match="must have the aspect of content"):
        regions.check_fits(np.ones([1, *map_size]), (300, 400), "content_regions", "content")


def test_region_smaller_than_a_position_is_refused_with_the_least_size():
    with pytest.raises(image.ImageError) as raised:
        regions.check_room(strip(64, 64, 2), ["sky"], ["block5_conv1"], "simple", "style_regions")
    # 128 pixels are half of a position's 256, so sides must grow by the root of 2.
    assert str(raised.value) == (
        "style_regions must give each region a position of block5_conv1 at least; take size=91, "
        "draw the region larger, or leave deep layers out. "
        "Received: region sky of 128 pixels in 64x64"
    )


@pytest.mark.parametrize("way", regions.WAYS)
def test_least_size_is_enough(way):
    masks, layer = strip(64, 64, 12), "block4_conv1"
    growth = checks._growth(masks[0], layer, way)
    least = int(np.ceil(64 * growth))
    grown = regions.resize(masks, (least, least))
    regions.check_room(np.rint(grown), ["sky"], [layer], way, "content_regions")


def test_region_that_a_style_lacks_altogether_needs_no_room():
    regions.check_room(np.zeros([1, 64, 64]), ["sky"], ["block5_conv1"], "simple", "style_regions")
