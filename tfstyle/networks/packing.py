"""Trained networks into files: small weights with the settings, nothing that can run.

`loading` reads them.
"""

import json
import os
import pathlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import keras
import numpy as np

from tfstyle.system import files, npz
from tfstyle.system.doors import Unsound
from tfstyle.system.precision import dtype_policy

SHIPPED = pathlib.Path(__file__).parents[1] / "models"
"""The package's own networks, packed."""

SUFFIX = ".npz"
"""How the names of packed networks end."""

TRAINED = ("best.keras", "latest.keras")
"""What a training keeps in its folder, in the order of preference."""

LARGEST = 127
"""The largest whole number to either side that weights in bytes take."""

EXPONENT = 1.2
"""What whole numbers are raised to: levels lie closer where weights are small, as most are.

Chosen by twelve photographs in eleven styles (docs/model_cards/masters.md). 1.25 is as good and
takes more bytes; at 1.5 large weights are too coarse.
"""


def _levels(whole: np.ndarray) -> np.ndarray:
    """Returns what whole numbers stand for: -127 to 127 for -1 to 1."""
    return np.sign(whole) * np.abs(whole / LARGEST) ** EXPONENT


LEVELS = _levels(np.arange(-LARGEST, LARGEST + 1))
"""From the least to the greatest."""


def pack(
    network: keras.Model,
    architecture: dict[str, Any],
    path: pathlib.Path,
    in_bytes: Callable[[tuple[int, ...]], bool] | None = None,
) -> None:
    """Writes the weights with what `__init__` takes, in float16 where nothing else is asked for.

    Args:
        network: what to write.
        architecture: what its class is called with.
        path: where to.
        in_bytes: tells by the shape of weights whether they are kernels, `[networks, rows, columns,
            channels in, channels]`, to be written in bytes: the networks' mean in float16, and what
            each adds to it as one of 255 `LEVELS`, times a gain, the largest absolute value of its
            network and channel. By default no weights are.

    Raises:
        ValueError: a weight is not finite, or too large for float16.
        OSError: the disk does not take the file; the message names it. An earlier one stays.
    """
    arrays: dict[str, Any] = {}
    for index, weight in enumerate(network.weights):
        small = _as_float16(weight)
        arrays |= (
            _in_bytes(index, np.asarray(weight))
            if in_bytes and in_bytes(small.shape)
            else {f"w{index:03}": small}
        )
    described = json.dumps({"class": type(network).__name__, **architecture})
    with files.atomically(path) as file:
        # A twelfth smaller; a family takes 0.02 s a network longer to read.
        npz.write(file, {"architecture": np.array(described), **arrays})


def _in_bytes(index: int, kernels: np.ndarray) -> dict[str, np.ndarray]:
    """Returns whole numbers w, mean m and gains g of kernels, shaped as in `_quantized`."""
    mean = kernels.mean(axis=0).astype(np.float16)
    own = kernels - mean.astype(np.float32)
    gain = np.abs(own).max(axis=(1, 2, 3), keepdims=True).astype(np.float32)
    # Where all networks are alike, any divisor will do.
    whole = _quantized(own / np.where(gain > 0, gain, 1))
    return {f"w{index:03}": whole, f"m{index:03}": mean, f"g{index:03}": gain}


def _quantized(kernels: np.ndarray) -> np.ndarray:
    """Returns the whole numbers of the levels for kernels of values from -1 to 1.

    What rounding has left so far is added to the next value, which lies beside it (error
    diffusion). So the sum of a kernel's rows and columns, which is what flat areas see, is off by
    half a gap between levels at most, and a value by a whole one.

    Args:
        kernels: `[networks, rows, columns, channels in, channels]`.
    """
    *_, inputs, channels = kernels.shape
    values = _back_and_forth(kernels).reshape(len(kernels), -1, inputs, channels)
    whole = np.empty(values.shape, np.int8)
    halfway = (LEVELS[1:] + LEVELS[:-1]) / 2
    left = 0
    for place in range(values.shape[1]):
        wanted = values[:, place] + left
        nearest = np.searchsorted(halfway, wanted)
        left = wanted - LEVELS[nearest]
        whole[:, place] = nearest - LARGEST
    return _back_and_forth(whole.reshape(kernels.shape))


def _back_and_forth(kernels: np.ndarray) -> np.ndarray:
    """Returns kernels with every other row turned: each value lies beside the one before."""
    turned = kernels.copy()
    turned[:, 1::2] = kernels[:, 1::2, ::-1]
    return turned


def unpacked(arrays: Mapping[str, np.ndarray]) -> list[np.ndarray]:
    """Returns the weights in float32 from what `pack` has written.

    Raises:
        Unsound: it has not written these.
    """
    return [
        _from_bytes(arrays[name], arrays.get(f"m{name[1:]}"), arrays.get(f"g{name[1:]}"))
        if arrays[name].dtype == np.int8
        else _as_float32(arrays[name])
        for name in sorted(arrays)
        if name.startswith("w")
    ]


def _from_bytes(whole: np.ndarray, mean: np.ndarray | None, gain: np.ndarray | None) -> np.ndarray:
    if mean is None or gain is None or whole.ndim < 2:
        raise Unsound("has weights in bytes without their mean or gain")
    between = (1,) * (whole.ndim - 2)
    # By their shapes: what is broadcast may be of any size.
    each = (whole.shape[0], *between, whole.shape[-1])
    if mean.shape != whole.shape[1:] or gain.shape != each:
        raise Unsound("has weights in bytes whose mean or gain has another shape")
    # For all 256 bytes, indexed by their bits: a power of each weight would take longer. -128,
    # which `pack` does not write, lies a little beyond -1.
    levels = _levels(np.arange(256, dtype=np.uint8).view(np.int8).astype(np.float32))
    # What is no number or too large is refused once all is read.
    with np.errstate(over="ignore", invalid="ignore"):
        return _as_float32(mean) + _as_float32(gain) * levels[whole.view(np.uint8)]


def _as_float32(weight: np.ndarray) -> np.ndarray:
    if weight.dtype.kind != "f":
        raise Unsound("has weights that are no numbers")
    # What is too large becomes infinite, and is refused as that.
    with np.errstate(over="ignore"):
        return weight.astype(np.float32)


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


def find(
    model: str | pathlib.Path, shipped: pathlib.Path, names: Iterable[str], flag: str
) -> pathlib.Path:
    """Returns the file of a network: a path, the folder of a training, or a shipped one's name.

    Args:
        model: which one.
        shipped: the file that it is if it is a name.
        names: what is shipped, for the message.
        flag: what the caller calls the model.

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
        raise ValueError(f"{flag} must be {choices}. Received: {flag}={model}")
    return found
