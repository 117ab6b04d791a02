"""Stages that work at the same time, each in a thread, and how busy each of them is."""

import collections
import concurrent.futures
import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

DEPTH = 4
"""Items that wait between two stages: enough to even out their speeds, few enough for memory."""

_END = object()


class Meter:
    """The seconds that each stage has worked, by name."""

    def __init__(self):
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
        elapsed = max(self.elapsed, 1e-9)
        return {stage: seconds / elapsed for stage, seconds in self.seconds.items()}


def timed(items: Iterable, meter: Meter, stage: str) -> Iterator:
    """Yields the items; the time that each takes to come is work of that stage."""
    iterator = iter(items)
    while True:
        with meter.busy(stage):
            item = next(iterator, _END)
        if item is _END:
            return
        yield item


@contextlib.contextmanager
def ahead(items: Iterable, depth: int = DEPTH) -> Iterator[Iterator]:
    """Yields an iterator over items that a thread makes ready ahead of their use.

    What goes wrong there is raised here, at its turn.

    Args:
        items: taken by the thread.
        depth: how many wait to be used, at most.
    """
    ready = queue.Queue(depth)
    stop = threading.Event()

    def produce() -> None:
        try:
            for item in items:
                if not _put(ready, (item, None), stop):
                    return
            _put(ready, (_END, None), stop)
        except BaseException as error:
            _put(ready, (_END, error), stop)

    thread = threading.Thread(target=produce, daemon=True)
    thread.start()
    try:
        yield _taken(ready)
    finally:
        stop.set()
        thread.join()


def in_parallel(function: Callable, items: Iterable, workers: int) -> Iterator[tuple]:
    """Yields each item with what the function makes of it, in order, while the next are at work.

    Args:
        function: is called from `workers` threads at once.
        items: taken as they are needed.
        workers: how many threads.
    """
    if workers == 1:
        yield from ((item, function(item)) for item in items)
        return
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        at_work = collections.deque()
        for item in items:
            at_work.append((item, pool.submit(function, item)))
            if len(at_work) > workers:
                item, future = at_work.popleft()
                yield item, future.result()
        yield from ((item, future.result()) for item, future in at_work)


def _put(waiting: queue.Queue, item: Any, stop: threading.Event) -> bool:
    """Queues an item, unless nobody wants it any more; returns whether it was taken."""
    while not stop.is_set():
        with contextlib.suppress(queue.Full):
            waiting.put(item, timeout=0.1)
            return True
    return False


def _taken(ready: queue.Queue) -> Iterator:
    while True:
        item, error = ready.get()
        if error is not None:
            raise error
        if item is _END:
            return
        yield item


class Behind:
    """Hands items to a function in a thread, so that the caller need not wait for it."""

    def __init__(self, consume: Callable[[Any], None]):
        """Takes the function; it sees the items one at a time, in order."""
        self._consume = consume
        self._waiting = queue.Queue(DEPTH)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def put(self, item: Any) -> None:
        """Queues an item; raises what went wrong with an earlier one."""
        if self._error is not None:
            raise self._error
        self._waiting.put(item)

    def close(self) -> None:
        """Waits until all is done; raises what went wrong."""
        self._waiting.put(_END)
        self._thread.join()
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        """Consumes until the end; after an error items are dropped, so that no one waits."""
        while (item := self._waiting.get()) is not _END:
            if self._error is None:
                try:
                    self._consume(item)
                except BaseException as error:
                    self._error = error
