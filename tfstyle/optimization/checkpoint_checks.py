"""Whether what a checkpoint's file says can be of a run at all."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from tfstyle.optimization.loop import Trace
from tfstyle.optimization.optimizer import State
from tfstyle.optimization.options import OPTIMIZERS
from tfstyle.result import LevelTrace, Loss
from tfstyle.system.doors import Unsound

LBFGS_RANKS = {
    "position": 1,
    "objective_gradient": 1,
    "position_deltas": 2,
    "gradient_deltas": 2,
}
"""L-BFGS's arrays whose last axis is the picture's values; its others are single values."""


def check(
    level: int,
    trace: Trace,
    levels: tuple[LevelTrace, ...],
    losses: tuple[Loss, ...],
) -> None:
    """Raises Unsound unless the fields have the types and shapes that a run gives them.

    Args:
        level: the snapshot's, as the next three; see `checkpoint_file.Snapshot`.
        trace: of the level at work.
        levels: the finished ones.
        losses: of these.
    """
    rows = (*losses, *trace.losses)
    _check_counts([level, trace.step, *trace.kind_since, *(row.step for row in rows)])
    _check_counts(
        [number for each in levels for number in (*each.size, each.steps, each.tile or 0)]
    )
    spans: list[Trace | LevelTrace | Loss] = [trace, *levels, *rows]
    _check_counts(each.evaluations for each in spans)
    _check_numbers([trace.loss, *(each.seconds for each in spans)])
    _check_numbers(term for row in rows for term in row.terms.values())
    are_pairs = all(len(pair) == 2 for pair in (trace.kind_since, *(each.size for each in levels)))
    if not are_pairs or trace.kind not in OPTIMIZERS or not all(map(_is_text, trace.notes)):
        raise Unsound("has another form than a run's")
    _check_picture(trace.image)


def _check_counts(values: Iterable[Any]) -> None:
    if not all(type(value) is int and value >= 0 for value in values):
        raise Unsound("has counts that are none")


def _check_numbers(values: Iterable[Any]) -> None:
    if not all(type(value) in (int, float) for value in values):
        raise Unsound("has losses or times that are no numbers")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _check_picture(pixels: np.ndarray) -> None:
    shape = pixels.shape
    is_picture = len(shape) == 4 and shape[0] == 1 and shape[3] == 3 and pixels.size > 0
    if not is_picture or pixels.dtype != np.float32 or not np.isfinite(pixels).all():
        raise Unsound("has no picture of finite values")


def state_fits(kind: str, pixels: np.ndarray, state: State, lean: bool = False) -> bool:
    """Returns whether the arrays are all that an optimiser goes on from, for that picture."""
    if kind == "lbfgs" and lean:
        names = _lean_names(state)
        fit = all(_fits_lean(name, array, pixels) for name, array in state.items())
    elif kind == "lbfgs":
        names = {*LBFGS_RANKS, "scale"}
        fit = all(_fits_lbfgs(name, array, pixels.size) for name, array in state.items())
    else:
        names = {"image", "evaluations", "loss"}
        fit = all(array.shape in ((), pixels.shape) for array in state.values())
    are_numbers = all(array.dtype.kind in "fiub" for array in state.values())
    return fit and are_numbers and names <= state.keys()


def _lean_names(state: State) -> set[str]:
    """Returns what the lean one's state holds, given how many pairs it says there are."""
    pairs = state.get("pairs", np.array(0))
    count = int(pairs) if pairs.ndim == 0 and pairs.dtype.kind in "iu" else 0
    # No more than there can be: anybody may have written the number.
    count = min(count, len(state))
    rows = {f"{name}_{index}" for name in ("move", "change") for index in range(count)}
    return {"image", "gradient", "value", "scale", "evaluations", "pairs", *rows}


def _fits_lean(name: str, array: np.ndarray, pixels: np.ndarray) -> bool:
    if name in ("image", "gradient"):
        return array.shape == pixels.shape and array.dtype == np.float32
    if name.startswith(("move_", "change_")):
        return array.shape == (pixels.size,) and array.dtype == np.uint16
    return array.shape == ()


def _fits_lbfgs(name: str, array: np.ndarray, size: int) -> bool:
    rank = LBFGS_RANKS.get(name, 0)
    return array.ndim == rank and (rank == 0 or array.shape[-1] == size)
