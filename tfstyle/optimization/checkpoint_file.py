"""The state of an interrupted run on disk, written atomically and read back exactly."""

import dataclasses
import hashlib
import json
import pathlib
import zipfile

import numpy as np

from tfstyle import image
from tfstyle.optimization.loop import Trace
from tfstyle.result import LevelTrace, Loss

FILE_NAME = "state.npz"

COURSE = "0.1.0"
"""The version since which a run takes the same course, so that an interrupted one may go on."""


@dataclasses.dataclass(frozen=True)
class Snapshot:
    """A run of several levels, in the midst of one."""

    level: int
    trace: Trace
    """Of the level at work."""
    levels: tuple[LevelTrace, ...]
    """The finished levels."""
    losses: tuple[Loss, ...]
    """Of the finished levels."""


def fingerprint(config, *images: np.ndarray, facts: tuple[str, ...] = ()) -> str:
    """Returns a digest of all that decides a run's course.

    Args:
        config: the method's settings, a dataclass.
        images: the pictures, the start included.
        facts: what the settings leave open, such as the weights found and the precision chosen.
    """
    described = [dataclasses.asdict(config), *facts, COURSE]
    digest = hashlib.sha256(json.dumps(described, sort_keys=True, default=str).encode())
    for pixels in images:
        digest.update(str(pixels.shape).encode() + pixels.tobytes())
    return digest.hexdigest()


def save(folder: pathlib.Path, snapshot: Snapshot, run: str) -> None:
    """Writes the snapshot of the run with that fingerprint; makes the folder when missing."""
    trace = snapshot.trace
    state = trace.state() if trace.state is not None else {}
    # Arrays are kept beside the text. Why the run stopped is not kept: it goes on.
    plain = dataclasses.replace(trace, image=None, state=None, outcome=None)
    described = dataclasses.asdict(dataclasses.replace(snapshot, trace=plain))
    folder.mkdir(parents=True, exist_ok=True)
    with image.atomically(folder / FILE_NAME) as file:
        np.savez(
            file,
            run=np.array(run),
            described=np.array(json.dumps(described)),
            image=trace.image,
            **{f"state_{name}": array for name, array in state.items()},
        )


def load(folder: pathlib.Path, run: str) -> Snapshot:
    """Returns the snapshot in the folder.

    Raises:
        ValueError: there is none, it is damaged, or it belongs to another run.
    """
    path = folder / FILE_NAME
    try:
        with path.open("rb") as file, np.load(file) as opened:
            arrays = dict(opened)
        described, of_run = json.loads(str(arrays["described"])), str(arrays["run"])
    except (OSError, ValueError, TypeError, KeyError, zipfile.BadZipFile, EOFError) as error:
        raise ValueError(
            "resume needs the checkpoint of an interrupted run; start without it. "
            f"Received: checkpoint={folder}"
        ) from error
    if of_run != run:
        raise ValueError(
            "resume needs the same pictures and settings as the interrupted run. "
            f"Received: checkpoint={folder} of another run"
        )
    return _described(described, arrays)


def remove(folder: pathlib.Path) -> None:
    """Deletes the snapshot of a run that has ended."""
    (folder / FILE_NAME).unlink(missing_ok=True)


def _described(described: dict, arrays: dict[str, np.ndarray]) -> Snapshot:
    state = {
        name.removeprefix("state_"): array
        for name, array in arrays.items()
        if name.startswith("state_")
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
    return Snapshot(
        level=described["level"],
        trace=Trace(**fields),
        levels=tuple(LevelTrace(**level) for level in levels),
        losses=_losses(described["losses"]),
    )


def _losses(rows: list[dict]) -> tuple[Loss, ...]:
    return tuple(Loss(**row) for row in rows)
