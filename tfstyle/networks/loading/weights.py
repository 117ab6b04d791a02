"""Networks from packed and from Keras's files; see `load`."""

import io
import json
import pathlib
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import h5py
import keras
import numpy as np

from tfstyle.networks import packing
from tfstyle.networks.loading import hdf5
from tfstyle.networks.loading.kinds import Kind, shorten
from tfstyle.system import doors, npz
from tfstyle.system.doors import Unsound
from tfstyle.system.precision import dtype_policy

CURE = "get a new copy, or the file of a training"


def load(
    path: pathlib.Path,
    kinds: Sequence[Kind],
    precision: str,
    asked: str | pathlib.Path,
    flag: str = "model",
) -> keras.Model:
    """Returns the network in a packed or a `.keras` file.

    Only the settings and the weights are taken from a file: whatever else it asks Keras to make
    is not made, so that it can run nothing.

    Args:
        path: the file.
        kinds: of networks that it may be, the commonest first.
        precision: of its arithmetic; weights are float32 in any.
        asked: what was asked for, for the sentence.
        flag: what the caller calls that.

    Raises:
        ValueError: the file is another or damaged, or its weights are not finite.
        MemoryError: there is too little memory for it.
    """
    read = READERS.get(path.suffix, _refuse)
    packed = "packed " if read is _packed else ""
    name = kinds[0].name
    article = "an" if name[0] in "aeiou" and not packed else "a"
    expected = f"{flag} must be {article} {packed}{name}"
    with doors.checked(expected, path, CURE, f"{flag}={asked}"):
        network = read(path, kinds, dtype_policy(precision))
        check_finite(network)
        return network


def check_finite(network: keras.Model) -> None:
    """Raises Unsound, with the layer's name, where a weight is infinite or no number."""
    for weight in network.weights:
        if not np.isfinite(np.asarray(weight)).all():
            raise Unsound(f"has weights that are not finite in {weight.path}")


def _packed(path: pathlib.Path, kinds: Sequence[Kind], dtype: str) -> keras.Model:
    """Reads what `packing.pack` wrote."""
    arrays = npz.read(path)
    described = dict(json.loads(str(arrays["architecture"])))
    # Files of version 0.1.0 name no class.
    kind = _of_class(described.pop("class", kinds[0].class_name), kinds)
    settings, values = kind.read_settings(described)
    weights = [arrays[name] for name in sorted(arrays) if name.startswith("w")]
    # Before the network is built: a small file must not make a large one.
    if sum(weight.size for weight in weights) != values:
        raise Unsound("has weights of another network than it says")
    network = kind.make(**settings, dtype=dtype)
    network.set_weights(packing.unpacked(arrays))
    return network


def _of_class(name: str, kinds: Sequence[Kind]) -> Kind:
    found = [kind for kind in kinds if name in (kind.class_name, kind.registered_name)]
    if not found:
        raise Unsound(shorten(f"holds a {name.removeprefix('tfstyle>')}"))
    return found[0]


def _saved(path: pathlib.Path, kinds: Sequence[Kind], dtype: str) -> keras.Model:
    """Reads what Keras wrote, without the code that it would run."""
    with zipfile.ZipFile(path) as archive:
        npz.check_sizes(archive, path)
        described = json.loads(npz.read_member(archive, archive.getinfo("config.json")))
        kind = _of_class(described["registered_name"] or described["class_name"], kinds)
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


def _refuse(path: pathlib.Path, kinds: Sequence[Kind], dtype: str) -> Any:
    raise Unsound("ends neither in .keras nor in .npz")


READERS: dict[str, Callable[[pathlib.Path, Sequence[Kind], str], keras.Model]] = {
    ".keras": _saved,
    ".npz": _packed,
}
"""What reads a file, by how its name ends."""
