"""Who watches a painting: shows it now and then, and ends it when that is asked for."""

import contextlib
import dataclasses
import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from tfstyle import image
from tfstyle.jobs import work
from tfstyle.jobs.method import Callback
from tfstyle.jobs.pairs import Pair
from tfstyle.jobs.video.job import FrameProgress
from tfstyle.result import Level, Progress

PREVIEW_SECONDS = 1.0
"""From one look at an unfinished picture to the next."""

PREVIEW_SIZE = 512
"""Its longest side in pixels."""


@dataclasses.dataclass(frozen=True)
class Moment:
    """Where a painting is."""

    sentence: str
    share: float
    """Of the work that is done, from 0 to 1."""
    left: float | None
    """Seconds that are left, about; None before there is anything to tell by."""
    picture: np.ndarray | None
    """`[1, height, width, 3]` in [0, 1]; None of clips."""


class Watcher:
    """Gives a job its callback, and remembers why it has ended the run."""

    def __init__(
        self, stop: threading.Event, time_limit: float, tell: Callable[[Moment], None]
    ) -> None:
        """Takes who asks for the end, the most seconds, and who is told of moments."""
        self._stop = stop
        self._time_limit = time_limit
        self._tell = tell
        self.reason = ""
        """Why the run was ended; empty where it was not."""

    @contextlib.contextmanager
    def watch(self, pair: Pair, levels: Sequence[Level]) -> Iterator[Callback]:
        """Yields the callback for one picture; see `jobs.picture.Watch`."""
        began, shown = time.monotonic(), -math.inf

        def callback(progress: Progress) -> None:
            nonlocal shown
            now = time.monotonic()
            self._end_if_asked(now - began)
            if now - shown >= PREVIEW_SECONDS:
                shown = now
                self._tell(describe(levels, progress, now - began))

        yield callback

    def frames(self) -> Callable[[FrameProgress], None]:
        """Returns the callback for one clip."""
        began = time.monotonic()

        def callback(progress: FrameProgress) -> None:
            seconds = time.monotonic() - began
            # With its last frame a clip is whole, sound and all.
            if progress.painted != progress.length:
                self._end_if_asked(seconds)
            self._tell(describe_frames(progress, seconds))

        return callback

    def _end_if_asked(self, seconds: float) -> None:
        if self._stop.is_set():
            self.reason = "stopped"
        elif seconds > self._time_limit:
            self.reason = f"stopped after {self._time_limit:g} s, the longest that is painted here"
        if self.reason:
            # Methods keep what they have, as at Ctrl-C.
            raise KeyboardInterrupt(self.reason)


def describe(levels: Sequence[Level], progress: Progress, seconds: float) -> Moment:
    """Returns where a run is that has taken so many seconds."""
    levels = work.planned(levels, progress)
    share = work.work_done(levels, progress) / max(work.work(levels), 1)
    height, width = progress.size
    return Moment(
        sentence=f"{width} x {height} pixels, step {progress.step} of {progress.steps}",
        share=share,
        left=seconds * (1 - share) / share if share > 0 else None,
        picture=image.fit(progress.image(), min(PREVIEW_SIZE, max(progress.size))),
    )


def describe_frames(progress: FrameProgress, seconds: float) -> Moment:
    """Returns where a clip is that has taken so many seconds."""
    # Without a length, as of some streams, nobody knows.
    share = min(1.0, progress.painted / progress.length) if progress.length else 0.0
    left = seconds * (1 - share) / share if share else None
    of = f" of {progress.length}" if progress.length else ""
    return Moment(f"frame {progress.painted}{of}", share, left, None)
