"""One clip while it is painted: read ahead, painted, written behind, and all of it at once."""

import collections
import contextlib
import dataclasses
import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from tfstyle import contact_strip, image, pipeline, video_encoding, video_writing, window
from tfstyle.video_flags import Files
from tfstyle.video_reading import Clip, Frame


class Shot:
    """One clip while it is painted: frames are read ahead, and pastiches written behind."""

    def __init__(self, files: Files, clip: Clip, painter, run: str, workers: int = 1):
        """Begins, or goes on where a run was interrupted.

        Args:
            files: what was asked for.
            clip: the open clip.
            painter: `video.painter`'s.
            run: what tells this run from others; see `video_writing.Film`.
            workers: how many frames are painted at once.
        """
        self._files, self._clip, self._painter = files, clip, painter
        self._workers = workers
        self._last: list[np.ndarray] = []
        self._film = None
        if files.output is not None:
            self._film = video_writing.begin(Path(files.output), run, files.resume)
        self._encoding = video_encoding.Encoding(
            clip.size, clip.rate, clip.tick_seconds, files.crf, clip.full_range, clip.color_matrix
        )
        self._strip = contact_strip.ContactStrip(clip.length)
        self._window = window.Window() if files.show else None
        self.meter = pipeline.Meter()
        self.earlier = self._film.frames if self._film else 0
        self.painted = 0

    def paint(self) -> "Outcome":
        """Paints every frame, and makes the video of them.

        Raises:
            KeyboardInterrupt: what is painted is safe, and says so.
        """
        with pipeline.ahead(pipeline.timed(self._clip, self.meter, "reading")) as frames:
            self._recall(frames)
            frames = self._warm_up(frames)
            self.meter.restart()
            writer = pipeline.Behind(self._write)
            try:
                self._paint_all(frames, writer)
            except KeyboardInterrupt:
                self._interrupt(writer)
            except BaseException:
                with contextlib.suppress(Exception):  # What went wrong first is what is told.
                    self._keep(writer)
                raise
            writer.close()
        outcome = self._outcome()
        self._finish()
        return outcome

    def _recall(self, frames: Iterator) -> None:
        """Passes over what an earlier run has painted, remembering its last frames."""
        if not self.earlier:
            return
        kept = self._film.last_pastiches()[-self._painter.memory.length :]
        passed = collections.deque(itertools.islice(frames, self.earlier), maxlen=len(kept))
        for frame, pastiche in zip(passed, kept, strict=True):
            self._painter.memory.remember(frame.pixels, pastiche)

    def _warm_up(self, frames: Iterator) -> Iterator:
        """Paints the first frame in vain, so that several workers do not all set the network up."""
        first = list(itertools.islice(frames, 1))
        if first and self._workers > 1:
            self._painter.prepare(first[0].pixels)
        return itertools.chain(first, frames)

    def _paint_all(self, frames: Iterator, writer: pipeline.Behind) -> None:
        with show_bar(self._clip.length, self._files.quiet) as move_bar:
            for frame, prepared in pipeline.in_parallel(self._prepare, frames, self._workers):
                with self.meter.busy("finishing"):
                    pastiche = self._painter.finish(frame.pixels, prepared)
                self.painted += 1
                if self._files.strip is not None:
                    self._strip.see(frame.pixels, pastiche)
                writer.put((pastiche, frame.tick, self._painter.memory.pastiches()))
                move_bar(self.earlier + self.painted, self.painted / self.meter.elapsed)
                if self._window and not self._window.show(pastiche):
                    return

    def _prepare(self, frame: Frame) -> Any:
        """Does what needs no earlier frame; runs in the painters' threads."""
        with self.meter.busy("painting", self._workers):
            return self._painter.prepare(frame.pixels)

    def _write(self, item: tuple[np.ndarray, int, list[np.ndarray]]) -> None:
        """Writes one pastiche; runs in the writer's thread."""
        pastiche, tick, last_pastiches = item
        if self._film is None:
            return
        with self.meter.busy("writing"):
            self._last = last_pastiches or [pastiche]
            self._film.write(pastiche, tick, self._encoding)
            if self._film.is_due:
                self._film.close_part(self._last)

    def _interrupt(self, writer: pipeline.Behind) -> None:
        """Makes safe what is painted; a camera's film simply ends there."""
        if self._film is None or not self.earlier + self.painted:
            writer.close()
            raise KeyboardInterrupt("interrupted")
        if self._files.is_camera:
            return
        self._keep(writer)
        raise KeyboardInterrupt(
            f"interrupted after {self.earlier + self.painted} frames; the same command with "
            "--resume goes on from there"
        )

    def _keep(self, writer: pipeline.Behind) -> None:
        """Makes safe what is painted."""
        writer.close()
        if self._film is not None and self._last:
            self._film.close_part(self._last)

    def _finish(self) -> None:
        if self._window:
            self._window.close()
        if self._film is not None:
            if not self.earlier + self.painted:
                raise ValueError(
                    "input must have frames in the span that start and duration give. "
                    f"Received: input={self._clip.path}"
                )
            if self.painted:
                self._film.close_part(self._last)
            self._film.finish(self._clip, self._encoding)
        if self._files.strip is not None and self.painted:
            image.write(self._files.strip, self._strip.image())

    def _outcome(self) -> "Outcome":
        return Outcome(
            frames=self.earlier + self.painted,
            painted=self.painted,
            seconds=self.meter.elapsed,
            shares=self.meter.shares(),
            sentence=self._clip.problem or "painted to its end",
        )


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of a clip."""

    frames: int
    painted: int
    """Those of this run; the others were painted before it was interrupted."""
    seconds: float
    shares: dict[str, float]
    """How busy each stage was, from 0 to 1; they overlap."""
    sentence: str

    @property
    def rate(self) -> float:
        """Frames a second, reading and writing included."""
        return self.painted / max(self.seconds, 1e-9)

    def __str__(self) -> str:
        """Returns how many frames, how fast, and what took the time."""
        shares = ", ".join(f"{stage} {share:.0%}" for stage, share in self.shares.items())
        return f"{self.frames} frames, {self.rate:.3g} a second ({shares})"


@contextlib.contextmanager
def show_bar(length: int | None, quiet: bool) -> Iterator[Callable[[int, float], None]]:
    """Yields what moves a live bar on stderr, or does nothing if nobody watches."""
    if quiet or not sys.stderr.isatty():
        yield lambda frames, rate: None
        return
    columns = (
        TextColumn("frame {task.completed}/{task.total}"),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[rate]:.3g} a second"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=length, rate=0.0)
        yield lambda frames, rate: bar.update(task, completed=frames, rate=rate)
