"""What a job asks of a method.

A method needs no more than the names of `Method`. One whose runs can be gone on with has that of
`Resumable` besides, and one that needs no content those of `Synthesizing`.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np

from tfstyle.jobs import record
from tfstyle.jobs.inputs import Described
from tfstyle.result import Level, Progress, Result

Callback = Callable[[Progress], None]

Size = tuple[int, int]
"""(height, width) in pixels."""


class Method(Protocol):
    """A method with its settings and all that contents share, such as the styles."""

    @property
    def command(self) -> str:
        """What records call the method: the name of its command."""

    @property
    def config(self) -> Any:
        """The settings, a dataclass."""

    @property
    def inputs(self) -> Sequence[Described]:
        """What all contents share, in the record's order."""

    def plan(self, content_size: Size) -> Sequence[Level]:
        """Returns the levels that `callback` will tell of; none where it is never called."""

    def stylize(self, content: np.ndarray, callback: Callback) -> Result:
        """Returns the pastiche of a content, `[1, height, width, 3]` in [0, 1]."""


# Apart from `Method`, so that no method needs a dummy that only refuses. Checkable at run time,
# since `as_synthesizing` asks which methods have it.
@runtime_checkable
class Synthesizing(Protocol):
    """What a method has besides that makes pictures without a content."""

    def synthesis_plan(self) -> Sequence[Level]:
        """Returns what `plan` does."""

    def synthesize(self, callback: Callback) -> Result:
        """Returns what `stylize` does."""


@runtime_checkable
class Resumable(Protocol):
    """What a method has besides whose runs keep a state that they can go on from."""

    def stylize_from(
        self, content: np.ndarray, callback: Callback, checkpoint: str, resume: bool
    ) -> Result:
        """Returns what `stylize` does, and keeps the state in the folder `checkpoint`.

        Args:
            content: as for `stylize`.
            callback: as for `stylize`.
            checkpoint: the folder.
            resume: whether to go on from the state that is there.
        """


@runtime_checkable
class PerContent(Protocol):
    """What a method has besides of which each content may have something of its own, as a map."""

    def for_content(self, content: Path) -> "Method":
        """Returns the method as it paints the content of that path.

        Raises:
            ValueError: the content lacks what it should have.
        """

    def check_contents(self, contents: Sequence[Path], outputs: Sequence[Path]) -> None:
        """Raises ValueError when a content lacks its own, or an output would replace that."""


def as_synthesizing(method: Method, flag: str = "content") -> Synthesizing:
    """Returns the method as what makes pictures without a content, called `flag`.

    Raises:
        ValueError: it makes none.
    """
    if not isinstance(method, Synthesizing):
        raise ValueError(f"{flag} must be given for {method.command}. Received: {flag}=None")
    return method


def as_resumable(method: Method, checkpoint: os.PathLike[str]) -> Resumable:
    """Returns the method as what keeps the state of its runs.

    Raises:
        ValueError: it keeps none.
    """
    if not isinstance(method, Resumable):
        raise ValueError(
            f"checkpoint must be none for {method.command}, whose runs keep no state. "
            f"Received: checkpoint={checkpoint}"
        )
    return method


def describe_inputs(method: Method, content: Described | None) -> list[record.Input]:
    """Returns all that goes into the result of one content, in the record's order."""
    read = method.inputs if content is None else [content, *method.inputs]
    return [each.described for each in read]
