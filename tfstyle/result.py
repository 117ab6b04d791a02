"""The records every method speaks: `Progress` while it runs, `Result` when it ends."""

import dataclasses
import enum
from collections.abc import Callable

import numpy as np

# Records hold the word: by another one, earlier unfinished pictures would count as finished.
INTERRUPTED = "interrupted"
"""How the sentence of an interruption begins."""


class Ending(enum.Enum):
    """The kinds of reasons why a method stops."""

    COMPLETE = "complete"
    """All is done that was to be done."""
    STEP_LIMIT = "step limit"
    """The optimiser has taken all its steps."""
    CONVERGED = "converged"
    """The loss no longer changes."""
    INTERRUPTED = "interrupted"
    """Ctrl-C."""
    FAILED = "failed"
    """The loss is no number any more; the best picture before that is kept."""


@dataclasses.dataclass(frozen=True)
class Outcome:
    """Why a method stopped: a kind to compare, and a sentence to read."""

    kind: Ending
    sentence: str
    """Goes into the record and onto the screen."""

    def __str__(self) -> str:
        """Returns the sentence."""
        return self.sentence


DONE = Outcome(Ending.COMPLETE, "done")


def interrupted(where: str = "") -> Outcome:
    """Returns the outcome of Ctrl-C: "interrupted", or "interrupted at step 5"."""
    return Outcome(Ending.INTERRUPTED, f"{INTERRUPTED} {where}".strip())


def tells_interruption(sentence: str) -> bool:
    """Returns whether an outcome's sentence is one of `interrupted`.

    A record keeps only the sentence: who goes on from one asks here.
    """
    return sentence.startswith(INTERRUPTED)


@dataclasses.dataclass(frozen=True)
class Loss:
    """The objective at one step: a point of the curve that the record keeps."""

    step: int
    evaluations: int
    seconds: float
    terms: dict[str, float]
    """Weighted terms by name; `total` is their sum."""


@dataclasses.dataclass(frozen=True)
class Level:
    """One size of the plan."""

    size: tuple[int, int]
    """(height, width) in pixels."""
    steps: int
    """The optimiser's step limit."""
    tile: int | None = None
    """Longest side in pixels of the tiles in which the network sees the image; None is whole."""

    def __str__(self) -> str:
        """Returns the level as a person writes it: width x height and steps."""
        height, width = self.size
        tiles = "" if self.tile is None else f" in tiles of {self.tile}"
        return f"{width}x{height} ({self.steps} steps{tiles})"


@dataclasses.dataclass(frozen=True)
class LevelTrace:
    """What one level of the coarse-to-fine plan cost; `size` is (height, width) in pixels."""

    size: tuple[int, int]
    steps: int
    evaluations: int
    seconds: float = dataclasses.field(default=0.0, compare=False)
    """What the optimiser took, before a resumption too; no two runs take the same."""
    tile: int | None = None
    """As `Level` has it."""


@dataclasses.dataclass(frozen=True)
class Progress:
    """Where a running method is: its own counts are the level's, those of `loss` the run's."""

    level: int
    """From 0."""
    levels: int
    size: tuple[int, int]
    """(height, width) of this level, in pixels."""
    step: int
    steps: int
    """The level's step limit."""
    evaluations: int
    total_step: int
    """Steps since the run began, all levels together."""
    loss: Loss
    # A callable, since most steps need no picture, and to make one takes resizing and colours.
    image: Callable[[], np.ndarray]
    """Returns the current image, `[1, height, width, 3]`, float32 in [0, 1]."""
    plan: tuple[Level, ...] = ()
    """The levels that the run takes; what was planned before may differ, where memory decides."""


@dataclasses.dataclass(frozen=True)
class Result:
    """A finished pastiche and how it came about."""

    image: np.ndarray
    """`[1, height, width, 3]`, float32 in [0, 1], RGB."""
    losses: tuple[Loss, ...] = ()
    levels: tuple[LevelTrace, ...] = ()
    outcome: Outcome = DONE
    """Why the method stopped."""
    weights: dict[str, str] = dataclasses.field(default_factory=dict)
    """`name` and `sha256` of the pretrained weights that were used."""
    earlier_seconds: float = 0.0
    """What the optimiser had worked before the run was resumed."""

    @property
    def steps(self) -> int:
        """Steps of the optimiser, all levels together."""
        return sum(level.steps for level in self.levels)

    @property
    def evaluations(self) -> int:
        """Evaluations of the objective's value and gradient, all levels together."""
        return sum(level.evaluations for level in self.levels)


# A KeyboardInterrupt, so that Ctrl-C also ends programs that know nothing of results.
class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a method; `result` holds the best image so far and its losses."""

    def __init__(self, result: Result):
        """Takes what there is so far."""
        super().__init__(str(result.outcome))
        self.result = result

    def __reduce__(self) -> tuple[type["Interrupted"], tuple[Result]]:
        """Says how it is made anew in another process; by default of its sentence alone."""
        return type(self), (self.result,)
