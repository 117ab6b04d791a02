"""Clips in from a file, through FFmpeg."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import os
import typing
from collections.abc import Iterator

from tfstyle.video_io.clip import Clip, Frame, Span
from tfstyle.video_io.ffmpeg.clock import Clock
from tfstyle.video_io.ffmpeg.decoder import Decoder
from tfstyle.video_io.ffmpeg.description import Shape, describe
from tfstyle.video_io.ffmpeg.interlacing import Timed, weave_out
from tfstyle.video_io.ffmpeg.pyav import load_pyav, wind
from tfstyle.video_io.ffmpeg.source import Source, open_source, unreadable

if typing.TYPE_CHECKING:
    from av.video.frame import VideoFrame

MISSING_END = 0.5
"""Seconds by which a clip may end before the time that its file states."""

LONG = 0.1
"""Seconds into the span for which a frame of before it must be shown, so as to belong to it."""

_MISSING = "there is none of this name; check it"


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
        is_address = "://" in path
        trouble = "this is an address; save the clip as a file first" if is_address else _MISSING
        raise FileNotFoundError(
            f"input must be a video, a folder or a pattern, but {trouble}. Received: input={path}"
        )
    if not os.path.isfile(path):
        raise unreadable(path, "it is a pipe or a device, which has no end to look at")
    # Opened twice, since not every file can be wound back behind its first frame.
    with open_source(path) as source:
        clip, shape = describe(source, path, longest, span)
    if clip.has_alpha and _is_opaque(clip, shape):
        clip.has_alpha, shape = False, dataclasses.replace(shape, has_alpha=False)
    with open_source(path) as source:
        clip.frames = _read(source, clip, shape)
        yield clip


def _is_opaque(clip: Clip, shape: Shape) -> bool:
    """Returns whether nothing of a clip is transparent, though its coding could say it."""
    # Before hours of work, since it decides how the result is coded, and what is warned of. Most
    # clips that have transparency have it in their first frame.
    with open_source(clip.path) as source:
        frames = _read(source, dataclasses.replace(clip), shape)
        return all(frame.alpha is None or frame.alpha.min() == 255 for frame in frames)


def _read(source: Source, clip: Clip, shape: Shape) -> Iterator[Frame]:
    """Yields the frames of the span; says in the clip at last how it ended."""
    decoder, clock = Decoder(source), Clock(source.stream, clip.rate)
    clip.seams = clock.seams
    if clip.span.begin:
        wind(source.container, clip.origin + clip.span.begin, source.stream)
    timed = ((each, clock.read(each, decoder.recordings.fell_at)) for each in decoder.frames())
    for decoded, tick in _within(clip.span, weave_out(timed), clock):
        yield shape.to_frame(decoded, tick)
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
