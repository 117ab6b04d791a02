"""Files of any kind: names that fit, whole files or none, digests."""

import contextlib
import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from tfstyle.system import parts


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
    """
    path = Path(os.path.realpath(path))
    # In the same folder: a file can only take another's place at once on the same disk.
    part = parts.create(path)
    try:
        yield part.file
        # Else the name could survive a power cut that the bytes do not.
        part.file.flush()
        os.fsync(part.file.fileno())
        part.become(path)
    except BaseException:
        part.discard()
        raise


def digest(path: str | os.PathLike[str], algorithm: str) -> str:
    """Returns a file's hash in hexadecimal digits, by "sha256" or "md5"."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()
