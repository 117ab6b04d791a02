"""An image analogy, level by level: the pictures, the run, and how far it is."""

import dataclasses
import time
from collections.abc import Callable, Sequence

import numpy as np

from tfstyle import image
from tfstyle.methods.analogies import level as analogy_level
from tfstyle.methods.analogies import neighbourhoods
from tfstyle.methods.analogies.neighbourhoods import Coarser
from tfstyle.result import Interrupted, Level, LevelTrace, Loss, Progress, Result


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
    """See `waves.Level`; kappa as at the finest level."""

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
            run.begin(number)
            for wave in run.level.fill():
                run.wave = wave
                if callback is not None:
                    callback(run.progress())
            run.end()
    except KeyboardInterrupt:
        raise Interrupted(run.interruption()) from None
    return run.result("every pixel painted")


class _Run:
    """The level at work, and what those before it took."""

    def __init__(self, pictures: Pictures, levels: Sequence[Level], options, finish):
        self._pictures, self._levels = pictures, levels
        self._options, self._finish = options, finish
        self._traces: tuple[LevelTrace, ...] = ()
        self._losses: tuple[Loss, ...] = ()
        self._began = time.monotonic()
        self._before = pictures.target[0]
        self._number = 0
        self.level: analogy_level.Level | None = None
        self.wave = 0
        """How many waves of the level are done."""

    def begin(self, number: int) -> None:
        """Prepares a level; what was painted at half its size is seen until it is painted."""
        level, before = self._prepare(number), self._before
        if self.level is not None:
            before = neighbourhoods.enlarge(self._pixels(), level.size)
        self.level, self._before, self._number = level, before, number

    def _prepare(self, number: int) -> analogy_level.Level:
        pictures, half, options = self._pictures, self.level, self._options
        known = analogy_level.Known(
            pictures.unfiltered[number],
            pictures.filtered[number],
            half and Coarser(half.known.unfiltered, half.known.filtered),
        )
        return analogy_level.Level(
            known,
            pictures.target[number],
            half and Coarser(half.unfiltered, half.filtered),
            penalty=2.0 ** (number + 1 - len(self._levels)) * options.kappa,
            candidates=options.candidates,
            error=options.error,
        )

    def end(self) -> None:
        """Notes what the level took."""
        loss = self._loss()
        seconds = loss.seconds - sum(trace.seconds for trace in self._traces)
        trace = LevelTrace(self.level.size, self.wave, self.level.painted, seconds)
        self._traces, self._losses = (*self._traces, trace), (*self._losses, loss)
        self.wave = 0

    def progress(self) -> Progress:
        """Returns where the run is."""
        return Progress(
            level=len(self._traces),
            levels=len(self._levels),
            size=self.level.size,
            step=self.wave,
            steps=self.level.waves,
            evaluations=self.level.painted,
            total_step=self._steps() + self.wave,
            loss=self._loss(),
            image=self._image,
        )

    def _loss(self) -> Loss:
        """Returns the level's mean squared distance so far, and its share of coherent sources."""
        level = self.level
        return Loss(
            step=self._steps() + self.wave,
            evaluations=sum(trace.evaluations for trace in self._traces) + level.painted,
            seconds=time.monotonic() - self._began,
            terms={
                "distance": level.distance / level.painted,
                "coherent": level.coherent / level.painted,
            },
        )

    def _steps(self) -> int:
        return sum(trace.steps for trace in self._traces)

    def result(self, outcome: str) -> Result:
        """Returns the result so far."""
        return Result(self._image(), self._losses, self._traces, outcome)

    def interruption(self) -> Result:
        """Returns what there is of a run that was stopped, the level at work included."""
        outcome = f"interrupted at level {len(self._traces) + 1} of {len(self._levels)}"
        if self.wave:
            self.end()
        return self.result(outcome)

    def _image(self) -> np.ndarray:
        pixels = np.clip(self._pixels(), 0, 1)[np.newaxis]
        return self._finish(image.resize(pixels, self._levels[-1].size))

    def _pixels(self) -> np.ndarray:
        """Returns the level's colours, `[height, width, 3]`: those painted, and others below."""
        if self.level is None:
            return np.broadcast_to(self._before, (*self._before.shape[:2], 3))
        colors = self._pictures.paint[self._number].reshape(-1, 3)
        sources = self.level.sources
        return np.where(sources[..., np.newaxis] < 0, self._before, colors[sources])
