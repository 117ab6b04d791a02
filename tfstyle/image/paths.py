"""Which pictures a path, a folder or a pattern stands for."""

import glob
import os
from collections.abc import Iterable
from pathlib import Path

import natsort
from PIL import Image

from tfstyle.image.reading import READ_FORMATS


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
        paths: Iterable[Path] = filter(has_picture_suffix, Path(content).iterdir())
    else:
        paths = map(Path, glob.iglob(content, recursive=True))
    # Sorted by text first: names whose numbers have the same value stay in that order.
    found = natsort.natsorted(sorted(path for path in paths if path.is_file()), key=str)
    if not found:
        raise ValueError(f"{name} must hold at least one picture. Received: {name}={content}")
    return found


def has_picture_suffix(path: Path) -> bool:
    """Returns whether a visible file is named as a picture that can be read."""
    # By name alone, without opening the file; hidden ones are what systems leave, such as ._a.jpg.
    file_format = Image.registered_extensions().get(path.suffix.lower())
    return file_format in READ_FORMATS and not path.name.startswith(".")
