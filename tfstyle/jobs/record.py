"""The record beside a result: `out.json` says how `out.png` came about, and from what."""

import dataclasses
import hashlib
import importlib.metadata
import json
import math
import os
import platform
import sys
import types
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np

from tfstyle import settings
from tfstyle.result import LevelTrace, Loss, Result
from tfstyle.system import doors, files
from tfstyle.version import __version__

# TensorFlow Probability minimises, and Pillow reads, resizes and writes: both decide the pixels.
PACKAGES = ("tensorflow", "tensorflow-probability", "keras", "numpy", "pillow")
"""What every result depends on."""

MASK = "mask"
"""The key of what is kept of a mask; only a masked result's record has it."""

OPTIONAL = {"scipy": "scipy", "av": "av", "opencv": "cv2"}
"""What some depend on, and its module: by its distribution OpenCV has several names."""


class Settings(Protocol):
    """Any dataclass: a method's `Config`, or several of them together."""

    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]


@dataclasses.dataclass(frozen=True)
class Input:
    """A file that went into a result; the hash tells whether it has changed since."""

    path: str
    width: int | None
    """In pixels; None where it is no picture, as is `height`."""
    height: int | None
    sha256: str


@dataclasses.dataclass(frozen=True)
class Account:
    """What is told of a run whose result is no picture in memory: a clip's; see `Result`."""

    outcome: str
    weights: dict[str, str] = dataclasses.field(default_factory=dict)
    earlier_seconds: float = 0.0
    losses: tuple[Loss, ...] = ()
    levels: tuple[LevelTrace, ...] = ()


def describe_input(
    path: str | os.PathLike[str], pixels: np.ndarray, data: bytes | None = None
) -> Input:
    """Returns what the record keeps of a picture file.

    Args:
        path: the file.
        pixels: `[1, height, width, 3]`, the picture as it was read, upright.
        data: what was read, where the file cannot be read again.
    """
    height, width = pixels.shape[1:3]
    digest = files.digest(path, "sha256") if data is None else hashlib.sha256(data).hexdigest()
    return Input(str(path), width, height, digest)


def path_for(output: str | os.PathLike[str]) -> Path:
    """Returns where the record of `output` lies: beside it, with the suffix .json."""
    return Path(output).with_suffix(".json")


def read(output: str | os.PathLike[str]) -> dict[str, Any]:
    """Returns the record of `output`; empty when there is none that can be read.

    Its values may be anything: see `digests` for one that is looked into.
    """
    try:
        found = doors.read_json(path_for(output))
    except (OSError, ValueError, RecursionError, doors.Unsound):
        return {}
    # The key tells our records from other programs' files, which are never replaced.
    return found if isinstance(found, dict) and "tfstyle" in found else {}


def digests(found: Mapping[str, Any]) -> list[Any]:
    """Returns the hashes of the pictures that a record names, None where it has none."""
    return [each.get("sha256") for each in _inputs(found)]


def names(found: Mapping[str, Any]) -> list[str]:
    """Returns the files' names of the pictures that a record names, without their folders."""
    return [os.path.basename(str(each.get("path", ""))) for each in _inputs(found)]


def mask_digest(found: Mapping[str, Any]) -> Any:
    """Returns the hash of the mask that a record names; None where it names none."""
    mask = found.get(MASK)
    return mask.get("sha256") if isinstance(mask, dict) else None


def _inputs(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    inputs = found.get("inputs")
    pictures = inputs if isinstance(inputs, list) else []
    return [each if isinstance(each, dict) else {} for each in pictures]


def write(output: str | os.PathLike[str], **facts: Any) -> Path:
    """Writes the record of a result, whole or not at all, and returns its path; see `encode`."""
    path = path_for(output)
    with files.atomically(path) as file:
        file.write(encode(**facts))
    return path


def encode(
    *,
    command: str,
    config: Settings,
    inputs: Sequence[Input],
    result: Result | Account,
    seconds: float,
    more: Mapping[str, Any] = types.MappingProxyType({}),
) -> bytes:
    """Returns what is written in the record of a result.

    Args:
        command: the command's name, such as "gatys".
        config: the method's `Config`; every field is kept.
        inputs: contents first, then styles, in the order given.
        result: what the method returned, or what there is to tell of it.
        seconds: how long the method ran, what it had worked before a resumption left out.
        more: what else there is to say, in JSON's own types.
    """
    record = {
        "tfstyle": __version__,
        "versions": _versions(),
        "command": command,
        "config": describe_config(config),
        "inputs": [dataclasses.asdict(picture) for picture in inputs],
        **_describe_run(result),
        **more,
        "seconds": result.earlier_seconds + seconds,
        "peak_memory_bytes": _peak_memory_bytes(),
        "outcome": str(result.outcome),
    }
    # JSON has no NaN, and other readers refuse it; `_plain` has made it null.
    text = json.dumps(_plain(record), ensure_ascii=False, allow_nan=False, indent=2) + "\n"
    # File names may hold bytes that are not UTF-8; JSON escapes those as \udcXX.
    return text.encode("utf-8", "backslashreplace")


def describe_config(config: Settings) -> dict[str, Any]:
    """Returns settings as a record has them: in JSON's own types."""
    return {name: _plain(value) for name, value in settings.described(config).items()}


def _describe_run(result: Result | Account) -> dict[str, Any]:
    """Returns the keys that a method fills; those without an optimisation leave some out."""
    run: dict[str, Any] = {}
    if result.weights:
        run["weights"] = result.weights
    if result.levels:
        run["levels"] = [_describe_level(level) for level in result.levels]
        run["steps"] = sum(level.steps for level in result.levels)
        run["evaluations"] = sum(level.evaluations for level in result.levels)
    if result.losses:
        run["losses"] = [_describe_loss(loss) for loss in result.losses]
    return run


def _describe_level(level: LevelTrace) -> dict[str, Any]:
    described = dataclasses.asdict(level)
    return {key: value for key, value in described.items() if key != "tile" or value}


def _describe_loss(loss: Loss) -> dict[str, Any]:
    described = dataclasses.asdict(loss)
    terms = described.pop("terms")
    return described | terms


def _versions() -> dict[str, str | None]:
    """Returns versions of what all methods need, and of what this process has loaded besides."""
    packages = {name: _version(name) for name in PACKAGES}
    loaded = {name: sys.modules.get(module) for name, module in OPTIONAL.items()}
    others = {name: module.__version__ for name, module in loaded.items() if module}
    return {"python": platform.python_version()} | packages | others


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _peak_memory_bytes() -> int | None:
    """Returns the most main memory this process has held; None where the system won't say."""
    try:
        import resource
    except ImportError:
        # Windows has no such module.
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # macOS counts bytes, Linux kibibytes.
    return peak if sys.platform == "darwin" else peak * 1024


def _plain(value: Any) -> Any:
    """Returns `value` in JSON's own types; numbers that are not finite become null."""
    if isinstance(value, dict):
        return {key: _plain(element) for key, element in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(element) for element in value]
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    # json refuses most of NumPy's numbers.
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
