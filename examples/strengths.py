"""Paints four photographs at rising strengths, and puts them on one sheet.

python examples/strengths.py --contents=FOLDER --styles=FOLDER --method=swap --output=strengths.jpg
"""

import argparse
import pathlib

import numpy as np
from gallery import cell

from tfstyle import feed_forward, image, style_swap
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


def row(given: argparse.Namespace, photo: str, name: str) -> np.ndarray:
    """Returns the style and what is painted at each strength, side by side."""
    content = image.read(given.contents / f"{photo}.jpg")
    style = image.read(given.styles / f"{name}.jpg")
    pictures = {name: cell(style, CELL)}
    for strength in STRENGTHS:
        if given.method == "swap":
            painted = style_swap.stylize(content, style, style_swap.Config(strength=strength))
        else:
            config = feed_forward.Config(size=512, strength=strength)
            painted = feed_forward.stylize(content, name, config)
        pictures[f"--strength={strength:g}"] = cell(painted.image, CELL)
    return contact_sheet.draw(pictures, len(pictures))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for flag in ("--contents", "--styles", "--output"):
        parser.add_argument(flag, required=True, type=pathlib.Path)
    parser.add_argument("--method", choices=("swap", "apply"), default="swap")
    given = parser.parse_args()
    rows = [row(given, *pair) for pair in PAIRS]
    image.write(given.output, np.concatenate(rows, axis=1))
