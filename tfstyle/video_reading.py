"""Clips in: any file that FFmpeg reads, a folder or pattern of pictures, or a camera."""

import contextlib
import dataclasses
import fractions
import os
import time
import types
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tfstyle import extras, image, picture_paths

CAMERA = "camera:"
"""What the name of a camera begins with; its number follows."""

MISSING_END = 0.5
"""Seconds by which a clip may end before the time that its file states."""

Fraction = fractions.Fraction


@dataclasses.dataclass(frozen=True)
class Frame:
    """A picture of a clip, and when it is shown."""

    pixels: np.ndarray
    """`[height, width, 3]`, uint8, upright."""
    tick: int
    """The time, in units of the clip's `tick_seconds`."""


@dataclasses.dataclass
class Clip:
    """A source of frames: iterate over it once, in a `with` block of its `open`."""

    path: str
    size: tuple[int, int]
    """(height, width) of its frames in pixels, upright and resized."""
    rate: Fraction
    """Frames a second, the mean where they vary."""
    tick_seconds: Fraction
    length: int | None = None
    """How many frames there should be, where that is known."""
    full_range: bool = False
    """Whether its colours use all 256 levels instead of video's 16 to 235."""
    color_matrix: int | None = None
    """FFmpeg's number for how its colours are coded; None where it is not known."""
    origin: float = 0.0
    """When its file says that the first picture is shown, in seconds; ticks count from there."""
    begin: float = 0.0
    """Where in the source it begins, in seconds from the origin."""
    end: float | None = None
    """Where it ends; None at the source's end."""
    has_sound: bool = False
    problem: str = ""
    """Why it ended too early, once it has."""
    frames: Iterator[Frame] = dataclasses.field(default=iter(()), repr=False)

    def __iter__(self) -> Iterator[Frame]:
        """Returns the iterator over its frames."""
        return self.frames


@contextlib.contextmanager
def open_clip(
    path: str | os.PathLike,
    *,
    longest: int | None = None,
    start: float = 0.0,
    duration: float | None = None,
    rate: float = 25.0,
) -> Iterator[Clip]:
    """Yields the clip at a path.

    Args:
        path: a video file, a folder or quoted pattern of pictures, or "camera:0".
        longest: of a frame's sides, in pixels; None keeps the frames' own size.
        start: seconds to leave out at the beginning.
        duration: seconds to take; None takes all there is.
        rate: frames a second of pictures, which do not say.

    Raises:
        ValueError: it cannot be read; the message says why.
        OSError: likewise.
    """
    path, span = str(path), (start, None if duration is None else start + duration)
    if path.startswith(CAMERA):
        opened = _open_camera(path, longest)
    elif picture_paths.is_many(path):
        opened = _open_pictures(path, longest, span, Fraction(rate).limit_denominator(100_000))
    else:
        opened = _open_file(path, longest, span)
    with opened as clip:
        yield clip


# --- Video files ---


def load_pyav() -> types.ModuleType:
    """Returns PyAV; raises ValueError, naming the extra, when it is not installed."""
    return extras.load("av", "video", "reading and writing video")


@contextlib.contextmanager
def _open_file(path: str, longest: int | None, span: tuple[float, float | None]):
    av = load_pyav()
    if not os.path.exists(path):
        raise FileNotFoundError(f"input must be a video, a folder or a pattern. Received: {path}")
    try:
        container = av.open(path)
    except av.error.FFmpegError as error:
        raise ValueError(_unreadable(path, error)) from error
    with container:
        if not container.streams.video:
            raise ValueError(_unreadable(path, "there is no picture in it"))
        clip, size, turns = _describe_file(container, path, longest, span)
        clip.frames = _decode(container, clip, size, turns)
        yield clip


def _unreadable(path: str, reason: object) -> str:
    return f"input must be a video that FFmpeg reads: {reason}. Received: input={path}"


def _describe_file(container, path: str, longest: int | None, span: tuple[float, float | None]):
    """Returns the clip, the (height, width) that stored frames get, and their quarter turns."""
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    first = next(_decoded(container, stream), None)
    container.seek(0)
    if first is None:
        raise ValueError(_unreadable(path, "not one frame can be decoded"))
    turns = round(getattr(first, "rotation", 0) / 90) % 4
    size = first.height, first.width
    if longest is not None:
        size = image.fit_size(*size, longest)
    rate = stream.average_rate or stream.guessed_rate or Fraction(25)
    clip = Clip(
        path=path,
        size=size[::-1] if turns % 2 else size,
        rate=rate,
        tick_seconds=stream.time_base,
        length=_length(container, rate, span),
        full_range=int(first.color_range) == 2,
        color_matrix=int(first.colorspace),
        origin=float((stream.start_time or 0) * stream.time_base),
        begin=span[0],
        end=span[1],
        has_sound=bool(container.streams.audio),
    )
    return clip, size, turns


def _decoded(container, stream) -> Iterator:
    """Yields the frames that can be decoded, until the first that cannot."""
    with contextlib.suppress(load_pyav().error.FFmpegError):
        yield from container.decode(stream)


