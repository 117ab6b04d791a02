"""How far a run of several levels is: what each took, the curve of the loss, and the progress."""

import dataclasses
import time
from collections.abc import Callable, Sequence

import numpy as np

from tfstyle.result import Level, LevelTrace, Loss, Progress


@dataclasses.dataclass(frozen=True)
class Tracker:
    """The finished levels of a run, and when the level at work began.

    Steps, evaluations and seconds are handed to it as they count within the level at work; what
    it returns counts from the beginning of the run.
    """

    plan: tuple[Level, ...]
    levels: tuple[LevelTrace, ...] = ()
    """The finished ones."""
    losses: tuple[Loss, ...] = ()
    """The curve of the finished levels, a point or more for each."""
    began: float = dataclasses.field(default_factory=time.perf_counter, compare=False)

    @property
    def level(self) -> Level:
        """The level at work."""
        return self.plan[len(self.levels)]

    @property
    def seconds(self) -> float:
        """How long the level at work has taken."""
        return time.perf_counter() - self.began

    def counted_on(self, loss: Loss) -> Loss:
        """Returns a loss of the level at work, counted on from the levels before it."""
        return Loss(
            step=loss.step + sum(level.steps for level in self.levels),
            evaluations=loss.evaluations + sum(level.evaluations for level in self.levels),
            seconds=loss.seconds + sum(level.seconds for level in self.levels),
            terms=loss.terms,
        )

    def progress(
        self, step: int, evaluations: int, loss: Loss, image: Callable[[], np.ndarray]
    ) -> Progress:
        """Returns where the run is.

        Args:
            step: of the level at work.
            evaluations: of the level at work.
            loss: the last one of the level at work.
            image: returns the current image, `[1, height, width, 3]`.
        """
        return Progress(
            level=len(self.levels),
            levels=len(self.plan),
            size=self.level.size,
            step=step,
            steps=self.level.steps,
            evaluations=evaluations,
            total_step=sum(level.steps for level in self.levels) + step,
            loss=self.counted_on(loss),
            image=image,
            plan=self.plan,
        )

    def after_level(
        self, steps: int, evaluations: int, seconds: float, losses: Sequence[Loss]
    ) -> "Tracker":
        """Returns the account once the level at work has ended; the next one begins now.

        Args:
            steps: that it took, as the others do.
            evaluations: of the objective.
            seconds: of the work.
            losses: its part of the curve.
        """
        trace = LevelTrace(self.level.size, steps, evaluations, seconds, self.level.tile)
        curve = tuple(map(self.counted_on, losses))
        return Tracker(self.plan, (*self.levels, trace), (*self.losses, *curve))
