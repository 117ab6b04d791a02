"""The folder of a training: whose it is, and what it calls what it keeps."""

import pathlib
import re

from tfstyle.system import devices, files
from tfstyle.system.unfinished import parts

OWNER = "training.txt"
"""The file that tells a training from others."""

SAMPLES = "samples"
"""The folder in it for what the network makes."""

BACKUP = "backup"
"""The folder in it for the state."""


def own(folder: pathlib.Path) -> pathlib.Path:
    """Returns the folder, or for the workers after the first one in it: none writes another's."""
    place = devices.place_among_workers()
    return folder / f"worker_{place}" if place else folder


def check_owner(folder: pathlib.Path, identity: str) -> None:
    """Raises ValueError when the folder is another training's.

    Args:
        folder: where to; it need not exist.
        identity: what `training.txt` has of the training.
    """
    owner = folder / OWNER
    # On a full disk version 0.1.0 left it empty. As bytes: another program's file need not be text.
    told = owner.read_bytes() if owner.exists() else None
    # Without it, networks and samples are somebody else's too.
    is_taken = told is None and (any(folder.glob("*.keras")) or (folder / SAMPLES).exists())
    if is_taken or told not in (None, b"", identity.encode()):
        raise ValueError(
            "model must be a new folder, or that of the same training with the same settings and "
            f"styles. Received: model={folder}"
        )


def claim(folder: pathlib.Path, identity: str) -> None:
    """Makes the folder this training's own, and removes what a kill has left half written."""
    with files.making_folder(folder, parents=True), files.atomically(folder / OWNER) as file:
        file.write(identity.encode())
    for room in (folder, folder / SAMPLES, folder / BACKUP):
        parts.remove_all_left(room)
    # Version 0.1.0 called them so.
    for path in folder.glob("unfinished_*.keras"):
        path.unlink(missing_ok=True)


def sample_path(folder: pathlib.Path, rounds: int) -> pathlib.Path:
    """Returns where the sheet of samples lies after so many rounds."""
    return folder / SAMPLES / f"round_{rounds:05}.png"


def is_sample(path: pathlib.Path) -> bool:
    """Returns whether a picture is what a training has painted; see `sample_path`."""
    path = path.absolute()
    is_named_so = path.parent.name == SAMPLES and re.fullmatch(r"round_[0-9]{5,}\.png", path.name)
    return bool(is_named_so) and (path.parents[1] / OWNER).is_file()
