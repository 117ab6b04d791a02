"""Clips out: a video written part by part, so that an interrupted run goes on, or pictures."""

import json
import os
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from tfstyle import image, video_joining
from tfstyle.video_encoding import CODECS, Encoding, Part
from tfstyle.video_reading import Clip

PART_SECONDS = 30.0
"""How much work a kill may cost: a part that is this old is closed."""

PICTURE = "frame_{:06}.png"
"""How the pictures of a folder are named, counted from 0."""


def is_video(output: Path) -> bool:
    """Returns whether an output is to be one file, not a folder of pictures."""
    return output.suffix.lower() in CODECS


def check_output(output: Path) -> None:
    """Raises ValueError when neither a video nor a folder of pictures can be written there."""
    if output.suffix and not is_video(output) and not output.is_dir():
        raise ValueError(
            f"output must be a folder for pictures, or end in one of {', '.join(CODECS)}. "
            f"Received: output={output}"
        )
    if is_video(output) and output.is_dir():
        raise ValueError(f"output must be a file, not a folder. Received: output={output}")
    if not output.parent.is_dir():
        raise ValueError(
            f"output must lie in an existing folder; create {output.parent} first. "
            f"Received: output={output}"
        )
    if image.is_name_too_long(output.with_name(parts_name(output))):
        raise ValueError(f"output must have a shorter name. Received: output={output}")
    if not os.access(output.parent, os.W_OK | os.X_OK):
        raise ValueError(
            f"output must lie in a folder that you may write to. Received: output={output}"
        )


def parts_name(output: Path) -> str:
    """Returns the name of the folder that holds a video's parts until it is complete."""
    return f".{output.name}.parts"


class Film:
    """A video being written as parts in a hidden folder beside the output.

    A part counts once its list of times is there. With it lie the last pastiches, which the next
    frame may need.
    """

    def __init__(self, output: Path, run: str, resume: bool = False):
        """Begins, or goes on where a run was interrupted.

        Args:
            output: the video.
            run: what tells this run from others: settings and inputs.
            resume: whether to go on from the parts of the same run.

        Raises:
            ValueError: the parts are another run's.
        """
        self._output = output
        self._folder = output.with_name(parts_name(output))
        self._run = run
        self._parts = self._find(resume)
        self._open: Part | None = None

    @property
    def frames(self) -> int:
        """How many frames earlier runs have written."""
        return sum(len(ticks) for _, ticks in self._parts)

    def last_pastiches(self) -> list[np.ndarray]:
        """Returns the last pastiches of an earlier run, `[height, width, 3]`, uint8."""
        path = self._folder / f"last_{self.frames}.npz"
        if not path.exists():
            return []
        with np.load(path) as kept:
            return list(kept["pastiches"])

    def write(self, pixels: np.ndarray, tick: int, encoding: Encoding) -> None:
        """Appends a frame `[height, width, 3]`, uint8, shown at that tick."""
        if self._open is None:
            self._folder.mkdir(exist_ok=True)
            number = len(self._parts)
            self._open = Part(self._folder / f"part_{number:05}.mkv", self._output, encoding)
        self._open.write(pixels, tick)

    @property
    def is_due(self) -> bool:
        """Whether the part at work is so old that it should be closed."""
        return self._open is not None and self._open.age > PART_SECONDS

    def close_part(self, last_pastiches: Sequence[np.ndarray]) -> None:
        """Makes the frames so far safe, with what the next one needs."""
        if self._open is None:
            return
        self._open.close()
        self._parts.append((self._open.path, self._open.ticks))
        before = set(self._folder.glob("last_*.npz"))
        kept = self._folder / f"last_{self.frames}.npz"
        with image.atomically(kept) as file:
            np.savez(file, pastiches=np.array(last_pastiches, np.uint8))
        with image.atomically(self._open.path.with_suffix(".json")) as file:
            file.write(json.dumps({"run": self._run, "ticks": self._open.ticks}).encode())
        for path in before - {kept}:
            path.unlink()
        self._open = None

    def finish(self, clip: Clip, encoding: Encoding) -> None:
        """Joins the parts to the video, with the clip's sound, and removes them."""
        temporary = self._output.with_name(f".{secrets.token_hex(8)}{self._output.suffix}")
        try:
            video_joining.join(self._parts, temporary, clip, encoding)
            os.replace(temporary, self._output)
        finally:
            temporary.unlink(missing_ok=True)
        self.remove()

    def remove(self) -> None:
        """Removes the parts."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _find(self, resume: bool) -> list[tuple[Path, list[int]]]:
        """Returns the parts to go on from, with their ticks; removes what else there is."""
        if not resume:
            self.remove()
            return []
        parts = []
        for path in sorted(self._folder.glob("part_*.json")):
            found = json.loads(path.read_bytes())
            if found["run"] != self._run:
                raise ValueError(
                    "resume must be of the same input, style and settings; without it the run "
                    f"begins anew. Received: resume=True for {self._output}"
                )
            parts.append((path.with_suffix(".mkv"), found["ticks"]))
        return parts


class Pictures:
    """A folder of pictures being written, one a frame; each is its own part."""

    def __init__(self, output: Path, run: str, resume: bool = False):
        """Begins, or goes on after the pictures that are there; see `Film`."""
        self._folder = output
        self._note = output / ".run"
        if resume and self._note.exists() and self._note.read_text() != run:
            raise ValueError(
                "resume must be of the same input, style and settings; without it the run "
                f"begins anew. Received: resume=True for {output}"
            )
        output.mkdir(exist_ok=True)
        self.frames = self._count() if resume and self._note.exists() else 0
        self._note.write_text(run)
        self._written = self.frames
        self.is_due = False

    def last_pastiches(self) -> list[np.ndarray]:
        """Returns the last pastiches of an earlier run."""
        paths = (self._path(number) for number in range(max(0, self.frames - 16), self.frames))
        return [np.rint(image.read(path)[0] * 255).astype(np.uint8) for path in paths]

    def write(self, pixels: np.ndarray, tick: int, encoding: Encoding) -> None:
        """Writes a frame `[height, width, 3]`, uint8."""
        with image.atomically(self._path(self._written)) as file:
            Image.fromarray(pixels).save(file, "PNG", compress_level=1)
        self._written += 1

    def close_part(self, last_pastiches: Sequence[np.ndarray]) -> None:
        """Does nothing: what is written is safe."""

    def finish(self, clip: Clip, encoding: Encoding) -> None:
        """Forgets the run."""
        self._note.unlink(missing_ok=True)

    def _count(self) -> int:
        """Returns how many pictures there are without a gap."""
        number = 0
        while self._path(number).exists():
            number += 1
        return number

    def _path(self, number: int) -> Path:
        return self._folder / PICTURE.format(number)


def begin(output: Path, run: str, resume: bool = False) -> Film | Pictures:
    """Returns what writes to an output, a video or a folder; see `Film`."""
    return (Film if is_video(output) else Pictures)(output, run, resume)
