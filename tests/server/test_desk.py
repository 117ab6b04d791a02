"""Places and room for requests, and bodies as they arrive, without a server."""

import asyncio

import pytest
from starlette.requests import Request

from tfstyle.server.refusals import Code, Refusal
from tfstyle.server.rest import app, arrival, desk


def request(*pieces):
    """A request whose body arrives in these pieces."""
    left = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    left.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive():
        return left.pop(0)

    return Request({"type": "http", "method": "POST", "headers": []}, receive), left


def read(limit, hold, *pieces):
    """What a body is read as, or the code and the sentence of its refusal."""
    arriving, left = request(*pieces)
    try:
        return asyncio.run(arrival.read_body(arriving, limit, hold))
    except Refusal as refusal:
        return refusal.code, str(refusal)
    finally:
        # Whatever becomes of it, it is read to its end: the answer comes through.
        assert left == []


def test_bodies_of_all_requests_have_so_much_room_together():
    places = desk.Desk(threads=1, queue=9, most_bytes=10)
    with places.place() as hold:
        assert read(8, hold, b"1234", b"56") == b"123456"
        with places.place() as other:
            assert read(8, other, b"12", b"345", b"6") == (
                Code.UNAVAILABLE,
                "10 bytes of requests are in work, which is all that may be; come again",
            )
            # What was refused takes no room.
            assert read(8, other, b"1234") == b"1234"
    with places.place() as hold:
        assert read(10, hold, b"1234567890") == b"1234567890"


def test_body_that_is_refused_takes_no_room_while_its_rest_is_awaited():
    places = desk.Desk(threads=1, queue=9, most_bytes=10)
    with places.place() as hold, places.place() as other, places.place() as third:
        assert read(8, hold, b"123456") == b"123456"
        other(3)
        with pytest.raises(desk.Full):
            other(5)
        assert read(8, third, b"1234") == b"1234"
    # Nor is there more room than before.
    with places.place() as hold, places.place() as other:
        hold(10)
        assert read(8, other, b"1")[0] is Code.UNAVAILABLE


def test_body_that_is_too_large_takes_no_room():
    places = desk.Desk(threads=1, queue=9, most_bytes=10)
    with places.place() as hold, places.place() as other:
        code, sentence = read(8, hold, b"12345", b"6789")
        assert (code, sentence) == (
            Code.TOO_LARGE,
            "the body must have at most 8 bytes. Received: 9",
        )
        assert read(8, other, b"12345678") == b"12345678"


@pytest.mark.parametrize("pieces", [(), (b"1",)])
def test_without_a_place_there_is_no_room_for_any_body(pieces):
    places = desk.Desk(threads=1, queue=0, most_bytes=10)
    with places.place(), places.place() as hold:
        assert places.taken == 1
        assert read(8, hold, *pieces) == (
            Code.UNAVAILABLE,
            "1 requests are in work, which is all that may be; come again",
        )
    assert places.taken == 0


def test_refusal_says_when_there_may_be_room():
    places = desk.Desk(threads=2, queue=1, most_bytes=10)
    with places.place(), places.place(), places.place(), places.place() as hold:
        with pytest.raises(desk.Full) as refused:
            hold(1)
    # Three at about a second each, two at a time.
    assert refused.value.retry_after == 2


def test_one_largest_body_for_each_thread_has_room():
    assert app.Service({}, 100, 1, 5, print).most_bytes == 500
    assert app.Service({}, 1, 100, 5, print).most_bytes == 5 * app.BODIES
