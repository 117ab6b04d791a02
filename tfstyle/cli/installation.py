"""What is installed and at hand on this machine, as values for `tfstyle info`."""

import importlib.metadata
import os
import platform
import re
import sys
from collections.abc import Iterator
from typing import Any

import psutil

from tfstyle.cli import process
from tfstyle.system import extras, memory, processor
from tfstyle.version import __version__

PACKAGE = "tfstyle"

NOT_OFFERED = ("all", "benchmarks", "classical", "dev")
"""Extras that bring no feature of their own."""


def facts() -> dict[str, Any]:
    """Returns all there is to tell."""
    return {
        "versions": versions(),
        "system": system(),
        "devices": devices(),
        "weights": weights(),
        "missing_extras": missing_extras(),
    }


def versions() -> dict[str, str | None]:
    """Returns the versions of this package, of Python, and of what the package depends on."""
    needed = [name for name, extra in requirements() if extra is None]
    return {
        PACKAGE: __version__,
        "python": platform.python_version(),
        **{name: version(name) for name in needed},
    }


def version(package: str) -> str | None:
    """Returns the version of a package; None where it is not installed."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def requirements() -> Iterator[tuple[str, str | None]]:
    """Yields the packages that are needed, each with the extra that needs it, or None.

    None at all where the package runs from a folder without being installed.
    """
    try:
        found = importlib.metadata.requires(PACKAGE) or []
    except importlib.metadata.PackageNotFoundError:
        return
    for line in found:
        name = re.match(r"[\w.-]+", line)
        extra = re.search(r"extra\s*==\s*[\"']([\w-]+)[\"']", line)
        if name:
            yield name[0], extra[1] if extra else None


def missing_extras() -> dict[str, list[str]]:
    """Returns the extras of which something is not installed, and what."""
    missing: dict[str, list[str]] = {}
    needed = list(requirements())
    known = {extra for _, extra in needed}
    apart = [(package, extra) for extra, (package, _) in extras.APART.items() if extra in known]
    for package, extra in [*needed, *apart]:
        if extra and extra not in NOT_OFFERED and version(package) is None:
            missing.setdefault(extra, []).append(package)
    return missing


def system() -> dict[str, Any]:
    """Returns the system, the processor and what it multiplies with, and the memory in bytes."""
    return {
        "platform": platform.platform(),
        "executable": sys.executable,
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "instruction_sets": processor.instruction_sets(),
        "memory_bytes": psutil.virtual_memory().total,
        "free_memory_bytes": memory.available(),
    }


def devices() -> list[dict[str, str]]:
    """Returns the devices that TensorFlow computes on; a GPU's name is untested."""
    tensorflow = process.load("tensorflow", ())
    return [
        {"name": device.name.removeprefix("/physical_device:"), "kind": kind}
        for device in tensorflow.config.list_physical_devices()
        for kind in [_kind(tensorflow, device)]
    ]


def _kind(tensorflow: Any, device: Any) -> str:
    details = tensorflow.config.experimental.get_device_details(device)
    return str(details.get("device_name", device.device_type))


def weights() -> dict[str, str | None]:
    """Returns where each network's weights lie; None for what would be downloaded first."""
    # They load Keras.
    from tfstyle.networks import inverse_net, pretrained, vgg19_files

    shipped = {name: pretrained.find(name) for name in pretrained.names()}
    inverse = {name: inverse_net.find(name) for name in inverse_net.SHIPPED}
    found = {"vgg19": vgg19_files.at_hand(), **shipped, **inverse}
    return {name: None if path is None else str(path) for name, path in found.items()}
