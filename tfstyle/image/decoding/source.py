"""What a picture is read from: a path, a pipe, bytes, or a binary file that is open."""

import contextlib
import errno
import io
import os
import re
import stat
from collections.abc import Iterator
from typing import Any, BinaryIO, TypeAlias, TypeGuard, cast

from tfstyle.image.arrays import ImageError
from tfstyle.system import memory

Source: TypeAlias = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO
"""What `image.read` takes."""

MOST_STREAMED = 2**32
"""Bytes that are read of what may have no end, such as a pipe; 4 GiB, the most of a TIFF file."""

_CHUNK = 2**20

_TEXT = "it was opened as text; open it in binary mode"

_MISSING = "there is none of this name; check it"

_ADDRESS = re.compile(r"https?:/", re.IGNORECASE)

_TROUBLES = {
    errno.ENOENT: _MISSING,
    errno.ENOTDIR: _MISSING,
    errno.EISDIR: "this is a folder; name one file",
    errno.ENAMETOOLONG: "its name is too long for the file system; shorten it",
    errno.EACCES: "you may not read this one; change its permissions or its folder's",
    errno.EPERM: "you may not read this one; change its permissions or its folder's",
    errno.ELOOP: "its links lead back to themselves; name the file that is meant",
}
"""Number of a system's error -> what is wrong and what to do."""


@contextlib.contextmanager
def opened(source: Source, name: str) -> Iterator[BinaryIO]:
    """Yields the source as a binary file that can be read from any place, at its beginning.

    What the caller opened stays open.

    Args:
        source: what is read.
        name: what messages call it; see `describe`.

    Raises:
        ImageError: it cannot be opened or read, or is empty.
    """
    try:
        with contextlib.ExitStack() as stack:
            file = stack.enter_context(_open(source, name)) if _is_path(source) else source
            with _refusing_unreadable(name):
                whole = _seekable(file, name)
                size = whole.seek(0, os.SEEK_END)
            if not size:
                raise _refusal("this one is empty; get a new copy", name)
            whole.seek(0)
            yield whole
    except OSError as error:
        raise _refusal(_explain(error, source), name) from error


def held(path: str | os.PathLike[str]) -> io.BytesIO:
    """Returns what a pipe or a device holds, to be read as often as wanted, under its name.

    Raises:
        ImageError: it cannot be opened or read, or is empty.
    """
    with opened(path, describe(path)) as file:
        copy = io.BytesIO(file.read())
    # As open files have it.
    setattr(copy, "name", os.fspath(path))  # noqa: B010
    return copy


def describe(source: Source) -> str:
    """Returns what messages call the source: its path, or what it is and how long."""
    if _is_path(source):
        return os.fspath(source)
    if isinstance(source, (bytes, bytearray, memoryview)):
        return f"{memoryview(source).nbytes} {type(source).__name__}"
    file_name = None
    # A file that was detached from its descriptor raises ValueError.
    with contextlib.suppress(Exception):
        file_name = getattr(source, "name", None)
    return file_name if file_name and isinstance(file_name, str) else type(source).__name__


def _is_path(source: Source) -> TypeGuard[str | os.PathLike[str]]:
    return isinstance(source, (str, os.PathLike))


def _open(path: str | os.PathLike[str], name: str) -> BinaryIO:
    try:
        return open(path, "rb")
    # Not the system's word but Python's: a null character, half of a pair.
    except ValueError as error:
        trouble = "its name has a character that no file's can have; check it"
        raise _refusal(trouble, ascii(name)) from error


@contextlib.contextmanager
def _refusing_unreadable(name: str) -> Iterator[None]:
    """Raises ImageError for what files raise that are no system's: closed ones, and archives'."""
    try:
        yield
    except (ImageError, OSError, MemoryError):
        raise
    except UnicodeDecodeError as error:
        raise _refusal(_TEXT, name) from error
    # Each kind of archive, and each framework's upload, has classes of its own.
    except Exception as error:
        reason = str(error) or type(error).__name__
        raise _refusal(f"it cannot be read ({reason}); name another", name) from error


def _seekable(source: Any, name: str) -> BinaryIO:
    """Returns the source itself where it can be read from any place, else what it holds."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        # Copied in order: views may go over others' bytes in steps.
        return io.BytesIO(source if isinstance(source, bytes) else bytes(source))
    if not hasattr(source, "read"):
        raise ImageError(
            "path must be a path, the bytes of an image file, or a file opened in binary mode. "
            f"Received: path of type {type(source).__name__}"
        )
    # Devices such as /dev/zero claim to be seekable, and have no end.
    if isinstance(source, io.BytesIO) or _is_regular(source):
        return cast(BinaryIO, source)
    with contextlib.suppress(AttributeError, OSError):
        # As Pillow does with files: what was just written is read from its beginning.
        source.seek(0)
    return _streamed(source, name)


def _is_regular(file: Any) -> bool:
    # Buffered ones alone: Pillow and libtiff rely on their methods and on their descriptor.
    if not isinstance(file, (io.BufferedReader, io.BufferedRandom)):
        return False
    try:
        return stat.S_ISREG(os.fstat(file.fileno()).st_mode)
    except OSError:
        return False


def _streamed(file: Any, name: str) -> BinaryIO:
    """Returns what a file holds that is read from front to back, such as a pipe or an upload."""
    held, free = io.BytesIO(), memory.available()
    most = MOST_STREAMED if free is None else min(MOST_STREAMED, free / 2)
    while piece := file.read(_CHUNK):
        if not isinstance(piece, (bytes, bytearray, memoryview)):
            raise _refusal(_TEXT, name)
        held.write(piece)
        if held.tell() > most:
            raise _refusal(f"this one goes on after {held.tell()} bytes; name another", name)
    # Python's word for: more may come, but none is there yet.
    if piece is None:
        raise _refusal("it does not wait for its end; make it blocking", name)
    return held


def _explain(error: OSError, source: Source) -> str:
    if _is_path(source) and error.errno == errno.ENOENT and os.path.islink(source):
        return "this is a link to a file that is missing; name the file that is meant"
    # Of the two slashes a path keeps one.
    if _is_path(source) and error.errno == errno.ENOENT and _ADDRESS.match(os.fspath(source)):
        return "this is an address; save the picture as a file first"
    trouble = _TROUBLES.get(error.errno or 0)
    return trouble or f"it cannot be read ({error.strerror or error}); name another"


def _refusal(trouble: str, name: str) -> ImageError:
    return ImageError(f"path must be an image file, but {trouble}. Received: path={name}")
