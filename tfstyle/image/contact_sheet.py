"""Contact sheets: pictures of one size in rows, each above its name."""

import math
from collections.abc import Mapping

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tfstyle.image import arrays

CAPTION = 24
"""Height of a name's strip, in pixels."""

SMALLEST = 6
"""Size of the smallest letters, in pixels."""


def draw(pictures: Mapping[str, np.ndarray], columns: int) -> np.ndarray:
    """Returns the sheet, `[1, height, width, 3]` in [0, 1], white where nothing is.

    Args:
        pictures: images `[1, height, width, 3]` in [0, 1], all of one size, by name. A long name
            is written smaller, and cut where its letters would be smaller than `SMALLEST`.
        columns: pictures in a row, at most.
    """
    cells = [_with_caption(picture, name) for name, picture in pictures.items()]
    columns = min(columns, len(cells))
    rows = math.ceil(len(cells) / columns)
    # The last row is filled up with white.
    cells += [np.ones_like(cells[0])] * (rows * columns - len(cells))
    in_rows = [
        np.concatenate(cells[row * columns : (row + 1) * columns], axis=2) for row in range(rows)
    ]
    return np.concatenate(in_rows, axis=1)


def _with_caption(picture: np.ndarray, name: str) -> np.ndarray:
    width = picture.shape[2]
    strip = Image.new("RGB", (width, CAPTION), "white")
    # Two thirds of the strip: letters with descenders fit, with some air.
    size = CAPTION * 2 / 3
    font = ImageFont.load_default(size)
    # Smaller, so that the whole name is there, as long as it can be read.
    while font.getlength(name) > width and size > SMALLEST:
        size -= 0.5
        font = ImageFont.load_default(size)
    ImageDraw.Draw(strip).text((width / 2, CAPTION / 2), name, "black", font, anchor="mm")
    caption = arrays.from_bytes(np.asarray(strip))[np.newaxis]
    return np.concatenate([picture, caption], axis=1)
