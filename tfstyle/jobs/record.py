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
from typing import Any

import numpy as np

from tfstyle.result import Loss, Result
from tfstyle.system import files
from tfstyle.version import __version__

PACKAGES = ("tensorflow", "tensorflow-probability", "keras", "numpy", "pillow")
"""What every result depends on."""

OPTIONAL = {"scipy": "scipy", "av": "av", "opencv": "cv2"}
"""What some depend on, and its module: by its distribution OpenCV has several names."""


@dataclasses.dataclass(frozen=True)
class Input:
    """A picture that went into a result; the hash tells whether the file has changed since."""

    path: str
    width: int
    height: int
    sha256: str


def describe_input(path: str | os.PathLike, pixels: np.ndarray) -> Input:
    """Returns what the record keeps of a picture file.

    Args:
        path: the file.
        pixels: `[1, height, width, 3]`, the picture as it was read, upright.
    """
    with open(path, "rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    height, width = pixels.shape[1:3]
    return Input(str(path), width, height, sha256)


def path_for(output: str | os.PathLike) -> Path:
    """Returns where the record of `output` lies: beside it, with the suffix .json."""
    return Path(output).with_suffix(".json")


def read(output: str | os.PathLike) -> dict[str, Any]:
    """Returns the record of `output`; empty when there is none that can be read."""
    try:
        found = json.loads(path_for(output).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and "tfstyle" in found else {}


def write(
    output: str | os.PathLike,
    *,
    command: str,
    config: Any,
    inputs: Sequence[Input],
    result: Result,
    seconds: float,
    more: Mapping[str, Any] = types.MappingProxyType({}),
) -> Path:
    """Writes the record of a result, whole or not at all.

    Args:
        output: the picture that the record describes.
        command: the command's name, such as "gatys".
        config: the method's `Config`; every field is kept.
        inputs: contents first, then styles, in the order given.
        result: what the method returned.
        seconds: how long the method ran, what it had worked before a resumption left out.
        more: what else there is to say, in JSON's own types.

    Returns:
        The record's path.
    """
    record = {
        "tfstyle": __version__,
        "versions": _versions(),
        "command": command,
        "config": dataclasses.asdict(config),
        "inputs": [dataclasses.asdict(picture) for picture in inputs],
        **_describe_run(result),
        **more,
        "seconds": result.earlier_seconds + seconds,
        "peak_memory_bytes": _peak_memory_bytes(),
        "outcome": str(result.outcome),
    }
    text = json.dumps(_plain(record), ensure_ascii=False, allow_nan=False, indent=2) + "\n"
    path = path_for(output)
    with files.atomically(path) as file:
        # File names may hold bytes that are not UTF-8; JSON escapes those as \udcXX.
        file.write(text.encode("utf-8", "backslashreplace"))
    return path


def _describe_run(result: Result) -> dict[str, Any]:
    """Returns the keys that a method fills; those without an optimisation leave some out."""
    run: dict[str, Any] = {}
    if result.weights:
        run["weights"] = result.weights
    if result.levels:
        run["levels"] = [dataclasses.asdict(level) for level in result.levels]
        run["steps"] = result.steps
        run["evaluations"] = result.evaluations
    if result.losses:
        run["losses"] = [_describe_loss(loss) for loss in result.losses]
    return run


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
    except ImportError:  # Windows has no such module.
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _plain(value: Any) -> Any:
    """Returns `value` in JSON's own types; numbers that are not finite become null."""
    if isinstance(value, dict):
        return {key: _plain(element) for key, element in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(element) for element in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
