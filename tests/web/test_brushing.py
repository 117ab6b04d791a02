"""The map that is made of what a brush has painted."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from tfstyle import image
from tfstyle.web import brushing


def layer(*pixels):
    """Returns a layer of one row; each pixel is a colour and how much it covers."""
    levels = [[*bytes.fromhex(color[1:]), cover] for color, cover in pixels]
    return np.array([levels], np.uint8)


def names(made):
    return ["#" + bytes(pixel).hex() for pixel in image.to_bytes(made)[0, 0]]


def test_colours_are_the_brushs_and_the_rest_is_black():
    red, green = brushing.COLORS[:2]
    made = brushing.as_map([layer((red, 255), (green, 255), ("#ffffff", 0))])
    assert names(made) == [red, green, "#000000"]


def test_soft_edges_belong_to_the_half_that_covers_more():
    red = brushing.COLORS[0]
    made = brushing.as_map([layer((red, 127), (red, 128), ("#d02020", 255))])
    assert names(made) == ["#000000", red, red]


def test_upper_layers_cover_lower_ones():
    red, green = brushing.COLORS[:2]
    made = brushing.as_map([layer((red, 255), (red, 255)), layer((green, 255), (green, 0))])
    assert names(made) == [green, red]


@pytest.mark.parametrize("layers", [[], [layer(("#d62828", 0))]])
def test_nothing_painted_is_told(layers):
    with pytest.raises(ValueError, match="no region is painted yet"):
        brushing.as_map(layers)


def test_maps_of_one_name_do_not_replace_each_other(tmp_path):
    first, second = np.zeros((1, 2, 3, 3), np.float32), np.ones((1, 2, 3, 3), np.float32)
    paths = [brushing.write(made, tmp_path, "map.png") for made in (first, second)]
    for path, made in zip(paths, (first, second), strict=True):
        assert_array_equal(image.read(path), made)
