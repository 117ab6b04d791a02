"""What an interrupted run has painted of a clip, recalled before the next one goes on."""

import collections
import itertools
from collections.abc import Iterator

import numpy as np

from tfstyle.methods.video import Painter
from tfstyle.video_io.clip import Frame
from tfstyle.video_io.contact_strip import ContactStrip
from tfstyle.video_io.picture_writer import Pictures
from tfstyle.video_io.video_writer import Film


def recall(
    film: Film | Pictures, painter: Painter, strip: ContactStrip | None, frames: Iterator[Frame]
) -> None:
    """Passes over the frames that are painted; the painter remembers the last of them.

    Args:
        film: knows what earlier runs have made safe.
        painter: gets the pastiches that the next frame may need.
        strip: sees all of them; None where there is none.
        frames: the clip's, from its first on.
    """
    if not film.frames:
        return
    kept = film.last_pastiches()[-painter.memory.length :]
    passed = _show(itertools.islice(frames, film.frames), film, strip)
    last = collections.deque(passed, maxlen=len(kept))
    for frame, pastiche in zip(last, kept, strict=True):
        painter.memory.remember(frame.pixels, pastiche)


def _show(
    frames: Iterator[Frame], film: Film | Pictures, strip: ContactStrip | None
) -> Iterator[Frame]:
    """Yields the frames; the strip sees them with their pastiches."""
    pastiches: Iterator[np.ndarray] = film.pastiches() if strip else iter(())
    for frame in frames:
        pastiche = next(pastiches, None)
        if strip and pastiche is not None:
            strip.see(frame.pixels, pastiche)
        yield frame
