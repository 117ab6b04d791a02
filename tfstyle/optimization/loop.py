"""Moves the pixels of one image until the objective is small."""

import dataclasses
import math
import time
from collections.abc import Callable

import numpy as np

from tfstyle.optimization import adam
from tfstyle.optimization.optimizer import Optimizer, State, ValueAndGradient
from tfstyle.optimization.options import RESTART_STEP, Options
from tfstyle.result import Ending, Loss, Outcome, interrupted

STEP_LIMIT = Outcome(Ending.STEP_LIMIT, "step limit reached")
CONVERGED = Outcome(Ending.CONVERGED, "converged: the loss no longer changes")


@dataclasses.dataclass(frozen=True)
class Trace:
    """Where a minimisation got to, and all it needs to go on from there."""

    image: np.ndarray
    """The best finite image so far, `[1, height, width, 3]`, not clipped."""
    loss: float
    """The objective at `image`."""
    step: int = 0
    evaluations: int = 0
    losses: tuple[Loss, ...] = ()
    seconds: float = 0.0
    outcome: Outcome | None = None
    """Why it stopped; None while it runs."""
    kind: str = "lbfgs"
    """The optimiser at work; after two failures not the one asked for."""
    kind_since: tuple[int, int] = (0, 0)
    """Steps and evaluations before that optimiser started."""
    state: Callable[[], State] | None = None
    """Copies the optimiser's arrays as they were, on demand since they are large; None at first."""
    notes: tuple[str, ...] = ()
    """What went wrong on the way."""

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended it, so that there is more to do."""
        return self.outcome is not None and self.outcome.kind is Ending.INTERRUPTED


def minimize(
    value_and_gradient: ValueAndGradient,
    image: np.ndarray,
    steps: int,
    options: Options = Options(),  # noqa: B008 (frozen)
    *,
    callback: Callable[[Trace], None] | None = None,
    resume_from: Trace | None = None,
) -> Trace:
    """Returns the best image found in at most `steps` steps, and how it came about.

    A failed or non-finite step restarts L-BFGS from the best finite image with its history
    cleared; if that fails at once, Adam goes on. Ctrl-C ends the minimisation as a limit
    does, with `interrupted` set.

    Args:
        value_and_gradient: the objective; see `optimizer.ValueAndGradient`.
        image: where to start, `[1, height, width, 3]`, float32.
        steps: limit of the optimiser's steps.
        options: the optimiser and its settings.
        callback: called after every step with the trace so far.
        resume_from: an earlier trace of the same minimisation; goes on bit for bit.
    """
    trace = resume_from or Trace(image, math.inf, kind=options.optimizer)
    optimizer = _start(value_and_gradient, trace, options)
    clock = time.perf_counter() - trace.seconds
    try:
        while trace.step < steps and trace.outcome is None:
            optimizer.step()
            trace = _after_step(trace, optimizer, time.perf_counter() - clock)
            if optimizer.failed:
                trace = _after_failure(trace)
                optimizer = _start(value_and_gradient, trace, options)
            if callback is not None:
                callback(trace)
    except KeyboardInterrupt:
        return _ended(trace, interrupted(f"at step {trace.step}"))
    return _ended(trace, trace.outcome or STEP_LIMIT)


def kind(optimizer: str, lean: bool = False) -> type[Optimizer]:
    """Returns the class of one of `options.OPTIMIZERS`; a lean one where there are two."""
    if optimizer == "adam":
        return adam.Adam
    if lean:
        from tfstyle.optimization.lean.lbfgs import LeanLbfgs

        return LeanLbfgs
    # With it comes TFP: more than a second, for which the methods of one pass need not wait.
    from tfstyle.optimization.lbfgs import Lbfgs

    return Lbfgs


def _start(value_and_gradient: ValueAndGradient, trace: Trace, options: Options) -> Optimizer:
    # After a failure the image is good already: a long first step would only fail again.
    if trace.kind_since[0] > 0:
        options = dataclasses.replace(options, first_step=RESTART_STEP)
    optimizer = kind(trace.kind, options.lean)(value_and_gradient, trace.image, options)
    if trace.state is not None:
        optimizer.restore(trace.state())
    return optimizer


def _after_step(trace: Trace, optimizer: Optimizer, seconds: float) -> Trace:
    step, evaluations = trace.step + 1, trace.kind_since[1] + optimizer.evaluations
    advanced = dataclasses.replace(
        trace, step=step, evaluations=evaluations, seconds=seconds, state=optimizer.freeze()
    )
    if optimizer.failed or not math.isfinite(optimizer.loss):
        # A search that fails at its first step has seen the start only, whose loss was finite.
        return dataclasses.replace(advanced, loss=min(trace.loss, optimizer.start_loss))
    terms = {"total": optimizer.loss, **optimizer.terms}
    advanced = dataclasses.replace(
        advanced,
        losses=(*trace.losses, Loss(step, evaluations, seconds, terms)),
        outcome=CONVERGED if optimizer.converged else None,
    )
    # Adam climbs now and then, and a restart may too: the best image is kept, not the last.
    if optimizer.loss < trace.loss:
        advanced = dataclasses.replace(advanced, image=optimizer.image(), loss=optimizer.loss)
    return advanced


def _after_failure(trace: Trace) -> Trace:
    """Returns the trace from which a fresh optimiser starts, or one that has given up."""
    start = (trace.step, trace.evaluations)
    if trace.kind == "adam" or not math.isfinite(trace.loss):
        reason = f"loss became non-finite at step {trace.step}; try a smaller style_weight"
        return dataclasses.replace(trace, outcome=Outcome(Ending.FAILED, reason), state=None)
    # What fails again in the first step after a restart fails always; Adam needs no line search.
    at_once = trace.kind_since[0] > 0 and trace.step == trace.kind_since[0] + 1
    kind, cure = ("adam", "Adam went on") if at_once else ("lbfgs", "L-BFGS restarted")
    height, width = trace.image.shape[1:3]
    note = f"line search failed at step {trace.step} of {width}x{height}, {cure}"
    return dataclasses.replace(
        trace, kind=kind, kind_since=start, state=None, notes=(*trace.notes, note)
    )


def _ended(trace: Trace, outcome: Outcome) -> Trace:
    """Returns the trace with why it stopped, and what went wrong on the way, in one sentence."""
    sentence = "; ".join((outcome.sentence, *trace.notes))
    return dataclasses.replace(trace, outcome=Outcome(outcome.kind, sentence))
