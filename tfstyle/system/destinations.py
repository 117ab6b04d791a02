"""Where something is to be written: asked before the work, so that none is lost after it."""

import os
from pathlib import Path

from tfstyle.system.files import is_name_too_long


def why_no_file(path: str | os.PathLike[str]) -> str:
    """Returns what a path must be, so that a file can be written there; empty where it is so.

    Links are followed, as `files.atomically` follows them.
    """
    if os.path.isdir(path):
        return "be a file name, not a folder"
    folder, target = Path(path).parent, os.path.realpath(path)
    if not os.path.isdir(folder):
        return f"lie in an existing folder; create {folder} first"
    if is_name_too_long(path):
        return "have a name that the file system takes; shorten it"
    if os.path.islink(target):
        return "not be a link that leads back to itself; remove it"
    if os.path.islink(path) and not os.path.exists(target):
        return f"not be a link that leads nowhere, to {target}; remove it"
    return _why_none_inside(folder) or _why_none_inside(Path(target).parent)


def why_no_folder(path: str | os.PathLike[str]) -> str:
    """Returns what a path must be, so that it is a folder to write to, or can become one.

    Empty where it is so. What is missing above it is made with it, so that its nearest folder that
    is there decides.
    """
    path = Path(path)
    if is_name_too_long(path):
        return "have a name that the file system takes; shorten it"
    nearest = next(each for each in (path, *path.parents) if os.path.lexists(each))
    if nearest.is_dir():
        return _why_none_inside(nearest)
    kind = "a link that leads nowhere" if nearest.is_symlink() else "a file"
    return f"be a folder, and {nearest} is {kind}; choose another"


def check_folder(path: str | os.PathLike[str], name: str) -> None:
    """Raises ValueError when a path neither is a folder to write to nor can become one.

    Args:
        path: the folder.
        name: what the caller calls it.
    """
    problem = why_no_folder(path)
    if problem:
        raise ValueError(f"{name} must {problem}. Received: {name}={os.fspath(path)}")


def _why_none_inside(folder: Path) -> str:
    if os.access(folder, os.W_OK | os.X_OK):
        return ""
    return (
        f"lie in a folder that you may write to; change the permissions of {folder} or choose "
        "another"
    )
