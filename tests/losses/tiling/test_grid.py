import numpy as np
import pytest

from tfstyle.losses.tiling import grid
from tfstyle.losses.tiling.grid import Box

SIZES = [(200, 200), (201, 173), (17, 500), (64, 64), (1, 1)]


def cover(size, **settings):
    """How many inner boxes each pixel of an image lies in."""
    counts = np.zeros(size, int)
    for tile in grid.tiles(size, **settings):
        counts[tile.inner.top : tile.inner.bottom, tile.inner.left : tile.inner.right] += 1
    return counts


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("side", [16, 48, 50, 1000])
def test_each_pixel_is_one_tile_s_own(size, side):
    assert (cover(size, side=side, stride=16, halo=80) == 1).all()


@pytest.mark.parametrize("size", SIZES)
def test_no_tile_is_larger_than_asked_for_and_all_begin_at_the_network_s_positions(size):
    for tile in grid.tiles(size, side=50, stride=16, halo=32):
        inner = tile.inner
        assert max(inner.bottom - inner.top, inner.right - inner.left) <= 48
        assert inner.top % 16 == inner.left % 16 == tile.outer.top % 16 == tile.outer.left % 16 == 0


def test_tiles_are_about_equal():
    widths = {tile.inner.right - tile.inner.left for tile in grid.tiles((16, 208), 96, 16, 32)}
    assert widths == {64, 80}  # And not 96, 96 and 16.


def test_the_halo_ends_where_the_image_does():
    first, middle, last = grid.tiles((30, 96), side=32, stride=16, halo=16)
    assert first == (Box(0, 30, 0, 32), Box(0, 30, 0, 48))
    assert (middle.outer.left, middle.outer.right) == (16, 80)
    assert (last.outer.left, last.outer.right) == (48, 96)


def test_a_box_in_positions_of_a_layer_and_within_another():
    box = Box(32, 51, 16, 48)
    assert box.scaled(16) == (2, 3, 1, 3)
    assert box.within(Box(16, 60, 0, 60)) == (16, 35, 16, 48)
