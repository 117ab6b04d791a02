"""Going on from an earlier run: where its state lies, and which pictures it had finished."""

import contextlib
import dataclasses
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tfstyle.jobs import inputs, record
from tfstyle.jobs.inputs import Files
from tfstyle.system import files as system_files


def find_checkpoint(files: Files, output: Path) -> tuple[str | None, bool]:
    """Returns the folder of the run's state, and whether to go on from it.

    Of many outputs, each has its own folder, and those without a state start afresh.
    """
    if not files.checkpoint or not inputs.is_many(files.content):
        return files.checkpoint, files.resume
    folder = os.path.join(files.checkpoint, output.stem)
    begun = os.path.isdir(folder) and bool(os.listdir(folder))
    return folder, files.resume and begun


def forget_checkpoint(files: Files, output: Path) -> None:
    """Removes the state of a run whose picture and record are written."""
    checkpoint, _ = find_checkpoint(files, output)
    if checkpoint:
        from tfstyle.optimization import checkpoint_file

        with contextlib.suppress(OSError):
            checkpoint_file.remove(Path(checkpoint))


def check_checkpoints(files: Files, outputs: Sequence[Path]) -> None:
    """Raises ValueError when a state cannot be kept in the folder that is to hold it."""
    for output in outputs:
        checkpoint, _ = find_checkpoint(files, output)
        if checkpoint:
            check_folder(Path(checkpoint))


def check_folder(checkpoint: Path) -> None:
    """Raises ValueError when `checkpoint` neither is a folder to write to nor can become one."""
    if system_files.is_name_too_long(checkpoint):
        raise ValueError(
            "checkpoint must have a name that the file system takes; shorten it. "
            f"Received: checkpoint={checkpoint}"
        )
    nearest = next(path for path in (checkpoint, *checkpoint.parents) if os.path.exists(path))
    if not nearest.is_dir():
        raise ValueError(
            f"checkpoint must be a folder, and {nearest} is a file; choose another. "
            f"Received: checkpoint={checkpoint}"
        )
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise ValueError(
            f"checkpoint must lie in a folder that you may write to; change the permissions of "
            f"{nearest} or choose another. Received: checkpoint={checkpoint}"
        )


def is_there(output: Path) -> bool:
    """Returns whether an output is there, and not just as far as an interrupted run had come."""
    return output.exists() and not _was_interrupted(record.read(output))


def is_finished(
    files: Files, output: Path, command: str, config: Any, described: Sequence[record.Input]
) -> bool:
    """Returns whether a run that is resumed for many contents had finished this output.

    Its record tells: the same command, settings and pictures, and no interruption.
    """
    if not (files.resume and inputs.is_many(files.content) and output.is_file()):
        return False
    found = record.read(output)
    return (
        found.get("command") == command
        and found.get("config") == json.loads(json.dumps(dataclasses.asdict(config)))
        and [each["sha256"] for each in found["inputs"]] == [each.sha256 for each in described]
        and not _was_interrupted(found)
    )


def _was_interrupted(found: Mapping[str, Any]) -> bool:
    return str(found.get("outcome", "")).startswith("interrupted")
