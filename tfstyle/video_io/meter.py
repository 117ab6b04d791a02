"""How busy each of the stages is that work at the same time."""

import contextlib
import itertools
import threading
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


class Meter:
    """The seconds that each stage has worked, by name."""

    def __init__(self) -> None:
        """Begins to count the time."""
        self._lock = threading.Lock()
        self.restart()

    def restart(self) -> None:
        """Forgets what has been, and begins anew."""
        self.seconds: dict[str, float] = {}
        self._began = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._began

    @contextlib.contextmanager
    def busy(self, stage: str, workers: int = 1) -> Iterator[None]:
        """Counts the time of a block as work of that stage, which has so many workers."""
        began = time.monotonic()
        try:
            yield
        finally:
            worked = (time.monotonic() - began) / workers
            with self._lock:
                self.seconds[stage] = self.seconds.get(stage, 0.0) + worked

    def shares(self) -> dict[str, float]:
        """Returns the part of the time for which each stage was at work, from 0 to 1."""
        # A clock that is coarse may say that no time has passed.
        elapsed = max(self.elapsed, 1e-9)
        return {stage: seconds / elapsed for stage, seconds in self.seconds.items()}


def timed(items: Iterable[Item], meter: Meter, stage: str) -> Iterator[Item]:
    """Yields the items; the time that each takes to come is work of that stage."""
    iterator = iter(items)
    while True:
        with meter.busy(stage):
            # A list of one or none, since any item may be None.
            taken = list(itertools.islice(iterator, 1))
        if not taken:
            return
        yield taken[0]
