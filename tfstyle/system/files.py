"""Files of any kind: names that fit, whole files or none, digests."""

import contextlib
import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


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
    # A name of its own, in the same folder: another process may be at the same, and a file can only
    # take another's place at once on the same disk.
    temporary = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with open(temporary, "xb") as file:
            yield file
            # Else the name could survive a power cut that the bytes do not.
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def digest(path: str | os.PathLike[str], algorithm: str) -> str:
    """Returns a file's hash in hexadecimal digits, by "sha256" or "md5"."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()
