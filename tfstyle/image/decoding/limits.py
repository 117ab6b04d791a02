"""Which sizes are decoded: asked of a file's header, before a pixel is."""

from tfstyle.image.arrays import ImageError
from tfstyle.system import memory

BYTES_PER_PIXEL = 48
"""What reading needs at its peak, floats and the decoder's own copies; measured, the worst kind."""


def check_size(size: tuple[int, int], most_pixels: int, name: str) -> None:
    """Raises ImageError unless a picture of (width, height) is allowed and fits in memory."""
    width, height = size
    if width * height > most_pixels:
        raise too_many_pixels(most_pixels, name)
    need, free = BYTES_PER_PIXEL * width * height, memory.available()
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
