"""The pastiches of a clip that is painted: written behind the painter, and made safe."""

import threading

import numpy as np

from tfstyle.video_io import pipeline
from tfstyle.video_io.clip import Clip, Frame
from tfstyle.video_io.encoding import Encoding
from tfstyle.video_io.meter import Meter
from tfstyle.video_io.picture_writer import Pictures
from tfstyle.video_io.video_writer import Film

Painted = tuple[Frame, np.ndarray, list[np.ndarray]]
"""A frame, its pastiche `[height, width, 3]`, uint8, and those that the next one may need."""


class Keeper:
    """Writes pastiches, and sees to it that an interruption loses none that are painted."""

    def __init__(self, film: Film | Pictures | None, encoding: Encoding, meter: Meter):
        """Begins, or goes on where a run was interrupted.

        Args:
            film: what writes; None where nothing is to be written.
            encoding: how frames become a video.
            meter: is told how long writing takes.
        """
        self._film, self._encoding, self._meter = film, encoding, meter
        self.last_tick = 0
        """That of the last frame that was written."""
        self._last: list[np.ndarray] = []
        # A second Ctrl-C closes the part while the writer's thread may still be in it.
        self._writing = threading.Lock()

    def write(self, painted: Painted) -> None:
        """Writes one pastiche; runs in the writer's thread."""
        frame, pastiche, last_pastiches = painted
        if self._film is None:
            return
        with self._meter.busy("writing"), self._writing:
            self._film.write(frame.cut_out(pastiche), frame.tick, self._encoding)
            self.last_tick = frame.tick
            # Never empty: by that `keep` knows that nothing was written.
            self._last = last_pastiches or [pastiche]
            if self._film.is_due:
                self._film.close_part(self._last, self._meter.elapsed)

    def keep(self, writer: pipeline.Behind[Painted]) -> None:
        """Makes safe what is painted, also when the last frames cannot be written.

        Args:
            writer: the thread that `write` runs in; it ends here.
        """
        try:
            writer.close()
        finally:
            with self._writing:
                if self._film is not None and self._last:
                    self._film.close_part(self._last, self._meter.elapsed)

    def how_to_go_on(self, is_camera: bool) -> str:
        """Returns what to say of an interruption."""
        if self._film is None or not self._film.frames or is_camera:
            return "interrupted"
        return (
            f"interrupted after {self._film.frames} frames; the same command with "
            "--resume goes on from there"
        )

    def finish(self, clip: Clip) -> None:
        """Makes the output of what is safe.

        Raises:
            ValueError: there are no frames.
        """
        if self._film is None:
            return
        if not self._film.frames:
            raise ValueError(
                "input must have frames in the span that start and duration give. "
                f"Received: input={clip.path}"
            )
        self._film.finish(clip, self._encoding)
