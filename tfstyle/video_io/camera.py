"""Clips in from a camera, through OpenCV."""

import contextlib
import math
import threading
import time
import types
from collections.abc import Iterator
from typing import Protocol

import numpy as np

from tfstyle import image
from tfstyle.system import extras
from tfstyle.video_io.clip import Clip, Fraction, Frame, Span

PREFIX = "camera:"
"""What the name of a camera begins with; its number follows."""

USUAL_RATE = 25.0
"""Frames a second of a camera that does not say."""

TICK_SECONDS = Fraction(1, 1000)
"""The unit of a camera's times, which are those of the wall clock: the camera does not tell."""

CLOSING_PATIENCE = 2.0
"""Seconds that a reading camera is waited for before it is left to itself."""

PATIENCE = 10.0
"""Seconds after which a camera without a picture has stopped, as OpenCV itself has it on Linux."""


class _Camera(Protocol):
    """What is asked of OpenCV's VideoCapture once it is open."""

    def get(self, fact: int) -> float:
        """Returns what the camera says of itself."""

    def read(self) -> tuple[bool, np.ndarray | None]:
        """Waits for the next picture; returns whether there is one, and it."""

    def release(self) -> None:
        """Lets go of the camera."""


def is_camera(path: str) -> bool:
    """Returns whether a path is the name of a camera."""
    return path.startswith(PREFIX)


@contextlib.contextmanager
def open_clip(path: str, longest: int | None, span: Span) -> Iterator[Clip]:
    """Yields what a camera sees, from now on; see `reading.open_clip`.

    Raises:
        ValueError: there is no such camera, or OpenCV is not installed.
    """
    cv2 = extras.load("cv2", "video", "a camera")
    # A camera that is not there is told of in one sentence, ours.
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    number = path.removeprefix(PREFIX)
    camera = cv2.VideoCapture(int(number)) if number.isdecimal() else None
    if camera is None or not camera.isOpened():
        raise ValueError(
            "input must be a camera that is there and that you may use, as camera:0. "
            f"Received: input={path}"
        )
    clip = _describe(cv2, camera, path, longest, span)
    with contextlib.closing(_Newest(camera)) as newest:
        clip.frames = _shoot(cv2, newest, clip)
        yield clip


def _describe(
    cv2: types.ModuleType, camera: _Camera, path: str, longest: int | None, span: Span
) -> Clip:
    sides = cv2.CAP_PROP_FRAME_HEIGHT, cv2.CAP_PROP_FRAME_WIDTH
    height, width = (int(camera.get(side)) for side in sides)
    size = image.fit_size(height, width, longest or max(height, width))
    return Clip(path, size, _rate(camera.get(cv2.CAP_PROP_FPS)), TICK_SECONDS, span=span)


def _rate(stated: float) -> Fraction:
    """Returns frames a second as a fraction that is above 0 and that files can state."""
    # Drivers also say 0, -1 or NaN.
    rate = stated if math.isfinite(stated) and stated > 0 else USUAL_RATE
    return max(Fraction(rate).limit_denominator(1000), Fraction(1, 1000))


def _shoot(cv2: types.ModuleType, newest: "_Newest", clip: Clip) -> Iterator[Frame]:
    """Yields what the camera sees in the clip's span, until it is unplugged."""
    began, last = time.monotonic(), -1
    while (pixels := newest.take()) is not None:
        seconds = time.monotonic() - began
        if clip.span.is_over(seconds):
            return
        if not clip.span.contains(seconds):
            continue
        # Two pictures in the same millisecond would be one to a video.
        last = max(last + 1, round(seconds / clip.tick_seconds))
        pixels = cv2.resize(pixels, clip.size[::-1], interpolation=cv2.INTER_AREA)
        yield Frame(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), last)
    clip.problem = "the camera gave no further picture"


class _Newest:
    """The newest picture of a camera: those that nobody took in time are dropped."""

    def __init__(self, camera: _Camera):
        """Begins to read, in a thread."""
        self._camera = camera
        self._picture: np.ndarray | None = None
        self._ended = self._closed = False
        self._changed = threading.Condition()
        # A daemon, since a camera that hangs must not keep the program from ending.
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def take(self) -> np.ndarray | None:
        """Returns a picture that has not been taken; None when no further one will come."""
        with self._changed:
            self._changed.wait_for(lambda: self._picture is not None or self._ended, PATIENCE)
            picture, self._picture = self._picture, None
            return picture

    def close(self) -> None:
        """Lets go of the camera, unless it hangs: it cannot be released while it is read."""
        self._closed = True
        self._thread.join(CLOSING_PATIENCE)
        if not self._thread.is_alive():
            self._camera.release()

    def _read(self) -> None:
        found = True
        while found and not self._closed:
            found, pixels = self._camera.read()
            with self._changed:
                if found:
                    self._picture = pixels
                self._ended = not found
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()
