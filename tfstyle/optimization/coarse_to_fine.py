"""Runs an optimisation level by level, with progress, checkpoints and a clean interrupt."""

import dataclasses
import pathlib
import warnings
from collections.abc import Callable

import numpy as np

from tfstyle import image
from tfstyle.optimization import checkpoint_file, loop, optimizer
from tfstyle.optimization.options import Options
from tfstyle.result import Interrupted, Level, LevelTrace, Loss, Progress, Result

CHECKPOINT_EVERY = 50
"""Steps between two checkpoints: what a kill can cost."""


@dataclasses.dataclass(frozen=True)
class Checkpoints:
    """Where a run keeps its state, and what tells it from other runs."""

    folder: str | pathlib.Path | None
    run: str
    """See `checkpoint_file.fingerprint`."""
    resume: bool = False


@dataclasses.dataclass(frozen=True)
class Task:
    """What is to be painted; see `run`."""

    levels: tuple[Level, ...]
    start: np.ndarray
    """`[1, height, width, 3]`, any size: resized to the first level's."""
    objective_at: Callable[[Level], optimizer.ValueAndGradient]
    finish: Callable[[np.ndarray], np.ndarray]
    """From the optimised image at full size to the pastiche."""
    options: Options
    weights: dict[str, str] = dataclasses.field(default_factory=dict)
    """`name` and `sha256` of the pretrained weights, for the result."""


def run(
    task: Task, checkpoints: Checkpoints, callback: Callable[[Progress], None] | None = None
) -> Result:
    """Returns the result of optimising the image at each level in turn, coarse to fine.

    Raises:
        Interrupted: Ctrl-C; carries the best image so far, at full size.
        ValueError: the checkpoint to resume from is missing or another run's.
    """
    done = begun = _begin(task, checkpoints)
    while True:
        done = dataclasses.replace(done, trace=_paint_level(task, checkpoints, done, callback))
        if done.trace.interrupted:
            _save(checkpoints, done)
            raise Interrupted(_result(task, done, begun))
        if done.level == len(task.levels) - 1:
            # It stays: the caller has not written the picture yet.
            _save(checkpoints, done)
            return _result(task, done, begun)
        done = _next_level(task, done)
        _save(checkpoints, done)


def _paint_level(
    task: Task,
    checkpoints: Checkpoints,
    done: checkpoint_file.Snapshot,
    callback: Callable[[Progress], None] | None,
) -> loop.Trace:
    """Returns where the level at work got to; Ctrl-C ends it, even before its first step."""
    level = task.levels[done.level]
    try:
        value_and_gradient = task.objective_at(level)
        # Clipped first: enlarging would spread a value beyond black or white over its neighbours.
        start = image.resize(np.clip(done.trace.image, 0, 1), level.size)
    except KeyboardInterrupt:
        outcome = f"interrupted before level {level}"
        return dataclasses.replace(done.trace, outcome=outcome, interrupted=True)
    fresh = dataclasses.replace(done.trace, image=start)
    return loop.minimize(
        value_and_gradient,
        start,
        level.steps,
        task.options,
        callback=_Watcher(task, checkpoints, done, callback),
        resume_from=done.trace if done.trace.step else fresh,
    )


class _Watcher:
    """Turns an optimiser's trace into the run's progress, and into a checkpoint now and then."""

    def __init__(
        self,
        task: Task,
        checkpoints: Checkpoints,
        done: checkpoint_file.Snapshot,
        callback: Callable[[Progress], None] | None,
    ) -> None:
        self._task, self._checkpoints = task, checkpoints
        self._done, self._callback = done, callback

    def __call__(self, trace: loop.Trace) -> None:
        done = dataclasses.replace(self._done, trace=trace)
        if trace.step % CHECKPOINT_EVERY == 0:
            _save(self._checkpoints, done)
        if self._callback is not None and trace.losses:
            self._callback(_progress(self._task, done))


def _begin(task: Task, checkpoints: Checkpoints) -> checkpoint_file.Snapshot:
    if checkpoints.resume and checkpoints.folder is not None:
        return checkpoint_file.load(pathlib.Path(checkpoints.folder), checkpoints.run)
    return checkpoint_file.Snapshot(0, _fresh(task, task.start), (), ())


def _fresh(task: Task, pixels: np.ndarray, notes: tuple[str, ...] = ()) -> loop.Trace:
    return loop.Trace(pixels, np.inf, kind=task.options.optimizer, notes=notes)


def _next_level(task: Task, done: checkpoint_file.Snapshot) -> checkpoint_file.Snapshot:
    trace = _fresh(task, done.trace.image, done.trace.notes)
    return checkpoint_file.Snapshot(done.level + 1, trace, _levels(task, done), _losses(done))


def _levels(task: Task, done: checkpoint_file.Snapshot) -> tuple[LevelTrace, ...]:
    size, trace = task.levels[done.level].size, done.trace
    return (*done.levels, LevelTrace(size, trace.step, trace.evaluations, trace.seconds))


def _losses(done: checkpoint_file.Snapshot) -> tuple[Loss, ...]:
    """Returns the curve of all levels, steps, evaluations and seconds counted on."""
    steps = sum(level.steps for level in done.levels)
    evaluations = sum(level.evaluations for level in done.levels)
    seconds = sum(level.seconds for level in done.levels)
    counted_on = (
        Loss(loss.step + steps, loss.evaluations + evaluations, loss.seconds + seconds, loss.terms)
        for loss in done.trace.losses
    )
    return (*done.losses, *counted_on)


def _progress(task: Task, done: checkpoint_file.Snapshot) -> Progress:
    level = task.levels[done.level]
    return Progress(
        level=done.level,
        levels=len(task.levels),
        size=level.size,
        step=done.trace.step,
        steps=level.steps,
        evaluations=done.trace.evaluations,
        total_step=sum(finished.steps for finished in done.levels) + done.trace.step,
        loss=done.trace.losses[-1],
        image=lambda: _pastiche(task, done),
    )


def _pastiche(task: Task, done: checkpoint_file.Snapshot) -> np.ndarray:
    pixels = np.clip(done.trace.image, 0, 1)
    return task.finish(image.resize(pixels, task.levels[-1].size))


def _result(task: Task, done: checkpoint_file.Snapshot, begun: checkpoint_file.Snapshot) -> Result:
    return Result(
        image=_pastiche(task, done),
        losses=_losses(done),
        levels=_levels(task, done),
        outcome=done.trace.outcome,
        weights=task.weights,
        earlier_seconds=sum(level.seconds for level in _levels(task, begun)),
    )


def _save(checkpoints: Checkpoints, done: checkpoint_file.Snapshot) -> None:
    if checkpoints.folder is None:
        return
    try:
        checkpoint_file.save(pathlib.Path(checkpoints.folder), done, checkpoints.run)
    except OSError as error:
        # A full disk must not cost the picture.
        warnings.warn(f"the checkpoint could not be written: {error}", stacklevel=2)
