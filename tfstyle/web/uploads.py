"""What visitors upload: handed on as it came, and read by the package's own readers."""

import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from tfstyle import image
from tfstyle.jobs import inputs

LONGEST_STEM = 80
"""Characters of a file's name that are kept."""

SHOWN = {".avif", ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp"}
"""Suffixes of what every browser shows by itself."""

LONGEST_SHOWN = 1024
"""Longest side in pixels of a picture that stands for one of another kind."""


class Upload(NamedTuple):
    """A file that a visitor has sent."""

    path: str
    name: str
    """What the visitor calls it."""


def as_upload(received: Any, folder: Path) -> Any:
    """Returns the file behind what a component for pictures has got; anything else as it is.

    Of events without gradio's `preprocess`, which would open a picture by itself: other kinds than
    the package reads, in other words.

    Args:
        received: what the component has got.
        folder: where gradio keeps what was uploaded.

    Raises:
        ValueError: the file is no upload.
    """
    if not isinstance(received, dict) or not received.get("path"):
        return received
    path = received["path"]
    # gradio does not look where a file lies that its `Image` is sent without saying that it is one:
    # whoever writes requests by hand would be shown any picture of this machine.
    if not os.path.realpath(path).startswith(os.path.join(os.path.realpath(folder), "")):
        raise ValueError("a file must be uploaded. Received: the path of another")
    return Upload(path, received.get("orig_name") or os.path.basename(path))


def check(upload: Upload, flag: str, folder: Path) -> str:
    """Returns the path of what shows a picture in a browser: the file itself, or a PNG of it.

    Args:
        upload: what was sent.
        flag: what the shell calls it.
        folder: where a PNG is written, under a name that no other file has.

    Raises:
        ImageError: it is no picture that can be read; the sentence is the shell's.
    """
    try:
        pixels = inputs.read_input(upload.path, flag, LONGEST_SHOWN).picture.pixels
    except image.ImageError as error:
        raise image.ImageError(str(error).replace(upload.path, upload.name)) from error
    if os.path.splitext(upload.path)[1].lower() in SHOWN:
        return upload.path
    made = tempfile.mkstemp(f"_{plain_name(upload.name)}.png", dir=folder)
    os.close(made[0])
    image.write(made[1], image.fit(pixels, min(LONGEST_SHOWN, max(pixels.shape[1:3]))))
    return made[1]


def copy_into(folder: Path, upload: Upload) -> str:
    """Copies a file into a folder under its own name, and returns that."""
    name = free_name(folder, plain_name(upload.name))
    shutil.copyfile(upload.path, folder / name)
    return name


def free_name(folder: Path, name: str) -> str:
    """Returns a name, with a number where it is taken: a command which names two means two."""
    stem, suffix = os.path.splitext(name)
    number = 1
    while (folder / name).exists():
        number += 1
        name = f"{stem}_{number}{suffix}"
    return name


def plain_name(name: str) -> str:
    """Returns a file's name without its folders and without what has a meaning in flags."""
    stem, suffix = os.path.splitext(re.split(r"[/\\]", name)[-1])
    # Commas part styles, stars are patterns, percent signs numbers, and a tilde is a home.
    stem = re.sub(r"[^\w. ()+-]", "_", stem)[:LONGEST_STEM].strip(" .-")
    return (stem or "picture") + re.sub(r"[^\w.]", "", suffix)[:10]
