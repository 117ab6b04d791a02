"""Going on from an earlier run: where its state lies, and which pictures it had finished."""

import contextlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tfstyle.jobs import record
from tfstyle.result import tells_interruption
from tfstyle.system import files


def has_begun(checkpoint: Path) -> bool:
    """Returns whether an earlier run left anything in the folder of its state.

    What a kill has left half written is nothing to go on from.
    """
    return os.path.isdir(checkpoint) and not all(
        files.TEMPORARY.fullmatch(path.name) for path in checkpoint.iterdir()
    )


def forget(checkpoint: Path) -> None:
    """Removes the state of a run whose picture and record are written."""
    # The module loads TensorFlow, which those without a state may do without.
    from tfstyle.optimization import checkpoint_file

    # The picture is safe: a state that stays behind is no failure.
    with contextlib.suppress(OSError):
        checkpoint_file.remove(checkpoint)


def check_folder(checkpoint: Path) -> None:
    """Raises ValueError when `checkpoint` neither is a folder to write to nor can become one."""
    if files.is_name_too_long(checkpoint):
        raise ValueError(
            "checkpoint must have a name that the file system takes; shorten it. "
            f"Received: checkpoint={checkpoint}"
        )
    # The run makes what is missing of the path, so its nearest folder that is there decides.
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
    output: Path, command: str, config: record.Settings, inputs: Sequence[record.Input]
) -> bool:
    """Returns whether an earlier run had finished this output.

    Its record tells: the same command, settings and pictures, and no interruption.
    """
    if not output.is_file():
        return False
    found = record.read(output)
    return (
        found.get("command") == command
        and found.get("config") == record.describe_config(config)
        # By digests alone: a picture that was moved is still the same picture.
        and [each["sha256"] for each in found["inputs"]] == [each.sha256 for each in inputs]
        and not _was_interrupted(found)
    )


def _was_interrupted(found: Mapping[str, Any]) -> bool:
    return tells_interruption(str(found.get("outcome", "")))
