"""The regions of a clip's frames: one map for all, or a folder with one for each."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tfstyle.image.paths import find_contents, is_many
from tfstyle.jobs import record
from tfstyle.jobs.beside import maps
from tfstyle.jobs.video import one_each
from tfstyle.regions import checks, frames, matching, reading
from tfstyle.regions.matching import Regions
from tfstyle.video_io.clip import Clip


class FrameRegions:
    """The regions of a clip's frames, in their order."""

    def __init__(self, method: Any, clip: Clip, styles: Sequence[record.Input]):
        """Finds the maps, and checks what can be known before the first frame is painted.

        Args:
            method: the settings of the method that paints, which name the maps.
            clip: the open clip.
            styles: the styles, as the record has them.

        Raises:
            ValueError: a map is none or does not fit, or there are too few.
        """
        self._method, self._size = method, clip.size
        self._source = reading.parse_one(method.content_regions)
        self._folders = {
            path: find_contents(path, reading.CONTENT)
            for path in reading.paths(self._source)
            if is_many(path)
        }
        for path, found in self._folders.items():
            _check_count(path, found, one_each.fewest(clip))
        self._first = self._match(styles)

    @classmethod
    def find(cls, method: Any, clip: Clip, styles: Sequence[record.Input]) -> "FrameRegions | None":
        """Returns the regions that a method's settings name; None where they name none."""
        if getattr(method, reading.CONTENT, None) is None:
            return None
        return cls(method, clip, styles)

    def of(self, number: int) -> Regions:
        """Returns the regions of a frame, the first that is painted being number 0.

        Raises:
            ValueError: it has no map, or one that cannot be used.
        """
        if number == 0 or not self._folders:
            return self._first
        drawn = frames.read(self._at(number))
        checks.check_fits(drawn.masks, self._size, reading.CONTENT, "the clip")
        return frames.seen_in(drawn, self._first)

    def described(self) -> list[record.Input]:
        """Returns what the record keeps of the maps; a folder's digest is that of all its files."""
        folders = [self._describe(path, found) for path, found in self._folders.items()]
        return [*folders, *(each.described for each in maps.read(self._method))]

    def _describe(self, folder: str, found: Sequence[Path]) -> record.Input:
        return record.Input(folder, None, None, one_each.digest(found))

    def _match(self, styles: Sequence[record.Input]) -> Regions:
        """Returns the first frame's regions with those of the styles."""
        of_styles = self._method.style_regions
        drawn = reading.read(self._at(0))
        known = [
            reading.read(each, reading.STYLES)
            for each in (reading.parse(of_styles, reading.STYLES) if of_styles else ())
        ]
        found = matching.match(drawn, known, styles=len(styles))
        # A prepared style has no size; masks of one pixel fit all.
        found.check(self._size, [(each.height or 1, each.width or 1) for each in styles])
        return found

    def _at(self, number: int) -> reading.Source:
        """Returns the files of a frame's map."""
        if isinstance(self._source, str):
            return self._path(self._source, number)
        return {name: self._path(path, number) for name, path in self._source.items()}

    def _path(self, path: str, number: int) -> str:
        if path not in self._folders:
            return path
        found = self._folders[path]
        _check_count(path, found, number + 1)
        return str(found[number])


def _check_count(path: str, found: Sequence[Path], frames: int) -> None:
    one_each.check_count(reading.CONTENT, path, "map", len(found), frames)
