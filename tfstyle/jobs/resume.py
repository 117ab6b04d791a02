"""Going on from an earlier run: where its state lies, and which pictures it had finished."""

import contextlib
import os
import types
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tfstyle.jobs import record
from tfstyle.result import tells_interruption
from tfstyle.system import destinations
from tfstyle.system.unfinished import parts


def has_begun(checkpoint: Path) -> bool:
    """Returns whether an earlier run left anything in the folder of its state.

    What a kill has left half written is nothing to go on from.
    """
    return os.path.isdir(checkpoint) and not all(
        parts.NAME.fullmatch(path.name) for path in checkpoint.iterdir()
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
    destinations.check_folder(checkpoint, "checkpoint")


def is_there(output: Path) -> bool:
    """Returns whether an output is there, and not just as far as an interrupted run had come.

    A run that was killed between the picture and its record has left a part of the record.
    """
    return (
        output.exists()
        and not _was_interrupted(record.read(output))
        and not parts.is_left(record.path_for(output))
    )


def is_of_another(output: Path, content: Path) -> bool:
    """Returns whether an output's record says that it was painted from a file of another name."""
    names = record.names(record.read(output))
    # Without a record that says so, it is not.
    return bool(names and names[0]) and names[0] != content.name


def is_finished(
    output: Path,
    command: str,
    config: record.Settings,
    inputs: Sequence[record.Input],
    told: Mapping[str, Any] = types.MappingProxyType({}),
) -> bool:
    """Returns whether an earlier run had finished this output.

    Its record tells: the same command, settings and pictures, the mask too, and no interruption.

    Args:
        output: the picture.
        command: the command's name.
        config: the method's settings.
        inputs: the pictures that it is to be painted from.
        told: what else its record would say.
    """
    if not output.is_file():
        return False
    found = record.read(output)
    return (
        found.get("command") == command
        and found.get("config") == record.describe_config(config)
        # By digests alone: a picture that was moved is still the same picture.
        and record.digests(found) == [each.sha256 for each in inputs]
        and record.mask_digest(found) == record.mask_digest(told)
        and not _was_interrupted(found)
        # Else the picture may be a later run's, killed before it had its record.
        and not parts.is_left(record.path_for(output))
    )


def _was_interrupted(found: Mapping[str, Any]) -> bool:
    return tells_interruption(str(found.get("outcome", "")))
