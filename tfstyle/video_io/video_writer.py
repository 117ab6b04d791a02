"""A video being written part by part, so that an interrupted run goes on where it stopped."""

import os
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from tfstyle.system import doors, files, npz
from tfstyle.video_io import joining, parts
from tfstyle.video_io.clip import Clip
from tfstyle.video_io.encoding import Encoding, Part
from tfstyle.video_io.reading import open_clip

PART_SECONDS = 30.0
"""How much work a kill may cost: a part that is this old is closed."""


class Film:
    """A video being written as parts in a hidden folder beside the output.

    A part counts once its list of times is there. With it lie the last pastiches, which the next
    frame may need. Nothing is removed before the first frame comes.
    """

    def __init__(self, output: Path, run: str, resume: bool = False):
        """Begins, or goes on where a run was interrupted.

        Args:
            output: the video.
            run: what tells this run from others: settings, networks and inputs.
            resume: whether to go on from the parts of the same run.

        Raises:
            ValueError: the parts are another run's.
        """
        # A link's target is what is replaced, and its folder is where a rename needs no copy.
        output = Path(os.path.realpath(output))
        self._output = output
        self._folder = output.with_name(parts.parts_name(output))
        self._run = run
        self._parts: parts.Parts = []
        self.seconds = 0.0
        """How long earlier runs have worked."""
        self._open: Part | None = None
        self._is_begun = False
        self._closed = time.monotonic()
        if resume:
            self._parts, self.seconds = parts.find(self._folder, run, output)

    @property
    def frames(self) -> int:
        """How many frames are safe, those of earlier runs included."""
        return sum(len(ticks) for _, ticks in self._parts)

    def is_complete(self, frames: int) -> bool:
        """Returns whether an earlier run's result is there and no run is under way."""
        return self._output.is_file() and not self._folder.exists()

    def last_pastiches(self) -> list[np.ndarray]:
        """Returns what the next frame may need, `[height, width, 3]`, uint8, the last one last."""
        path = self._kept(self.frames)
        if not path.exists():
            return []
        expected = "resume needs the parts of an interrupted run"
        with doors.checked(expected, path, "start without it", f"output={self._output}"):
            return list(npz.read(path)["pastiches"])

    def pastiches(self) -> Iterator[np.ndarray]:
        """Yields the frames that are safe, as they were coded."""
        for path, _ in list(self._parts):
            with open_clip(path) as part:
                yield from (frame.pixels for frame in part)

    def write(self, pixels: np.ndarray, tick: int, encoding: Encoding) -> None:
        """Appends a frame `[height, width, 3]`, uint8, shown at that tick.

        Where the encoding has transparency, that is a fourth channel.
        """
        with parts.telling(self._output, "written"):
            if self._open is None:
                self._begin()
                self._open = Part(
                    self._folder / parts.part_name(len(self._parts)), self._output, encoding
                )
            self._open.write(pixels, tick)

    @property
    def is_due(self) -> bool:
        """Whether so much work would be lost that the part at work should be closed."""
        return self._open is not None and time.monotonic() - self._closed > PART_SECONDS

    def close_part(self, last_pastiches: Sequence[np.ndarray], seconds: float = 0.0) -> None:
        """Makes the frames so far safe.

        Args:
            last_pastiches: what the next frame may need, the last one last.
            seconds: how long this run has worked so far.
        """
        if self._open is None:
            return
        part, self._open = self._open, None
        kept = self._kept(self.frames + len(part.ticks))
        before = set(self._folder.glob("last_*.npz")) - {kept}
        # The order matters: the note comes last, for it is what makes the part count.
        with parts.telling(self._output, "written"):
            part.close()
            # Else the note of it could be there before it is.
            files.sync(part.path)
            with files.atomically(kept) as file:
                np.savez(file, pastiches=np.array(last_pastiches, np.uint8))
            parts.note(part.path, self._run, part.ticks, self.seconds + seconds)
        self._parts.append((part.path, part.ticks))
        self._closed = time.monotonic()
        # Only now is what the part before needed of no more use.
        for path in before:
            path.unlink()

    def finish(self, clip: Clip, encoding: Encoding) -> None:
        """Joins the parts to the video, with the clip's sound, and removes them."""
        joined = self._folder / f"joined{self._output.suffix}"
        try:
            with parts.telling(self._output, "joined from its parts"):
                joining.join(self._parts, joined, clip, encoding)
                files.sync(joined)
                # Once it is whole, so that no half video ever has the output's name.
                os.replace(joined, self._output)
        finally:
            joined.unlink(missing_ok=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _kept(self, frames: int) -> Path:
        """Returns where the pastiches lie that come last after so many frames."""
        return self._folder / f"last_{frames}.npz"

    def _begin(self) -> None:
        """Removes, before the first frame, what earlier runs left but what this one needs."""
        if self._is_begun:
            return
        self._folder.mkdir(exist_ok=True)
        safe = [path for path, _ in self._parts]
        needed = {*safe, *map(parts.note_path, safe), self._kept(self.frames)}
        for path in set(self._folder.iterdir()) - needed:
            path.unlink()
        self._is_begun = True
