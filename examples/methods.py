"""Paints four photographs in the style of four pictures by three methods, on one sheet.

python examples/methods.py --contents=FOLDER --styles=FOLDER --work=FOLDER --output=methods.jpg

Each pastiche lies in the work folder with its record; what is there already is not painted again.
"""

import argparse
import itertools
import pathlib

import numpy as np
from gallery import cell

from tfstyle import image
from tfstyle.cli import app
from tfstyle.image import contact_sheet

CONTENTS = ("tubingen", "portrait_man", "parrots", "highlands")
STYLES = ("great_wave", "starry_night", "composition_vii", "udnie")
SIZE = 384
"""Longest side of the pastiches, in pixels."""

CELL = (192, 256)
"""Height and width of a picture on the sheet, in pixels."""

METHODS = ("gatys", "apply", "swap")


def paint(method: str, content: pathlib.Path, style: pathlib.Path, work: pathlib.Path) -> dict:
    """Returns a captioned picture, painted by `tfstyle METHOD` unless it is there."""
    path = work / f"{content.stem}_{style.stem}_{method}.png"
    flag = style.stem if method == "apply" else style
    flags = [f"--content={content}", f"--style={flag}", f"--output={path}", f"--size={SIZE}"]
    app.main([method, *flags, "--skip_existing", "--quiet"])
    return {f"{style.stem}, {method}": cell(image.read(path), CELL)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for flag in ("--contents", "--styles", "--work", "--output"):
        parser.add_argument(flag, required=True, type=pathlib.Path)
    given = parser.parse_args()
    given.work.mkdir(exist_ok=True)
    rows = []
    for content in (given.contents / f"{name}.jpg" for name in CONTENTS):
        styles = [given.styles / f"{name}.jpg" for name in STYLES]
        cells = itertools.product(styles, METHODS)
        drawn = [contact_sheet.draw(paint(m, content, style, given.work), 1) for style, m in cells]
        rows.append(np.concatenate(drawn, axis=2))
    image.write(given.output, np.concatenate(rows, axis=1))
