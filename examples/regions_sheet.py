"""Paints the cat with and without regions, on one sheet with the maps.

python examples/regions_sheet.py --work=FOLDER --output=examples/gallery/regions.jpg

Each pastiche lies in the work folder with its record; what is there already is not painted again.
"""

import argparse
import pathlib

import numpy as np
from gallery import cell

from tfstyle import image
from tfstyle.cli import app

NAMES = ("chelsea", "painted_style")
"""The photograph and the style, by file name without suffix."""

INPUTS = pathlib.Path(__file__).parent / "inputs"

CELL = (240, 360)
"""Height and width of a picture on the sheet, in pixels."""

SETTINGS = ("--size=384", "--steps=70", "--coarse_steps=70", "--skip_existing", "--quiet")

REGIONS = (
    f"--content_regions={INPUTS / 'chelsea_map.png'}",
    f"--style_regions={INPUTS / 'painted_style_map.png'}",
)


def paint(work: pathlib.Path, name: str, *regions: str) -> pathlib.Path:
    """Returns the path of a pastiche, painted unless it is there."""
    path = work / f"{name}.png"
    pair = f"--content={INPUTS / 'chelsea.jpg'}", f"--style={INPUTS / 'painted_style.jpg'}"
    app.main(["gatys", *pair, f"--output={path}", *SETTINGS, *regions])
    return path


def main() -> None:
    """Paints both and writes the sheet: pictures above, their maps and the regions below."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for flag in ("--work", "--output"):
        parser.add_argument(flag, required=True, type=pathlib.Path)
    given = parser.parse_args()
    given.work.mkdir(exist_ok=True)
    above = (*(INPUTS / f"{name}.jpg" for name in NAMES), paint(given.work, "plain"))
    below = (
        *(INPUTS / f"{name}_map.png" for name in NAMES),
        paint(given.work, "regions", *REGIONS),
    )
    rows = [
        np.concatenate([cell(image.read(path), CELL) for path in row], axis=2)
        for row in (above, below)
    ]
    image.write(given.output, np.concatenate(rows, axis=1))


if __name__ == "__main__":
    main()
