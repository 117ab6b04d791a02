"""Paints six photographs in the style of six pictures and puts them on one contact sheet.

python examples/gallery.py --contents=FOLDER --styles=FOLDER --output=examples/gallery/gatys.jpg
"""

import argparse
import pathlib

import numpy as np

from tfstyle import gatys, image

PAIRS = (
    ("tubingen", "great_wave"),
    ("golden_gate", "the_scream"),
    ("portrait_woman", "starry_night"),
    ("parrots", "composition_vii"),
    ("portrait_man", "roman_mosaic_duck"),
    ("highlands", "udnie"),
)
"""Content and style, by file name without suffix."""

CELL = (320, 480)
"""Height and width of a picture on the sheet, in pixels."""


def cell(pixels: np.ndarray, size: tuple[int, int] = CELL) -> np.ndarray:
    """Returns the picture cut to a cell's aspect around its middle, at the cell's size."""
    height, width = pixels.shape[1:3]
    rows = min(height, width * size[0] // size[1])
    columns = min(width, height * size[1] // size[0])
    top, left = (height - rows) // 2, (width - columns) // 2
    return image.resize(pixels[:, top : top + rows, left : left + columns], size)


def row(contents: pathlib.Path, styles: pathlib.Path, pair: tuple[str, str]) -> np.ndarray:
    """Returns photograph, picture and pastiche side by side."""
    content, style = image.read(contents / f"{pair[0]}.jpg"), image.read(styles / f"{pair[1]}.jpg")
    pastiche = gatys.stylize(content, style).image
    return np.concatenate([cell(pixels) for pixels in (content, style, pastiche)], axis=2)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for flag in ("--contents", "--styles", "--output"):
        parser.add_argument(flag, required=True, type=pathlib.Path)
    given = parser.parse_args()
    rows = [row(given.contents, given.styles, pair) for pair in PAIRS]
    pairs = [np.concatenate(rows[index : index + 2], axis=2) for index in range(0, len(rows), 2)]
    image.write(given.output, np.concatenate(pairs, axis=1))
