"""Requests that TF Serving sends itself before it serves, so that no client waits for the first."""

import math
import pathlib
from collections.abc import Iterator

import numpy as np
import tensorflow as tf
from google.protobuf import message
from tensorflow.core.framework import tensor_pb2

from tfstyle.export.endpoints import Endpoints
from tfstyle.image import tensors

PATH = "assets.extra/tf_serving_warmup_requests"
"""Where TF Serving looks for them in a SavedModel."""

SIDE = 64
"""Pixels; enough for every kernel to be made, and little to wait for."""


def write(folder: pathlib.Path, endpoints: Endpoints) -> None:
    """Writes one request for each signature into a SavedModel."""
    path = folder / PATH
    path.parent.mkdir(exist_ok=True)
    # A request of more pixels than the model allows would be refused, and warm up nothing.
    side = min(SIDE, math.isqrt(endpoints.max_pixels))
    with tf.io.TFRecordWriter(str(path)) as file:
        for name in endpoints.names:
            inputs = {each.name: _example(each, side) for each in endpoints.input_signature(name)}
            file.write(prediction_log(name, inputs))


def _example(specification: tf.TensorSpec, side: int) -> tf.Tensor:
    """Returns what an input may be: a grey square, a strength, or a weight for each style."""
    grey = tf.fill([1, side, side, 3], tf.constant(128, tf.uint8))
    if specification.dtype == tf.string:
        return tf.io.encode_png(grey)
    if specification.shape.rank == 1:
        return tf.constant([0.5])
    if specification.shape.rank == 2:
        return tf.ones([1, specification.shape[1]])
    return grey if specification.dtype == tf.uint8 else tensors.from_bytes(grey)


def prediction_log(signature: str, inputs: dict[str, tf.Tensor]) -> bytes:
    """Returns the message `tensorflow.serving.PredictionLog`.

    Written by hand, as the package tensorflow-serving-api is needed for nothing else:
    PredictionLog.predict_log = 6, PredictLog.request = 1, PredictRequest.model_spec = 1 and
    .inputs = 2 (a map: key = 1, value = 2), ModelSpec.signature_name = 3.
    """
    request = _field(1, _field(3, signature.encode()))
    for name, tensor in inputs.items():
        value = tf.make_tensor_proto(tensor).SerializeToString()
        request += _field(2, _field(1, name.encode()) + _field(2, value))
    return _field(6, _field(1, request))


def _field(number: int, contents: bytes) -> bytes:
    """Returns a field of a protocol buffer: number and type, length, contents."""
    # Type 2 is "length-delimited": strings, bytes and messages.
    return bytes([number << 3 | 2]) + _varint(len(contents)) + contents


def _varint(number: int) -> bytes:
    """Returns a number seven bits at a time, the lowest first; the high bit says that more come."""
    more, bits = divmod(number, 128)
    return bytes([bits | 128]) + _varint(more) if more else bytes([bits])


# --- The way back ---


def read(folder: pathlib.Path) -> Iterator[tuple[str, dict[str, np.ndarray]]]:
    """Yields the requests that lie in a SavedModel: the signature's name, and inputs by name.

    Raises:
        ValueError: the file holds something else.
    """
    path = folder / PATH
    if not path.exists():
        return
    try:
        for record in tf.data.TFRecordDataset(str(path)).as_numpy_iterator():
            yield parse_prediction_log(record)
    except (tf.errors.OpError, message.DecodeError, ValueError, IndexError) as error:
        raise ValueError(f"{path} holds no requests: {error}") from error


def parse_prediction_log(contents: bytes) -> tuple[str, dict[str, np.ndarray]]:
    """Returns the signature's name and the inputs of what `prediction_log` returns."""
    request = _only(_only(contents, 6), 1)
    inputs = {}
    for entry in _fields(request, 2):
        value = tensor_pb2.TensorProto.FromString(_only(entry, 2))
        inputs[_only(entry, 1).decode()] = tf.make_ndarray(value)
    return _only(_only(request, 1), 3).decode(), inputs


def _only(given: bytes, number: int) -> bytes:
    (contents,) = _fields(given, number)
    return contents


def _fields(given: bytes, number: int) -> Iterator[bytes]:
    """Yields what the fields of one number hold; raises ValueError where one has no length."""
    place = 0
    while place < len(given):
        tag, place = _read_varint(given, place)
        if tag & 7 != 2:
            raise ValueError(f"field {tag >> 3} has no length")
        length, place = _read_varint(given, place)
        if tag >> 3 == number:
            yield given[place : place + length]
        place += length


def _read_varint(given: bytes, place: int) -> tuple[int, int]:
    """Returns a number and where it ends; see `_varint`."""
    number = shift = 0
    while given[place] & 128:
        number |= (given[place] & 127) << shift
        place, shift = place + 1, shift + 7
    return number | given[place] << shift, place + 1
