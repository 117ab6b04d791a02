"""Paints four photographs with the style swap at rising strengths, and puts them on one sheet.

python examples/strengths.py --contents=FOLDER --styles=FOLDER --output=strengths.jpg
"""

import argparse
import pathlib

import numpy as np
from gallery import cell

from tfstyle import image, style_swap
from tfstyle.image import contact_sheet

PAIRS = (
    ("tubingen", "starry_night"),
    ("portrait_woman", "great_wave"),
    ("golden_gate", "impression_sunrise"),
    ("parrots", "delaunay_metzinger"),
)
"""Content and style, by file name without suffix."""

STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0)

CELL = (210, 280)
"""Height and width of a picture on the sheet, in pixels."""


def row(contents: pathlib.Path, styles: pathlib.Path, pair: tuple[str, str]) -> np.ndarray:
    """Returns the style and what is painted at each strength, side by side."""
    content, style = image.read(contents / f"{pair[0]}.jpg"), image.read(styles / f"{pair[1]}.jpg")
    pictures = {pair[1]: cell(style, CELL)}
    for strength in STRENGTHS:
        pastiche = style_swap.stylize(content, style, style_swap.Config(strength=strength))
        pictures[f"--strength={strength:g}"] = cell(pastiche.image, CELL)
    return contact_sheet.draw(pictures, len(pictures))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for flag in ("--contents", "--styles", "--output"):
        parser.add_argument(flag, required=True, type=pathlib.Path)
    given = parser.parse_args()
    rows = [row(given.contents, given.styles, pair) for pair in PAIRS]
    image.write(given.output, np.concatenate(rows, axis=1))
