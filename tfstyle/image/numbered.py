"""Paths with a number's place in their name, as FFmpeg writes them: frame_%04d.png."""

import dataclasses
import os
import re
from pathlib import Path

STARTS = range(5)
"""The numbers of which one must be there, as FFmpeg asks for."""

FIRST = 1
"""The first number that is written, as by FFmpeg."""

PLACE = re.compile(r"%%|%(?:0?([0-9]{1,2}))?d")
"""A number's place with its fewest digits, or a percent sign that is meant as one."""


@dataclasses.dataclass(frozen=True)
class Numbered:
    """Files in a folder whose names differ in a number alone."""

    folder: Path
    before: str
    digits: int
    """The fewest; smaller numbers are filled up with zeros."""
    after: str

    def path(self, number: int) -> Path:
        """Returns the file of a number."""
        return self.folder / f"{self.before}{number:0{self.digits}}{self.after}"

    def number(self, name: str) -> int | None:
        """Returns the number in a file's name; None where it is none of these files."""
        named = re.fullmatch(f"{re.escape(self.before)}([0-9]+){re.escape(self.after)}", name)
        # Written again and compared: frame_01.png has a number, but %04d writes it otherwise.
        is_ours = named and self.path(int(named[1])).name == name
        return int(named[1]) if named and is_ours else None

    def find(self) -> dict[int, Path]:
        """Returns the files that are there, by their numbers."""
        present = os.scandir(self.folder) if self.folder.is_dir() else ()
        numbers = [self.number(each.name) for each in present if each.is_file()]
        return {each: self.path(each) for each in sorted(n for n in numbers if n is not None)}


def has_place(path: str | os.PathLike[str]) -> bool:
    """Returns whether a path's name has a number's place, one or several."""
    return bool(_places(os.path.basename(path)))


def parse(path: str | os.PathLike[str], name: str = "content") -> Numbered:
    """Returns the files that a path with a number's place stands for; `%%` is a percent sign.

    Args:
        path: such as frames/frame_%04d.png.
        name: what the caller calls it.

    Raises:
        ValueError: its name has no place for a number, or several.
    """
    folder, file_name = os.path.split(path)
    places = _places(file_name)
    if len(places) != 1:
        raise ValueError(
            f"{name} must have one number's place in its name, such as frame_%04d.png, and %% for "
            f"a percent sign. Received: {name}={os.fspath(path)}"
        )
    (place,) = places
    # A folder that is there as it is written is meant so.
    folder = folder if os.path.isdir(folder) else _plain(folder)
    before, after = _plain(file_name[: place.start()]), _plain(file_name[place.end() :])
    return Numbered(Path(folder), before, int(place[1] or 0), after)


def _places(name: str) -> list[re.Match[str]]:
    return [found for found in PLACE.finditer(name) if found[0] != "%%"]


def _plain(text: str) -> str:
    return text.replace("%%", "%")
