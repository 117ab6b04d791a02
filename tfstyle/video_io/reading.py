"""Clips in: any file that FFmpeg reads, a folder or pattern of pictures, or a camera."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from tfstyle import image
from tfstyle.image import paths as picture_paths
from tfstyle.video_io import camera, video_reader
from tfstyle.video_io.clip import Clip, Fraction, Frame, Span


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
    if camera.is_camera(path):
        opened = camera.open_clip(path, longest, span)
    elif picture_paths.is_many(path):
        opened = _open_pictures(path, longest, span, Fraction(rate).limit_denominator(100_000))
    else:
        opened = video_reader.open_clip(path, longest, span)
    with opened as clip:
        yield clip


@contextlib.contextmanager
def _open_pictures(path: str, longest: int | None, span: Span, rate: Fraction) -> Iterator[Clip]:
    begin, end = span
    paths = picture_paths.find_contents(path, "input")
    first = round(begin * rate)
    chosen = paths[first : None if end is None else round(end * rate)]
    if not chosen:
        raise ValueError(f"input must have pictures in that span. Received: input={path}")
    shape = _shape_of_first(chosen)
    clip = Clip(
        path=path,
        size=shape if longest is None else image.fit_size(*shape, longest),
        rate=rate,
        tick_seconds=1 / rate,
        length=len(chosen),
        begin=begin,
        end=end,
    )
    clip.frames = _read_all(clip, chosen, first, shape)
    yield clip


def _shape_of_first(paths: Sequence[Path]) -> tuple[int, int]:
    """Returns (height, width) of the first picture that can be read.

    Raises:
        OSError: none can; likewise ValueError.
    """
    for number, path in enumerate(paths, start=1):
        try:
            return image.read(path).shape[1:3]
        except (OSError, ValueError):
            if number == len(paths):
                raise


def _read_all(
    clip: Clip, paths: Sequence[Path], first: int, shape: tuple[int, int]
) -> Iterator[Frame]:
    """Yields the pictures from tick `first` on, but for those that cannot be used."""
    reasons = []
    for tick, path in enumerate(paths, start=first):
        try:
            pixels = _read_one(path, shape, clip.size)
        except (OSError, ValueError) as error:
            reasons.append(error)
            count = f"{len(reasons)} pictures are" if len(reasons) > 1 else "a picture is"
            clip.problem = f"{count} left out, {reasons[0]}"
        else:
            yield Frame(pixels, tick)


def _read_one(path: Path, shape: tuple[int, int], size: tuple[int, int]) -> np.ndarray:
    pixels = image.read(path)
    if image.fit_size(*pixels.shape[1:3], max(shape)) != shape:
        (height, width), (own_height, own_width) = shape, pixels.shape[1:3]
        raise ValueError(
            f"pictures of a clip must have the first one's shape, {width}x{height}. "
            f"Received: {path} with {own_width}x{own_height}"
        )
    return image.to_bytes(image.resize(pixels, size)[0])
