"""One clip while it is painted: read ahead, painted, written behind, and all of it at once."""

import contextlib
import itertools
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from tfstyle import image
from tfstyle.jobs.video.job import FrameProgress, VideoJob, Watch
from tfstyle.jobs.video.keeping import Keeper, Painted
from tfstyle.jobs.video.maps import FrameRegions
from tfstyle.jobs.video.masks import FrameMasks
from tfstyle.jobs.video.outcome import COMPLETE, ClipOutcome
from tfstyle.jobs.video.recalling import recall
from tfstyle.methods.video import Painter
from tfstyle.result import interrupted
from tfstyle.video_io import contact_strip, encoding, meter, pipeline, window
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
        regions: FrameRegions | None = None,
        masks: FrameMasks | None = None,
        finish_early: bool = False,
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
            regions: which part of the frames has which style; None has one style everywhere.
            masks: where frames are painted; None is everywhere.
            finish_early: whether Ctrl-C makes the output of what is painted, as of a camera.
        """
        self._regions, self._masks = regions, masks
        self._job, self._clip, self._painter, self._film = job, clip, painter, film
        self._workers, self._watch = workers, watch
        # There is no going on with what a camera has seen.
        self._finishes_early = job.is_camera or finish_early
        self._strip = contact_strip.ContactStrip(clip.length) if job.strip is not None else None
        self._window = window.Window() if job.show else None
        self.meter = meter.Meter()
        self._keeper = Keeper(film, encoding.Encoding.of(clip, job.crf), self.meter)
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
                if self._film is not None:
                    recall(self._film, self._painter, self._strip, frames)
                frames = self._warm_up(frames)
                # Passing over earlier frames and setting up the network say nothing about the rate.
                self.meter.restart()
                ending = self._paint_and_write(frames)
            # Before the parts are joined, which is not counted in the time for the frames.
            outcome = self._outcome(ending)
            self._finish()
        except KeyboardInterrupt as interruption:
            told = self._keeper.how_to_go_on(self._job.is_camera)
            raise KeyboardInterrupt(told) from interruption
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
        source = meter.timed(self._clip, self.meter, "reading")
        return contextlib.nullcontext(source) if self._job.is_camera else pipeline.ahead(source)

    def _warm_up(self, frames: Iterator) -> Iterator:
        """Paints the first frame in vain, so that several workers do not all set the network up."""
        first = list(itertools.islice(frames, 1))
        if first and self._workers > 1:
            self._painter.prepare(first[0].pixels)
        return itertools.chain(first, frames)

    def _paint_and_write(self, frames: Iterator) -> str:
        """Paints what is left, and makes it safe whatever happens; returns why it ended."""
        writer = pipeline.Behind(self._keeper.write)
        try:
            ending = self._paint_all(frames, writer)
            self._keeper.keep(writer)
            return ending
        except KeyboardInterrupt:
            self._keeper.keep(writer)
            self._count_written()
            if self._finishes_early and self.painted:
                return self._cut_short()
            raise
        except BaseException:
            # What went wrong first is what is told.
            with contextlib.suppress(Exception):
                self._keeper.keep(writer)
            raise

    def _count_written(self) -> None:
        """Leaves out of the count what was painted, and interrupted on its way to the writer."""
        if self._film is not None:
            self.painted = self._film.frames - self.earlier

    def _cut_short(self) -> str:
        """Lets the clip end with what is painted of it; returns why."""
        if self._job.is_camera:
            return "ended by Ctrl-C"
        self._clip = self._clip.up_to(self._keeper.last_tick)
        return str(interrupted(f"after {self.earlier + self.painted} frames"))

    def _paint_all(self, frames: Iterator, writer: pipeline.Behind[Painted]) -> str:
        with self._watch(self._clip.length, self.earlier) as callback:
            for frame, prepared in pipeline.in_parallel(self._prepare, frames, self._workers):
                with self.meter.busy("finishing"):
                    pastiche = self._masked(self._painter.finish(frame.pixels, prepared), frame)
                self.painted += 1
                if self._strip:
                    self._strip.see(frame.pixels, pastiche)
                writer.put((frame, pastiche, self._painter.memory.pastiches()))
                callback(self._progress())
                if self._window and not self._window.show(pastiche):
                    return self._close_early()
        return COMPLETE

    def _masked(self, pastiche: np.ndarray, frame: Frame) -> np.ndarray:
        """Returns the next frame as it is written; the painter remembers the whole pastiche."""
        if self._masks is None:
            return pastiche
        return self._masks.lay_over(pastiche, frame.pixels, self.earlier + self.painted)

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
            if self._regions is None:
                return self._painter.prepare(frame.pixels)
            # By one worker, so that the frames before it are painted.
            regions = self._regions.of(self.earlier + self.painted)
            return self._painter.prepare(frame.pixels, regions)

    def _finish(self) -> None:
        """Makes the output of what is safe, and writes the strip."""
        self._keeper.finish(self._clip)
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
