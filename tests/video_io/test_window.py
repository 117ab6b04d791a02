"""The live window, with a stand-in for OpenCV's."""

import numpy as np
import pytest

from tfstyle.video_io import window

cv2 = pytest.importorskip("cv2")


@pytest.fixture
def screen(monkeypatch):
    """What is shown, and the key that is pressed."""
    shown = {"pictures": [], "key": -1, "visible": 1.0}
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(cv2, "getBuildInformation", lambda: "\n  GUI:  QT5\n    QT:  YES\n")
    monkeypatch.setattr(cv2, "imshow", lambda title, pixels: shown["pictures"].append(pixels))
    monkeypatch.setattr(cv2, "waitKey", lambda milliseconds: shown["key"])
    monkeypatch.setattr(cv2, "getWindowProperty", lambda title, flag: shown["visible"])
    return shown


def test_pictures_are_shown_in_opencvs_order_of_colours(screen):
    assert window.Window().show(np.uint8([[[1, 2, 3]]]))
    assert screen["pictures"][0].tolist() == [[[3, 2, 1]]]


@pytest.mark.parametrize("key", ["q", "\x1b"])
def test_q_and_escape_close_it(screen, key):
    screen["key"] = ord(key)
    assert not window.Window().show(np.zeros([2, 2, 3], np.uint8))


def test_the_mouse_closes_it(screen):
    opened = window.Window()
    assert opened.show(np.zeros([2, 2, 3], np.uint8))
    screen["visible"] = 0.0
    assert not opened.show(np.zeros([2, 2, 3], np.uint8))


def test_a_window_that_opencv_has_forgotten_is_closed(screen, monkeypatch):
    def refuse(*_):
        raise cv2.error("null guiReceiver")

    opened = window.Window()
    assert opened.show(np.zeros([2, 2, 3], np.uint8))
    monkeypatch.setattr(cv2, "getWindowProperty", refuse)
    assert not opened.show(np.zeros([2, 2, 3], np.uint8))


def test_a_window_that_never_says_that_it_is_visible_stays_open(screen):
    screen["visible"] = -1.0
    opened = window.Window()
    assert all(opened.show(np.zeros([2, 2, 3], np.uint8)) for _ in range(3))


def test_opencv_without_windows_is_a_sentence(screen, monkeypatch):
    def refuse(*_):
        raise cv2.error("not implemented")

    monkeypatch.setattr(cv2, "imshow", refuse)
    with pytest.raises(
        ValueError, match="a live window needs OpenCV with windows.*Received: .*not implemented"
    ):
        window.Window().show(np.zeros([2, 2, 3], np.uint8))


@pytest.mark.parametrize("line", ["  GUI:                           NONE", "GUI: NONE "])
def test_a_build_without_windows_is_refused_before_anything_is_shown(screen, monkeypatch, line):
    monkeypatch.setattr(cv2, "getBuildInformation", lambda: f"\n{line}\n    VTK support:  NO\n")
    with pytest.raises(ValueError, match=r"pip install opencv-python. Received: OpenCV \d"):
        window.Window()


def test_a_missing_screen_is_said_first(screen, monkeypatch):
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr(window.sys, "platform", "linux")
    with pytest.raises(ValueError, match="needs a screen. Received: no DISPLAY"):
        window.Window()
