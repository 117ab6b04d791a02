"""What a clip is, by its file and by its first frame, before the others are decoded."""

from __future__ import annotations

import dataclasses
import typing
import warnings

import numpy as np

from tfstyle import image
from tfstyle.video_io.clip import Clip, Colors, Fraction, Frame, Span
from tfstyle.video_io.ffmpeg.decoder import Decoder
from tfstyle.video_io.ffmpeg.orientation import Orientation
from tfstyle.video_io.ffmpeg.source import Source, unreadable

if typing.TYPE_CHECKING:
    from av.video.frame import VideoFrame

# Colours are FFmpeg's numbers, those of ITU-T H.273.

LUMA_AND_CHROMA = (1, 4, 5, 6, 7, 9, 10)
"""The matrices that lead to luma and chroma as players know them."""

NOT_STATED = 2

FULL_RANGE = 2

HIGH_DYNAMIC_RANGE = {16: "PQ", 18: "HLG"}
"""Transfer functions."""


@dataclasses.dataclass(frozen=True)
class Shape:
    """How decoded frames become the clip's: their size first, then their orientation."""

    height: int
    width: int
    """Sides of the clip's frames, upright."""
    has_alpha: bool
    """Whether transparency comes with them."""

    @classmethod
    def of(cls, decoded: VideoFrame, longest: int | None) -> Shape:
        """Returns that of a clip, by a frame of it; see `reading.open_clip` for `longest`."""
        size = decoded.height, decoded.width
        if longest is not None:
            size = image.fit_size(*size, longest)
        height, width = size[::-1] if Orientation.of(decoded).is_on_its_side else size
        kind = decoded.format
        return cls(height, width, kind.has_palette or any(c.is_alpha for c in kind.components))

    def to_frame(self, decoded: VideoFrame, tick: int) -> Frame:
        """Returns a decoded frame upright, shown at that tick."""
        # Each frame's own: what turns while it is recorded turns back, and is fitted to the first.
        orientation = Orientation.of(decoded)
        upright = self.height, self.width
        height, width = upright[::-1] if orientation.is_on_its_side else upright
        # Bicubic aliases when it shrinks: an area's mean does not.
        interpolation = "AREA" if width < decoded.width else "BICUBIC"
        kind = "rgba" if self.has_alpha else "rgb24"
        stored = decoded.reformat(
            width=width, height=height, format=kind, interpolation=interpolation
        ).to_ndarray()
        pixels = orientation.apply(stored)
        if not self.has_alpha:
            return Frame(pixels, tick)
        return Frame(np.ascontiguousarray(pixels[..., :3]), tick, pixels[..., 3])


def describe(source: Source, path: str, longest: int | None, span: Span) -> tuple[Clip, Shape]:
    """Returns the clip, without its frames yet, and how these get their shape."""
    first = next(Decoder(source).frames(), None)
    if first is None:
        raise unreadable(path, "not one frame can be decoded")
    shape = Shape.of(first, longest)
    orientation = Orientation.of(first)
    if orientation.is_odd:
        warnings.warn(
            f"{path} is to be shown turned by another angle than quarters; it is painted turned by "
            "the nearest",
            stacklevel=2,
        )
    aspect = source.stream.sample_aspect_ratio or Fraction(1)
    clip = Clip(
        path=path,
        size=(shape.height, shape.width),
        rate=source.rate,
        tick_seconds=source.tick_seconds,
        length=source.length(span),
        colors=_colors(first, path),
        pixel_aspect=1 / aspect if orientation.is_on_its_side else aspect,
        origin=source.origin,
        span=span,
        is_file=True,
        has_alpha=shape.has_alpha,
    )
    return clip, shape


def _colors(decoded: VideoFrame, path: str) -> Colors:
    """Returns how a frame's colours are coded, and warns where the painter cannot know of it."""
    transfer, matrix = int(decoded.color_trc), int(decoded.colorspace)
    if transfer in HIGH_DYNAMIC_RANGE:
        warnings.warn(
            f"{path} is of high dynamic range ({HIGH_DYNAMIC_RANGE[transfer]}); it is painted as "
            "its levels are, and written with 8 bits",
            stacklevel=2,
        )
    return Colors(
        full_range=int(decoded.color_range) == FULL_RANGE,
        # Others, such as that of red, green and blue as they are, do not suit what is written.
        matrix=matrix if matrix in (*LUMA_AND_CHROMA, NOT_STATED) else Colors.matrix,
        primaries=int(decoded.color_primaries),
        transfer=transfer,
    )
