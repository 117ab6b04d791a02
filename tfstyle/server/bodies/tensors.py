"""Values in JSON as tensors of the types and shapes that a signature has."""

import base64
import binascii
import reprlib
from typing import Any, TypeAlias

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import meta_graph_pb2

from tfstyle.server import refusals

TensorInfo: TypeAlias = meta_graph_pb2.TensorInfo

BASE64 = "b64"
"""The key of an object that stands for bytes."""


def to_array(name: str, value: Any, info: TensorInfo) -> np.ndarray:
    """Returns a tensor's values.

    Args:
        name: of the input, for errors.
        value: nested lists of numbers, or of strings, in which `{"b64": ...}` stands for bytes.
        info: the type and shape that the signature has.

    Raises:
        Refusal: they are of another type or shape, or no list is as long as its neighbour.
    """
    dtype = tf.as_dtype(info.dtype)
    if dtype == tf.string:
        array = _even(name, _to_bytes(name, value), object)
    else:
        array = _to_numbers(name, value, dtype.as_numpy_dtype)
    wanted = [side.size for side in info.tensor_shape.dim]
    _check_shape(name, array.shape, None if info.tensor_shape.unknown_rank else wanted)
    return array


def _to_numbers(name: str, value: Any, dtype: Any) -> np.ndarray:
    array = _even(name, value)
    kinds = "b" if dtype == np.bool_ else "iu" if np.issubdtype(dtype, np.integer) else "iuf"
    # An empty list has no type of its own.
    if array.size and array.dtype.kind not in kinds:
        raise refusals.invalid(f"{name} must be {np.dtype(dtype).name}. Received: {shown(value)}")
    if kinds == "iu" and array.size:
        limits = np.iinfo(dtype)
        if array.min() < limits.min or array.max() > limits.max:
            raise refusals.invalid(
                f"{name} must lie in {limits.min} to {limits.max}. "
                f"Received: {array.min()} to {array.max()}"
            )
    # What float32 cannot hold becomes infinite, which the model refuses by name.
    with np.errstate(over="ignore"):
        return array.astype(dtype)


def _even(name: str, value: Any, dtype: Any = None) -> np.ndarray:
    """Returns nested lists as an array; raises Refusal where one is longer than its neighbour."""
    try:
        array = np.array(value, dtype)
    # Of lists of different lengths, and of more than 64 in each other.
    except (ValueError, OverflowError) as error:
        cause = str(error).partition(" The detected shape")[0]
        raise refusals.invalid(f"{name} must be a tensor: {cause}") from error
    if dtype is object and any(isinstance(each, list) for each in array.flat):
        raise refusals.invalid(f"{name} must be a tensor: its lists must be of one length")
    return array


def _to_bytes(name: str, value: Any) -> Any:
    """Returns strings and objects that stand for bytes as bytes, in the lists that they lie in."""
    if isinstance(value, list):
        return [_to_bytes(name, each) for each in value]
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if not isinstance(value, dict) or not is_bytes(value) or not isinstance(value[BASE64], str):
        raise refusals.invalid(
            f'{name} must be strings, or bytes as {{"b64": "..."}}. Received: {shown(value)}'
        )
    return _decode(name, value[BASE64])


def _decode(name: str, text: str) -> bytes:
    # Padding may be left out, and lines may be broken, as TF Serving has it.
    compact = "".join(text.split()).rstrip("=")
    try:
        return base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise refusals.invalid(
            f"{name} must be base64, but: {error}. Received: {shown(text)}"
        ) from error


def _check_shape(name: str, shape: tuple[int, ...], wanted: list[int] | None) -> None:
    if wanted is None:
        return
    fits = len(shape) == len(wanted) and all(
        side in (-1, size) for side, size in zip(wanted, shape, strict=True)
    )
    if not fits:
        raise refusals.invalid(
            f"{name} must have the shape {wanted}, in which -1 is any number. "
            f"Received: {list(shape)}"
        )


def is_bytes(value: dict[str, Any]) -> bool:
    """Returns whether an object stands for bytes."""
    return set(value) == {BASE64}


def shown(value: Any) -> str:
    """Returns a value in short, however large it is."""
    return reprlib.repr(value)
