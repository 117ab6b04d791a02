"""Clips in: any file that FFmpeg reads, a folder or pattern of pictures, or a camera."""

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from tfstyle import image
from tfstyle.image import paths as picture_paths
from tfstyle.image.reading import is_transparent
from tfstyle.video_io import camera
from tfstyle.video_io.clip import Clip, Fraction, Frame, Span
from tfstyle.video_io.ffmpeg import video_reader


@contextlib.contextmanager
def open_clip(
    path: str | os.PathLike[str],
    *,
    longest: int | None = None,
    start: float = 0.0,
    duration: float | None = None,
    rate: float = 25.0,
) -> Iterator[Clip]:
    """Yields the clip at a path.

    Args:
        path: a video file, a folder or quoted pattern of pictures, such as frame_%04d.png, or
            "camera:0".
        longest: of a frame's sides, in pixels; None keeps the frames' own size.
        start: seconds to leave out at the beginning.
        duration: seconds to take; None takes all there is.
        rate: frames a second of pictures, which do not say.

    Raises:
        ValueError: it cannot be read, or the span is none; the message says why.
        OSError: likewise.
    """
    path, span = str(path), Span(start, None if duration is None else start + duration)
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
    found = picture_paths.find_contents(path, "input", warn=True)
    numbers = picture_paths.numbers(path, found)
    picture_paths.warn_of_gaps(found, numbers, "the picture before a gap is shown until its end")
    frames = range(round(span.begin * rate), _end(span, rate))
    chosen = [each for each in zip(numbers, found, strict=True) if each[0] in frames]
    if not chosen:
        raise ValueError(f"input must have pictures in that span. Received: input={path}")
    # Pictures may have any size of the first one's shape, within a pixel.
    shape = _shape_of_first([path for _, path in chosen])
    clip = Clip(
        path=path,
        size=shape if longest is None else image.fit_size(*shape, longest),
        rate=rate,
        tick_seconds=1 / rate,
        length=len(chosen),
        span=span,
        has_alpha=any(_is_transparent(path) for _, path in chosen),
    )
    clip.frames = _read_all(clip, chosen, shape)
    yield clip


def _end(span: Span, rate: Fraction) -> int:
    """Returns the number of the frame at which a span ends."""
    return sys.maxsize if span.end is None else round(span.end * rate)


def _shape_of_first(paths: Sequence[Path]) -> tuple[int, int]:
    """Returns (height, width) of the first picture that can be read.

    Raises:
        OSError: none can; likewise ValueError.
    """
    # The last one is read outside, so that its error is raised where none can be read.
    for path in paths[:-1]:
        with contextlib.suppress(OSError, ValueError):
            return _shape(image.read(path))
    return _shape(image.read(paths[-1]))


def _shape(pixels: np.ndarray) -> tuple[int, int]:
    _, height, width, _ = pixels.shape
    return height, width


def _read_all(
    clip: Clip, chosen: Sequence[tuple[int, Path]], shape: tuple[int, int]
) -> Iterator[Frame]:
    """Yields the pictures at their ticks, but for those that cannot be used."""
    reasons: list[Exception] = []
    for tick, path in chosen:
        try:
            picture = _read_one(path, shape)
        except (OSError, ValueError) as error:
            reasons.append(error)
            count = f"{len(reasons)} pictures are" if len(reasons) > 1 else "a picture is"
            clip.problem = f"{count} left out, {reasons[0]}"
        else:
            pixels = image.to_bytes(image.resize(picture.pixels, clip.size)[0])
            yield Frame(pixels, tick, _alpha(picture, clip.size) if clip.has_alpha else None)


def _is_transparent(path: Path) -> bool:
    """Returns whether something of a picture is transparent; of one that cannot be read nothing."""
    with contextlib.suppress(OSError, ValueError):
        return is_transparent(path)
    return False


def _alpha(picture: image.Picture, size: tuple[int, int]) -> np.ndarray:
    """Returns the transparency at a size, as `Frame` has it; a picture without any is opaque."""
    if picture.alpha is None:
        return np.full(size, 255, np.uint8)
    # [1, height, width, 1], since `resize` takes images.
    return image.to_bytes(image.resize(picture.alpha[np.newaxis, ..., np.newaxis], size)[0, ..., 0])


def _read_one(path: Path, shape: tuple[int, int]) -> image.Picture:
    picture = image.read_picture(path)
    own_height, own_width = _shape(picture.pixels)
    if image.fit_size(own_height, own_width, max(shape)) != shape:
        height, width = shape
        raise ValueError(
            f"pictures of a clip must have the first one's shape, {width}x{height}. "
            f"Received: {path} with {own_width}x{own_height}"
        )
    return picture
