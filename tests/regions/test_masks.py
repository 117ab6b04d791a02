"""Maps of named black and white masks."""

import numpy as np
import pytest
from drawn_maps import as_jpeg, mask
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle import image, regions


def test_masks_that_cover_the_picture_are_its_regions():
    found = regions.from_masks({"sky": mask(8, 6, 3), "ground": 1 - mask(8, 6, 3)})
    assert found.names == ("sky", "ground")
    assert_array_equal(found.masks[0], mask(8, 6, 3)[0, ..., 0])
    assert_array_equal(found.masks[1], 1 - mask(8, 6, 3)[0, ..., 0])


def test_grey_is_shared():
    grey = np.full([1, 4, 4, 3], 0.5, np.float32)
    found = regions.from_masks({"sky": grey, "ground": 1 - grey})
    assert_allclose(found.masks, np.full([2, 4, 4], 0.5), rtol=1e-6)


def test_what_no_mask_has_is_the_rest():
    found = regions.from_masks({"sky": mask(8, 6, 3)})
    assert found.names == ("sky", "rest")
    assert_array_equal(found.masks.sum(axis=0), np.ones([8, 6]))
    assert_array_equal(found.masks[1], 1 - mask(8, 6, 3)[0, ..., 0])


def test_whole_picture_leaves_no_rest():
    assert regions.from_masks({"all": mask(8, 6, 8)}).names == ("all",)


def test_masks_that_overlap_share():
    found = regions.from_masks({"sky": mask(4, 4, 4), "tower": mask(4, 4, 2)})
    assert found.names == ("sky", "tower")
    assert_array_equal(found.masks[:, 0, 0], [0.5, 0.5])
    assert_array_equal(found.masks[:, 3, 0], [1, 0])


def test_jpeg_s_ripples_make_no_rest():
    sky = image.read(as_jpeg(mask(64, 64, 27), 75))
    ground = image.read(as_jpeg(1 - mask(64, 64, 27), 75))
    found = regions.from_masks({"sky": sky, "ground": ground})
    assert found.names == ("sky", "ground")
    assert_array_equal(found.masks[0, :16], np.ones([16, 64]))
    assert_array_equal(found.masks[0, 48:], np.zeros([16, 64]))


def test_masks_of_another_size_are_brought_to_the_first_s():
    found = regions.from_masks({"sky": mask(8, 6, 4), "ground": 1 - mask(16, 12, 8)})
    assert found.masks.shape == (2, 8, 6)


def test_masks_of_another_aspect_are_refused():
    with pytest.raises(image.ImageError) as raised:
        regions.from_masks({"sky": mask(8, 6, 4), "ground": mask(8, 8, 4)}, "style_regions")
    assert str(raised.value) == (
        "style_regions must have masks of one aspect; scale them alike. "
        "Received: mask ground of 8x8 beside one of 6x8"
    )


def test_black_mask_is_refused():
    with pytest.raises(image.ImageError, match="must have something white in every mask.*mask sky"):
        regions.from_masks({"sky": mask(8, 6, 0), "ground": mask(8, 6, 8)})


def test_mask_that_has_nothing_is_refused_in_a_map_of_one_s_own_too():
    with pytest.raises(image.ImageError, match="Received: region b, empty"):
        regions.Map(("a", "b"), np.stack([np.ones([2, 2]), np.zeros([2, 2])]))


def test_no_masks_are_refused():
    with pytest.raises(image.ImageError, match="regions must have a mask at least"):
        regions.from_masks({})
