"""The loop over pictures: paint, show how it goes, write the result and its record."""

import dataclasses
import functools
import os
import sys
import time
import types
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tfstyle import image, settings
from tfstyle.cli import process
from tfstyle.cli import progress as progress_bar
from tfstyle.jobs import inputs, outputs, record
from tfstyle.jobs import resume as resuming
from tfstyle.jobs.inputs import Files, Input
from tfstyle.result import Interrupted, Progress, Result

Watcher = Callable[[Progress], None]


@dataclasses.dataclass(frozen=True)
class Job:
    """All that one call of a command shares between its contents."""

    command: str
    method: types.ModuleType
    files: Files
    config: Any
    styles: Sequence[Input]
    others: Sequence[Input]
    """Further pictures that the result depends on."""

    def describe_inputs(self, source: Input) -> list[record.Input]:
        """Returns all that goes into the result of one content, in the record's order."""
        return [each.described for each in (source, *self.styles, *self.others)]


def run(command: str, method: types.ModuleType, files: Files, config: Any) -> int:
    """Paints every content and returns the exit status; a lone failure is raised."""
    return paint_all(prepare(command, method, files, config))


def prepare(command: str, method: types.ModuleType, files: Files, config: Any) -> Job:
    """Reads what all contents share."""
    styles = [inputs.read_input(path, "style") for path in inputs.split_paths(files.style)]
    start = getattr(config, "start", None)
    if start and not os.path.exists(start):
        settings.check_choice("start", start, (*method.STARTS, "the path of a picture"))
    others = [inputs.read_input(start, "start")] if start and start not in method.STARTS else []
    return Job(command, method, files, config, styles, others)


def paint_all(job: Job) -> int:
    """Paints every content and returns the exit status; a lone failure is raised."""
    pairs = inputs.pair_paths(
        job.files.content,
        job.files.output,
        [*job.styles, *job.others],
        job.files.save_every,
        job.files.content_flag,
    )
    resuming.check_checkpoints(job.files, [output for _, output in pairs])
    if len(pairs) == 1:
        paint(job, *pairs[0])
        return process.DONE
    failures = sum(not paint_or_complain(job, *pair) for pair in pairs)
    if failures == len(pairs):
        return process.BAD_INPUT
    return process.SOME_FAILED if failures else process.DONE


def paint_or_complain(job: Job, content: Path, output: Path) -> bool:
    """Paints one content of many; returns False, with the reason on stderr, when it failed."""
    try:
        paint(job, content, output)
    except process.USER_ERRORS as error:
        process.complain(f"tfstyle {job.command}", f"{content}: {error}")
        return False
    return True


def paint(job: Job, content: Path, output: Path) -> None:
    """Paints one content and says so; what an earlier run had finished is left as it is."""
    if job.files.skip_existing and resuming.is_there(output):
        return
    source = inputs.read_input(content, job.files.content_flag)
    described = job.describe_inputs(source)
    if resuming.is_finished(job.files, output, job.command, job.config, described):
        line = f"{output}  skipped: an earlier run finished it"
    else:
        result, seconds = paint_and_save(job, source, output)
        line = f"{output}  {seconds:.1f} s  {result.outcome}"
    if not job.files.quiet:
        process.say(line)


def paint_and_save(job: Job, source: Input, output: Path) -> tuple[Result, float]:
    """Returns the result, written with its record; Ctrl-C keeps the best picture so far."""
    began = time.monotonic()
    try:
        result = watch_and_stylize(job, source, output)
    except Interrupted as interruption:
        save(job, source, output, interruption.result, time.monotonic() - began)
        hint = "; --resume goes on from there" * bool(job.files.checkpoint)
        raise KeyboardInterrupt(f"interrupted; the best picture so far is {output}{hint}") from None
    seconds = time.monotonic() - began
    save(job, source, output, result, seconds)
    resuming.forget_checkpoint(job.files, output)
    return result, seconds


def watch_and_stylize(job: Job, source: Input, output: Path) -> Result:
    """Runs the method with all who watch it: the opening line, the bar, the snapshots."""
    levels = job.method.plan(source.picture.pixels.shape[1:3], job.config)
    if job.files.save_every and not levels:
        raise ValueError(
            "save_every must be 0 where a picture is painted in one pass. "
            f"Received: save_every={job.files.save_every}"
        )
    line = f"{source.described.path}, levels: {', '.join(map(str, levels))}"
    largest = f"level {levels[-1]}" if levels else f"size={job.config.size}"
    too_large = f"memory ran out; lower size or end other programs. Received: {largest}"
    with (
        progress_bar.show(levels, job.files.quiet) as move_bar,
        process.exhaustion_as_memory_error(too_large),
    ):
        watchers = [
            announcement(line, job.files.quiet),
            move_bar,
            snapshots(output, source.picture.alpha, job.files.save_every),
        ]
        return stylize(job, source, output, watchers)


def stylize(job: Job, source: Input, output: Path, watchers: Sequence[Watcher]) -> Result:
    """Runs the method, telling every watcher how far it is."""
    checkpoint, resume = resuming.find_checkpoint(job.files, output)

    def callback(progress: Progress) -> None:
        for watch in watchers:
            watch(progress)

    return job.method.stylize(
        source.picture.pixels,
        [style.picture.pixels for style in job.styles],
        job.config,
        callback=callback,
        checkpoint=checkpoint,
        resume=resume,
    )


def announcement(line: str, quiet: bool) -> Watcher:
    """Returns a callback that says the line once, at the first step.

    By then the method has accepted its input: what it refuses leaves one line, the reason.
    """
    say_once = functools.cache(lambda: quiet or print(line, file=sys.stderr))
    return lambda progress: say_once()


def snapshots(output: Path, alpha: np.ndarray | None, every: int) -> Watcher:
    """Returns a callback that writes out_step00100.png beside out.png, every so many steps."""

    def snapshot(progress: Progress) -> None:
        if every and progress.step and progress.total_step % every == 0:
            path = outputs.snapshot_path(output, progress.total_step)
            try:
                write_picture(path, progress.image(), alpha)
            except (OSError, ValueError) as error:  # A full disk must not cost the picture.
                warnings.warn(f"the snapshot could not be written: {error}", stacklevel=2)

    return snapshot


def save(job: Job, source: Input, output: Path, result: Result, seconds: float) -> None:
    """Writes the picture, and the record beside it."""
    write_picture(output, result.image, source.picture.alpha)
    record.write(
        output,
        command=job.command,
        config=job.config,
        inputs=job.describe_inputs(source),
        result=result,
        seconds=seconds,
    )


def write_picture(path: Path, pixels: np.ndarray, alpha: np.ndarray | None) -> None:
    """Writes pixels with the content's transparency, brought to their size."""
    path.parent.mkdir(exist_ok=True)
    if alpha is not None:
        three_channels = np.repeat(alpha[np.newaxis, :, :, np.newaxis], 3, axis=-1)
        alpha = image.resize(three_channels, pixels.shape[1:3])[0, :, :, 0]
    image.write(path, pixels, alpha)