def _length(container, rate: Fraction, span: tuple[float, float | None]) -> int | None:
    """Returns how many frames lie in the span, as far as the file says."""
    begin, end = span
    stream, seconds = container.streams.video[0], _seconds(container)
    if seconds is None:
        return stream.frames or None
    if begin == 0 and end is None and stream.frames:
        return stream.frames
    return max(0, round((min(end or seconds, seconds) - begin) * float(rate)))


def _seconds(container) -> float | None:
    """Returns how long the file says that its picture lasts."""
    stream = container.streams.video[0]
    if stream.duration is not None:
        return float(stream.duration * stream.time_base)
    if "DURATION" in stream.metadata:  # Matroska's, as 00:00:03.040000000.
        hours, minutes, seconds = map(float, stream.metadata["DURATION"].split(":"))
        return 3600 * hours + 60 * minutes + seconds
    # The whole file's, where no sound could be what lasts so long.
    if container.duration is None or container.streams.audio:
        return None
    return container.duration / load_pyav().time_base


def _decode(container, clip: Clip, size: tuple[int, int], turns: int) -> Iterator[Frame]:
    """Yields the frames of the span; says in `clip.problem` when the file breaks off."""
    av, stream = load_pyav(), container.streams.video[0]
    origin, last, tick = stream.start_time or 0, 0.0, -1
    step = max(1, round(1 / (clip.rate * stream.time_base)))
    if clip.begin:
        container.seek(origin + int(clip.begin / stream.time_base), stream=stream)
    try:
        for decoded in container.decode(stream):
            # Raw streams say no times, and broken ones the same time twice.
            stated = tick + step if decoded.pts is None else decoded.pts - origin
            tick = max(tick + 1, stated)
            last = float(tick * stream.time_base)
            if clip.end is not None and last >= clip.end:
                return
            if last >= clip.begin:
                yield Frame(_to_pixels(decoded, size, turns), tick)
    except av.error.FFmpegError as error:
        clip.problem = f"it breaks off after {last:.1f} seconds ({error})"
        return
    wanted = _seconds(container)
    if wanted is not None and last + float(1 / clip.rate) < wanted - MISSING_END:
        clip.problem = f"it breaks off after {last:.1f} of {wanted:.1f} seconds"


def _to_pixels(decoded, size: tuple[int, int], turns: int) -> np.ndarray:
    """Returns a decoded frame as `[height, width, 3]`, uint8, upright, at that stored size."""
    height, width = size
    shrinks = width < decoded.width
    pixels = decoded.reformat(
        width=width, height=height, format="rgb24", interpolation="AREA" if shrinks else "BICUBIC"
    ).to_ndarray()
    return np.ascontiguousarray(np.rot90(pixels, turns))


# --- Pictures ---


@contextlib.contextmanager
def _open_pictures(
    path: str, longest: int | None, span: tuple[float, float | None], rate: Fraction
):
    begin, end = span
    paths = picture_paths.find_contents(path, "input")
    first = round(begin * rate)
    chosen = paths[first : None if end is None else round(end * rate)]
    if not chosen:
        raise ValueError(f"input must have pictures in that span. Received: input={path}")
    size = image.read(chosen[0]).shape[1:3]
    if longest is not None:
        size = image.fit_size(*size, longest)
    yield Clip(
        path=path,
        size=size,
        rate=rate,
        tick_seconds=1 / rate,
        length=len(chosen),
        full_range=False,
        begin=begin,
        end=end,
        frames=(Frame(_picture(path, size), tick) for tick, path in enumerate(chosen, start=first)),
    )


def _picture(path: Path, size: tuple[int, int]) -> np.ndarray:
    pixels = image.resize(image.read(path), size)
    return np.rint(pixels[0] * 255).astype(np.uint8)


# --- Cameras ---


@contextlib.contextmanager
def _open_camera(path: str, longest: int | None):
    cv2 = extras.load("cv2", "video", "a camera")
    number = path.removeprefix(CAMERA)
    camera = cv2.VideoCapture(int(number)) if number.isdecimal() else None
    try:
        if camera is None or not camera.isOpened():
            raise ValueError(
                "input must be a camera that is there and that you may use, as camera:0. "
                f"Received: input={path}"
            )
        height, width = (
            int(camera.get(side)) for side in (cv2.CAP_PROP_FRAME_HEIGHT, cv2.CAP_PROP_FRAME_WIDTH)
        )
        size = image.fit_size(height, width, longest or max(height, width))
        rate = Fraction(camera.get(cv2.CAP_PROP_FPS) or 25).limit_denominator(1000)
        clip = Clip(path, size, rate, Fraction(1, 1000))
        clip.frames = _shoot(cv2, camera, clip)
        yield clip
    finally:
        if camera is not None:
            camera.release()


def _shoot(cv2, camera, clip: Clip) -> Iterator[Frame]:
    """Yields what the camera sees until it is unplugged."""
    began = time.monotonic()
    while True:
        found, pixels = camera.read()
        if not found:
            clip.problem = "the camera gave no further picture"
            return
        tick = round((time.monotonic() - began) * 1000)
        pixels = cv2.resize(pixels, clip.size[::-1], interpolation=cv2.INTER_AREA)
        yield Frame(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), tick)
