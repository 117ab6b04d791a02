"""Whether the arrays of a prepared style's file are what they must be."""

import math
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from tfstyle.methods.style_swap.config import Config
from tfstyle.system import memory
from tfstyle.system.doors import Unsound

GREATEST = 1e12
"""No feature of VGG19 nor covariance comes near it, and its square is finite."""

DTYPES = ("float32", "bfloat16", "float16")

COPIES = 3
"""What patches are compared with exists this often while it is put together."""


def numbers(values: np.ndarray, shape: Sequence[int | None]) -> np.ndarray:
    """Returns float32 values of a shape; None stands for any number but 0.

    Raises:
        Unsound: they are others.
    """
    sides = zip(values.shape, shape, strict=False)
    fits = values.ndim == len(shape) and all(
        side == wanted or (wanted is None and side > 0) for side, wanted in sides
    )
    if values.dtype != np.float32 or not fits:
        raise Unsound("has arrays of another style swap than it says")
    # Also what is no number fails.
    if not (np.abs(values) <= GREATEST).all():
        raise Unsound("has values that are not finite, or beyond any feature's")
    return values


def dtype(name: np.ndarray) -> tf.DType:
    """Returns the type of features that a text names.

    Raises:
        Unsound: it is none of theirs.
    """
    if str(name) not in DTYPES:
        raise Unsound("has patches of another type than features'")
    return tf.as_dtype(str(name))


def check(corners: np.ndarray, widths: np.ndarray, positions: int, config: Config) -> None:
    """Raises Unsound where patches lie beyond the positions, or are more than they can be.

    Args:
        corners: `[patches]`, int32: which position is each one's upper left.
        widths: `[patches]`, int32: how many positions a row has in its picture.
        positions: how many there are.
        config: the settings.
    """
    is_listed = corners.ndim == 1 and corners.shape == widths.shape
    if not is_listed or {corners.dtype, widths.dtype} != {np.dtype(np.int32)}:
        raise Unsound("has patches that are not listed as patches are")
    # Each begins at a position of its own.
    if not 0 < len(corners) <= positions:
        raise Unsound("has more patches than positions")
    size = config.patch_size
    if not (corners.min() >= 0 and size <= widths.min() and widths.max() <= positions):
        raise Unsound("has patches that lie beyond its positions")
    # In int64: a row of the last could lie beyond int32.
    last = corners.astype(np.int64) + (size - 1) * (widths.astype(np.int64) + 1)
    if last.max() >= positions:
        raise Unsound("has patches that lie beyond its positions")


def check_memory(count: int, components: int, dtype: tf.DType, config: Config) -> None:
    """Raises MemoryError where what patches are compared with does not fit.

    Args:
        count: how many patches there are.
        components: of each position.
        dtype: the type that they are compared in.
        config: the settings.
    """
    need = COPIES * count * config.patch_size**2 * components * dtype.size
    limit = memory.available()
    if need > (math.inf if limit is None else limit):
        raise MemoryError(f"{count} patches need about {need / 1e9:.1f} GB of memory")
