"""The state of an interrupted run on disk, written atomically and read back exactly."""

import dataclasses
import hashlib
import json
import pathlib
from typing import TYPE_CHECKING, Any

import numpy as np

from tfstyle import settings
from tfstyle.optimization import checkpoint_checks
from tfstyle.optimization.loop import Trace
from tfstyle.result import LevelTrace, Loss
from tfstyle.system import doors, files, npz
from tfstyle.system.unfinished import parts
from tfstyle.version import COURSE

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FILE_NAME = "state.npz"

EXPECTED = "resume needs the checkpoint of an interrupted run"
"""How the sentences about unfit checkpoints begin."""

STATE_PREFIX = "state_"
"""Before the names of the optimiser's arrays, among which there may be one called `image`."""


@dataclasses.dataclass(frozen=True)
class Snapshot:
    """A run of several levels, in the midst of one."""

    level: int
    """The one at work, from 0."""
    trace: Trace
    """Where the level at work got to."""
    levels: tuple[LevelTrace, ...]
    """The finished levels."""
    losses: tuple[Loss, ...]
    """The curve of the finished levels."""


def fingerprint(
    config: "DataclassInstance", *images: np.ndarray, facts: tuple[str, ...] = ()
) -> str:
    """Returns a digest of all that decides a run's course.

    Args:
        config: the method's settings, a dataclass.
        images: the pictures, the start included.
        facts: what the settings leave open, such as the weights found and the precision chosen.
    """
    described = [settings.described(config), *facts, COURSE]
    digest = hashlib.sha256(json.dumps(described, sort_keys=True, default=str).encode())
    for pixels in images:
        # The shape too: other pictures may have the same bytes.
        digest.update(str(pixels.shape).encode() + pixels.tobytes())
    return digest.hexdigest()


def save(folder: pathlib.Path, snapshot: Snapshot, run: str, tile: int | None = None) -> None:
    """Writes the snapshot of the run with that fingerprint; makes the folder when missing.

    Args:
        folder: where.
        snapshot: what is written.
        run: the fingerprint.
        tile: side of the tiles that the run has chosen by the memory that there was; see `tile`.

    Raises:
        OSError: the disk does not take it; an earlier one stays.
    """
    trace = snapshot.trace
    state = trace.state() if trace.state is not None else {}
    arrays: dict[str, Any] = {
        "run": np.array(run),
        "described": np.array(json.dumps(_describe(snapshot))),
        "image": trace.image,
        **({} if tile is None else {"tile": np.array(tile)}),
        **{f"{STATE_PREFIX}{name}": array for name, array in state.items()},
    }
    parts.remove_all_left(folder)
    # Atomically, so that a kill while it is written leaves the last one whole.
    with files.making_folder(folder, parents=True), files.atomically(folder / FILE_NAME) as file:
        np.savez(file, **arrays)


def is_there(folder: str | pathlib.Path) -> bool:
    """Returns whether there is a snapshot in the folder, sound or not."""
    return (pathlib.Path(folder) / FILE_NAME).is_file()


def tile(folder: str | pathlib.Path) -> int | None:
    """Returns the side of the tiles that the run in the folder has chosen; None for none.

    A run that goes on asks before anything else is read: more memory or less than there was would
    have it choose otherwise, and paint another picture.

    Raises:
        ValueError: the file is damaged.
    """
    path = pathlib.Path(folder) / FILE_NAME
    with doors.checked(EXPECTED, path, "start without it", f"checkpoint={folder}"):
        found = npz.read(path, only="tile").get("tile")
        if found is None:
            return None
        if found.shape or found.dtype.kind not in "iu" or found < 1:
            raise doors.Unsound("has tiles of no size")
        return int(found)


def load(folder: pathlib.Path, run: str) -> Snapshot:
    """Returns the snapshot in the folder.

    Raises:
        ValueError: there is none, it is damaged, or it belongs to another run.
    """
    path, received = folder / FILE_NAME, f"checkpoint={folder}"
    with doors.checked(EXPECTED, path, "start without it", received):
        arrays = npz.read(path)
        of_run, snapshot = (
            str(arrays["run"]),
            _snapshot(json.loads(str(arrays["described"])), arrays),
        )
    # The arrays would fit other settings too, and give a picture that no run gives.
    if of_run != run:
        raise ValueError(
            "resume needs the same pictures and settings as the interrupted run. "
            f"Received: checkpoint={folder} of another run"
        )
    return snapshot


def remove(folder: pathlib.Path) -> None:
    """Deletes the snapshot of a run that has ended."""
    (folder / FILE_NAME).unlink(missing_ok=True)
    parts.remove_left(folder / FILE_NAME)


def _describe(snapshot: Snapshot) -> dict[str, Any]:
    """Returns all but the arrays, in the types that JSON has."""
    # Taken out first: `asdict` copies what it meets, and pictures are large. Why the run stopped
    # is not kept: it goes on.
    without_arrays = dataclasses.replace(
        snapshot.trace, image=np.zeros([0]), state=None, outcome=None
    )
    described = dataclasses.asdict(dataclasses.replace(snapshot, trace=without_arrays))
    del described["trace"]["image"]
    return described


def _snapshot(described: dict[str, Any], arrays: dict[str, np.ndarray]) -> Snapshot:
    """Returns what `_describe` described, with its arrays."""
    state = {
        name.removeprefix(STATE_PREFIX): array
        for name, array in arrays.items()
        if name.startswith(STATE_PREFIX)
    }
    fields = described["trace"] | {
        "image": arrays["image"],
        "state": (lambda: state) if state else None,
        "losses": _losses(described["trace"]["losses"]),
        "kind_since": tuple(described["trace"]["kind_since"]),
        "notes": tuple(described["trace"]["notes"]),
        "outcome": None,
    }
    # Version 0.1.0 wrote it.
    fields.pop("interrupted", None)
    levels = [{**level, "size": tuple(level["size"])} for level in described["levels"]]
    snapshot = Snapshot(
        level=described["level"],
        trace=Trace(**fields),
        levels=tuple(LevelTrace(**level) for level in levels),
        losses=_losses(described["losses"]),
    )
    checkpoint_checks.check(snapshot.level, snapshot.trace, snapshot.levels, snapshot.losses)
    return snapshot


def _losses(rows: list[dict[str, Any]]) -> tuple[Loss, ...]:
    return tuple(Loss(**row) for row in rows)
