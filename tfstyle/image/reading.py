"""Pictures in: the files that `formats` lists, upright, in sRGB, alpha aside."""

import dataclasses
from typing import BinaryIO

import numpy as np

from tfstyle.image import formats
from tfstyle.image.arrays import ImageError
from tfstyle.image.decoding import opening, quiet, source
from tfstyle.image.decoding.source import Source

MAX_PIXELS = 178_956_970
"""Largest picture that is decoded, height times width; Pillow's own limit."""


@dataclasses.dataclass(frozen=True, eq=False)
class Picture:
    """What a file holds: its colours, and its transparency kept aside."""

    pixels: np.ndarray
    """`[1, height, width, 3]`, float32 in [0, 1]."""
    alpha: np.ndarray | None = None
    """`[height, width]`, float32 from 0 (clear) to 1 (opaque); None when the file has none."""


def read(path: Source, *, longest: int | None = None) -> np.ndarray:
    """Returns the colours of an image file, as `read_picture` does, without its transparency.

    Returns:
        `[1, height, width, 3]`, float32 in [0, 1].
    """
    return read_picture(path, longest=longest).pixels


def read_picture(path: Source, *, longest: int | None = None) -> Picture:
    """Reads the picture of a JPEG, PNG, WebP, TIFF, BMP, GIF, AVIF or HEIF file.

    The EXIF orientation is applied, and colours are converted to sRGB when the file
    embeds a usable ICC profile. Grey of 12, 16 or 32 bits keeps its precision and its tone
    curve; Pillow cuts 16-bit colour down to 8 bits. Of several pictures the first is read: of an
    animation its first frame on the whole canvas, and of a TIFF the first in full resolution,
    never a thumbnail.

    Args:
        path: the file, or a pipe; or the bytes of one; or a file opened in binary mode, which is
            read from its beginning where it has one, and stays open. The content decides the
            format, not the name.
        longest: the longest side in pixels that the picture is shrunk to afterwards, if it is.
            A picture of more than 100 megapixels then comes back smaller, with at least twice as
            many pixels on its longest side.

    Returns:
        The upright picture.

    Raises:
        ImageError: there is no such file, or it is not a whole image of allowed size, or of more
            pixels than this machine's memory takes.
    """
    name = source.describe(path)
    with quiet.without_warnings(), source.opened(path, name) as file:
        wanted = opening.Wanted(name, _formats(file, name), MAX_PIXELS, longest)
        return Picture(*opening.decode(file, wanted))


def is_transparent(path: Source) -> bool:
    """Returns whether something of a picture is transparent; raises as `read_picture` does.

    Most pictures have no transparency at all, and are not decoded for this.
    """
    name = source.describe(path)
    with quiet.without_warnings(), source.opened(path, name) as file:
        if not opening.may_have_alpha(file, _formats(file, name)):
            return False
    alpha = read_picture(path).alpha
    return alpha is not None and bool((alpha < 1).any())


def _formats(file: BinaryIO, name: str) -> tuple[str, ...]:
    """Returns the formats that the file may be opened as; raises where an extra is missing."""
    header = file.read(formats.HEADER)
    file.seek(0)
    try:
        return formats.readable(header)
    except ValueError as error:
        sentence = str(error).partition(" Received: ")[0]
        raise ImageError(f"{sentence} Received: path={name}") from error
