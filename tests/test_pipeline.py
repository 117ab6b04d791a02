"""Stages in threads."""

import threading

import pytest

from tfstyle import pipeline


def test_items_come_in_order():
    with pipeline.ahead(range(50)) as items:
        assert list(items) == list(range(50))


def test_what_goes_wrong_is_raised_at_its_turn():
    def fail_third():
        yield from (1, 2)
        raise OSError("broken")

    seen = []
    with pytest.raises(OSError, match="broken"), pipeline.ahead(fail_third()) as items:
        for item in items:
            seen.append(item)
    assert seen == [1, 2]


def test_only_a_few_items_are_made_ahead():
    made = []

    def make():
        for number in range(1000):
            made.append(number)
            yield number

    with pipeline.ahead(make()) as items:
        next(items)
    assert len(made) <= pipeline.DEPTH + 3


def test_consumer_sees_all_in_order_in_a_thread_of_its_own():
    seen, threads = [], set()

    def consume(item):
        seen.append(item)
        threads.add(threading.current_thread())

    behind = pipeline.Behind(consume)
    for number in range(30):
        behind.put(number)
    behind.close()
    assert seen == list(range(30))
    assert threading.main_thread() not in threads


def test_consumers_error_is_raised_and_nobody_waits():
    def consume(item):
        raise OSError("disk full")

    behind = pipeline.Behind(consume)
    with pytest.raises(OSError, match="disk full"):
        for number in range(100):
            behind.put(number)
        behind.close()
    with pytest.raises(OSError, match="disk full"):
        behind.close()


def test_shares_are_of_the_time():
    meter = pipeline.Meter()
    assert list(pipeline.timed([1, 2], meter, "reading")) == [1, 2]
    with meter.busy("writing"):
        pass
    assert set(meter.shares()) == {"reading", "writing"}
    assert 0 <= min(meter.shares().values()) <= max(meter.shares().values()) <= 1
