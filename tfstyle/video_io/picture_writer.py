"""A clip as a folder of pictures, one a frame, and the note that tells whose they are."""

from __future__ import annotations

import json
import os
import typing
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tfstyle import image
from tfstyle.image import numbered
from tfstyle.image.numbered import Numbered
from tfstyle.system import files
from tfstyle.system.unfinished import parts
from tfstyle.video_io.clip import Clip
from tfstyle.video_io.encoding import Encoding
from tfstyle.video_io.parts import check_run, telling

SUFFIX = ".png"
"""Of all pictures: without loss, since a later frame may need them."""

SOFTWARE = "tfstyle video"
"""What the pictures say that they were written by."""


def names(output: Path) -> Numbered:
    """Returns how the pictures of an output are named.

    Args:
        output: a folder, in which they are called frame_000000.png, or a pattern such as
            frame_%04d.png, whose numbers begin at 1.

    Raises:
        ValueError: the pattern has several places for a number.
    """
    if output.is_dir() or not numbered.has_place(output):
        return Numbered(output, "frame_", 6, SUFFIX)
    return numbered.parse(output, "output")


class _State(typing.TypedDict):
    """What a line of the note says of the run after a picture."""

    last: int
    """How many of the last pictures the next one may need."""
    seconds: float
    """How long the run had worked."""


class Pictures:
    """Pictures being written into a folder, as `Film` writes a video; each is a part of its own.

    The hidden file `.run` says whose they are, and in a line for each what `close_part` was told.
    """

    is_due = True

    def __init__(self, output: Path, run: str, resume: bool = False):
        """Begins, or goes on after the pictures that are there; see `Film`.

        Raises:
            ValueError: the pictures are another run's, or another program's.
        """
        self._run, self._names = run, names(output)
        self._folder = self._names.folder
        is_pattern = self._folder != output
        self._first = numbered.FIRST if is_pattern else 0
        # Several patterns may share a folder.
        self._note = self._folder / (f".{output.name}.run" if is_pattern else ".run")
        self._was_interrupted = self._note.exists()
        self._states = self._find(resume) if self._was_interrupted else []
        self._written = self.frames
        self.seconds = self._states[-1]["seconds"] if self._states else 0.0
        # Looked for now, so that another program's pictures are refused before hours of work.
        self._stale = self._list_stale()
        self._is_begun = False

    @property
    def frames(self) -> int:
        """How many frames are safe, those of earlier runs included."""
        return len(self._states)

    def is_complete(self, frames: int) -> bool:
        """Returns whether an earlier run's pictures, so many, are there; see `Film`."""
        return not self._was_interrupted and all(
            self._path(number).is_file() for number in range(frames)
        )

    def last_pastiches(self) -> list[np.ndarray]:
        """Returns what the next frame may need, `[height, width, 3]`, uint8, the last one last."""
        count = self._states[-1]["last"] if self._states else 0
        return [self._read(number) for number in range(self.frames - count, self.frames)]

    def pastiches(self) -> Iterator[np.ndarray]:
        """Yields the frames that are safe."""
        return map(self._read, range(self.frames))

    def write(self, pixels: np.ndarray, tick: int, encoding: Encoding) -> None:
        """Writes a frame `[height, width, 3]`, uint8, or one with its transparency as a fourth."""
        mark = PngInfo()
        mark.add_text("Software", SOFTWARE)
        with telling(self._folder, "written"):
            self._begin()
            with files.atomically(self._path(self._written)) as file:
                # The fastest compression: a clip is many pictures, and they are lossless at any.
                Image.fromarray(pixels).save(file, "PNG", compress_level=1, pnginfo=mark)
        self._written += 1

    def close_part(self, last_pastiches: Sequence[np.ndarray], seconds: float = 0.0) -> None:
        """Notes that the frame is there, and what the next one may need; see `Film`."""
        if self._written == self.frames:
            return
        state: _State = {"last": len(last_pastiches), "seconds": self.seconds + seconds}
        # One line more, not the whole note anew: at frame n that would be n lines.
        with telling(self._folder, "written"):
            self._add_to_note(json.dumps(state) + "\n")
        self._states.append(state)

    def _add_to_note(self, line: str) -> None:
        """Adds a whole line to the note, or none."""
        whole = self._note.stat().st_size
        try:
            with self._note.open("a") as file:
                file.write(line)
        except OSError:
            # Else the next line, if there is room again, would go on a torn one.
            os.truncate(self._note, whole)
            raise

    def finish(self, clip: Clip, encoding: Encoding) -> None:
        """Forgets the run."""
        self._note.unlink(missing_ok=True)

    def _find(self, resume: bool) -> list[_State]:
        """Returns the states of the pictures to go on from: noted, and there without a gap."""
        run, states = self._read_note()
        if not resume:
            return []
        check_run(run, self._run, self._folder)
        gaps = (number for number in range(len(states)) if not self._path(number).is_file())
        return states[: next(gaps, len(states))]

    def _read_note(self) -> tuple[str, list[_State]]:
        """Returns whose run the note is, and the state after each picture."""
        # A line that a crash has torn has no end, and does not count.
        try:
            lines = self._note.read_text("utf-8").rpartition("\n")[0].splitlines()
            first, *states = (json.loads(line) for line in lines)
            # Taken apart, for what has other keys or values is no note of ours.
            found = [
                _State(last=int(each["last"]), seconds=each["seconds"] + 0.0) for each in states
            ]
            return first["run"], found
        except (KeyError, TypeError, ValueError, RecursionError):
            pass
        raise ValueError(self._foreign(self._note))

    def _list_stale(self) -> list[Path]:
        """Returns what an earlier run of ours left that this one does not go on from."""
        if not self._folder.is_dir():
            return []
        stale = []
        for path in sorted(self._folder.iterdir()):
            number = self._names.number(path.name)
            if number is not None and number - self._first >= self.frames:
                if not _is_ours(path):
                    raise ValueError(self._foreign(path))
                stale.append(path)
        return stale

    def _foreign(self, path: Path) -> str:
        return (
            f"output must hold no {path.name} that tfstyle video did not write; move it away or "
            f"choose another folder. Received: output={self._folder}"
        )

    def _begin(self) -> None:
        """Says, before the first frame, whose the folder is, and removes what is stale."""
        if self._is_begun:
            return
        self._folder.mkdir(exist_ok=True)
        lines = [json.dumps(each) + "\n" for each in ({"run": self._run}, *self._states)]
        with files.atomically(self._note) as file:
            file.write("".join(lines).encode())
        for path in self._stale:
            path.unlink(missing_ok=True)
        if self._was_interrupted:
            parts.remove_all_left(self._folder)
        self._is_begun = True

    def _read(self, number: int) -> np.ndarray:
        return image.to_bytes(image.read(self._path(number))[0])

    def _path(self, number: int) -> Path:
        return self._names.path(self._first + number)


def _is_ours(path: Path) -> bool:
    """Returns whether a picture says so: right after a PNG's header."""
    try:
        with path.open("rb") as file:
            return b"tEXtSoftware\0" + SOFTWARE.encode() in file.read(100)
    except OSError:
        return False
