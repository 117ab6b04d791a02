"""From picture to picture: painted, watched, written with its record, gone on with, skipped.

Everything is a value or a callable, so that the shell, a page, a server and a cluster's worker
call the same functions; `tfstyle.jobs.paint_file` is their short form.
"""

import contextlib
import dataclasses
import enum
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tfstyle.jobs import inputs, resume
from tfstyle.jobs.beside import masks
from tfstyle.jobs.inputs import Input
from tfstyle.jobs.method import (
    Callback,
    Method,
    PerContent,
    as_resumable,
    as_synthesizing,
    describe_inputs,
)
from tfstyle.jobs.pairs import Pair
from tfstyle.jobs.saving import remove_left, save, snapshots
from tfstyle.result import Interrupted, Level, Progress, Result
from tfstyle.system import errors, signals

Watch = Callable[[Pair, Sequence[Level]], contextlib.AbstractContextManager[Callback]]
"""Called as a picture begins, with its levels; what it returns is open while the picture is
painted, and gives the callback."""


def unwatched(pair: Pair, levels: Sequence[Level]) -> contextlib.AbstractContextManager[Callback]:
    """Watches nothing."""
    return contextlib.nullcontext(lambda progress: None)


class Status(enum.Enum):
    """What became of a pair."""

    PAINTED = enum.auto()
    PRESENT = enum.auto()
    """Left as it is, since it was there, which was asked for."""
    FINISHED = enum.auto()
    """Left as it is, since its record tells that an earlier run had finished it."""
    FAILED = enum.auto()


@dataclasses.dataclass(frozen=True)
class PairOutcome:
    """What became of a pair, with a sentence."""

    pair: Pair
    status: Status
    sentence: str
    seconds: float = 0.0
    """How long the method ran."""
    error: Exception | None = None
    """Why it failed, one of `USER_ERRORS`."""
    size: tuple[int, int] | None = None
    """(width, height) of what was painted, in pixels."""
    losses: Mapping[str, float] = dataclasses.field(default_factory=dict)
    """The weighted terms at the last step, of a method that has some."""


@dataclasses.dataclass(frozen=True)
class Job:
    """What all pairs share."""

    method: Method
    save_every: int = 0
    """Steps between snapshots beside the output; 0 is never."""
    skip_existing: bool = False
    """Whether to leave outputs alone that are complete, whatever made them."""
    skip_finished: bool = False
    """Whether to leave outputs alone whose record tells of the same command, settings and
    pictures."""
    watch: Watch = unwatched
    flag: str = "content"
    """What errors call the content."""

    def __post_init__(self) -> None:
        """Raises ValueError when the snapshots' distance is none."""
        if self.save_every < 0:
            raise ValueError(
                f"save_every must be at least 0 steps. Received: save_every={self.save_every}"
            )


def paint_all(
    job: Job, pairs: Sequence[Pair], tell: Callable[[PairOutcome], None] = lambda outcome: None
) -> list[PairOutcome]:
    """Paints every pair; one that fails does not stop the others.

    Args:
        job: what they share.
        pairs: as `pairs.resolve` returns them.
        tell: called with each outcome as soon as it is known.

    Raises:
        ValueError: the method cannot do what is asked of it with any pair.
        KeyboardInterrupt: Ctrl-C; the picture so far is written, and the message says where.
    """
    # What the method cannot do is raised once, not reported for each pair.
    check(job, pairs)
    if isinstance(job.method, PerContent):
        contents = [pair.content for pair in pairs if pair.content is not None]
        job.method.check_contents(contents, [pair.output for pair in pairs])
    outcomes = []
    for pair in pairs:
        outcome = _paint_or_report(job, pair)
        tell(outcome)
        outcomes.append(outcome)
    return outcomes


def check(job: Job, pairs: Sequence[Pair]) -> None:
    """Raises ValueError when a pair asks of the method what it cannot do."""
    for pair in pairs:
        if pair.content is None:
            as_synthesizing(job.method, job.flag)
        if pair.checkpoint:
            as_resumable(job.method, pair.checkpoint)
        if pair.mask and getattr(job.method.config, "tileable", False):
            raise ValueError(
                "mask must be none where the result tiles: the photograph around it does not. "
                f"Received: mask={pair.mask}, tileable=True"
            )


def paint(job: Job, pair: Pair) -> PairOutcome:
    """Paints one pair and writes the picture, and the record beside it.

    Raises:
        ValueError: an image or a setting cannot be used.
        OSError: a file cannot be read or written.
        MemoryError: the size does not fit.
        KeyboardInterrupt: Ctrl-C; the picture so far is written, and the message says where.
    """
    # Before the content is read: a folder of thousands takes minutes to read.
    if job.skip_existing and _is_there(pair):
        return PairOutcome(pair, Status.PRESENT, "left as it is: it is there")
    job = _for_content(job, pair)
    source = None if pair.content is None else _read_content(job, pair.content)
    method = _with_mask(job.method, pair, source)
    described = describe_inputs(method, source)
    # Not before the content is read: its digest tells whether the file has changed since.
    if job.skip_finished and resume.is_finished(
        pair.output, method.command, method.config, described, masks.told(method)
    ):
        return PairOutcome(pair, Status.FINISHED, "an earlier run finished it")
    return _paint_and_save(dataclasses.replace(job, method=method), pair, source)


