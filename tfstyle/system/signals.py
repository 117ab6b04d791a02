"""Signals that ask a program to end: it keeps what it has, once, as at Ctrl-C."""

import contextlib
import math
import signal
import time
import types
from collections.abc import Callable, Iterator

REQUESTS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]
"""Ctrl-C, a polite kill, and a terminal that was closed; Windows has no SIGHUP."""

ECHO_SECONDS = 1.0
"""For so long further requests are echoes of one.

A shell and the kernel both tell of a closed terminal, `timeout` signals a program and then its
group, and what wraps a program passes on the Ctrl-C that the program got as well.
"""

Handler = Callable[[int, types.FrameType | None], None]


@contextlib.contextmanager
def as_ctrl_c() -> Iterator[None]:
    """Makes every request raise KeyboardInterrupt; see `answered_by`."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    with answered_by(interrupt):
        yield


@contextlib.contextmanager
def answered_by(answer: Callable[[], None]) -> Iterator[None]:
    """Makes every request call `answer`, but for echoes and those that are ignored.

    `nohup` ignores SIGHUP, and a shell SIGINT for what runs in the background: both stay so. In
    other threads than the main one nothing changes.
    """
    heard = -math.inf

    def hear(number: int, frame: types.FrameType | None) -> None:
        nonlocal heard
        now = time.monotonic()
        if now - heard >= ECHO_SECONDS:
            heard = now
            answer()

    with _handling(hear, lambda before: before is not signal.SIG_IGN):
        yield


@contextlib.contextmanager
def ignored() -> Iterator[None]:
    """Lets no request that is handled in Python interrupt what an interrupted run keeps."""

    def ignore(number: int, frame: types.FrameType | None) -> None:
        return None

    with _handling(ignore, callable):
        yield


@contextlib.contextmanager
def deferred() -> Iterator[None]:
    """Lets a request that is handled in Python wait for the end of what is written."""
    waiting = False

    def wait(number: int, frame: types.FrameType | None) -> None:
        nonlocal waiting
        waiting = True

    with _handling(wait, callable):
        yield
    if waiting:
        raise KeyboardInterrupt


@contextlib.contextmanager
def _handling(handler: Handler, applies: Callable[[object], bool]) -> Iterator[None]:
    """Handles the requests whose handlers so far are of the kind that `applies` tells."""
    before = {number: signal.getsignal(number) for number in REQUESTS}
    # One that was not set by Python is None, and could not be put back.
    taken = {number: old for number, old in before.items() if old is not None and applies(old)}
    try:
        for number in taken:
            signal.signal(number, handler)
    except ValueError:
        # Only the main thread may set handlers.
        yield
        return
    try:
        yield
    finally:
        for number, old in taken.items():
            signal.signal(number, old)
