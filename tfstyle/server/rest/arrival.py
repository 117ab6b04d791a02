"""Bodies as they arrive: whole, in time, and no larger than they may be."""

import asyncio
import zlib
from collections.abc import Callable

from starlette.requests import Request

from tfstyle.server import refusals
from tfstyle.server.refusals import Code, Refusal

READ_SECONDS = 300.0
"""For so long a body may take to arrive."""

GZIP = 16 + zlib.MAX_WBITS
"""What zlib calls gzip's form."""

Hold = Callable[[int], None]
"""Is told how many bytes of a body are in memory, and raises Refusal where there is no room.

Then it holds nothing, and who reads the body forgets it.
"""


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


async def read_body(request: Request, limit: int, hold: Hold) -> bytes:
    """Returns the body of a request.

    What there is no room for is read to its end and forgotten: who is still sending would find the
    connection closed, and never see the answer.

    Args:
        request: the request.
        limit: in bytes.
        hold: is told how many bytes there are so far.

    Raises:
        Refusal: it is too large or too slow, or there is no room for it.
        ClientDisconnect: it was cut off.
    """
    kept: list[bytes] = []
    size, full = 0, None
    try:
        async with asyncio.timeout(READ_SECONDS):
            # The last piece is empty, so that there is one of every body.
            async for piece in request.stream():
                size += len(piece)
                kept.append(piece)
                try:
                    hold(0 if full or size > limit else size)
                except Refusal as refusal:
                    full = refusal
                if full or size > limit:
                    kept.clear()
    except TimeoutError as error:
        raise Refusal(
            Code.DEADLINE_EXCEEDED, f"the body must arrive within {READ_SECONDS:.0f} seconds"
        ) from error
    if size > limit:
        raise too_large(limit, str(size))
    if full:
        raise full
    return b"".join(kept)
