"""Maps for the tests: flat colours in halves, and what a file format makes of them."""

import io

import numpy as np
from PIL import Image

BLUE, GREEN, RED, GREY = (0, 0, 255), (0, 255, 0), (255, 0, 0), (128, 128, 128)


def halves(height, width, above=BLUE, below=GREEN):
    """`[1, height, width, 3]` in [0, 1]: one colour above, one below."""
    levels = np.empty([1, height, width, 3], np.float32)
    levels[:, : height // 2], levels[:, height // 2 :] = above, below
    return levels / 255


def mask(height, width, rows):
    """White in the first rows, black below them."""
    levels = np.zeros([1, height, width, 3], np.float32)
    levels[:, :rows] = 1
    return levels


def as_jpeg(picture, quality):
    """The bytes of a JPEG file."""
    file = io.BytesIO()
    pixels = Image.fromarray(np.rint(picture[0] * 255).astype(np.uint8))
    pixels.save(file, "JPEG", quality=quality)
    return file.getvalue()
