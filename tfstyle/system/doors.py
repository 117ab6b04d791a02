"""The doors at which files are read that others may have written, or a crash has damaged.

Whatever is wrong with a file's content, one sentence says it: which file, why, and what to do.
"""

import contextlib
import errno
import json
import os
import pathlib
from collections.abc import Iterator
from typing import Any

from tfstyle.system import errors

UNREADABLE = {errno.EACCES, errno.EPERM, errno.ENOENT, errno.EISDIR, errno.EIO, errno.EMFILE}
"""What the system says of files that it does not hand out, whatever is in them."""

DAMAGED = "is damaged or another program's"

LONGEST_JSON = 256 * 2**20
"""Bytes; the record of a hundred thousand steps has a tenth of them."""


class Unsound(Exception):
    """What is wrong with a file, in words that follow its name: "has no styles"."""


@contextlib.contextmanager
def checked(
    expected: str, path: str | os.PathLike[str], cure: str, received: str
) -> Iterator[None]:
    """Raises one sentence for whatever goes wrong while a file's content is read.

    Args:
        expected: how the sentence begins, such as "model must be a stylizer".
        path: the file.
        cure: what to do about it.
        received: how the sentence ends, such as "model=night.keras".

    Raises:
        ValueError: the file is unsound or cannot be read.
        MemoryError: it is sound as far as one can tell, and too large for this machine.
    """
    name = pathlib.Path(path).name
    short = f"there is too little memory to read {name}; close other programs. Received: {received}"
    try:
        with errors.exhaustion_as_memory_error(short):
            yield
        return
    except MemoryError as error:
        raise MemoryError(short) from error
    # Parsers raise errors of any class over content that they were not made for.
    except Exception as error:
        cause, problem = _cause(error), error
    raise ValueError(f"{expected}, and {name} {cause}; {cure}. Received: {received}") from problem


def _cause(error: Exception) -> str:
    if isinstance(error, Unsound):
        return str(error)
    if isinstance(error, OSError) and error.errno in UNREADABLE:
        return f"cannot be read ({os.strerror(error.errno)})"
    return DAMAGED


def read_json(path: pathlib.Path, longest: int = LONGEST_JSON) -> Any:
    """Returns what a file of JSON says.

    Args:
        path: the file.
        longest: bytes that it may have.

    Raises:
        Unsound: it is no plain file, or is longer.
        OSError: it cannot be read.
        ValueError: it is no JSON.
        RecursionError: it is nested too deeply.
    """
    # What is no plain file may never end.
    if path.exists() and not path.is_file():
        raise Unsound("is no file")
    if path.stat().st_size > longest:
        raise Unsound("is too long")
    return json.loads(path.read_bytes())
