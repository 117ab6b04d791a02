"""Runs an optimisation level by level, with progress, checkpoints and a clean interrupt."""

import dataclasses
import pathlib
import warnings
from collections.abc import Callable

import numpy as np

from tfstyle import image
from tfstyle.optimization import checkpoint_checks, checkpoint_file, loop, optimizer
from tfstyle.optimization.checkpoint_file import Snapshot
from tfstyle.optimization.options import Options
from tfstyle.optimization.tracker import Tracker
from tfstyle.result import DONE, Interrupted, Level, Progress, Result, interrupted

Callback = Callable[[Progress], None]
"""Called after every step."""

CHECKPOINT_EVERY = 50
"""Steps between two checkpoints: what a kill can cost."""

CHECKPOINT_EVERY_IN_TILES = 4
"""The same at a level in tiles, where a step may take minutes."""


@dataclasses.dataclass(frozen=True)
class Checkpoints:
    """Where a run keeps its state, and what tells it from other runs."""

    folder: str | pathlib.Path | None
    run: str
    """See `checkpoint_file.fingerprint`."""
    resume: bool = False
    tile: int | None = None
    """See `checkpoint_file.tile`."""


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
    resize: Callable[[np.ndarray, tuple[int, int]], np.ndarray] = image.resize
    """Brings an image to a level's (height, width)."""
    options_in_tiles: Options = Options(lean=True)
    """Those of levels that are painted in tiles."""
    weights: dict[str, str] = dataclasses.field(default_factory=dict)
    """`name` and `sha256` of the pretrained weights, for the result."""


def run(task: Task, checkpoints: Checkpoints, callback: Callback | None = None) -> Result:
    """Returns the result of optimising the image at each level in turn, coarse to fine.

    Raises:
        Interrupted: Ctrl-C; carries the best image so far, at full size.
        ValueError: the checkpoint to resume from is missing or another run's.
    """
    done = begun = _begin(task, checkpoints)
    try:
        while True:
            done = dataclasses.replace(done, trace=_paint_level(task, checkpoints, done, callback))
            if done.trace.interrupted:
                break
            if done.level == len(task.levels) - 1:
                # It stays: the caller has not written the picture yet.
                _save(checkpoints, done)
                return _result(task, done, begun)
            done = _next_level(task, done)
            _save(checkpoints, done)
    except KeyboardInterrupt:
        # Between two levels, or at the end.
        done = _stopped(done)
    _save(checkpoints, done)
    raise Interrupted(_result(task, done, begun))


def _stopped(done: Snapshot) -> Snapshot:
    """Returns the snapshot as one that Ctrl-C has ended."""
    outcome = interrupted(f"at step {done.trace.step}")
    return dataclasses.replace(done, trace=dataclasses.replace(done.trace, outcome=outcome))


def _paint_level(
    task: Task, checkpoints: Checkpoints, done: Snapshot, callback: Callback | None
) -> loop.Trace:
    """Returns where the level at work got to; Ctrl-C ends it, even before its first step."""
    level = task.levels[done.level]
    try:
        value_and_gradient = task.objective_at(level)
        # Clipped first: enlarging would spread a value beyond black or white over its neighbours.
        start = task.resize(np.clip(done.trace.image, 0, 1), level.size)
    except KeyboardInterrupt:
        return dataclasses.replace(done.trace, outcome=interrupted(f"before level {level}"))
    fresh = dataclasses.replace(done.trace, image=start)
    every = CHECKPOINT_EVERY if level.tile is None else CHECKPOINT_EVERY_IN_TILES

    def after_step(trace: loop.Trace) -> None:
        now = dataclasses.replace(done, trace=trace)
        if trace.step % every == 0:
            _save(checkpoints, now)
        # Without a loss there was no step yet but a failed one.
        if callback is not None and trace.losses:
            callback(_progress(task, now))

    return loop.minimize(
        value_and_gradient,
        start,
        level.steps,
        _options(task, level),
        callback=after_step,
        resume_from=done.trace if done.trace.step else fresh,
    )


def _options(task: Task, level: Level) -> Options:
    return task.options if level.tile is None else task.options_in_tiles


def _begin(task: Task, checkpoints: Checkpoints) -> Snapshot:
    if checkpoints.resume and checkpoints.folder is not None:
        found = checkpoint_file.load(pathlib.Path(checkpoints.folder), checkpoints.run)
        if not _fits(task, found):
            raise ValueError(
                f"{checkpoint_file.EXPECTED}, and this one is of other levels; start without it. "
                f"Received: checkpoint={checkpoints.folder}"
            )
        return found
    return Snapshot(0, _fresh(task, task.start), (), ())


def _fits(task: Task, found: Snapshot) -> bool:
    """Returns whether a snapshot is of a level of the plan, all its arrays of that level's size."""
    if found.level >= len(task.levels):
        return False
    trace = found.trace
    state = {} if trace.state is None else trace.state()
    lean = _options(task, task.levels[found.level]).lean
    if state and not checkpoint_checks.state_fits(trace.kind, trace.image, state, lean):
        return False
    # Before its first step a level's picture has the size of the level before.
    return not trace.step or trace.image.shape[1:3] == task.levels[found.level].size


def _fresh(task: Task, pixels: np.ndarray, notes: tuple[str, ...] = ()) -> loop.Trace:
    return loop.Trace(pixels, np.inf, kind=task.options.optimizer, notes=notes)


def _next_level(task: Task, done: Snapshot) -> Snapshot:
    trace, ended = _fresh(task, done.trace.image, done.trace.notes), _ended(task, done)
    return Snapshot(done.level + 1, trace, ended.levels, ended.losses)


def _tracker(task: Task, done: Snapshot) -> Tracker:
    """Returns the account of the finished levels, which the snapshot keeps."""
    return Tracker(task.levels, done.levels, done.losses)


def _ended(task: Task, done: Snapshot) -> Tracker:
    """Returns the account, the level at work as if it had ended now."""
    trace = done.trace
    tracker = _tracker(task, done)
    return tracker.after_level(trace.step, trace.evaluations, trace.seconds, trace.losses)


def _progress(task: Task, done: Snapshot) -> Progress:
    trace = done.trace
    return _tracker(task, done).progress(
        trace.step, trace.evaluations, trace.losses[-1], lambda: _pastiche(task, done)
    )


def _pastiche(task: Task, done: Snapshot) -> np.ndarray:
    pixels = np.clip(done.trace.image, 0, 1)
    return task.finish(task.resize(pixels, task.levels[-1].size))


def _result(task: Task, done: Snapshot, begun: Snapshot) -> Result:
    ended = _ended(task, done)
    return Result(
        image=_pastiche(task, done),
        losses=ended.losses,
        levels=ended.levels,
        # A run that ended has an outcome; none is left out for the type alone.
        outcome=done.trace.outcome or DONE,
        weights=task.weights,
        earlier_seconds=sum(level.seconds for level in _ended(task, begun).levels),
    )


def _save(checkpoints: Checkpoints, done: Snapshot) -> None:
    if checkpoints.folder is None:
        return
    try:
        folder = pathlib.Path(checkpoints.folder)
        checkpoint_file.save(folder, done, checkpoints.run, checkpoints.tile)
    except OSError as error:
        # A full disk must not cost the picture.
        warnings.warn(f"the checkpoint could not be written: {error}", stacklevel=2)
