"""Networks from packed and from Keras's files; see `load`."""

import io
import json
import pathlib
import zipfile
from collections.abc import Callable
from typing import Any

import h5py
import keras
import numpy as np

from tfstyle.networks.loading import hdf5
from tfstyle.networks.loading.kinds import Kind, shorten
from tfstyle.system import doors, npz
from tfstyle.system.doors import Unsound
from tfstyle.system.precision import dtype_policy

CURE = "get a new copy, or the file of a training"


def load(path: pathlib.Path, kind: Kind, precision: str, received: str) -> keras.Model:
    """Returns the network in a packed or a `.keras` file.

    Only the settings and the weights are taken from a file: whatever else it asks Keras to make
    is not made, so that it can run nothing.

    Args:
        path: the file.
        kind: of the network.
        precision: of its arithmetic; weights are float32 in any.
        received: what was asked for, for the sentence, such as "model=night".

    Raises:
        ValueError: the file is another or damaged, or its weights are not finite.
        MemoryError: there is too little memory for it.
    """
    read = READERS.get(path.suffix, _refuse)
    packed = "packed " if read is _packed else ""
    article = "an" if kind.name[0] in "aeiou" and not packed else "a"
    with doors.checked(f"model must be {article} {packed}{kind.name}", path, CURE, received):
        network = read(path, kind, dtype_policy(precision))
        check_finite(network)
        return network


def check_finite(network: keras.Model) -> None:
    """Raises Unsound, with the layer's name, where a weight is infinite or no number."""
    for weight in network.weights:
        if not np.isfinite(np.asarray(weight)).all():
            raise Unsound(f"has weights that are not finite in {weight.path}")


def _packed(path: pathlib.Path, kind: Kind, dtype: str) -> keras.Model:
    """Reads what `packing.pack` wrote."""
    arrays = npz.read(path)
    settings, values = kind.read_settings(json.loads(str(arrays["architecture"])))
    weights = [arrays[name] for name in sorted(arrays) if name.startswith("w")]
    # Before the network is built: a small file must not make a large one.
    if sum(weight.size for weight in weights) != values:
        raise Unsound("has weights of another network than it says")
    network = kind.make(**settings, dtype=dtype)
    network.set_weights([_as_float32(weight) for weight in weights])
    return network


def _as_float32(weight: np.ndarray) -> np.ndarray:
    if weight.dtype.kind != "f":
        raise Unsound("has weights that are no numbers")
    # What is too large becomes infinite, and is refused as that.
    with np.errstate(over="ignore"):
        return weight.astype(np.float32)


def _saved(path: pathlib.Path, kind: Kind, dtype: str) -> keras.Model:
    """Reads what Keras wrote, without the code that it would run."""
    with zipfile.ZipFile(path) as archive:
        npz.check_sizes(archive, path)
        described = json.loads(npz.read_member(archive, archive.getinfo("config.json")))
        if described["registered_name"] != kind.registered_name:
            raise Unsound(shorten(f"holds a {described['class_name']}"))
        settings, values = kind.read_settings(described["config"])
        member = archive.getinfo("model.weights.h5")
        # As it lies there: Keras would unfold it whole before it looks.
        if member.compress_type != zipfile.ZIP_STORED:
            raise Unsound("is packed, which Keras does not do")
        if member.file_size < values * np.dtype(np.float32).itemsize:
            raise Unsound("has fewer weights than it says")
        content = npz.read_member(archive, member)
    network = kind.make(**settings, dtype=dtype)
    with h5py.File(io.BytesIO(content)) as file:
        # An optimiser's arrays, which may lie beside, are as large as the weights.
        most = max(np.prod(weight.shape) for weight in network.weights)
        for name, array in hdf5.datasets(file).items():
            hdf5.check_size(name, array, int(most))
    network.load_weights(path)
    return network


def _refuse(path: pathlib.Path, kind: Kind, dtype: str) -> Any:
    raise Unsound("ends neither in .keras nor in .npz")


READERS: dict[str, Callable[[pathlib.Path, Kind, str], keras.Model]] = {
    ".keras": _saved,
    ".npz": _packed,
}
"""What reads a file, by how its name ends."""
