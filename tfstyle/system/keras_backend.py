"""Keras's backend, which it chooses once, as it is first imported: our layers are TensorFlow's."""

import os
import sys

VARIABLE = "KERAS_BACKEND"
"""The environment variable that decides, before what `keras.json` says."""


def choose_tensorflow() -> None:
    """Lets Keras run on TensorFlow, whatever was set, where nobody has imported it yet.

    Rooms that import Keras call it first. Nothing is imported here.

    Raises:
        ValueError: Keras runs on another backend already.
    """
    keras = sys.modules.get("keras")
    if keras is None:
        os.environ[VARIABLE] = "tensorflow"
        return
    # While Keras itself is being imported, it has no such name yet; then it asks for us.
    chosen = keras.backend.backend() if hasattr(keras, "backend") else "tensorflow"
    if chosen != "tensorflow":
        raise ValueError(
            "Keras must run on TensorFlow for tfstyle: set KERAS_BACKEND=tensorflow, or import "
            f"tfstyle's networks before Keras. Received: KERAS_BACKEND={chosen}"
        )
