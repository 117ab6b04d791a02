"""The live bars that a terminal shows while a picture or a clip is painted."""

import contextlib
import sys
import typing
from collections.abc import Callable, Iterator, Sequence

from rich.console import Console, RenderableType
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress
from rich.text import Text

from tfstyle.jobs.video.job import FrameCallback
from tfstyle.jobs.work import planned, work, work_done
from tfstyle.result import Level, Progress


@contextlib.contextmanager
def show(levels: Sequence[Level], quiet: bool = False) -> Iterator[Callable[[Progress], None]]:
    """Yields a callback that moves a live bar on stderr, or does nothing if nobody watches.

    Args:
        levels: the coarse-to-fine plan.
        quiet: show nothing even on a terminal.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda progress: None
        return
    with _Bar(levels) as bar:
        yield bar.report


def stderr() -> Console:
    """Returns the console of stderr; a terminal that is closed takes the bar with it, no more."""
    return Console(file=typing.cast("typing.IO[str]", _Closable(sys.stderr)))


class _Closable:
    """A stream that may be closed by its other end, which then goes unnoticed."""

    def __init__(self, stream: typing.IO[str]):
        self._stream = stream

    def __getattr__(self, name: str) -> typing.Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.flush()


class _Bar(RichProgress):
    """A bar over all levels with the loss terms below it; it vanishes at the end."""

    def __init__(self, levels: Sequence[Level]):
        self._levels = levels
        self._losses = Text()
        super().__init__(
            TextColumn("{task.description}"),
            BarColumn(bar_width=14),
            TextColumn("{task.fields[position]}"),
            TimeRemainingColumn(),
            TextColumn("left"),
            console=stderr(),
            transient=True,
        )
        self._task = self.add_task("starting", total=work(levels), position="")

    def report(self, progress: Progress) -> None:
        """Moves the bar to where the method is."""
        height, width = progress.size
        levels = planned(self._levels, progress)
        self._losses = Text(describe_losses(progress.loss.terms))
        self.update(
            self._task,
            total=work(levels),
            completed=work_done(levels, progress),
            description=f"level {progress.level + 1}/{progress.levels} {width}x{height}",
            position=f"step {progress.step}/{progress.steps}, {progress.evaluations} evaluations",
        )

    def get_renderables(self) -> Iterator[RenderableType]:
        """Yields the bar, then the losses; rich draws them one below the other."""
        yield from super().get_renderables()
        yield self._losses


def describe_losses(terms: dict[str, float]) -> str:
    """Returns the weighted terms in words: "total 3, content 1, style 2"."""
    return ", ".join(f"{name} {value:.4g}" for name, value in terms.items())


# --- Clips ---


@contextlib.contextmanager
def show_frames(length: int | None, earlier: int, quiet: bool = False) -> Iterator[FrameCallback]:
    """Yields a callback that moves a live bar on stderr, or does nothing if nobody watches.

    Args:
        length: of the clip in frames, where that is known.
        earlier: how many of them earlier runs have painted; the time left does not count those.
        quiet: show nothing even on a terminal.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda progress: None
        return
    with make_frame_bar(length, earlier, stderr()) as bar:
        (task,) = bar.task_ids
        yield lambda progress: bar.update(
            task,
            completed=progress.painted,
            frame=earlier + progress.painted,
            rate=progress.rate,
        )


def make_frame_bar(length: int | None, earlier: int, console: Console) -> RichProgress:
    """Returns the bar: it says where in the clip the run is, and fills with this run's frames."""
    columns = (
        TextColumn("frame {task.fields[frame]}/{task.fields[length]}"),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[rate]:.3g} a second"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    bar = RichProgress(*columns, console=console, transient=True)
    # Without a total the bar only pulses: nobody knows when a camera ends.
    left = None if length is None else max(0, length - earlier)
    bar.add_task("", total=left, frame=earlier, length=length or "?", rate=0.0)
    return bar
