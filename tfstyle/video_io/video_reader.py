"""Clips in from a file, through FFmpeg."""

import contextlib
import math
import os
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from tfstyle import image
from tfstyle.video_io.clip import Clip, Colors, Fraction, Frame, Span
from tfstyle.video_io.decoding import Clock, Decoder, load_pyav, wind

MISSING_END = 0.5
"""Seconds by which a clip may end before the time that its file states."""

FEWEST = 0.9
"""Of the frames that duration and rate make, how many a file must state to be believed."""

LONG = 0.1
"""Seconds into the span for which a frame of before it must be shown, so as to belong to it."""

USUAL_RATE = Fraction(25)
"""Frames a second of a file that does not say."""

LUMA_AND_CHROMA = (1, 4, 5, 6, 7, 9, 10)
"""The matrices, in FFmpeg's numbers, that lead to luma and chroma as players know them."""

NOT_STATED = 2

HIGH_DYNAMIC_RANGE = {16: "PQ", 18: "HLG"}
"""Transfer functions, in FFmpeg's numbers."""


@contextlib.contextmanager
def open_clip(path: str, longest: int | None, span: Span) -> Iterator[Clip]:
    """Yields the clip in a file; see `video_reading.open_clip`.

    What cannot be read of it is passed over, and `problem` says so at the end.

    Raises:
        ValueError: there is no picture that can be read, or PyAV is not installed.
        OSError: there is no such file.
    """
    load_pyav()
    if not os.path.exists(path):
        raise FileNotFoundError(f"input must be a video, a folder or a pattern. Received: {path}")
    if not os.path.isfile(path):
        raise ValueError(_unreadable(path, "it is a pipe or a device, which has no end to look at"))
    # Opened twice, since not every file can be wound back.
    with _open(path) as (container, stream):
        clip, size, turns = _describe(container, stream, path, longest, span)
    with _open(path) as (container, stream):
        clip.frames = _upright_frames(Decoder(container, stream), clip, size, turns)
        yield clip


@contextlib.contextmanager
def _open(path: str) -> Iterator[tuple[Any, Any]]:
    """Yields the container and its first stream of moving pictures."""
    av = load_pyav()
    try:
        container = av.open(os.path.abspath(path))  # A colon in a name is no protocol.
    except av.error.FFmpegError as error:
        raise ValueError(_unreadable(path, error)) from error
    with container:
        attached = av.stream.Disposition.attached_pic
        moving = [each for each in container.streams.video if not each.disposition & attached]
        if not moving:
            raise ValueError(_unreadable(path, "there is no picture in it"))
        if moving[0].codec_context is None:
            raise ValueError(_unreadable(path, "its picture is coded as FFmpeg does not know"))
        # Decoders that have several frames at work lose all of them at a damaged one. AV1's has
        # an option of its own, which others do not mind.
        moving[0].thread_type = "SLICE"
        moving[0].codec_context.options = {"max_frame_delay": "1"}
        yield container, moving[0]


def _unreadable(path: str, reason: object) -> str:
    return f"input must be a video that FFmpeg reads: {reason}. Received: input={path}"


# --- What is known beforehand ---


def _describe(container, stream, path: str, longest: int | None, span: Span):
    """Returns the clip, the (height, width) that stored frames get, and their quarter turns."""
    first = next(Decoder(container, stream).frames(), None)
    if first is None:
        raise ValueError(_unreadable(path, "not one frame can be decoded"))
    turns = round(getattr(first, "rotation", 0) / 90) % 4
    size = first.height, first.width
    if longest is not None:
        size = image.fit_size(*size, longest)
    aspect = stream.sample_aspect_ratio or Fraction(1)
    rate = stream.average_rate or stream.guessed_rate or USUAL_RATE
    clip = Clip(
        path=path,
        size=size[::-1] if turns % 2 else size,
        rate=rate,
        tick_seconds=stream.time_base,
        length=_length(container, stream, rate, span),
        colors=_colors(first, path),
        pixel_aspect=1 / aspect if turns % 2 else aspect,
        origin=_origin(stream),
        begin=span[0],
        end=span[1],
        has_sound=bool(container.streams.audio),
    )
    return clip, size, turns


def _origin(stream) -> float:
    return float((stream.start_time or 0) * stream.time_base)


def _colors(decoded, path: str) -> Colors:
    """Returns how a frame's colours are coded, and warns where the painter cannot know of it."""
    transfer, matrix = int(decoded.color_trc), int(decoded.colorspace)
    if transfer in HIGH_DYNAMIC_RANGE:
        warnings.warn(
            f"{path} is of high dynamic range ({HIGH_DYNAMIC_RANGE[transfer]}); it is painted as "
            "its levels are, and written with 8 bits",
            stacklevel=2,
        )
    return Colors(
        full_range=int(decoded.color_range) == 2,
        matrix=matrix if matrix in (*LUMA_AND_CHROMA, NOT_STATED) else Colors.matrix,
        primaries=int(decoded.color_primaries),
        transfer=transfer,
    )


