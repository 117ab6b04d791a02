"""A video being written part by part, so that an interrupted run goes on where it stopped."""

import contextlib
import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from tfstyle.system import doors, files, npz
from tfstyle.video_io import joining
from tfstyle.video_io.clip import Clip
from tfstyle.video_io.encoding import Encoding, Part
from tfstyle.video_io.ffmpeg.pyav import load_pyav
from tfstyle.video_io.reading import open_clip

PART_SECONDS = 30.0
"""How much work a kill may cost: a part that is this old is closed."""


def parts_name(output: Path) -> str:
    """Returns the name of the folder that holds a video's parts until it is complete."""
    return f".{output.name}.parts"


def check_run(found: str, run: str, output: Path) -> None:
    """Raises ValueError when what lies there is another run's."""
    if found != run:
        raise ValueError(
            "resume must be of the same input, style, network and settings; without it the run "
            f"begins anew. Received: resume=True for {output}"
        )


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
        self._folder = output.with_name(parts_name(output))
        self._run = run
        self._parts: list[tuple[Path, list[int]]] = []
        self.seconds = 0.0
        """How long earlier runs have worked."""
        self._open: Part | None = None
        self._is_begun = False
        self._closed = time.monotonic()
        if resume:
            self._find()

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
        """Appends a frame `[height, width, 3]`, uint8, shown at that tick."""
        with self._telling("written"):
            if self._open is None:
                self._begin()
                self._open = Part(self._folder / self._part_name(), self._output, encoding)
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
        with self._telling("written"):
            part.close()
        # The order matters: the note comes last, for it is what makes the part count.
        _sync(part.path)
        kept = self._kept(self.frames + len(part.ticks))
        before = set(self._folder.glob("last_*.npz")) - {kept}
        with files.atomically(kept) as file:
            np.savez(file, pastiches=np.array(last_pastiches, np.uint8))
        note = {"run": self._run, "ticks": part.ticks, "seconds": self.seconds + seconds}
        with files.atomically(part.path.with_suffix(".json")) as file:
            file.write(json.dumps(note).encode())
        self._parts.append((part.path, part.ticks))
        self._closed = time.monotonic()
        # Only now is what the part before needed of no more use.
        for path in before:
            path.unlink()

    def finish(self, clip: Clip, encoding: Encoding) -> None:
        """Joins the parts to the video, with the clip's sound, and removes them."""
        joined = self._folder / f"joined{self._output.suffix}"
        try:
            with self._telling("joined from its parts"):
                joining.join(self._parts, joined, clip, encoding)
            # Renamed once it is whole, so that no half video ever has the output's name.
            _sync(joined)
            os.replace(joined, self._output)
        finally:
            joined.unlink(missing_ok=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _part_name(self) -> str:
        """Returns what the next part is called."""
        return f"part_{len(self._parts):05}.mkv"

    def _kept(self, frames: int) -> Path:
        """Returns where the pastiches lie that come last after so many frames."""
        return self._folder / f"last_{frames}.npz"

    def _find(self) -> None:
        """Takes the parts that are there, up to one that a crash has damaged."""
        for path in sorted(self._folder.glob("part_*.json")):
            part = path.with_suffix(".mkv")
            # A gap: what lies behind it cannot be joined on.
            if part.name != self._part_name():
                return
            try:
                found = doors.read_json(path)
                run, ticks = found["run"], list(map(int, found["ticks"]))
                seconds = float(found["seconds"])
            # Whatever it is, it is no note of ours.
            except Exception:
                return
            check_run(run, self._run, self._output)
            # A crash of the machine, unlike a kill, may lose what the disk had not written yet.
            if _count_packets(part) != len(ticks):
                return
            self._parts.append((part, ticks))
            self.seconds = seconds

    def _begin(self) -> None:
        """Removes, before the first frame, what earlier runs left but what this one needs."""
        if self._is_begun:
            return
        self._folder.mkdir(exist_ok=True)
        parts = [path for path, _ in self._parts]
        needed = {*parts, *(path.with_suffix(".json") for path in parts), self._kept(self.frames)}
        for path in set(self._folder.iterdir()) - needed:
            path.unlink()
        self._is_begun = True

    @contextlib.contextmanager
    def _telling(self, what: str) -> Iterator[None]:
        """Raises OSError, with a sentence, for what FFmpeg raises."""
        try:
            yield
        except load_pyav().error.FFmpegError as error:
            raise OSError(
                f"output could not be {what} ({error}); its finished parts are kept, and the same "
                f"command with --resume goes on from them. Received: output={self._output}"
            ) from error


def _count_packets(path: Path) -> int:
    """Returns how many frames a part holds; of one that cannot be read none."""
    av = load_pyav()
    try:
        with av.open(str(path)) as container:
            return sum(packet.size > 0 for packet in container.demux(video=0))
    except (OSError, av.error.FFmpegError):
        return 0


def _sync(path: Path) -> None:
    """Waits until a file is on the disk, so that no note of it can come before it."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
