"""Where requests wait for their turn: so many at a time, so many behind them, and no more."""

import asyncio
import concurrent.futures
import contextlib
import math
import time
import zlib
from collections.abc import Callable, Iterator
from typing import TypeVar

from starlette.requests import ClientDisconnect, Request

from tfstyle.server import refusals
from tfstyle.server.refusals import Code, Refusal

T = TypeVar("T")

READ_SECONDS = 300.0
"""For so long a body may take to arrive."""

GZIP = 16 + zlib.MAX_WBITS
"""What zlib calls gzip's form."""

SMOOTHING = 0.2
"""Share of the last answer in the mean time of an answer."""


class Full(Refusal):
    """More requests than may wait."""

    def __init__(self, most: int, retry_after: int):
        """Takes how many there may be, and in how many seconds there may be room again."""
        super().__init__(
            Code.UNAVAILABLE, f"{most} requests are in work, which is all that may be; come again"
        )
        self.retry_after = retry_after


class Desk:
    """Gives requests their places and their turns; belongs to one event loop."""

    def __init__(self, threads: int, queue: int):
        """Takes how many are answered at a time, and how many may wait behind them."""
        self._threads, self._most = threads, threads + queue
        self._taken = 0
        self._mean_seconds = 1.0
        self._turns = asyncio.Semaphore(threads)
        self._pool = concurrent.futures.ThreadPoolExecutor(threads, "answering")

    @property
    def taken(self) -> int:
        """How many requests have places."""
        return self._taken

    @contextlib.contextmanager
    def place(self) -> Iterator[None]:
        """Holds a place for a request.

        Raises:
            Full: none is left.
        """
        if self._taken >= self._most:
            raise Full(self._most, math.ceil(self._most * self._mean_seconds / self._threads))
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1

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


def too_large(limit: int, received: str) -> Refusal:
    """Returns the refusal of a body that has more bytes than the limit."""
    return Refusal(
        Code.TOO_LARGE, f"the body must have at most {limit} bytes. Received: {received}"
    )


def unpacked(body: bytes, encoding: str, limit: int) -> bytes:
    """Returns a body as it was before the client packed it.

    Args:
        body: what was sent.
        encoding: what the client says of it: gzip, or nothing.
        limit: in bytes, of what is unpacked.

    Raises:
        Refusal: it is packed otherwise, or too large.
    """
    if encoding in ("", "identity"):
        return body
    if encoding != "gzip":
        raise Refusal(
            Code.UNSUPPORTED, f"the body must be packed by gzip or not. Received: {encoding}"
        )
    try:
        # No more than that, however much a few bytes may stand for.
        found = zlib.decompressobj(GZIP).decompress(body, limit + 1)
    except zlib.error as error:
        raise refusals.invalid(f"the body is no gzip: {error}") from error
    if len(found) > limit:
        raise too_large(limit, f"more than {limit}, unpacked")
    return found


async def read_body(request: Request, limit: int) -> bytes:
    """Returns the body of a request.

    What is too large is read to its end and forgotten: who is still sending sees no answer, but a
    connection that breaks.

    Args:
        request: the request.
        limit: in bytes.

    Raises:
        Refusal: it is too large or too slow.
        ClientDisconnect: it was cut off.
    """
    kept, size = [], 0
    try:
        async with asyncio.timeout(READ_SECONDS):
            async for piece in request.stream():
                size += len(piece)
                if size <= limit:
                    kept.append(piece)
                else:
                    kept.clear()
    except TimeoutError as error:
        raise Refusal(
            Code.DEADLINE_EXCEEDED, f"the body must arrive within {READ_SECONDS:.0f} seconds"
        ) from error
    if size > limit:
        raise too_large(limit, str(size))
    return b"".join(kept)
