"""The standard streams, where a shell left them closed or who reads them is gone."""

import contextlib
import os
import sys
from typing import TextIO

CLOSED: set[int] = set()
"""The descriptors that the shell left closed: nothing comes from them or goes there."""


def open_closed() -> None:
    """Lets standard streams that are closed lead nowhere.

    Else the next files to be opened would have their numbers, and what libraries print would be
    written into them.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            CLOSED.add(descriptor)
            # It gets the lowest number that is free: this one, as those below it are open.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    # Python has None for those that it found closed.
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))


def abandon(stream: TextIO) -> None:
    """Lets a stream that takes no more lead nowhere.

    Else Python would try again as it ends, and complain.
    """
    # In a test or a notebook, the stream may be none of the process's.
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
