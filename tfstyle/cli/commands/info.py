"""`tfstyle info`: what is installed and at hand, as a list or as JSON."""

import dataclasses
import json
import types
from collections.abc import Iterator
from typing import Any

from tfstyle import settings
from tfstyle.cli import process
from tfstyle.system import extras

GIGABYTE = 1e9
"""Bytes."""


@dataclasses.dataclass(frozen=True)
class Files:
    """The flags of `info`."""

    json: bool = settings.setting(False, "Print it as a line of JSON.")


@dataclasses.dataclass(frozen=True)
class Config:
    """`info` has no settings."""


def run(command: str, module: types.ModuleType, files: Files, config: Any) -> int:
    """Tells what there is and returns the exit status."""
    # Loads what reads pictures and networks, which the flags and their help do without.
    from tfstyle.cli import installation

    facts = installation.facts()
    process.say(*([json.dumps(facts)] if files.json else describe(facts)))
    return process.DONE


def describe(facts: dict[str, Any]) -> Iterator[str]:
    """Yields the lines for a person."""
    yield from _table("Versions", {name: it or "missing" for name, it in facts["versions"].items()})
    yield from _table("System", _system(facts["system"]))
    yield from _table("Devices", {each["name"]: each["kind"] for each in facts["devices"]})
    absent = "not at hand; downloaded at the first use"
    yield from _table("Weights", {name: it or absent for name, it in facts["weights"].items()})
    missing = {
        extra: f"{extras.install_command(extra)} brings {', '.join(packages)}"
        for extra, packages in facts["missing_extras"].items()
    }
    yield from _table("Missing extras", missing or {"none": ""})


def _system(found: dict[str, Any]) -> dict[str, str]:
    free = found["free_memory_bytes"]
    return {
        "platform": found["platform"],
        "python": found["executable"],
        "processor": f"{found['processor']}, {found['cores']} cores",
        "instructions": " ".join(found["instruction_sets"]) or "unknown",
        "memory": f"{found['memory_bytes'] / GIGABYTE:.1f} GB"
        + (f", {free / GIGABYTE:.1f} GB free" if free is not None else ""),
    }


def _table(title: str, rows: dict[str, str]) -> Iterator[str]:
    width = max(map(len, rows))
    yield f"{title}:"
    yield from (f"  {name:{width}}  {text}".rstrip() for name, text in rows.items())
