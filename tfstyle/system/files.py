"""Files of any kind: names that fit, whole files or none, digests and stamps."""

import contextlib
import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NoReturn, TypeAlias

from tfstyle.system.unfinished import parts

ADVICE = {
    errno.ENOSPC: "make room there",
    errno.EDQUOT: "make room within your quota",
    errno.EFBIG: "raise the limit on the size of files (ulimit -f), or choose another disk",
    errno.EROFS: "choose a folder on a disk that is not mounted read-only",
    errno.EACCES: "change the permissions, or choose another folder",
    errno.EPERM: "change the permissions, or choose another folder",
    errno.EIO: "choose another disk, for this one fails",
    errno.ENOENT: "create its folder first",
    errno.ENOTDIR: "create its folder first",
}
"""What to do where the system refuses to write a file, by the error's number."""

Stamp: TypeAlias = tuple[str, int, int]
"""A file's path, time and size."""


def is_name_too_long(path: str | os.PathLike[str]) -> bool:
    """Returns whether the file system refuses `path` for its length alone."""
    try:
        os.lstat(path)
    except OSError as error:
        return error.errno == errno.ENAMETOOLONG
    return False


@contextlib.contextmanager
def atomically(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Yields a binary file that takes the place of `path` at the end, if no error came.

    Readers see the old file or the whole new one. On an error, Ctrl-C included, the old
    file stays as it was and nothing is left behind. Links are followed.

    Raises:
        OSError: the disk does not take it; the message names the file and says why.
    """
    with _part_of(path) as part:
        yield part.file


@contextlib.contextmanager
def unfinished(path: str | os.PathLike[str], suffix: str = "") -> Iterator[Path]:
    """Yields where a library may write the file that takes the place of `path` at the end.

    As `atomically` does, for libraries that write to names only.

    Args:
        path: the file.
        suffix: how the temporary name ends, where a library goes by that.

    Raises:
        OSError: the disk does not take it; the message names the file and says why.
    """
    with _part_of(path, suffix) as part:
        yield part.path
        # Else the name could survive a power cut that the bytes do not.
        sync(part.path)


@contextlib.contextmanager
def _part_of(path: str | os.PathLike[str], suffix: str = "") -> Iterator[parts.Part]:
    """Yields what takes the place of `path` at the end, if no error came."""
    path = Path(os.path.realpath(path))
    # In the same folder: a file can only take another's place at once on the same disk.
    with naming(path, *parts.names_of(path, suffix)):
        part = parts.create(path, suffix)
        try:
            yield part
            part.become(path)
        except BaseException:
            # What went wrong first is what is told.
            with contextlib.suppress(OSError):
                part.discard()
            raise


def sync(path: str | os.PathLike[str]) -> None:
    """Waits until a file is on the disk."""
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


@contextlib.contextmanager
def naming(path: str | os.PathLike[str], *others: str | os.PathLike[str]) -> Iterator[None]:
    """Raises OSError with a sentence where the system refuses to write `path`.

    The system's own error names no file, or a temporary one, and libraries wrap it up.

    Args:
        path: what is written.
        others: names that it has meanwhile. Errors of other files are left as they are.
    """
    try:
        yield
    except Exception as error:
        code = _refusal(error, {os.fspath(each) for each in (path, *others)})
        if code is None:
            raise
        refuse(path, code, error)


def refuse(path: str | os.PathLike[str], code: int, cause: Exception | None = None) -> NoReturn:
    """Raises OSError, of the number `code`, with the sentence that `path` cannot be written."""
    refused = OSError(
        f"path must lie where it can be written: {os.strerror(code).lower()}; "
        f"{ADVICE.get(code, 'choose another folder')}. Received: path={os.fspath(path)}"
    )
    refused.errno = code
    raise refused from cause


def reason(error: OSError) -> str:
    """Returns the system's own words for an error of its, without the name of a file.

    A sentence of `refuse` comes down to its cause, for callers who name what they write themselves.
    """
    return error.strerror or (os.strerror(error.errno) if error.errno else str(error))


def make_folder(folder: Path, parents: bool = False) -> None:
    """Makes a folder, if it is not there.

    Args:
        folder: the folder.
        parents: whether those above it are made as well.

    Raises:
        OSError: the disk does not take it; the message names the folder and says why.
    """
    with naming(folder):
        folder.mkdir(parents=parents, exist_ok=True)


@contextlib.contextmanager
def making_folder(folder: Path, parents: bool = False) -> Iterator[None]:
    """Makes a folder for what is written meanwhile; if that fails, what was made goes again.

    Args:
        folder: the folder.
        parents: whether those above it are made as well.

    Raises:
        OSError: as `make_folder` does.
    """
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        make_folder(folder, parents)
        yield
    except BaseException:
        for each in missing:
            # What another writer has put there stays. If it had only found the folder, and had
            # written nothing yet, it fails and says so.
            with contextlib.suppress(OSError):
                each.rmdir()
        raise


def _refusal(error: BaseException | None, names: set[str]) -> int | None:
    """Returns the number of the system's error that lies behind a library's, if there is one."""
    while error is not None:
        if isinstance(error, OSError) and error.errno:
            # Without the system's words it is a sentence already.
            is_bare = error.strerror is not None and error.filename is None
            is_ours = error.filename is not None and os.fspath(error.filename) in names
            return error.errno if is_bare or is_ours else None
        # TensorFlow and HDF5 only quote it.
        quoted = (code for code in ADVICE if os.strerror(code) in str(error))
        if (code := next(quoted, None)) is not None:
            return code
        # In closing what it could not write, zipfile fails again.
        error = error.__cause__ or error.__context__
    return None


def stamp(path: str | os.PathLike[str]) -> Stamp:
    """Returns what stays as it is while a file stays the same."""
    status = os.stat(path)
    return os.path.realpath(path), status.st_mtime_ns, status.st_size


def digest(path: str | os.PathLike[str], algorithm: str) -> str:
    """Returns a file's hash in hexadecimal digits, by "sha256" or "md5"."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()