def _length(container, stream, rate: Fraction, span: Span) -> int | None:
    """Returns how many frames lie in the span, as far as the file says."""
    begin, end = span
    seconds, frames = _seconds(container, stream), _frames(container, stream, rate)
    if seconds is None or (begin == 0 and end is None and frames):
        return frames or None
    last = seconds if end is None else min(end, seconds)
    return max(0, round((last - begin) * float(rate)))


def _frames(container, stream, rate: Fraction) -> int:
    """Returns how many frames the file says that it has; 0 where it does not, or cannot know.

    In MP4 that was written in fragments it is the first fragment's.
    """
    seconds = _seconds(container, stream)
    if seconds is not None and stream.frames < FEWEST * seconds * float(rate):
        return 0
    return stream.frames


def _seconds(container, stream) -> float | None:
    """Returns how long the file says that its picture lasts, from its first frame."""
    if stream.duration is not None:
        return float(stream.duration * stream.time_base)
    if "DURATION" in stream.metadata:  # Matroska's, as 00:00:03.040000000; when the track ends.
        hours, minutes, seconds = map(float, stream.metadata["DURATION"].split(":"))
        return 3600 * hours + 60 * minutes + seconds - _origin(stream)
    # The whole file's, where no sound could be what lasts so long.
    if container.duration is None or container.streams.audio:
        return None
    return container.duration / load_pyav().time_base - _origin(stream)


# --- The frames ---


def _upright_frames(decoder: Decoder, clip: Clip, size: tuple[int, int], turns: int):
    """Yields the frames of the span; says in `clip.problem` what could not be read."""
    stream, clock = decoder.stream, Clock(decoder.stream, clip.rate)
    clip.seams = clock.seams
    if clip.begin:
        wind(decoder.container, clip.origin + clip.begin, stream)
    for decoded, tick in _within_span(decoder, clock, clip):
        yield Frame(_to_pixels(decoded, size, turns), tick)
    clip.problem = _problem(decoder, float(clock.end * stream.time_base), clip)


def _within_span(decoder: Decoder, clock: Clock, clip: Clip) -> Iterator[tuple[Any, int]]:
    """Yields each frame that is shown in the span, with its tick; sets `clip.last_end`."""
    seconds = decoder.stream.time_base
    begin, before = math.ceil(clip.begin / seconds), None

    def is_still_shown(end: int) -> bool:
        return before is not None and (end - begin) * seconds > LONG

    for decoded in decoder.frames():
        tick = clock.read(decoded, decoder.fell_at)
        shown = float(tick * seconds)
        if shown < clip.begin:
            before = decoded
            continue
        if is_still_shown(tick):
            yield before, begin
        before = None
        if clip.end is not None and shown >= clip.end:
            clip.last_end = round(clip.end / seconds)
            return
        yield decoded, tick
    if is_still_shown(clock.end):
        yield before, begin
    clip.last_end = clock.end
    if clip.end is not None:  # A last frame may be shown for long.
        clip.last_end = min(clock.end, round(clip.end / seconds))


def _problem(decoder: Decoder, end: float, clip: Clip) -> str:
    """Returns what there is to say of a clip that has been read up to so many seconds."""
    problems = []
    if decoder.lost:
        problems.append(f"{decoder.lost} of its frames cannot be decoded")
    if decoder.marred:
        problems.append(f"{decoder.marred} of its frames came out damaged")
    stated = _seconds(decoder.container, decoder.stream)
    if stated is None and clip.end is None and decoder.container.duration:
        # What is stated is the picture's or the sound's.
        stated = decoder.container.duration / load_pyav().time_base
        end = max(end, decoder.heard)
    wanted = end if stated is None else min(stated, math.inf if clip.end is None else clip.end)
    is_whole = 0 < _frames(decoder.container, decoder.stream, clip.rate) <= decoder.decoded
    if decoder.error is not None:
        problems.append(f"it breaks off after {end:.1f} seconds ({decoder.error})")
    elif end < wanted - MISSING_END and not is_whole:
        problems.append(f"it breaks off after {end:.1f} of {stated:.1f} seconds")
    return ", and ".join(problems)


def _to_pixels(decoded, size: tuple[int, int], turns: int) -> np.ndarray:
    """Returns a decoded frame as `[height, width, 3]`, uint8, upright, at that stored size."""
    height, width = size
    shrinks = width < decoded.width
    pixels = decoded.reformat(
        width=width, height=height, format="rgb24", interpolation="AREA" if shrinks else "BICUBIC"
    ).to_ndarray()
    return np.ascontiguousarray(np.rot90(pixels, turns))
