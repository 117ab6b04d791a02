"""One version of a model, loaded: what its signatures are, and what they answer."""

import contextlib
import os
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import meta_graph_pb2, saved_model_pb2

from tfstyle.export import warmup
from tfstyle.server import folders, refusals
from tfstyle.server.refusals import Refusal

Arrays = Mapping[str, np.ndarray]
"""Tensors by name."""

Signature: TypeAlias = meta_graph_pb2.SignatureDef

PREDICT = "tensorflow/serving/predict"
"""The method of the signatures that can be asked for."""

SERVE = "serve"
"""The tag of the graph that is served."""


class Servable:
    """A SavedModel that answers; many threads may ask at once."""

    def __init__(self, folder: Path):
        """Loads the model.

        Raises:
            ValueError: the folder holds no SavedModel that can be served.
        """
        self.definitions = read_signatures(folder)
        # A session, as TF Serving has one: it gives all back that it has taken, where what
        # `tf.saved_model.load` makes of a graph stays in the process for good.
        self._session = tf.compat.v1.Session(graph=tf.Graph())
        weakref.finalize(self, self._session.close)
        try:
            with self._session.graph.as_default(), _quiet():
                tf.compat.v1.saved_model.load(self._session, [SERVE], os.fspath(folder))
        # What TensorFlow raises of a damaged or half copied one is of many kinds.
        except Exception as error:
            cause = " ".join(str(getattr(error, "message", error)).split())
            raise ValueError(f"{folder} cannot be loaded: {cause[:300]}") from error
        self._folder = folder

    def signature(self, name: str) -> Signature:
        """Returns what a signature takes and gives.

        Raises:
            Refusal: there is none of that name that can be asked for.
        """
        found = self.definitions.get(name)
        if found is None or found.method_name != PREDICT:
            raise refusals.invalid(f'Serving signature name: "{name}" not found in signature def')
        return found

    def predict(self, name: str, inputs: Arrays) -> dict[str, np.ndarray]:
        """Returns the outputs of a signature by name.

        Args:
            name: the signature's.
            inputs: what it takes; those that have a default may be left out.

        Raises:
            Refusal: the model refuses the request, or fails.
        """
        signature = self.signature(name)
        given = {each: tf.make_ndarray(value) for each, value in signature.defaults.items()}
        given.update(inputs)
        fed = {signature.inputs[each].name: value for each, value in given.items()}
        fetched = {each: tensor.name for each, tensor in signature.outputs.items()}
        try:
            return dict(self._session.run(fetched, fed))
        except tf.errors.OpError as error:
            raise refusals.of_tensorflow(error) from error

    def warm_up(self) -> Iterator[Refusal]:
        """Sends the requests that lie in the model, and yields what it refuses of them."""
        for name, inputs in warmup.read(self._folder):
            try:
                self.predict(name, inputs)
            except Refusal as refusal:
                yield refusal


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keeps TensorFlow from saying that sessions are of its first version."""
    logger = tf.get_logger()
    before = logger.level
    logger.setLevel("ERROR")
    try:
        yield
    finally:
        logger.setLevel(before)


def read_signatures(folder: Path) -> dict[str, Signature]:
    """Returns the signatures of a SavedModel by name.

    Raises:
        ValueError: it has no graph to serve, or cannot be read.
    """
    path = folder / folders.FILE
    try:
        saved = saved_model_pb2.SavedModel.FromString(path.read_bytes())
    # Protobuf's own error is of another class in each of its implementations.
    except Exception as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    for graph in saved.meta_graphs:
        if SERVE in graph.meta_info_def.tags:
            return dict(graph.signature_def)
    raise ValueError(f"{path} has no graph with the tag {SERVE}")
