"""Trained networks into files: float16 weights with the settings, nothing that can run.

`loading` reads them.
"""

import json
import os
import pathlib
from collections.abc import Iterable
from typing import Any

import keras
import numpy as np

from tfstyle.system import files
from tfstyle.system.precision import dtype_policy

SHIPPED = pathlib.Path(__file__).parents[1] / "models"
"""The package's own networks, packed."""

SUFFIX = ".npz"
"""How the names of packed networks end."""

TRAINED = ("best.keras", "latest.keras")
"""What a training keeps in its folder, in the order of preference."""


def pack(network: keras.Model, architecture: dict[str, Any], path: pathlib.Path) -> None:
    """Writes the weights in float16 with what `__init__` takes: half a `.keras` file's bytes.

    Raises:
        ValueError: a weight is not finite, or too large for float16.
        OSError: the disk does not take the file; the message names it. An earlier one stays.
    """
    arrays: dict[str, Any] = {
        f"w{index:03}": _as_float16(weight) for index, weight in enumerate(network.weights)
    }
    # Not compressed: the shipped files would be 8 % smaller, and slower to open.
    with files.atomically(path) as file:
        np.savez(file, architecture=np.array(json.dumps(architecture)), **arrays)


def _as_float16(weight: keras.Variable) -> np.ndarray:
    # What is too large becomes infinite, and would be found only where the file is read.
    with np.errstate(over="ignore"):
        values = np.asarray(weight).astype(np.float16)
    if not np.isfinite(values).all():
        raise ValueError(
            f"weights must be finite and at most {np.finfo(np.float16).max:.0f} to be packed; save "
            f"the network as a .keras file. Received: {weight.path}"
        )
    return values


def in_precision(network: keras.Model, architecture: dict[str, Any], precision: str) -> keras.Model:
    """Returns the same network with its arithmetic in another precision; weights stay float32."""
    policy = dtype_policy(precision)
    if network.dtype_policy.name == policy:
        return network
    # Keras fixes the policy when a layer is made.
    copy = type(network)(**architecture, dtype=policy)
    copy.set_weights(network.get_weights())
    return copy


def find(model: str | pathlib.Path, shipped: pathlib.Path, names: Iterable[str]) -> pathlib.Path:
    """Returns the file of a network: a path, the folder of a training, or a shipped one's name.

    Args:
        model: which one.
        shipped: the file that it is if it is a name.
        names: what is shipped, for the message.

    Raises:
        ValueError: there is none; the message lists what exists.
    """
    path = pathlib.Path(model)
    # A file of that name in the working folder comes before a shipped one.
    candidates = [path, *(path / name for name in TRAINED), shipped]
    # Of a name that the system does not take, `Path.is_file` raises what it is not asked for.
    found = next((candidate for candidate in candidates if os.path.isfile(candidate)), None)
    if found is None:
        choices = f"{', '.join(names)} or the path of a trained one"
        raise ValueError(f"model must be {choices}. Received: model={model}")
    return found
