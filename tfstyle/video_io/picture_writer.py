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

HIDDEN = "."
"""Before the names of whole pastiches, whose pictures show a part of them."""

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
    Under a mask a picture shows a part of its pastiche: the whole one lies beside it, hidden, as
    long as the next frame may need it.
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
        self._newest = np.zeros([0, 0, 3], np.uint8)

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
        return [self._read_whole(number) for number in range(self.frames - count, self.frames)]

    def pastiches(self) -> Iterator[np.ndarray]:
        """Yields the frames that are safe."""
        return (_read(self._path(number)) for number in range(self.frames))

    def write(self, pixels: np.ndarray, tick: int, encoding: Encoding) -> None:
        """Writes a frame `[height, width, 3]`, uint8, or one with its transparency as a fourth."""
        with telling(self._folder, "written"):
            self._begin()
            # One that a run under a mask has left.
            self._hidden(self._written).unlink(missing_ok=True)
            _save(self._path(self._written), pixels)
        self._written, self._newest = self._written + 1, pixels

    def close_part(self, last_pastiches: Sequence[np.ndarray], seconds: float = 0.0) -> None:
        """Notes that the frame is there, and what the next one may need; see `Film`."""
        if self._written == self.frames:
            return
        state: _State = {"last": len(last_pastiches), "seconds": self.seconds + seconds}
        # One line more, not the whole note anew: at frame n that would be n lines.
        with telling(self._folder, "written"):
            self._keep_whole(last_pastiches)
            self._add_to_note(json.dumps(state) + "\n")
            # Not before the note, without which it is needed once more.
            self._hidden(self.frames - len(last_pastiches)).unlink(missing_ok=True)
        self._states.append(state)

    def _keep_whole(self, last_pastiches: Sequence[np.ndarray]) -> None:
        """Writes the last pastiche beside its picture, where that shows a part of it."""
        is_masked = last_pastiches and not np.array_equal(last_pastiches[-1], self._newest[..., :3])
        if is_masked:
            _save(self._hidden(self.frames), last_pastiches[-1])

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
        for number in range(self.frames):
            if _is_ours(self._hidden(number)):
                self._hidden(number).unlink()

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
            number = self._names.number(path.name.removeprefix(HIDDEN))
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

    def _read_whole(self, number: int) -> np.ndarray:
        hidden = self._hidden(number)
        return _read(hidden if hidden.is_file() else self._path(number))

    def _hidden(self, number: int) -> Path:
        """Returns where the whole pastiche lies of a picture that shows a part of it."""
        path = self._path(number)
        return path.with_name(HIDDEN + path.name)

    def _path(self, number: int) -> Path:
        return self._names.path(self._first + number)


def _read(path: Path) -> np.ndarray:
    return image.to_bytes(image.read(path)[0])


def _save(path: Path, pixels: np.ndarray) -> None:
    mark = PngInfo()
    mark.add_text("Software", SOFTWARE)
    with files.atomically(path) as file:
        # The fastest compression: a clip is many pictures, and they are lossless at any.
        Image.fromarray(pixels).save(file, "PNG", compress_level=1, pnginfo=mark)


def _is_ours(path: Path) -> bool:
    """Returns whether a picture says so: right after a PNG's header."""
    try:
        with path.open("rb") as file:
            return b"tEXtSoftware\0" + SOFTWARE.encode() in file.read(100)
    except OSError:
        return False
