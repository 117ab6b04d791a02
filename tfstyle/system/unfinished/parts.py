"""What is being written: named after what it becomes, and held while its writer lives.

What a kill leaves is known by its name, and that its writer is gone by a lock that the system takes
back. So the next writer of the same path removes it.
"""

import contextlib
import dataclasses
import hashlib
import io
import itertools
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from tfstyle.system.unfinished import locks

NAME = re.compile(r"\.[0-9a-f]{16}\.part(\.\w+)?")
"""How parts are called."""

MOST_WRITERS = 8
"""Writers of one file at the same time whose parts are looked for."""


def path_of(path: Path, place: int = 0, suffix: str = "") -> Path:
    """Returns where a file lies while it is written.

    Args:
        path: the file.
        place: 0, or a higher one where other processes write the same file meanwhile.
        suffix: how the name ends, where a library goes by that.
    """
    # A digest, since the file's own name may be as long as names can be.
    digest = hashlib.sha256(os.fsencode(f"{path.name}/{place}")).hexdigest()
    return path.with_name(f".{digest[:16]}.part{suffix}")


def names_of(path: Path, suffix: str = "") -> list[Path]:
    """Returns where a file may lie while it is written."""
    return [path_of(path, place, suffix) for place in range(MOST_WRITERS)]


class _WithoutDescriptor(io.BufferedWriter):
    """A file that hides its descriptor.

    Libraries that are given one write to it themselves, and Pillow's encoders do not look whether
    the disk took all.
    """

    raw: io.FileIO

    def fileno(self) -> int:
        raise io.UnsupportedOperation("fileno")


@dataclasses.dataclass(frozen=True)
class Part:
    """A new file, open for writing, that is to become another."""

    path: Path
    file: _WithoutDescriptor

    def become(self, path: Path) -> None:
        """Takes the place of `path`, once it is on the disk."""
        self.file.flush()
        # Else the name could survive a power cut that the bytes do not.
        os.fsync(self.file.raw.fileno())
        # Held until it has its name, where an open file may be renamed.
        if not locks.ARE_THERE:
            self.file.close()
        os.replace(self.path, path)
        self.file.close()

    def discard(self) -> None:
        """Removes it."""
        # While it is held, where an open file may be removed: its name may be another's at once.
        if locks.ARE_THERE:
            self.path.unlink(missing_ok=True)
        # On a full disk, what is still to be written fails again.
        with contextlib.suppress(OSError):
            self.file.close()
        if not locks.ARE_THERE:
            self.path.unlink(missing_ok=True)


def create(path: Path, suffix: str = "") -> Part:
    """Returns a new part of `path`, held by this process; removes what a kill has left of one."""
    parts = (_create(path_of(path, place, suffix)) for place in itertools.count())
    return next(part for part in parts if part)


@contextlib.contextmanager
def folder_for(path: Path) -> Iterator[Path]:
    """Yields a new folder in which what is to be moved to `path` is made; removes it at the end.

    It is held by this process; what a kill has left of one is removed.
    """
    folders = (path_of(path, place) for place in itertools.count())
    folder, descriptor = next(each for each in map(_make_folder, folders) if each)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if descriptor is not None:
            os.close(descriptor)


def remove_left(path: str | os.PathLike[str]) -> None:
    """Removes what killed writers have left of a file; links are followed."""
    for part in _parts_of(path):
        _remove_if_left(part)


def is_left(path: str | os.PathLike[str]) -> bool:
    """Returns whether a writer of a file was killed, and none has written it since."""
    return any(_is_left(part) for part in _parts_of(path))


def remove_all_left(folder: Path) -> None:
    """Removes what killed writers have left in a folder that is ours alone."""
    if folder.is_dir():
        for path in folder.iterdir():
            if NAME.fullmatch(path.name):
                _remove_if_left(path)


def _parts_of(path: str | os.PathLike[str]) -> list[Path]:
    return names_of(Path(os.path.realpath(path)))


def _create(path: Path) -> Part | None:
    """Returns a new part of that name, locked; None where another process has it."""
    _remove_if_left(path)
    try:
        file = _WithoutDescriptor(io.FileIO(path, "x"))
    except FileExistsError:
        return None
    # Between the two, another process may have taken it for left.
    descriptor = file.raw.fileno()
    if locks.lock(descriptor) and locks.is_at(descriptor, path):
        return Part(path, file)
    file.close()
    return None


def _make_folder(path: Path) -> tuple[Path, int | None] | None:
    """Returns a new folder and the lock on it; None where another process has it."""
    _remove_if_left(path)
    try:
        path.mkdir()
    except FileExistsError:
        return None
    if not locks.ARE_THERE:
        return path, None
    descriptor = os.open(path, os.O_RDONLY)
    if locks.lock(descriptor) and locks.is_at(descriptor, path):
        return path, descriptor
    os.close(descriptor)
    return None


def _remove_if_left(path: Path) -> None:
    # Whatever goes wrong: it is not there, another user's, or its writer lives.
    with contextlib.suppress(OSError), locks.opened(path) as descriptor:
        if descriptor is None or (locks.try_lock(descriptor) and locks.is_at(descriptor, path)):
            _remove(path)


def _remove(path: Path) -> None:
    if not path.is_dir():
        path.unlink()
    # Without locks, a folder whose writer lives would go as well.
    elif locks.ARE_THERE:
        shutil.rmtree(path)


def _is_left(path: Path) -> bool:
    with contextlib.suppress(OSError), locks.opened(path) as descriptor:
        return descriptor is None or locks.try_lock(descriptor)
    return False
