"""Trained networks in files: float16 weights with the settings, nothing that can run."""

import json
import pathlib
import zipfile
from collections.abc import Callable, Iterable
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
        OSError: the disk does not take the file; the message names it. An earlier one stays.
    """
    arrays = {
        f"w{index:03}": weight.astype(np.float16)
        for index, weight in enumerate(network.get_weights())
    }
    # Not compressed: the shipped files would be 8 % smaller, and slower to open.
    with files.atomically(path) as file:
        np.savez(file, architecture=np.array(json.dumps(architecture)), **arrays)


def unpack(
    path: pathlib.Path, make: Callable[..., keras.Model], kind: str, precision: str = "float32"
) -> keras.Model:
    """Returns what `pack` wrote.

    Args:
        path: the file.
        make: the network from its architecture.
        kind: what the network is called where the file is refused.
        precision: of its arithmetic; weights are float32 in any.

    Raises:
        ValueError: the file is another or damaged.
    """
    try:
        # Without pickles, as np.load has it by default: a file from elsewhere can run nothing.
        with np.load(path) as file:
            network = make(**json.loads(str(file["architecture"])), dtype=dtype_policy(precision))
            arrays = [file[name].astype(np.float32) for name in sorted(file) if name[0] == "w"]
        network.set_weights(arrays)
    except (KeyError, TypeError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise ValueError(f"model must be a packed {kind}. Received: model={path}") from error
    return network


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
    found = next((candidate for candidate in candidates if candidate.is_file()), None)
    if found is None:
        choices = f"{', '.join(names)} or the path of a trained one"
        raise ValueError(f"model must be {choices}. Received: model={model}")
    return found
