"""Pictures painted for a command: what is said meanwhile, and the exit status."""

import contextlib
import functools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tfstyle.cli import piped, process, progress, reports
from tfstyle.image import paths
from tfstyle.jobs import picture, work
from tfstyle.jobs.method import Callback, Method
from tfstyle.jobs.pairs import Pair
from tfstyle.jobs.picture import Job, PairOutcome, Status
from tfstyle.result import Level, Progress


def paint_all(job: Job, pairs: Sequence[Pair], files: Any) -> int:
    """Paints every pair and returns the exit status; a lone failure is raised.

    Args:
        job: what the pairs share.
        pairs: what to paint.
        files: the command's `Files`: whether to say nothing but warnings and errors, or to say
            all in JSON.
    """
    if files.json:
        return _paint_and_report(job, pairs)
    quiet = files.quiet
    tell = functools.partial(say, job.method, many=len(pairs) > 1, quiet=quiet)
    outcomes = picture.paint_all(job, pairs, tell)
    present = [outcome.pair.output for outcome in outcomes if outcome.status is Status.PRESENT]
    if present and not quiet:
        process.say(describe_present(present))
    failures = [outcome.error for outcome in outcomes if outcome.error]
    if len(pairs) == 1 and failures:
        # `app.run` says it in one line, as any command's error.
        raise failures[0]
    return _exit_status(outcomes)


def _paint_and_report(job: Job, pairs: Sequence[Pair]) -> int:
    """Paints every pair, says a line of JSON of each, and returns the exit status."""
    outcomes = picture.paint_all(
        job, pairs, lambda outcome: reports.say(reports.describe(job.method, outcome))
    )
    return _exit_status(outcomes)


def _exit_status(outcomes: Sequence[PairOutcome]) -> int:
    failures = [outcome for outcome in outcomes if outcome.error]
    if len(failures) == len(outcomes):
        return process.BAD_INPUT
    return process.SOME_FAILED if failures else process.DONE


def say(method: Method, outcome: PairOutcome, many: bool, quiet: bool) -> None:
    """Says what became of a pair; a lone failure is said by who gets it raised."""
    pair = outcome.pair
    if outcome.status is Status.FAILED and many:
        process.complain(f"tfstyle {method.command}", f"{pair.content}: {outcome.error}")
    if quiet:
        return
    if outcome.status is Status.PAINTED:
        process.say(f"{piped.shown(pair.output)}  {outcome.seconds:.1f} s  {outcome.sentence}")
    elif outcome.status is Status.FINISHED:
        process.say(f"{pair.output}  skipped: {outcome.sentence}")


def describe_present(present: Sequence[Path]) -> str:
    """Returns the one line for all outputs that were left alone, since they were there."""
    if len(present) == 1:
        return f"{present[0]}  skipped: it is there"
    names = paths.name_some([path.name for path in present])
    return f"{present[0].parent}  skipped: {len(present)} that are there, {names}"


def watch(quiet: bool) -> picture.Watch:
    """Returns what shows each picture's opening line and bar."""

    @contextlib.contextmanager
    def begin(pair: Pair, levels: Sequence[Level]) -> Iterator[Callback]:
        announce = announcement(pair, levels, quiet)
        # One pass is over before a bar without levels would say anything.
        with progress.show(levels, quiet or not levels) as move_bar:

            def callback(reached: Progress) -> None:
                announce(reached)
                move_bar(reached)

            yield callback

    return begin


def announcement(pair: Pair, levels: Sequence[Level], quiet: bool) -> Callback:
    """Returns a callback that says the plan once, at the first step.

    By then the method has accepted its input: what it refuses leaves one line, the reason.
    """
    is_said = quiet or pair.content is None

    def announce(reached: Progress) -> None:
        nonlocal is_said
        if not is_said:
            planned = ", ".join(map(str, work.planned(levels, reached)))
            process.note(f"{pair.content}, levels: {planned}")
        is_said = True

    return announce
