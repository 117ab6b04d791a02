"""Clips in from a file, through FFmpeg."""

import contextlib
import os
import types
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from tfstyle import extras, image
from tfstyle.clip import Clip, Colors, Fraction, Frame, Span

MISSING_END = 0.5
"""Seconds by which a clip may end before the time that its file states."""

JUMP_BACK = 0.5
"""Seconds by which times must fall for what follows to be another recording, joined on."""

USUAL_RATE = Fraction(25)
"""Frames a second of a file that does not say."""

LUMA_AND_CHROMA = (1, 4, 5, 6, 7, 9, 10)
"""The matrices, in FFmpeg's numbers, that lead to luma and chroma as players know them."""

NOT_STATED = 2

HIGH_DYNAMIC_RANGE = {16: "PQ", 18: "HLG"}
"""Transfer functions, in FFmpeg's numbers."""


def load_pyav() -> types.ModuleType:
    """Returns PyAV; raises ValueError, naming the extra, when it is not installed."""
    return extras.load("av", "video", "reading and writing video")


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
    # Opened twice, since not every file can be wound back.
    with _open(path) as (container, stream):
        clip, size, turns = _describe(container, stream, path, longest, span)
    with _open(path) as (container, stream):
        clip.frames = _upright_frames(_Decoder(container, stream), clip, size, turns)
        yield clip


@contextlib.contextmanager
def _open(path: str) -> Iterator[tuple[Any, Any]]:
    """Yields the container and its first stream of moving pictures."""
    av = load_pyav()
    try:
        container = av.open(path)
    except av.error.FFmpegError as error:
        raise ValueError(_unreadable(path, error)) from error
    with container:
        attached = av.stream.Disposition.attached_pic
        moving = [each for each in container.streams.video if not each.disposition & attached]
        if not moving:
            raise ValueError(_unreadable(path, "there is no picture in it"))
        moving[0].thread_type = "AUTO"
        yield container, moving[0]


def _unreadable(path: str, reason: object) -> str:
    return f"input must be a video that FFmpeg reads: {reason}. Received: input={path}"


# --- What is known beforehand ---


def _describe(container, stream, path: str, longest: int | None, span: Span):
    """Returns the clip, the (height, width) that stored frames get, and their quarter turns."""
    first = next(_Decoder(container, stream).frames(), None)
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
    seconds = _seconds(container, stream)
    if seconds is None or (begin == 0 and end is None and stream.frames):
        return stream.frames or None
    last = seconds if end is None else min(end, seconds)
    return max(0, round((last - begin) * float(rate)))


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


class _Decoder:
    """All frames that can be decoded of a stream; what cannot is counted."""

    def __init__(self, container, stream):
        """Takes the stream, and the container that it lies in."""
        self.container, self.stream = container, stream
        self.packets = self.decoded = self.damaged = 0
        self.error: Exception | None = None
        """What ended the file before its end."""

    def frames(self) -> Iterator:
        """Yields FFmpeg's frames in the order in which they are shown."""
        for packet in self._packets():
            try:
                decoded = self.stream.codec_context.decode(packet)
            except load_pyav().error.FFmpegError:
                self.damaged += 1
                continue
            for frame in decoded:
                self.decoded += 1
                yield frame

    def _packets(self) -> Iterator:
        """Yields the stream's packets; the last one is None, upon which decoders give the rest."""
        try:
            for packet in self.container.demux(self.stream):
                if packet.size:
                    self.packets += 1
                    yield packet
        except load_pyav().error.FFmpegError as error:
            self.error = error
        yield None


class _Clock:
    """The ticks of a stream's frames, which grow whatever the file says."""

    def __init__(self, stream, rate: Fraction):
        self._tick_seconds, self._origin = stream.time_base, stream.start_time or 0
        self._step = max(1, round(1 / (rate * stream.time_base)))
        self._last = -self._step

    def read(self, frame) -> int:
        """Returns the tick of the next frame."""
        usual = self._last + self._step
        tick = usual if frame.pts is None else frame.pts - self._origin
        if tick < self._last - JUMP_BACK / self._tick_seconds:
            self._origin -= usual - tick
            tick = usual
        # Broken streams say the same time twice, or one shortly before.
        self._last = tick if self._last < 0 else max(self._last + 1, tick)
        return self._last

    def end(self, frame) -> float:
        """Returns when the last frame, which is this one, ends, in seconds."""
        return float((self._last + max(self._step, frame.duration or 0)) * self._tick_seconds)


def _upright_frames(decoder: _Decoder, clip: Clip, size: tuple[int, int], turns: int):
    """Yields the frames of the span; says in `clip.problem` what could not be read."""
    stream, clock, end = decoder.stream, _Clock(decoder.stream, clip.rate), 0.0
    if clip.begin and stream.start_time is not None:  # Without times, frames must be counted.
        with contextlib.suppress(load_pyav().error.FFmpegError):  # Else all is read up to there.
            begin = stream.start_time + int(clip.begin / stream.time_base)
            decoder.container.seek(begin, stream=stream)
    for decoded in decoder.frames():
        tick = clock.read(decoded)
        shown, end = float(tick * stream.time_base), clock.end(decoded)
        if clip.end is not None and shown >= clip.end:
            break
        if shown >= clip.begin:
            yield Frame(_to_pixels(decoded, size, turns), tick)
    clip.problem = _problem(decoder, end, clip)


def _problem(decoder: _Decoder, end: float, clip: Clip) -> str:
    """Returns what there is to say of a clip that has been read up to so many seconds."""
    problems = []
    if decoder.damaged:  # One may cost those after it that lean on it.
        lost = max(decoder.damaged, decoder.packets - decoder.decoded)
        problems.append(f"{lost} of its frames cannot be decoded")
    stated = _seconds(decoder.container, decoder.stream)
    wanted = min((each for each in (stated, clip.end) if each is not None), default=end)
    is_whole = 0 < decoder.stream.frames <= decoder.decoded
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
