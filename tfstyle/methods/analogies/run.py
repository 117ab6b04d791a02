"""An image analogy, level by level: the pictures, the run, and how far it is."""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

from tfstyle import image
from tfstyle.methods.analogies import level as analogy_level
from tfstyle.methods.analogies import neighbourhoods
from tfstyle.methods.analogies.neighbourhoods import Coarser
from tfstyle.optimization.tracker import Tracker
from tfstyle.result import (
    Ending,
    Interrupted,
    Level,
    Loss,
    Outcome,
    Progress,
    Result,
    interrupted,
)


@dataclasses.dataclass(frozen=True)
class Pictures:
    """A, A' and B, each coarse to fine, as they are compared; and the colours that are copied."""

    unfiltered: list[np.ndarray]
    filtered: list[np.ndarray]
    target: list[np.ndarray]
    paint: list[np.ndarray]
    """`[height, width, 3]` each, of the filtered picture's sizes."""


@dataclasses.dataclass(frozen=True)
class Options:
    """See `level.Level`; kappa as at the finest level."""

    kappa: float
    candidates: int
    error: float


def paint(
    pictures: Pictures,
    levels: Sequence[Level],
    options: Options,
    finish: Callable[[np.ndarray], np.ndarray],
    callback: Callable[[Progress], None] | None = None,
) -> Result:
    """Returns the result of painting each level in turn, coarse to fine.

    Args:
        pictures: of as many sizes as there are levels.
        levels: the target's sizes.
        options: how sources are chosen.
        finish: from painted pixels, `[1, height, width, 3]` at full size, to the result.
        callback: called after every wave.

    Raises:
        Interrupted: Ctrl-C; carries the image so far, at full size.
    """
    run = _Run(pictures, levels, options, finish)
    try:
        for number in range(len(levels)):
            level = run.begin(number)
            for wave in level.fill():
                run.wave = wave
                if callback is not None:
                    callback(run.progress(level))
            run.end(level)
    except KeyboardInterrupt:
        raise Interrupted(run.interruption()) from None
    return run.result(Outcome(Ending.COMPLETE, "every pixel painted"))


class _Run:
    """The level at work, and the account of those before it. A step is a wave of pixels."""

    def __init__(
        self,
        pictures: Pictures,
        levels: Sequence[Level],
        options: Options,
        finish: Callable[[np.ndarray], np.ndarray],
    ):
        self._pictures, self._levels = pictures, levels
        self._options, self._finish = options, finish
        self._tracker = Tracker(tuple(levels))
        # What shows where the level at work has painted nothing yet.
        self._before = pictures.target[0]
        self._number = 0
        self._level: analogy_level.Level | None = None
        self.wave = 0
        """How many waves of the level are done."""

    def begin(self, number: int) -> analogy_level.Level:
        """Returns a level, ready to be painted; until then, the one of half its size shows."""
        level, before = self._prepare(number), self._before
        if self._level is not None:
            before = neighbourhoods.enlarge(self._pixels(), level.size)
        self._level, self._before, self._number = level, before, number
        return level

    def _prepare(self, number: int) -> analogy_level.Level:
        pictures, half, options = self._pictures, self._level, self._options
        known_half = painted_half = None
        if half is not None:
            known_half = Coarser(half.known.unfiltered, half.known.filtered)
            painted_half = Coarser(half.unfiltered, half.filtered)
        known = analogy_level.Known(
            pictures.unfiltered[number], pictures.filtered[number], known_half
        )
        # 2^(l - L) kappa, Hertzmann et al. (2001): neighbours of a coarse level lie farther apart,
        # so that pieces need less to hold together.
        penalty = 2.0 ** (number + 1 - len(self._levels)) * options.kappa
        return analogy_level.Level(
            known,
            pictures.target[number],
            painted_half,
            penalty=penalty,
            candidates=options.candidates,
            error=options.error,
        )

    def end(self, level: analogy_level.Level) -> None:
        """Counts a level as one that has ended."""
        loss = self._loss(level)
        self._tracker = self._tracker.after_level(self.wave, loss.evaluations, loss.seconds, [loss])
        self.wave = 0

    def progress(self, level: analogy_level.Level) -> Progress:
        """Returns where the run is."""
        return self._tracker.progress(self.wave, level.painted, self._loss(level), self._image)

    def _loss(self, level: analogy_level.Level) -> Loss:
        """Returns the level's mean squared distance so far, and its share of coherent sources."""
        terms = {
            "distance": level.distance / level.painted,
            "coherent": level.coherent / level.painted,
        }
        return Loss(self.wave, level.painted, self._tracker.seconds, terms)

    def result(self, outcome: Outcome) -> Result:
        """Returns the result so far."""
        return Result(self._image(), self._tracker.losses, self._tracker.levels, outcome)

    def interruption(self) -> Result:
        """Returns what there is of a run that was stopped, the level at work included."""
        # Said before that level is counted as one that has ended.
        outcome = interrupted(f"at level {len(self._tracker.levels) + 1} of {len(self._levels)}")
        if self._level is not None and self.wave:
            self.end(self._level)
        return self.result(outcome)

    def _image(self) -> np.ndarray:
        pixels = np.clip(self._pixels(), 0, 1)[np.newaxis]
        return self._finish(image.resize(pixels, self._levels[-1].size))

    def _pixels(self) -> np.ndarray:
        """Returns the level's colours, `[height, width, 3]`: those painted, and others below."""
        if self._level is None:
            return np.broadcast_to(self._before, (*self._before.shape[:2], 3))
        colors = self._pictures.paint[self._number].reshape(-1, 3)
        sources = self._level.sources
        return np.where(sources[..., np.newaxis] < 0, self._before, colors[sources])
