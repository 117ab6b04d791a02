"""How the pictures of a file are to be turned and mirrored before they are shown."""

from __future__ import annotations

import dataclasses
import math
import typing

import numpy as np

if typing.TYPE_CHECKING:
    from av.video.frame import VideoFrame

ODD = 2
"""Degrees from a quarter turn above which a matrix is odd, as FFmpeg has it."""


@dataclasses.dataclass(frozen=True)
class Orientation:
    """One of the eight ways in which a picture can lie: transposed or not, then mirrored or not."""

    is_on_its_side: bool = False
    """Whether stored columns become rows."""
    is_mirrored: bool = False
    """Whether left and right change places, after that."""
    is_upside_down: bool = False
    """Whether top and bottom do."""
    is_odd: bool = False
    """Whether the file asks for another angle, of which this is the nearest."""

    @classmethod
    def of(cls, decoded: VideoFrame) -> Orientation:
        """Returns that of a decoded frame, by the display matrix that FFmpeg gives beside it.

        Telephones store clips on their side, and front cameras mirrored.
        """
        stored = decoded.side_data.get("DISPLAYMATRIX")
        if stored is None:
            return cls()
        return cls.by_matrix(np.frombuffer(typing.cast(bytes, stored), np.int32))

    @classmethod
    def by_matrix(cls, matrix: np.ndarray) -> Orientation:
        """Returns that of a display matrix, as FFmpeg's own program shows it.

        A stored pixel at (x, y) is shown at (a x + c y, b x + d y). Shears and scales count by the
        angle that they turn the rows by, as in `av_display_rotation_get`, and matrices that
        leave nothing of the picture are as none.
        Reference: the option `autorotate` in `fftools/ffmpeg_filter.c` of FFmpeg.

        Args:
            matrix: `[9]`, a, b, u, c, d, v, x, y, w; of these only a, b, c and d count.
        """
        a, b, _, c, d, *_ = map(float, matrix)
        widths, heights = math.hypot(a, c), math.hypot(b, d)
        if widths == 0 or heights == 0:
            return cls()
        degrees = math.degrees(math.atan2(b / heights, a / widths))
        quarters = round(degrees / 90)
        # Differs from FFmpeg, which turns by any angle and fills the corners with black.
        is_odd = abs(round(degrees) - 90 * quarters) > ODD
        is_on_its_side = quarters % 2 == 1
        across, down = (c, b) if is_on_its_side else (a, d)
        return cls(is_on_its_side, across < 0, down < 0, is_odd)

    def apply(self, pixels: np.ndarray) -> np.ndarray:
        """Returns a stored picture `[height, width, channels]` as it is shown."""
        if self.is_on_its_side:
            pixels = pixels.swapaxes(0, 1)
        across, down = (-1 if flipped else 1 for flipped in (self.is_mirrored, self.is_upside_down))
        return np.ascontiguousarray(pixels[::down, ::across])
