"""Clips in: any file that FFmpeg reads, a folder or pattern of pictures, or a camera."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tfstyle import camera, image, picture_paths, video_file
from tfstyle.clip import Clip, Fraction, Frame, Span


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
        opened = video_file.open_clip(path, longest, span)
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
    size = image.read(chosen[0]).shape[1:3]
    if longest is not None:
        size = image.fit_size(*size, longest)
    yield Clip(
        path=path,
        size=size,
        rate=rate,
        tick_seconds=1 / rate,
        length=len(chosen),
        begin=begin,
        end=end,
        frames=(Frame(_picture(path, size), tick) for tick, path in enumerate(chosen, start=first)),
    )


def _picture(path: Path, size: tuple[int, int]) -> np.ndarray:
    return image.to_bytes(image.resize(image.read(path), size)[0])
