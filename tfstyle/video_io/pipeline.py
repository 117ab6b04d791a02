"""Stages that work at the same time, each in a thread."""

import collections
import concurrent.futures
import contextlib
import enum
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

DEPTH = 4
"""Items that wait between two stages: enough to even out their speeds, few enough for memory."""

Item = TypeVar("Item")
Made = TypeVar("Made")


class _End(enum.Enum):
    """What comes last in a queue; no item is taken for it."""

    MARK = 0


@contextlib.contextmanager
def ahead(items: Iterable[Item], depth: int = DEPTH) -> Iterator[Iterator[Item]]:
    """Yields an iterator over items that a thread makes ready ahead of their use.

    What goes wrong there is raised here, at its turn.

    Args:
        items: taken by the thread.
        depth: how many wait to be used, at most.
    """
    ready: _Ready[Item] = queue.Queue(depth)
    stop = threading.Event()

    def produce() -> None:
        try:
            for item in items:
                if not _put(ready, item, stop):
                    return
            _put(ready, _End.MARK, stop)
        # Whatever it is, also an interruption: it is raised in the thread that takes the items.
        except BaseException as error:
            _put(ready, _Failure(error), stop)

    thread = threading.Thread(target=produce, daemon=True)
    thread.start()
    try:
        yield _taken(ready)
    finally:
        stop.set()
        thread.join()


def in_parallel(
    function: Callable[[Item], Made], items: Iterable[Item], workers: int
) -> Iterator[tuple[Item, Made]]:
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
        at_work: collections.deque[tuple[Item, concurrent.futures.Future[Made]]]
        at_work = collections.deque()
        for item in items:
            at_work.append((item, pool.submit(function, item)))
            # One more than there are workers, so that none of them waits for the caller.
            if len(at_work) > workers:
                first, future = at_work.popleft()
                yield first, future.result()
        yield from ((item, future.result()) for item, future in at_work)


class _Failure:
    """What went wrong while the next item was made; stands in its place."""

    def __init__(self, error: BaseException):
        self.error = error


_Ready = queue.Queue[Item | _Failure | _End]


def _put(waiting: _Ready[Item], item: Item | _Failure | _End, stop: threading.Event) -> bool:
    """Queues an item, unless nobody wants it any more; returns whether it was taken."""
    while not stop.is_set():
        # A full queue is asked again, and in between whether its taker has left.
        with contextlib.suppress(queue.Full):
            waiting.put(item, timeout=0.1)
            return True
    return False


def _taken(ready: _Ready[Item]) -> Iterator[Item]:
    while True:
        item = ready.get()
        if item is _End.MARK:
            return
        if isinstance(item, _Failure):
            raise item.error
        yield item


class Behind(Generic[Item]):
    """Hands items to a function in a thread, so that the caller need not wait for it."""

    def __init__(self, consume: Callable[[Item], None]):
        """Takes the function; it sees the items one at a time, in order."""
        self._consume = consume
        self._waiting: queue.Queue[Item | _End] = queue.Queue(DEPTH)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def put(self, item: Item) -> None:
        """Queues an item; raises what went wrong with an earlier one."""
        if self._error is not None:
            raise self._error
        self._waiting.put(item)

    def close(self) -> None:
        """Waits until all is done; raises what went wrong."""
        self._waiting.put(_End.MARK)
        self._thread.join()
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        """Consumes until the end; after an error items are dropped, so that no one waits."""
        while (item := self._waiting.get()) is not _End.MARK:
            if self._error is None:
                try:
                    self._consume(item)
                except BaseException as error:
                    self._error = error
