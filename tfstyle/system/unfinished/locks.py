"""Locks on files and folders, which the system takes back from a process that is killed."""

import contextlib
import os
import types
from collections.abc import Iterator
from pathlib import Path

fcntl: types.ModuleType | None
try:
    import fcntl
except ImportError:
    # Windows has no such module; it removes no file that is open, which is a lock by itself.
    fcntl = None

ARE_THERE = fcntl is not None
"""Whether the system has locks of this kind."""


@contextlib.contextmanager
def opened(path: Path) -> Iterator[int | None]:
    """Yields a descriptor of what is there; None where there are no locks to ask for."""
    if not ARE_THERE:
        os.lstat(path)
        yield None
        return
    # A link is not followed, and a pipe not waited for.
    # To be written, which locks need on disks of other machines; a folder cannot be.
    mode = os.O_RDONLY if path.is_dir() else os.O_RDWR
    descriptor = os.open(path, mode | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def lock(descriptor: int) -> bool:
    """Locks a file; returns whether no other process has it, also where there are no locks."""
    try:
        return fcntl is None or try_lock(descriptor)
    except OSError:
        return True


def try_lock(descriptor: int) -> bool:
    """Locks a file; returns whether no other process has it. Raises OSError without locks."""
    if fcntl is None:
        raise OSError("there are no locks")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_at(descriptor: int, path: Path) -> bool:
    """Returns whether an open file still has its name: its writer may just have renamed it."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.lstat(path))
    except FileNotFoundError:
        return False
