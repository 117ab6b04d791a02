"""Clips in from a file, through FFmpeg."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import os
import typing
import warnings
from collections.abc import Iterator

import numpy as np

from tfstyle import image
from tfstyle.video_io.clip import Clip, Colors, Fraction, Frame, Span
from tfstyle.video_io.ffmpeg.clock import Clock
from tfstyle.video_io.ffmpeg.decoder import Decoder
from tfstyle.video_io.ffmpeg.pyav import load_pyav, wind
from tfstyle.video_io.ffmpeg.source import Source, open_source, unreadable

if typing.TYPE_CHECKING:
    from av.video.frame import VideoFrame

MISSING_END = 0.5
"""Seconds by which a clip may end before the time that its file states."""

LONG = 0.1
"""Seconds into the span for which a frame of before it must be shown, so as to belong to it."""

# Colours are FFmpeg's numbers, those of ITU-T H.273.

LUMA_AND_CHROMA = (1, 4, 5, 6, 7, 9, 10)
"""The matrices that lead to luma and chroma as players know them."""

NOT_STATED = 2

FULL_RANGE = 2

HIGH_DYNAMIC_RANGE = {16: "PQ", 18: "HLG"}
"""Transfer functions."""

Timed = tuple["VideoFrame", int]
"""A decoded frame, and the tick at which it is shown."""


@contextlib.contextmanager
def open_clip(path: str, longest: int | None, span: Span) -> Iterator[Clip]:
    """Yields the clip in a file; see `reading.open_clip`.

    What cannot be read of it is passed over, and `problem` says so at the end.

    Raises:
        ValueError: there is no picture that can be read, or PyAV is not installed.
        OSError: there is no such file.
    """
    load_pyav()
    if not os.path.exists(path):
        raise FileNotFoundError(f"input must be a video, a folder or a pattern. Received: {path}")
    if not os.path.isfile(path):
        raise unreadable(path, "it is a pipe or a device, which has no end to look at")
    # Opened twice, since not every file can be wound back behind its first frame.
    with open_source(path) as source:
        clip, shape = _describe(source, path, longest, span)
    with open_source(path) as source:
        clip.frames = _read(source, clip, shape)
        yield clip


# --- What is known beforehand ---


@dataclasses.dataclass(frozen=True)
class _Shape:
    """How decoded frames become the clip's: their size first, then quarter turns."""

    height: int
    width: int
    turns: int
    """Quarters against the clock."""

    @classmethod
    def of(cls, decoded: VideoFrame, longest: int | None) -> _Shape:
        size = decoded.height, decoded.width
        if longest is not None:
            size = image.fit_size(*size, longest)
        # The first versions of PyAV that will do do not say; telephones turn their clips.
        return cls(*size, turns=round(getattr(decoded, "rotation", 0) / 90) % 4)

    @property
    def is_on_its_side(self) -> bool:
        return self.turns % 2 == 1

    @property
    def upright(self) -> tuple[int, int]:
        """(height, width) of the clip's frames."""
        size = self.height, self.width
        return size[::-1] if self.is_on_its_side else size

    def to_pixels(self, decoded: VideoFrame) -> np.ndarray:
        """Returns a decoded frame as `[height, width, 3]`, uint8, upright."""
        # Bicubic aliases when it shrinks: an area's mean does not.
        interpolation = "AREA" if self.width < decoded.width else "BICUBIC"
        pixels = decoded.reformat(
            width=self.width, height=self.height, format="rgb24", interpolation=interpolation
        ).to_ndarray()
        return np.ascontiguousarray(np.rot90(pixels, self.turns))


def _describe(source: Source, path: str, longest: int | None, span: Span) -> tuple[Clip, _Shape]:
    """Returns the clip, without its frames yet, and how these get their shape."""
    first = next(Decoder(source).frames(), None)
    if first is None:
        raise unreadable(path, "not one frame can be decoded")
    shape = _Shape.of(first, longest)
    aspect = source.stream.sample_aspect_ratio or Fraction(1)
    clip = Clip(
        path=path,
        size=shape.upright,
        rate=source.rate,
        tick_seconds=source.tick_seconds,
        length=source.length(span),
        colors=_colors(first, path),
        pixel_aspect=1 / aspect if shape.is_on_its_side else aspect,
        origin=source.origin,
        span=span,
        has_sound=source.has_sound,
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


# --- The frames ---


def _read(source: Source, clip: Clip, shape: _Shape) -> Iterator[Frame]:
    """Yields the frames of the span; says in the clip at last how it ended."""
    decoder, clock = Decoder(source), Clock(source.stream, clip.rate)
    clip.seams = clock.seams
    if clip.span.begin:
        wind(source.container, clip.origin + clip.span.begin, source.stream)
    timed = ((each, clock.read(each, decoder.recordings.fell_at)) for each in decoder.frames())
    for decoded, tick in _within(clip.span, timed, clock):
        yield Frame(shape.to_pixels(decoded), tick)
    clip.last_end = clock.end
    if clip.span.end is not None:
        # A last frame may be shown for longer than the span.
        clip.last_end = min(clock.end, round(clip.span.end / clock.tick_seconds))
    clip.problem = _problem(source, decoder, float(clock.end * clock.tick_seconds), clip.span)


def _within(span: Span, timed: Iterator[Timed], clock: Clock) -> Iterator[Timed]:
    """Yields each frame that is shown in the span; the first may have been there before."""
    begin = math.ceil(span.begin / clock.tick_seconds)
    # No other frame is kept: FFmpeg fills what is damaged from the pictures it can use again.
    before: VideoFrame | None = None
    for decoded, tick in timed:
        seconds = float(tick * clock.tick_seconds)
        if seconds < span.begin:
            before = decoded
            continue
        if before is not None and _is_long(tick - begin, clock):
            yield before, begin
        before = None
        if span.is_over(seconds):
            return
        yield decoded, tick
    if before is not None and _is_long(clock.end - begin, clock):
        yield before, begin


def _is_long(ticks: int, clock: Clock) -> bool:
    return ticks * clock.tick_seconds > LONG


# --- What went wrong ---


def _problem(source: Source, decoder: Decoder, end: float, span: Span) -> str:
    """Returns what there is to say of a clip that has been read up to so many seconds."""
    ledger, problems = decoder.ledger, []
    if ledger.lost:
        problems.append(f"{ledger.lost} of its frames cannot be decoded")
    if ledger.marred:
        problems.append(f"{ledger.marred} of its frames came out damaged")
    return ", and ".join(problems + _break(source, decoder, end, span))


def _break(source: Source, decoder: Decoder, end: float, span: Span) -> list[str]:
    """Returns in at most one sentence how a clip ends before its file says that it does."""
    stated = source.seconds
    if stated is None and span.end is None and source.whole_seconds:
        # What is stated is the picture's or the sound's, whichever is longer.
        stated = source.whole_seconds
        end = max(end, decoder.sound_end)
    if decoder.error is not None:
        return [f"it breaks off after {end:.1f} seconds ({decoder.error})"]
    is_whole = 0 < source.frame_count <= decoder.ledger.decoded
    if stated is None or is_whole or end >= span.end_within(stated) - MISSING_END:
        return []
    return [f"it breaks off after {end:.1f} of {stated:.1f} seconds"]
