import numpy as np
from numpy.testing import assert_array_equal

from tfstyle.image import contact_sheet


def shade(level):
    return np.full([1, 30, 80, 3], level, np.float32)


def test_pictures_lie_in_rows_in_their_order():
    names = ("a", "b", "c", "d", "e")
    drawn = contact_sheet.draw(
        {name: shade(index / 8) for index, name in enumerate(names)}, columns=2
    )
    row = 30 + contact_sheet.CAPTION
    assert drawn.shape == (1, 3 * row, 2 * 80, 3)
    for index in range(5):
        top, left = index // 2 * row, index % 2 * 80
        assert_array_equal(drawn[:, top : top + 30, left : left + 80], shade(index / 8))
    assert_array_equal(drawn[:, 2 * row :, 80:], 1)


def test_each_has_its_own_name_below_in_dark_on_white():
    drawn = contact_sheet.draw({"night": shade(0.5), "wave": shade(0.5)}, columns=2)
    night, wave = drawn[0, 30:, :80], drawn[0, 30:, 80:]
    for strip in (night, wave):
        assert strip.min() < 0.3
        assert np.median(strip) == 1
    assert np.abs(night - wave).max() > 0.3


def test_long_name_is_whole_below_a_narrow_picture():
    name = "    ".join("oooooooo")
    strip = contact_sheet.draw({name: shade(0.5)}, columns=1)[0, 30:, :, 0]
    # Each letter is a run of dark columns by itself.
    dark = strip.min(axis=0) < 0.9
    assert dark[0] + np.count_nonzero(~dark[:-1] & dark[1:]) == name.count("o")
