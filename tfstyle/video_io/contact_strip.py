"""A few frames of a clip above their pastiches: the whole clip at a glance."""

import numpy as np

from tfstyle import image

COLUMNS = 8
"""How many frames stand side by side."""

WIDTH = 240
"""Width of each frame, in pixels."""


class ContactStrip:
    """Gathers small copies while a clip is painted, evenly spaced over its length."""

    def __init__(self, length: int | None):
        """Takes how many frames there should be; where there are more, ever wider spacing."""
        self._step = 1 if length is None else max(1.0, (length - 1) / (COLUMNS - 1))
        self._columns: list[np.ndarray] = []
        self._next = 0.0
        self._seen = 0

    def see(self, frame: np.ndarray, pastiche: np.ndarray) -> None:
        """Takes the next frame and its pastiche, `[height, width, 3]`, uint8.

        The pastiche may lack an odd last row or column, as one that is read back from a video.
        """
        if self._seen >= round(self._next):
            # Copied small at once: whole frames of a clip would not fit into memory.
            size = _size(*frame.shape[:2])
            self._columns.append(np.concatenate([_small(frame, size), _small(pastiche, size)]))
            self._next += self._step
            self._thin()
        self._seen += 1

    def _thin(self) -> None:
        """Leaves out every other column where there are too many, and spaces on accordingly."""
        if len(self._columns) > COLUMNS:
            self._columns = self._columns[::2]
            self._step *= 2
            self._next = self._step * len(self._columns)

    def image(self) -> np.ndarray:
        """Returns the strip, `[1, height, width, 3]`, in [0, 1]."""
        return np.concatenate(self._columns, axis=1)[np.newaxis]


def _size(height: int, width: int) -> tuple[int, int]:
    return max(1, round(height * WIDTH / width)), WIDTH


def _small(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return image.resize(image.as_image(picture, "frame"), size)[0]
