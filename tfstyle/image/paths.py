"""Which pictures a path, a folder or a pattern stands for."""

import glob
import os
import re
from pathlib import Path

from PIL import Image

from tfstyle import image


def is_many(content: str) -> bool:
    """Returns whether `content` is a folder or a pattern and no file."""
    return not os.path.isfile(content) and (os.path.isdir(content) or glob.has_magic(content))


def find_contents(content: str, name: str = "content") -> list[Path]:
    """Returns the pictures of a folder, the files of a pattern, or the one file, sorted.

    Numbers in names sort by value: frame_9 comes before frame_10.

    Args:
        content: where they are.
        name: what the caller calls it.
    """
    if not is_many(content):
        return [Path(content)]
    if os.path.isdir(content):
        paths = filter(has_picture_suffix, Path(content).iterdir())
    else:
        paths = map(Path, glob.iglob(content, recursive=True))
    found = sorted((path for path in paths if path.is_file()), key=_natural)
    if not found:
        raise ValueError(f"{name} must hold at least one picture. Received: {name}={content}")
    return found


def has_picture_suffix(path: Path) -> bool:
    """Returns whether a visible file is named as a picture that can be read."""
    file_format = Image.registered_extensions().get(path.suffix.lower())
    return file_format in image.READ_FORMATS and not path.name.startswith(".")


def _natural(path: Path) -> list[tuple[int, str]]:
    """Returns what sorts a path with its numbers by value, equal ones by their text."""
    pieces = re.split(r"([0-9]+)", str(path))
    return [(int(piece), piece) if piece.isdecimal() else (-1, piece) for piece in pieces]
