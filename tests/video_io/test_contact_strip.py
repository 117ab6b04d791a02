"""A clip at a glance."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tfstyle.video_io import contact_strip


def strip_of(count, length):
    """Frame k is of grey level k."""
    strip = contact_strip.ContactStrip(length)
    for level in range(count):
        strip.see(*(np.full([9, 16, 3], value, np.uint8) for value in (level, 255 - level)))
    return strip.image()


def columns(strip):
    return np.rint(255 * strip[0, 0, contact_strip.WIDTH // 2 :: contact_strip.WIDTH, 0])


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, [0]), (3, [0, 1, 2]), (8, range(8)), (15, range(0, 15, 2)), (71, range(0, 71, 10))],
)
def test_frames_are_evenly_spaced_from_first_to_last(count, expected):
    assert_allclose(columns(strip_of(count, count)), list(expected))


def test_pastiches_are_below_their_frames():
    strip = strip_of(3, 3)
    assert strip.shape == (1, 270, 720, 3)
    assert_allclose(strip[0, 0] + strip[0, -1], np.ones([720, 3]), atol=1e-6)


@pytest.mark.parametrize("count", [1, 8, 9, 100, 1000])
def test_without_a_known_length_spacing_is_even_too(count):
    found = columns(strip_of(min(count, 250), None))
    assert 1 <= len(found) <= contact_strip.COLUMNS
    assert found[0] == 0
    assert len(set(np.diff(found))) <= 1


def test_a_length_that_is_too_short_makes_the_strip_no_wider():
    found = columns(strip_of(100, 5))
    assert 1 <= len(found) <= contact_strip.COLUMNS
    assert len(set(np.diff(found))) <= 1


def test_pastiches_that_lack_an_odd_row_and_column_stand_beside_whole_ones():
    strip = contact_strip.ContactStrip(2)
    frame = np.zeros([33, 35, 3], np.uint8)
    strip.see(frame, frame[:32, :34])
    strip.see(frame, frame)
    assert strip.image().shape == (1, 2 * round(33 * 240 / 35), 480, 3)
