"""One photograph in the style of one painting by all five methods, on one sheet.

python examples/five.py --content=photo.jpg --style=starry_night.jpg --work=FOLDER --output=five.jpg

The painting must be named as one of the shipped styles. What the work folder has already is not
painted again.
"""

import argparse
import json
import pathlib

from tfstyle import image
from tfstyle.cli import app
from tfstyle.image import contact_sheet

SIZE = 384
"""Longest side of the pastiches, in pixels."""


def commands(content: pathlib.Path, style: pathlib.Path) -> dict[str, list[str]]:
    """Returns each method's flags."""
    photograph = f"--content={content}"
    return {
        "quilt": [f"--texture={style}", photograph],
        "analogy": [f"--filtered={style}", f"--target={content}", "--color=filtered"],
        "swap": [f"--style={style}", photograph],
        "apply": [f"--style={style.stem}", photograph],
        "gatys": [f"--style={style}", photograph],
    }


def main() -> None:
    """Paints what is missing, and draws the sheet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for flag in ("--content", "--style", "--work", "--output"):
        parser.add_argument(flag, required=True, type=pathlib.Path)
    given = parser.parse_args()
    given.work.mkdir(exist_ok=True)
    pictures = {}
    for method, flags in commands(given.content, given.style).items():
        path = given.work / f"{method}.png"
        app.main([method, *flags, f"--output={path}", f"--size={SIZE}", "--skip_existing"])
        seconds = json.loads(path.with_suffix(".json").read_text("utf-8"))["seconds"]
        pictures[f"{method}, {seconds:.1f} s"] = image.read(path)
    image.write(given.output, contact_sheet.draw(pictures, 3))


if __name__ == "__main__":
    main()
