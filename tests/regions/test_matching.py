"""The content's regions beside those of the styles."""

import numpy as np
import pytest
from drawn_maps import BLUE, GREEN, RED, halves, mask
from numpy.testing import assert_array_equal

from tfstyle import image, regions

CONTENT = regions.from_colors(halves(8, 6))


def named(**rows):
    return regions.from_masks({name: mask(8, 6, count) for name, count in rows.items()})


def test_colours_of_both_maps_are_matched():
    found = regions.match(CONTENT, [regions.from_colors(halves(6, 4, GREEN, BLUE))])
    assert found.names == ("#0000ff", "#00ff00")
    # The style has blue below.
    assert_array_equal(found.styles[0][0, :, 0], [0, 0, 0, 1, 1, 1])
    assert_array_equal(found.styles[0][1, :, 0], [1, 1, 1, 0, 0, 0])


def test_colours_that_jpeg_moved_are_matched_with_the_nearest():
    style = regions.from_colors(halves(6, 4, (2, 252, 3), (4, 0, 250)))
    assert_array_equal(regions.match(CONTENT, [style]).styles[0][0, :, 0], [0, 0, 0, 1, 1, 1])


def test_names_are_matched():
    content = regions.Map(("sky", "sea"), CONTENT.masks)
    style = regions.Map(("sea", "sky"), CONTENT.masks)
    assert_array_equal(regions.match(content, [style]).styles[0], CONTENT.masks[::-1])


def test_without_maps_of_styles_each_region_has_its_own():
    found = regions.match(CONTENT, styles=2)
    assert_array_equal(found.shares([0.5, 0.5]), [[1, 0], [0, 1]])
    assert not found.are_blended


def test_styles_that_both_have_a_region_share_it():
    found = regions.match(CONTENT, [CONTENT, CONTENT])
    assert_array_equal(found.shares([0.75, 0.25]), [[0.75, 0.75], [0.25, 0.25]])
    assert found.are_blended


def test_style_that_lacks_a_region_leaves_it_to_the_others():
    blue = regions.from_colors(halves(6, 4, BLUE, BLUE))
    found = regions.match(CONTENT, [CONTENT, blue])
    assert_array_equal(found.shares([0.5, 0.5]), [[0.5, 1], [0.5, 0]])


def test_region_whose_styles_have_no_share_is_refused():
    blue = regions.from_colors(halves(6, 4, BLUE, BLUE))
    with pytest.raises(image.ImageError, match="share to a style of each region.*#00ff00"):
        regions.match(CONTENT, [CONTENT, blue]).shares([0, 1])


@pytest.mark.parametrize(
    "pair, received",
    [
        ((BLUE, BLUE), "#00ff00 in content_regions alone"),
        ((BLUE, RED), "#00ff00 in content_regions alone and #ff0000 in style_regions alone"),
    ],
)
def test_colours_in_one_map_only_are_refused(pair, received):
    with pytest.raises(image.ImageError) as raised:
        regions.match(CONTENT, [regions.from_colors(halves(6, 4, *pair))])
    assert str(raised.value) == (
        "content_regions and style_regions must have the same regions; draw what one of them "
        f"lacks. Received: {received}"
    )


def test_names_and_colours_are_never_the_same():
    with pytest.raises(image.ImageError, match="sky, rest in style_regions alone"):
        regions.match(CONTENT, [named(sky=3)])


def test_another_number_of_styles_than_regions_is_refused():
    with pytest.raises(image.ImageError) as raised:
        regions.match(CONTENT, styles=3)
    assert str(raised.value) == (
        "style must name as many pictures as content_regions has regions, or style_regions must "
        "be given. Received: 3 for the regions #0000ff, #00ff00"
    )


def test_another_number_of_maps_than_styles_is_refused():
    with pytest.raises(image.ImageError, match="one map for each style. Received: 1 maps for 2"):
        regions.match(CONTENT, [CONTENT], styles=2)


@pytest.mark.parametrize("kind", [bool, np.uint8, np.float64])
def test_masks_of_one_s_own_may_be_of_any_usual_type(kind):
    mask = np.full([1, 4, 4], 255 if kind is np.uint8 else 1, kind)
    found = regions.Regions(("a",), mask, (mask,))
    assert found.content.dtype == found.styles[0].dtype == np.float32
    assert_array_equal(found.content, np.ones([1, 4, 4]))


@pytest.mark.parametrize(
    "mask, message",
    [
        (np.ones([4, 4]), r"content_regions must be masks \[1, height, width\].*shape=\[4, 4\]"),
        (np.ones([2, 4, 4]), r"one for each region. Received: content_regions.shape=\[2, 4, 4\]"),
        (np.full([1, 4, 4], 255.0), "content_regions must be in \\[0, 1\\]"),
        (np.full([1, 4, 4], np.nan), "content_regions must hold finite values"),
    ],
)
def test_arrays_that_are_no_masks_are_refused(mask, message):
    with pytest.raises(image.ImageError, match=message):
        regions.Regions(("a",), mask, (np.ones([1, 4, 4]),))


def test_region_that_is_empty_everywhere_is_refused():
    nothing = np.zeros([1, 4, 4], np.float32)
    with pytest.raises(image.ImageError, match="in the content and in a style.*region a, empty"):
        regions.Regions(("a",), np.ones([1, 4, 4], np.float32), (nothing,))


@pytest.mark.parametrize("share, sums", [(0.5, "from 1 to 1.5"), (-0.5, "from 0.5 to 1")])
def test_regions_that_overlap_or_leave_gaps_are_refused(share, sums):
    masks = np.stack([np.tri(4, 4, -1), 1 - np.tri(4, 4, -1)]).astype(np.float32)
    masks[0, 3, 0] += min(share, 0)
    masks[1, 3, 0] += max(share, 0)
    with pytest.raises(image.ImageError, match=f"must sum to 1 at each position.*{sums}"):
        regions.Regions(("a", "b"), masks, (masks,))


def test_masks_of_bytes_may_miss_the_sum_by_their_rounding():
    masks = np.full([3, 4, 4], 85, np.uint8)
    masks[0] = 84
    assert regions.Regions(("a", "b", "c"), masks, (masks,)).content.sum(axis=0).max() < 1
