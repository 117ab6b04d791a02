"""A camera, by a stand-in for OpenCV's."""

import itertools
import math
import threading
import time

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from tfstyle.video_io import camera
from tfstyle.video_io.reading import open_clip

cv2 = pytest.importorskip("cv2")

BLUE = np.full([48, 64, 3], [255, 0, 0], np.uint8)  # OpenCV's order.


class StandIn:
    """Gives so many pictures, each a level brighter, and says what it is asked."""

    def __init__(self, pictures=None, rate=30.0, seconds=0.001):
        self.released = False
        self._pictures = iter(pictures if pictures is not None else itertools.repeat(BLUE))
        self._said = {
            cv2.CAP_PROP_FRAME_HEIGHT: 48.0,
            cv2.CAP_PROP_FRAME_WIDTH: 64.0,
            cv2.CAP_PROP_FPS: rate,
        }
        self._seconds = seconds

    def isOpened(self):  # noqa: N802 (OpenCV's name)
        return True

    def get(self, name):
        return self._said[name]

    def read(self):
        time.sleep(self._seconds)
        pixels = next(self._pictures, None)
        return pixels is not None, pixels

    def release(self):
        self.released = True


@pytest.fixture
def plug_in(monkeypatch):
    def plug_in(**options):
        stand_in = StandIn(**options)
        monkeypatch.setattr(cv2, "VideoCapture", lambda number: stand_in)
        return stand_in

    return plug_in


def test_pictures_are_fitted_and_red_green_blue(plug_in):
    stand_in = plug_in()
    with open_clip("camera:0", longest=32) as clip:
        assert clip.size == (24, 32)
        assert clip.rate == 30
        frame = next(iter(clip))
        assert not stand_in.released
    assert_array_equal(frame.pixels, np.full([24, 32, 3], [0, 0, 255], np.uint8))
    assert stand_in.released


def test_times_grow_and_end_with_the_span(plug_in):
    plug_in(seconds=0.0001)
    with open_clip("camera:0", start=0.05, duration=0.1) as clip:
        ticks = [frame.tick for frame in clip]
        assert not clip.problem
    assert ticks[0] >= 50
    assert ticks[-1] < 150 + len(ticks)  # Ticks that would be equal move on.
    assert all(np.diff(ticks) > 0)


def test_unplugging_ends_the_clip_and_says_so(plug_in):
    plug_in(pictures=[BLUE])
    with open_clip("camera:0") as clip:
        assert len(list(clip)) == 1
        assert "no further picture" in clip.problem


def test_a_camera_that_hangs_is_given_up(plug_in, monkeypatch):
    monkeypatch.setattr(camera, "PATIENCE", 0.05)
    monkeypatch.setattr(camera, "CLOSING_PATIENCE", 0.05)
    go_on = threading.Event()

    def pictures():
        yield BLUE
        go_on.wait()

    stand_in = plug_in(pictures=pictures())
    with open_clip("camera:0") as clip:
        assert len(list(clip)) == 1
        assert "no further picture" in clip.problem
    assert not stand_in.released
    go_on.set()


def test_who_comes_late_gets_the_newest_picture(plug_in):
    given, enough = [], threading.Event()

    def pictures():
        for level in range(20):
            given.append(level)
            yield np.full([48, 64, 3], level, np.uint8)
        enough.set()
        time.sleep(0.2)

    plug_in(pictures=pictures(), seconds=0)
    with open_clip("camera:0") as clip:
        assert enough.wait(10)
        time.sleep(0.05)
        assert next(iter(clip)).pixels[0, 0, 0] == 19


@pytest.mark.parametrize("rate", [0.0, -1.0, math.nan, math.inf])
def test_a_rate_that_cannot_be_is_the_usual_one(plug_in, rate):
    plug_in(rate=rate)
    with open_clip("camera:0") as clip:
        assert clip.rate == camera.USUAL_RATE


def test_a_camera_that_is_not_there_is_a_sentence():
    with (
        pytest.raises(ValueError, match=r"camera that is there .* Received: input=camera:99"),
        open_clip("camera:99"),
    ):
        pass
