"""The live bar that a terminal shows while a clip is painted."""

import contextlib
import sys
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar


@contextlib.contextmanager
def show(
    length: int | None, earlier: int = 0, quiet: bool = False
) -> Iterator[Callable[[int, float], None]]:
    """Yields what moves a live bar on stderr, or does nothing if nobody watches.

    Args:
        length: of the clip in frames, where that is known.
        earlier: how many of them earlier runs have painted; the time left does not count those.
        quiet: show nothing even on a terminal.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda painted, rate: None
        return
    with make(length, earlier, Console(stderr=True)) as bar:
        (task,) = bar.task_ids
        yield lambda painted, rate: bar.update(
            task, completed=painted, frame=earlier + painted, rate=rate
        )


def make(length: int | None, earlier: int, console: Console) -> Bar:
    """Returns the bar: it says where in the clip the run is, and fills with this run's frames."""
    columns = (
        TextColumn("frame {task.fields[frame]}/{task.fields[length]}"),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[rate]:.3g} a second"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    bar = Bar(*columns, console=console, transient=True)
    left = None if length is None else max(0, length - earlier)
    bar.add_task("", total=left, frame=earlier, length=length or "?", rate=0.0)
    return bar
