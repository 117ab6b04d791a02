"""A live window on the screen, by OpenCV."""

import os
import sys

import numpy as np

from tfstyle import extras

TITLE = "tfstyle"
CLOSING_KEYS = {ord("q"), 27}
"""q and Escape."""


class Window:
    """Shows picture after picture."""

    def __init__(self):
        """Opens nothing yet; raises ValueError when there is no screen."""
        self._cv2 = extras.load("cv2", "video", "a live window")
        has_screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        if sys.platform.startswith("linux") and not has_screen:
            raise ValueError("a live window needs a screen. Received: no DISPLAY")

    def show(self, pixels: np.ndarray) -> bool:
        """Shows a picture `[height, width, 3]`, uint8; returns False once it is to be closed."""
        try:
            self._cv2.imshow(TITLE, pixels[:, :, ::-1])
            return self._cv2.waitKey(1) & 0xFF not in CLOSING_KEYS
        except self._cv2.error as error:
            raise ValueError(
                "a live window needs OpenCV with windows: pip install opencv-python in place of "
                "opencv-python-headless"
            ) from error

    def close(self) -> None:
        """Closes it, if it is open."""
        try:
            self._cv2.destroyAllWindows()
        except self._cv2.error:  # The kind without windows has nothing to close.
            return
