"""The live window and the camera, from the shell, with stand-ins for both."""

import itertools

import clips
import film_stub
import pytest
from film_stub import decode, film, record

from tfstyle.video_io import pipeline, window

folder, stop = film_stub.folder, film_stub.stop  # Fixtures.

pytestmark = pytest.mark.usefixtures("folder")


class Screen:
    """A window whose q is pressed at the third picture."""

    def __init__(self):
        self.shown, self.is_closed = 0, False

    def show(self, pixels):
        self.shown += 1
        return self.shown < 3

    def close(self):
        self.is_closed = True


@pytest.fixture
def screen(monkeypatch):
    made = Screen()
    monkeypatch.setattr(window, "Window", lambda: made)
    monkeypatch.setattr(window, "load_opencv", lambda: None, raising=False)
    return made


def test_closing_the_window_on_a_file_is_an_interrupt(folder, screen, capsys):
    assert film("--show") == 130
    assert "interrupted after 3 frames; the same command with --resume" in capsys.readouterr().err
    assert screen.is_closed
    assert not (folder / "out.mp4").exists()
    assert film("--resume") == 0
    assert len(decode("out.mp4")) == 8


@pytest.fixture
def camera(monkeypatch):
    """OpenCV's, before which the same six frames pass for ever."""
    cv2 = pytest.importorskip("cv2")

    class Capture:
        def __init__(self, number):
            self.frames = itertools.cycle(clips.frames(6))

        def isOpened(self):  # noqa: N802 (OpenCV's name)
            return True

        def get(self, what):
            sizes = {cv2.CAP_PROP_FRAME_HEIGHT: 48, cv2.CAP_PROP_FRAME_WIDTH: 64}
            return sizes.get(what, 10.0)

        def read(self):
            return True, next(self.frames)

        def release(self):
            pass

    monkeypatch.setattr(cv2, "VideoCapture", Capture)


@pytest.mark.slow
def test_a_cameras_film_ends_where_its_window_is_closed(folder, screen, camera):
    assert film("--show", clip="camera:0") == 0
    assert len(decode("out.mp4")) == 3
    assert record(folder)["outcome"] == "closed by the viewer"


@pytest.mark.slow
def test_ctrl_c_ends_a_cameras_film(folder, camera, stop):
    stop(3)
    assert film(clip="camera:0") == 0
    assert len(decode("out.mp4")) == 2
    assert record(folder)["outcome"] == "ended by Ctrl-C"


@pytest.mark.slow
def test_a_cameras_frames_do_not_wait_for_each_other(folder, camera, screen, monkeypatch):
    """Neither is read ahead nor are several painted at once: the newest would be an old one."""
    monkeypatch.setattr(pipeline, "ahead", None)
    given = []
    in_parallel = pipeline.in_parallel

    def watched(function, items, workers):
        given.append(workers)
        return in_parallel(function, items, workers)

    monkeypatch.setattr(pipeline, "in_parallel", watched)
    assert film("--show", clip="camera:0") == 0
    assert given == [1]


@pytest.mark.slow
def test_what_a_camera_saw_before_an_error_is_kept(folder, camera, stop, capsys):
    stop(3, OSError("no room"))
    assert film(clip="camera:0") == 2
    assert "no room" in capsys.readouterr().err
    assert len(decode("out.mp4")) == 2
    assert sorted(path.name for path in folder.iterdir()) == ["in.mp4", "out.mp4"]
