"""Where requests wait for their turn: so many at a time, so many behind them, and no more."""

import asyncio
import concurrent.futures
import contextlib
import math
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from starlette.requests import ClientDisconnect, Request

from tfstyle.server.refusals import Code, Refusal
from tfstyle.server.rest.arrival import Hold

T = TypeVar("T")

SMOOTHING = 0.2
"""Share of the last answer in the mean time of an answer."""


class Full(Refusal):
    """More requests than may wait, or more bytes of them."""

    def __init__(self, what: str, retry_after: int):
        """Takes what there is of them, and in how many seconds there may be room again."""
        super().__init__(Code.UNAVAILABLE, f"{what} in work, which is all that may be; come again")
        self.retry_after = retry_after


class Desk:
    """Gives requests their places and their turns; belongs to one event loop."""

    def __init__(self, threads: int, queue: int, most_bytes: int):
        """Takes the limits.

        Args:
            threads: how many requests are answered at a time.
            queue: how many may wait behind them.
            most_bytes: of the bodies of all that have places.
        """
        self._threads, self._most, self._most_bytes = threads, threads + queue, most_bytes
        self._taken = self._bytes = 0
        self._mean_seconds = 1.0
        self._turns = asyncio.Semaphore(threads)
        self._pool = concurrent.futures.ThreadPoolExecutor(threads, "answering")

    @property
    def taken(self) -> int:
        """How many requests have places."""
        return self._taken

    @contextlib.contextmanager
    def place(self) -> Iterator[Hold]:
        """Holds a place for a request, and yields what holds room for its body or raises Full.

        Where no place is left, there is no room for any body. What was held for a body is let go
        when more of it is refused.
        """
        has_place = self._taken < self._most
        self._taken += has_place
        held = 0

        def hold(count: int) -> None:
            nonlocal held
            if not has_place:
                raise self._full(f"{self._most} requests are")
            if self._bytes - held + count > self._most_bytes:
                self._bytes -= held
                held = 0
                raise self._full(f"{self._most_bytes} bytes of requests are")
            self._bytes += count - held
            held = count

        try:
            yield hold
        finally:
            self._taken -= has_place
            self._bytes -= held

    def _full(self, what: str) -> Full:
        return Full(what, math.ceil(self._taken * self._mean_seconds / self._threads))

    async def answer(self, request: Request, work: Callable[[], T]) -> T:
        """Returns what the work returns, once it is the request's turn.

        Raises:
            ClientDisconnect: by then nobody waits for it any more.
        """
        async with self._turns:
            if await request.is_disconnected():
                raise ClientDisconnect
            began = time.monotonic()
            answer = await asyncio.get_running_loop().run_in_executor(self._pool, work)
            self._mean_seconds += SMOOTHING * (time.monotonic() - began - self._mean_seconds)
            return answer
