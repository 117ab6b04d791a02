"""Paints three photographs by the networks of one training at several times, on one sheet.

python examples/hour.py --contents=FOLDER --output=hour.jpg 15=quarter.keras 60=hour.keras
"""

import argparse
import pathlib

import numpy as np
from gallery import cell

import tfstyle
from tfstyle import feed_forward, image
from tfstyle.image import contact_sheet

CONTENTS = ("tubingen", "portrait_woman", "golden_gate")
"""By file name without suffix."""

SIZE = 512
"""Longest side of what is painted, in pixels."""

CELL = (270, 360)
"""Height and width of a picture on the sheet, in pixels."""


def row(content: np.ndarray, networks: dict[str, str]) -> np.ndarray:
    """Returns the photograph and what each network makes of it, side by side."""
    pictures = {"photograph": cell(content, CELL)}
    for minutes, path in networks.items():
        painted = feed_forward.stylize(content, stylizer=tfstyle.load_stylizer(path))
        pictures[f"{minutes} minutes"] = cell(painted.image, CELL)
    return contact_sheet.draw(pictures, len(pictures))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--contents", required=True, type=pathlib.Path)
    parser.add_argument("--output", required=True, type=pathlib.Path)
    parser.add_argument("networks", nargs="+", help="minutes=path")
    given = parser.parse_args()
    networks = dict(each.split("=", 1) for each in given.networks)
    read = (image.read(given.contents / f"{name}.jpg") for name in CONTENTS)
    rows = [row(image.fit(content, SIZE), networks) for content in read]
    image.write(given.output, np.concatenate(rows, axis=1))
