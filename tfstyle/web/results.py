"""A result as it is shown and given away: a PNG file with the record and the command in it."""

import json
from pathlib import Path

from PIL import Image, PngImagePlugin

from tfstyle import image
from tfstyle.jobs import record
from tfstyle.system import files
from tfstyle.web.visits import Painting
from tfstyle.web.wishes import ClipWish, Wish

RECORD, COMMAND = "tfstyle record", "tfstyle command"
"""What the file's texts are called; `exiftool` and Pillow's `Image.text` show them."""

GIVEN = "given"
"""The folder, in that of a painting, of what is shown and given away."""


def finish(wish: Wish | ClipWish, sentence: str) -> Painting:
    """Returns what is painted, beside the photograph in the same size and with its record in it.

    Clips are given away as they are.

    Args:
        wish: what was painted; result and record lie in its folder.
        sentence: how it ended.
    """
    if isinstance(wish, ClipWish):
        return Painting(wish, None, wish.folder / wish.output, sentence)
    folder = wish.folder / GIVEN
    folder.mkdir()
    before = folder / "before.jpg"
    painted = image.read(wish.folder / wish.output)
    photograph = image.read(wish.folder / wish.content)
    image.write(before, image.resize(photograph, painted.shape[1:3]))
    write(wish, folder / wish.output)
    return Painting(wish, before, folder / wish.output, sentence)


def write(wish: Wish, path: Path) -> None:
    """Writes a finished painting's PNG once more with two texts in it, pixel for pixel the same.

    Args:
        wish: what was painted.
        path: the file to write.
    """
    text = json.dumps(record.read(wish.folder / wish.output), indent=2)
    texts = PngImagePlugin.PngInfo()
    # Where on this machine it lay is nobody's business.
    texts.add_itxt(RECORD, text.replace(f"{wish.folder}/", ""), zip=True)
    texts.add_itxt(COMMAND, wish.command_line())
    with Image.open(wish.folder / wish.output) as picture, files.atomically(path) as file:
        picture.save(file, "PNG", pnginfo=texts, icc_profile=picture.info.get("icc_profile"))
