import pytest

from tfstyle.optimization import pyramid
from tfstyle.result import Level


def plan(size, levels):
    return [level.size for level in pyramid.plan(size, levels, steps=7, coarse_steps=3)]


def test_auto_halves_while_the_longest_side_keeps_128_pixels():
    assert plan((384, 512), "auto") == [(96, 128), (192, 256), (384, 512)]


def test_auto_does_not_halve_255_pixels():
    assert plan((100, 255), "auto") == [(100, 255)]


def test_auto_halves_256_pixels_once():
    assert plan((256, 100), "auto") == [(128, 50), (256, 100)]


def test_auto_leaves_a_small_picture_alone():
    assert plan((20, 30), "auto") == [(20, 30)]


def test_number_counts_the_levels():
    assert plan((384, 512), "1") == [(384, 512)]
    assert plan((384, 512), "4") == [(48, 64), (96, 128), (192, 256), (384, 512)]


def test_number_of_levels_never_goes_below_one_pixel():
    assert plan((3, 4), "10") == [(1, 1), (2, 2), (3, 4)]


def test_listed_sides_are_taken_as_they_are():
    assert plan((300, 400), "100,240,400") == [(75, 100), (180, 240), (300, 400)]


def test_odd_sizes_keep_the_full_size_exactly():
    assert plan((333, 257), "2") == [(166, 128), (333, 257)]


def test_last_level_has_the_steps_and_the_others_the_coarse_steps():
    levels = pyramid.plan((256, 256), "auto", steps=7, coarse_steps=3)
    assert levels == (Level((128, 128), 3), Level((256, 256), 7))


def test_level_reads_as_width_by_height():
    assert str(Level((3, 4), 5)) == "4x3 (5 steps)"


@pytest.mark.parametrize("levels", ["", "0", "11", "-1", "1.5", "all", "128", "auto "])
def test_levels_in_no_known_form_are_refused(levels):
    with pytest.raises(ValueError, match=f"levels must be auto.*Received: levels={levels}$"):
        plan((384, 512), levels)


@pytest.mark.parametrize(
    "levels", ["512,128", "128,128,512", "128,256", "128,1024", "0,512", ",", "a,512", "128,,512"]
)
def test_listed_sides_that_do_not_rise_to_the_full_size_are_refused(levels):
    with pytest.raises(ValueError, match="rising longest sides.*512 pixels"):
        plan((384, 512), levels)


def test_automatic_levels_of_a_panorama_stop_while_the_short_side_is_large_enough():
    levels = pyramid.plan((102, 512), "auto", steps=1, coarse_steps=1, smallest_side=32)
    assert [level.size for level in levels] == [(51, 256), (102, 512)]


def test_levels_may_be_a_number_too():
    assert len(pyramid.plan((512, 512), 1, steps=1, coarse_steps=1)) == 1