def _for_content(job: Job, pair: Pair) -> Job:
    """Returns the job with what the method has for this content alone."""
    if pair.content is None or not isinstance(job.method, PerContent):
        return job
    return dataclasses.replace(job, method=job.method.for_content(pair.content))


def _is_there(pair: Pair) -> bool:
    """Returns whether a pair's output is there, and is of its content."""
    if not resume.is_there(pair.output):
        return False
    # With each picture that comes or goes, those behind it change their places, and so numbers.
    if not pair.is_numbered or pair.content is None:
        return True
    return not resume.is_of_another(pair.output, pair.content)


def _read_content(job: Job, path: Path) -> Input:
    size = getattr(job.method.config, "size", None)
    # Quilting's may also be a width and a height.
    return inputs.read_input(path, job.flag, size if isinstance(size, int) else None)


def _with_mask(method: Method, pair: Pair, source: Input | None) -> Method:
    """Returns the method as it paints this pair: under its mask, where it has one."""
    if pair.mask is None or source is None:
        return method
    return masks.Masked(method, masks.read_for(pair.mask, source.picture.pixels))


def _paint_or_report(job: Job, pair: Pair) -> PairOutcome:
    try:
        return paint(job, pair)
    except errors.USER_ERRORS as error:
        return PairOutcome(pair, Status.FAILED, str(error), error=error)


def _paint_and_save(job: Job, pair: Pair, source: Input | None) -> PairOutcome:
    """Paints the pair; Ctrl-C keeps the best picture so far."""
    began = time.monotonic()
    try:
        result = _stylize_watched(job, pair, source)
    except Interrupted as interruption:
        # A second request may be an echo of the first, and must not cost the picture.
        with signals.ignored():
            save(job.method, pair, source, interruption.result, time.monotonic() - began)
        raise KeyboardInterrupt(_how_to_go_on(pair)) from None
    seconds = time.monotonic() - began
    # A picture that is done is not lost to a request that comes while it is written.
    with signals.deferred():
        save(job.method, pair, source, result, seconds)
        # Not before the picture and its record are safe.
        if pair.checkpoint:
            resume.forget(pair.checkpoint)
    return _painted(pair, result, seconds)


def _painted(pair: Pair, result: Result, seconds: float) -> PairOutcome:
    height, width = result.image.shape[1:3]
    losses = result.losses[-1].terms if result.losses else {}
    sentence = str(result.outcome)
    return PairOutcome(pair, Status.PAINTED, sentence, seconds, size=(width, height), losses=losses)


def _how_to_go_on(pair: Pair) -> str:
    """Returns what to say of an interruption."""
    # Of a content there is a best picture; a texture made without one just is not all there yet.
    so_far = "the picture so far" if pair.content is None else "the best picture so far"
    hint = "; --resume goes on from there" if pair.checkpoint else ""
    return f"interrupted; {so_far} is {pair.output}{hint}"


def _stylize_watched(job: Job, pair: Pair, source: Input | None) -> Result:
    """Runs the method with all who watch it."""
    levels = _plan(job.method, source)
    remove_left(pair.output, job.save_every, sum(level.steps for level in levels))
    if job.save_every and not levels:
        raise ValueError(
            "save_every must be 0 where a picture is painted in one pass. "
            f"Received: save_every={job.save_every}"
        )
    with (
        job.watch(pair, levels) as watcher,
        errors.exhaustion_as_memory_error(_too_large(job.method, levels, source)),
    ):
        alpha = None if source is None else source.picture.alpha
        snapshot = snapshots(pair.output, alpha, job.save_every)

        def callback(progress: Progress) -> None:
            watcher(progress)
            snapshot(progress)

        return _stylize(job.method, pair, source, callback)


def _plan(method: Method, source: Input | None) -> Sequence[Level]:
    if source is None:
        return as_synthesizing(method).synthesis_plan()
    height, width = source.picture.pixels.shape[1:3]
    return method.plan((height, width))


def _stylize(method: Method, pair: Pair, source: Input | None, callback: Callback) -> Result:
    """Runs the method as the pair asks for: without a content, with a state, or neither."""
    if source is None:
        return as_synthesizing(method).synthesize(callback)
    content = source.picture.pixels
    if pair.checkpoint is None:
        return method.stylize(content, callback)
    resumable = as_resumable(method, pair.checkpoint)
    return resumable.stylize_from(content, callback, str(pair.checkpoint), pair.goes_on)


def _too_large(method: Method, levels: Sequence[Level], source: Input | None) -> str:
    """Returns what to say when memory runs out in spite of the method's own estimate."""
    size = getattr(method.config, "size", None)
    if levels or source is None or size is not None:
        largest = f"level {levels[-1]}" if levels else f"size={size}"
        return f"memory ran out; lower size or end other programs. Received: {largest}"
    height, width = source.picture.pixels.shape[1:3]
    return f"memory ran out; give a size. Received: {width}x{height}"
