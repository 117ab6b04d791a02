"""The regions of a clip's frames."""

import numpy as np
import pytest
from drawn_maps import BLUE, GREEN, RED, halves, mask
from numpy.testing import assert_array_equal

from tfstyle import image, regions
from tfstyle.regions import frames

FIRST = regions.match(regions.from_colors(halves(8, 6)), styles=2)


def test_later_frame_has_its_own_masks_in_the_first_one_s_order():
    found = frames.seen_in(regions.from_colors(halves(8, 6, GREEN, BLUE)), FIRST)
    assert found.names == FIRST.names
    assert_array_equal(found.content, FIRST.content[:, ::-1])
    assert_array_equal(found.styles, FIRST.styles)


def test_region_that_a_frame_lacks_is_none_of_its_regions():
    found = frames.seen_in(regions.from_colors(halves(8, 6, GREEN, GREEN)), FIRST)
    assert found.names == ("#00ff00",)
    assert_array_equal(found.content, np.ones([1, 8, 6]))
    assert_array_equal([style.ravel() for style in found.styles], [[0], [1]])


def test_region_that_the_first_frame_lacks_is_refused():
    drawn = regions.from_colors(halves(8, 6, GREEN, RED), "content_regions")
    with pytest.raises(image.ImageError, match="no region that the first.* region #ff0000"):
        frames.seen_in(drawn, FIRST)


def test_black_masks_are_left_out(tmp_path):
    paths = {name: str(tmp_path / f"{name}.png") for name in ("sky", "man")}
    for name, rows in {"sky": 8, "man": 0}.items():
        image.write(paths[name], mask(8, 6, rows))
    assert frames.read(paths).names == ("sky",)
    alone = frames.read({"man": paths["man"]})
    assert alone.names == ("rest",)
    assert_array_equal(alone.masks, [[[1]]])
