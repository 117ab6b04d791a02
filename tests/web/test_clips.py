"""Clips on the page, without the page: what is kept of one that is stopped."""

import dataclasses
from threading import Event

import film_stub
import pytest
from film_stub import decode

from tfstyle import feed_forward
from tfstyle.web import painting
from tfstyle.web.wishes import ClipWish

folder = film_stub.folder  # Fixture.


@pytest.fixture
def wish(folder):
    return ClipWish(folder, "in.mp4", "wave", "out.mp4", feed_forward.Config(size=None), 10.0)


def test_clip_that_is_stopped_is_kept_as_far_as_it_is_painted(wish):
    # No frame takes no time.
    (end,) = painting.paint(wish, Event(), time_limit=0)
    assert end.is_painted
    assert end.sentence == (
        "stopped after 0 s, the longest that is painted here: the first frame; the command paints "
        "the rest as well"
    )
    assert len(decode("out.mp4")) == 1


def test_clip_that_is_not_stopped_is_whole(wish):
    *moments, end = painting.paint(wish, Event(), time_limit=1e9)
    assert [now.share for now in moments] == [pytest.approx(n / 8) for n in range(1, 9)]
    assert end.is_painted and end.sentence.startswith("painted to its end, 8 frames")
    assert len(decode("out.mp4")) == 8


def test_clip_that_is_stopped_at_its_last_frame_is_whole(wish):
    # Of one frame: there is nothing left to stop.
    *_, end = painting.paint(dataclasses.replace(wish, duration=0.1), Event(), time_limit=0)
    assert end.is_painted and end.sentence.startswith("painted to its end, 1 ")
