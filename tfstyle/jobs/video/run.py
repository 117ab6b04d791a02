"""One clip while it is painted: read ahead, painted, written behind, and all of it at once."""

import collections
import contextlib
import itertools
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from tfstyle import image
from tfstyle.jobs.video.job import FrameProgress, VideoJob, Watch
from tfstyle.jobs.video.outcome import COMPLETE, ClipOutcome
from tfstyle.methods.video import Painter
from tfstyle.video_io import contact_strip, encoding, pipeline, window
from tfstyle.video_io.clip import Clip, Frame
from tfstyle.video_io.picture_writer import Pictures
from tfstyle.video_io.video_writer import Film


class ClipRun:
    """One clip while it is painted: frames are read ahead, and pastiches written behind."""

    def __init__(
        self,
        job: VideoJob,
        clip: Clip,
        painter: Painter,
        film: Film | Pictures | None,
        *,
        workers: int,
        watch: Watch,
    ):
        """Begins, or goes on where a run was interrupted.

        Args:
            job: what was asked for.
            clip: the open clip.
            painter: `video.painter`'s.
            film: what writes the pastiches, and knows those of earlier runs; None for a camera
                that is only shown.
            workers: how many frames are painted at once.
            watch: who is told how far it is.
        """
        self._job, self._clip, self._painter, self._film = job, clip, painter, film
        self._workers, self._watch = workers, watch
        self._last: list[np.ndarray] = []
        # A second Ctrl-C closes the part while the writer's thread may still be in it.
        self._writing = threading.Lock()
        self._encoding = encoding.Encoding.of(clip, job.crf)
        self._strip = contact_strip.ContactStrip(clip.length) if job.strip is not None else None
        self._window = window.Window() if job.show else None
        self.meter = pipeline.Meter()
        self.earlier = film.frames if film else 0
        self.earlier_seconds = film.seconds if film else 0.0
        self.painted = 0

    def paint(self) -> ClipOutcome:
        """Paints every frame, and makes the video of them.

        Raises:
            KeyboardInterrupt: what is painted is safe, and says so.
        """
        try:
            with self._read_ahead() as frames:
                self._recall(frames)
                frames = self._warm_up(frames)
                # Passing over earlier frames and setting up the network say nothing about the rate.
                self.meter.restart()
                ending = self._paint_and_write(frames)
            # Before the parts are joined, which is not counted in the time for the frames.
            outcome = self._outcome(ending)
            self._finish()
        except KeyboardInterrupt as interruption:
            raise KeyboardInterrupt(self._how_to_go_on()) from interruption
        except Exception:
            if self._job.is_camera:
                # There is no going on with what has passed.
                with contextlib.suppress(Exception):
                    self._finish()
            raise
        finally:
            if self._window:
                self._window.close()
        return outcome

    def _read_ahead(self) -> contextlib.AbstractContextManager[Iterator[Frame]]:
        """Returns the frames, made ready by a thread; a camera has its own, for its newest."""
        source = pipeline.timed(self._clip, self.meter, "reading")
        return contextlib.nullcontext(source) if self._job.is_camera else pipeline.ahead(source)

    def _recall(self, frames: Iterator[Frame]) -> None:
        """Passes over what an earlier run has painted, remembering its last frames."""
        if self._film is None or not self.earlier:
            return
        kept = self._film.last_pastiches()[-self._painter.memory.length :]
        passed = self._see(itertools.islice(frames, self.earlier))
        last = collections.deque(passed, maxlen=len(kept))
        for frame, pastiche in zip(last, kept, strict=True):
            self._painter.memory.remember(frame.pixels, pastiche)

    def _see(self, frames: Iterator[Frame]) -> Iterator[Frame]:
        """Yields what an earlier run has painted; the strip sees it with its pastiches."""
        pastiches = self._film.pastiches() if self._film and self._strip else iter(())
        for frame in frames:
            pastiche = next(pastiches, None)
            if self._strip and pastiche is not None:
                self._strip.see(frame.pixels, pastiche)
            yield frame

    def _warm_up(self, frames: Iterator) -> Iterator:
        """Paints the first frame in vain, so that several workers do not all set the network up."""
        first = list(itertools.islice(frames, 1))
        if first and self._workers > 1:
            self._painter.prepare(first[0].pixels)
        return itertools.chain(first, frames)

    def _paint_and_write(self, frames: Iterator) -> str:
        """Paints what is left, and makes it safe whatever happens; returns why it ended."""
        writer = pipeline.Behind(self._write)
        try:
            ending = self._paint_all(frames, writer)
            self._keep(writer)
            return ending
        except KeyboardInterrupt:
            self._keep(writer)
            if self._job.is_camera and self.painted:
                return "ended by Ctrl-C"
            raise
        except BaseException:
            # What went wrong first is what is told.
            with contextlib.suppress(Exception):
                self._keep(writer)
            raise

    def _paint_all(self, frames: Iterator, writer: pipeline.Behind) -> str:
        with self._watch(self._clip.length, self.earlier) as callback:
            for frame, prepared in pipeline.in_parallel(self._prepare, frames, self._workers):
                with self.meter.busy("finishing"):
                    pastiche = self._painter.finish(frame.pixels, prepared)
                self.painted += 1
                if self._strip:
                    self._strip.see(frame.pixels, pastiche)
                writer.put((pastiche, frame.tick, self._painter.memory.pastiches()))
                callback(self._progress())
                if self._window and not self._window.show(pastiche):
                    return self._close_early()
        return COMPLETE

    def _progress(self) -> FrameProgress:
        rate = self.painted / self.meter.elapsed
        return FrameProgress(self.painted, self.earlier, self._clip.length, rate)

    def _close_early(self) -> str:
        """Ends a camera's film, which has no other end; a clip goes on another time."""
        if self._job.is_camera:
            return "closed by the viewer"
        raise KeyboardInterrupt

    def _prepare(self, frame: Frame) -> Any:
        """Does what needs no earlier frame; runs in the painters' threads."""
        with self.meter.busy("painting", self._workers):
            return self._painter.prepare(frame.pixels)

    def _write(self, item: tuple[np.ndarray, int, list[np.ndarray]]) -> None:
        """Writes one pastiche; runs in the writer's thread."""
        pastiche, tick, last_pastiches = item
        if self._film is None:
            return
        with self.meter.busy("writing"), self._writing:
            self._film.write(pastiche, tick, self._encoding)
            # Never empty: by that `_keep` knows that nothing was written.
            self._last = last_pastiches or [pastiche]
            if self._film.is_due:
                self._film.close_part(self._last, self.meter.elapsed)

    def _keep(self, writer: pipeline.Behind) -> None:
        """Makes safe what is painted, also when the last frames cannot be written."""
        try:
            writer.close()
        finally:
            with self._writing:
                if self._film is not None and self._last:
                    self._film.close_part(self._last, self.meter.elapsed)

    def _how_to_go_on(self) -> str:
        """Returns what to say of an interruption."""
        if self._film is None or not self._film.frames or self._job.is_camera:
            return "interrupted"
        return (
            f"interrupted after {self._film.frames} frames; the same command with "
            "--resume goes on from there"
        )

    def _finish(self) -> None:
        """Makes the video of its parts, and writes the strip."""
        if self._film is not None:
            if not self._film.frames:
                raise ValueError(
                    "input must have frames in the span that start and duration give. "
                    f"Received: input={self._clip.path}"
                )
            self._film.finish(self._clip, self._encoding)
        if self._strip and self._job.strip is not None and self.earlier + self.painted:
            try:
                image.write(self._job.strip, self._strip.image())
            except (OSError, ValueError) as error:
                # The clip is there already.
                warnings.warn(f"the strip could not be written: {error}", stacklevel=2)

    def _outcome(self, ending: str) -> ClipOutcome:
        return ClipOutcome(
            frames=self.earlier + self.painted,
            painted=self.painted,
            seconds=self.meter.elapsed,
            earlier_seconds=self.earlier_seconds,
            shares=self.meter.shares(),
            sentence=self._clip.problem or ending,
            problem=self._clip.problem,
        )
