"""The convention everywhere inside, and what is done with images as arrays.

An image is `[1, height, width, 3]`, float32, RGB in the sRGB space, with values in [0, 1].
"""

import math
from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from tfstyle.image import scalars

_RANGE_TOLERANCE = 1e-3
"""How far values may lie beyond [0, 1]: a quarter of an 8-bit level, as filters overshoot."""


class ImageError(ValueError):
    """A picture that cannot be read, written or used; the message says why and what to do."""


# --- Checking ---


def as_image(array: ArrayLike, name: str) -> np.ndarray:
    """Returns `array` as an image of its own, or raises ImageError that names the argument.

    Args:
        array: one RGB image, `[height, width, 3]` or `[1, height, width, 3]`: floats in
            [0, 1], a thousandth of overshoot forgiven, or uint8.
        name: what the caller calls the array, such as "content".

    Returns:
        `[1, height, width, 3]`, float32 in [0, 1]; never a view of `array`.
    """
    values = np.asarray(array)
    shape = values.shape[1:] if values.ndim == 4 and values.shape[0] == 1 else values.shape
    if len(shape) != 3 or shape[-1] != 3 or 0 in shape:
        raise ImageError(
            f"{name} must be one RGB image that is not empty, [height, width, 3] or "
            f"[1, height, width, 3]. Received: {name}.shape={list(values.shape)}"
        )
    return as_unit_range(values, name).reshape([1, *shape])


def as_images(arrays: ArrayLike | Sequence[ArrayLike], name: str) -> list[np.ndarray]:
    """Returns one array, or each of a list or tuple, as `as_image` does."""
    alone = not isinstance(arrays, (list, tuple))
    several = cast(Sequence[ArrayLike], [arrays] if alone else arrays)
    if not several:
        raise ImageError(f"{name}s must be one image or several. Received: {name}s=[]")
    return [as_image(array, name) for array in several]


def as_unit_range(array: np.ndarray, name: str) -> np.ndarray:
    """Returns a float32 copy in [0, 1] of floats or uint8; bfloat16 counts as a float."""
    if array.dtype == np.uint8:
        return from_bytes(array)
    if array.dtype.kind != "f" and array.dtype.name != "bfloat16":
        raise ImageError(
            f"{name} must hold floats in [0, 1] or uint8; convert it first. "
            f"Received: {name}.dtype={array.dtype}"
        )
    # What float32 cannot hold becomes infinite, and is refused below.
    with np.errstate(over="ignore"):
        values = array.astype(np.float32)
    _check_unit_range(values, name)
    return np.clip(values, 0, 1)


def _check_unit_range(values: np.ndarray, name: str) -> None:
    if not np.isfinite(values).all():
        raise ImageError(
            f"{name} must hold finite values only. "
            f"Received: {name} with {np.sum(~np.isfinite(values))} NaN or infinite values"
        )
    lowest, highest = values.min(), values.max()
    if lowest < -_RANGE_TOLERANCE or highest > 1 + _RANGE_TOLERANCE:
        raise ImageError(
            f"{name} must be in [0, 1]; divide 8-bit levels by 255. "
            f"Received: {name}.min()={lowest}, {name}.max()={highest}"
        )


# --- Bytes ---


def to_bytes(values: np.ndarray) -> np.ndarray:
    """Returns values in [0, 1] as levels from 0 to 255, rounded, uint8, of the same shape.

    With `from_bytes`, and with the two of `tensors` for TensorFlow, the only place that knows
    what white is in bytes.
    """
    return np.rint(values * 255).astype(np.uint8)


def from_bytes(levels: np.ndarray) -> np.ndarray:
    """Returns levels from 0 to 255 as values in [0, 1], float32, of the same shape."""
    # In one step: a copy beside the result would take as much memory again.
    return np.divide(levels, np.float32(255), dtype=np.float32)


# --- Sizes and start images ---


def resize(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Returns the image at another size, by a Lanczos filter in floating point.

    When shrinking, the filter widens to the area that each new pixel covers, so nothing
    aliases. The same size returns an exact copy.

    Args:
        image: `[1, height, width, channels]`, float32 in [0, 1]; a transparency has one channel.
        size: (height, width) of the result, in pixels.

    Returns:
        `[1, *size, channels]`, float32, clipped to [0, 1].
    """
    height, width = _check_size(size)
    if image.shape[1:3] == (height, width):
        return image.copy()
    # Channel by channel: Pillow has floats in images of one channel only. Its sizes have the width
    # first.
    channels = [Image.fromarray(channel) for channel in np.moveaxis(image[0], -1, 0)]
    resized = [
        np.asarray(channel.resize((width, height), Image.Resampling.LANCZOS))
        for channel in channels
    ]
    # [1, height, width, channels]
    return np.clip(np.stack(resized, axis=-1)[np.newaxis], 0, 1)


def resize_tile(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Returns the image at another size as `resize` does, but as one whose borders meet.

    What lies beyond a border is the opposite side, so that a tile stays one. The same size returns
    an exact copy.
    """
    height, width = _check_size(size)
    rows, columns = image.shape[1:3]
    if (rows, columns) == (height, width):
        return image.copy()
    # Lanczos reaches three pixels to either side, of the larger picture's.
    above = math.ceil(3 * max(1, rows / height)) + 1
    left = math.ceil(3 * max(1, columns / width)) + 1
    around = np.pad(image[0], [[above, above], [left, left], [0, 0]], mode="wrap")
    inner = (left, above, left + columns, above + rows)
    channels = [
        np.asarray(
            Image.fromarray(channel).resize((width, height), Image.Resampling.LANCZOS, box=inner)
        )
        for channel in np.moveaxis(around, -1, 0)
    ]
    # [1, height, width, channels]
    return np.clip(np.stack(channels, axis=-1)[np.newaxis], 0, 1)


def fit(image: np.ndarray, longest: int) -> np.ndarray:
    """Returns the image, aspect kept, resized so that its longest side has `longest` pixels."""
    height, width = image.shape[1:3]
    return resize(image, fit_size(height, width, longest))


def fit_size(height: int, width: int, longest: int) -> tuple[int, int]:
    """Returns the (height, width) of that aspect with `longest` as its longest side, in pixels.

    The other side is rounded to the nearest pixel, and is at least 1.
    """
    _check_size((height, width))
    if longest < 1:
        raise ImageError(f"longest must be at least 1 pixel. Received: longest={longest}")
    return scalars.fit(height, width, longest)


def noise(size: tuple[int, int], seed: int, deviation: float = 0.1) -> np.ndarray:
    """Returns a start image of Gaussian noise around mid-grey.

    Args:
        size: (height, width), in pixels.
        seed: the same seed gives the same noise.
        deviation: standard deviation of each value before clipping; 0 is plain grey.

    Returns:
        `[1, height, width, 3]`, float32, clipped to [0, 1].
    """
    height, width = _check_size(size)
    random = np.random.default_rng(seed)
    # NumPy's, not TensorFlow's: the same seed is the same noise on every device.
    values = random.standard_normal([1, height, width, 3], np.float32)
    return np.clip(0.5 + np.float32(deviation) * values, 0, 1)


def _check_size(size: tuple[int, int]) -> tuple[int, int]:
    height, width = size
    if height < 1 or width < 1:
        raise ImageError(f"size must be at least 1 x 1 pixel. Received: size={tuple(size)}")
    return height, width
