"""Which sizes are decoded: asked of a file's header, before a pixel is."""

import os
from typing import BinaryIO

from PIL import Image

from tfstyle.image.arrays import ImageError
from tfstyle.system import memory

BYTES_PER_PIXEL = 28
"""What reading needs at its peak, floats and the decoder's own copies; measured."""

WEBP_BYTES_PER_PIXEL = 40
"""The same of WebP, whose decoder makes another copy."""

SHRUNK_BYTES_PER_PIXEL = 16
"""The same where a picture is shrunk before it becomes floats."""

PIXELS_PER_BYTE = 512
"""The most that JPEG can hold: a bit for each block of 8 x 8. Arithmetic coding, which hardly
anything writes, could hold more of one plain colour."""


def check_content(image: Image.Image, file: BinaryIO) -> None:
    """Raises OSError for a JPEG file too short for its picture, which takes long to decode."""
    at = file.tell()
    size = file.seek(0, os.SEEK_END)
    file.seek(at)
    # MPO is several JPEGs.
    if image.format in ("JPEG", "MPO") and image.width * image.height > PIXELS_PER_BYTE * size:
        raise OSError(f"{size} bytes cannot hold {image.width}x{image.height} pixels")


def check_size(image: Image.Image, is_shrunk: bool, most_pixels: int, name: str) -> None:
    """Raises ImageError unless a picture that was opened is allowed and fits in memory."""
    width, height = image.size
    if width * height > most_pixels:
        raise too_many_pixels(most_pixels, name)
    each = WEBP_BYTES_PER_PIXEL if image.format == "WEBP" else BYTES_PER_PIXEL
    need = (SHRUNK_BYTES_PER_PIXEL if is_shrunk else each) * width * height
    free = memory.available()
    if free is not None and need > free:
        raise ImageError(
            f"path must be an image that fits in memory; scale it down first, as {width}x{height} "
            f"pixels need about {need / 1e9:.1f} GB and {free / 1e9:.1f} GB are free. "
            f"Received: path={name}"
        )


def too_many_pixels(most_pixels: int, name: str) -> ImageError:
    """Returns the error for a picture of a size that no machine is asked to decode."""
    return ImageError(
        f"path must be an image of at most {most_pixels} pixels; scale it down first. "
        f"Received: path={name}"
    )


def out_of_memory(name: str) -> ImageError:
    """Returns the error for a picture that there was no memory for after all."""
    return ImageError(
        f"path must be an image that fits in memory; scale it down first. Received: path={name}"
    )
