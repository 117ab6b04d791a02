"""What a clip is taken of."""

import math

import pytest

from tfstyle.video_io.clip import Span
from tfstyle.video_io.reading import open_clip


def test_a_span_holds_its_begin_and_not_its_end():
    span = Span(1.0, 3.0)
    times = (0.9, 1.0, 2.9, 3.0)
    assert [span.contains(time) for time in times] == [False, True, True, False]
    assert [span.is_over(time) for time in times] == [False, False, False, True]
    assert not span.is_all


def test_a_span_without_an_end_is_never_over():
    assert Span(1.0).contains(1e9)
    assert not Span(1.0).is_over(1e9)
    assert Span().is_all
    assert not Span(1.0).is_all


@pytest.mark.parametrize(("end", "expected"), [(None, 4.0), (3.0, 3.0), (5.0, 4.0)])
def test_a_span_ends_with_its_source(end, expected):
    assert Span(1.0, end).end_within(4.0) == expected


@pytest.mark.parametrize(
    ("begin", "end"),
    [(-1.0, None), (math.nan, None), (math.inf, None), (2.0, 1.0), (0.0, math.nan), (0, math.inf)],
)
def test_a_span_that_cannot_be_is_a_sentence(begin, end):
    with pytest.raises(ValueError, match=r"span must begin at 0 .* Received: begin="):
        Span(begin, end)


def test_an_opened_clip_has_a_span_that_can_be(tmp_path):
    with (
        pytest.raises(ValueError, match=r"Received: begin=1.0, end=-1.0"),
        open_clip(tmp_path, start=1.0, duration=-2.0),
    ):
        pass
