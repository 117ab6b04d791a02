"""Swapped features made a picture by optimising pixels until they have these features."""

import dataclasses
import functools
import pathlib
from collections.abc import Callable

import numpy as np

from tfstyle.methods.style_swap import decoding
from tfstyle.methods.style_swap.config import Config, swapped_layer
from tfstyle.methods.style_swap.preparation import Prepared
from tfstyle.optimization import checkpoint_file, coarse_to_fine, options
from tfstyle.result import Level, Progress, Result
from tfstyle.system.precision import resolve_precision


def paint(
    prepared: Prepared,
    levels: tuple[Level, ...],
    config: Config,
    *,
    callback: Callable[[Progress], None] | None = None,
    checkpoint: str | pathlib.Path | None = None,
    resume: bool = False,
) -> Result:
    """Returns the picture whose features come nearest to the swapped ones.

    Reference: Chen and Schmidt (2016), eq. 3.
    Differs: by L-BFGS, and with more smoothing than their code has.

    Args:
        prepared: the features, and the content.
        levels: the plan: one level, of the grown content's size.
        config: the settings.
        callback: called after every step.
        checkpoint: folder where the state is kept.
        resume: whether to go on from that state.

    Raises:
        Interrupted: Ctrl-C; carries the best image so far.
    """
    target = prepared.target()
    start = prepared.grown.numpy()
    if decoding.begins(config):
        start = prepared.painter.decode(target)
    targets = prepared.loss.targets_of({swapped_layer(config): target})
    task = coarse_to_fine.Task(
        levels=levels,
        start=start,
        # Of one level, so of one size: that at which the features were prepared.
        objective_at=lambda _: functools.partial(prepared.loss.value_and_gradient, targets=targets),
        finish=lambda pixels: prepared.finish(pixels, config),
        options=options.Options(optimizer=config.optimizer, learning_rate=config.learning_rate),
        weights=prepared.weights,
    )
    checkpoints = coarse_to_fine.Checkpoints(
        checkpoint, _identity(prepared, target.numpy(), config), resume
    )
    return coarse_to_fine.run(task, checkpoints, callback)


def _identity(prepared: Prepared, target: np.ndarray, config: Config) -> str:
    """Returns what tells this run from others; how much memory it may take does not."""
    same = dataclasses.replace(config, score_memory=Config.score_memory)
    facts = (*prepared.weights.values(), resolve_precision(config.precision))
    return checkpoint_file.fingerprint(same, prepared.content, target, facts=facts)
