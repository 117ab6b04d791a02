"""A live window on the screen, by OpenCV."""

import os
import re
import sys
import types

import numpy as np

from tfstyle.system import extras

TITLE = "tfstyle"
CLOSING_KEYS = {ord("q"), 27}
"""q and Escape."""


class Window:
    """Shows picture after picture."""

    def __init__(self) -> None:
        """Opens nothing yet; raises ValueError where no window can be shown."""
        self._cv2 = load_opencv()
        self._was_visible = False

    def show(self, pixels: np.ndarray) -> bool:
        """Shows a picture `[height, width, 3]`, uint8; returns False once it is to be closed."""
        try:
            # OpenCV's order is blue, green, red.
            self._cv2.imshow(TITLE, pixels[:, :, ::-1])
            # Some kinds of windows put the modifier keys into the higher bits.
            key = self._cv2.waitKey(1) & 0xFF
        except self._cv2.error as error:
            raise ValueError(_needed(str(error))) from error
        return key not in CLOSING_KEYS and not self._is_gone()

    def _is_gone(self) -> bool:
        """Returns whether the viewer has closed it by the mouse.

        Some kinds of windows never call themselves visible: of those it cannot be known.
        """
        try:
            visible = self._cv2.getWindowProperty(TITLE, self._cv2.WND_PROP_VISIBLE) >= 1
        except self._cv2.error:
            # OpenCV 5's answer for a window that is no more.
            visible = False
        self._was_visible |= visible
        return self._was_visible and not visible

    def close(self) -> None:
        """Closes it, if it is open."""
        try:
            self._cv2.destroyAllWindows()
        except self._cv2.error:
            # The kind without windows has nothing to close.
            return


def load_opencv() -> types.ModuleType:
    """Returns OpenCV, once it is known that it has windows and that there is a screen.

    Raises:
        ValueError: one of the two is missing; the message says what to do.
    """
    cv2 = extras.load("cv2", "video", "a live window")
    has_screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not has_screen:
        raise ValueError("a live window needs a screen. Received: no DISPLAY")
    if re.search(r"^\s*GUI:\s*NONE\s*$", cv2.getBuildInformation(), re.MULTILINE):
        raise ValueError(_needed(f"OpenCV {cv2.__version__} built without them"))
    return cv2


def _needed(received: str) -> str:
    return (
        "a live window needs OpenCV with windows: pip uninstall opencv-python-headless, then "
        f"pip install opencv-python. Received: {received}"
    )
