"""What a swap is expected to take in memory, asked before it starts."""

import dataclasses

import pytest

from tfstyle.methods.style_swap import memory
from tfstyle.methods.style_swap.config import Config
from tfstyle.methods.style_swap.grid import Grid

CONFIG = Config(size=None, precision="float32")


def needed(size, config=CONFIG):
    """With a style as large as the content."""
    return memory.Need(size, size[0] * size[1], Grid.of(config), config).swap()


def test_24_megapixels_take_at_most_6_gigabytes():
    for precision in ("float32", "bfloat16"):
        config = dataclasses.replace(CONFIG, precision=precision)
        assert 3e9 < needed((4000, 6000), config) <= 6e9


def test_regions_take_more_by_their_masks_and_by_what_they_are_put_together_in():
    size, grid = (1000, 2000), Grid.of(CONFIG)
    needs = [memory.Need(size, 0, grid, CONFIG, regions).swap() for regions in (0, 2, 5)]
    assert needs[2] - needs[1] == 3 * memory.PER_REGION_PIXEL * 2e6
    # Two copies more of 256 channels, in float32, of a position of 16 pixels.
    more = needs[1] - needs[0] - 2 * memory.PER_REGION_PIXEL * 2e6
    assert more == pytest.approx(2 * 4 * 256 * 2e6 / 16)


def test_need_grows_with_the_size_and_little_in_strips():
    needs = [needed((side, side)) for side in (256, 512, 1024, 2048, 4096)]
    assert needs == sorted(needs)
    # Whole, a picture of 16 times as many pixels would take 16 times as much.
    assert needs[4] - memory.BASE < 8 * (needs[2] - memory.BASE)


@pytest.mark.parametrize(
    "change", [{"score_memory": 1000}, {"components": 256}, {"match_size": 4096}, {"patch_size": 5}]
)
def test_what_takes_more_memory_counts(change):
    size = (1024, 1024) if "match_size" in change else (512, 512)
    assert needed(size, dataclasses.replace(CONFIG, **change)) > needed(size)


def test_plain_swap_compares_all_channels_of_the_whole_picture():
    plain = dataclasses.replace(CONFIG, whiten=False, levels=1, color_share=0.0)
    assert needed((1024, 1024), plain) > 1.5 * needed((1024, 1024))
