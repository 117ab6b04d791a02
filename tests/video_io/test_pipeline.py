"""Stages in threads."""

import threading
import time

import pytest

from tfstyle.video_io import meter as meters
from tfstyle.video_io import pipeline


def wait_until(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


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
        wait_until(lambda: len(made) > pipeline.DEPTH)
        time.sleep(0.05)  # Time enough for a thousand, if nothing held them.
        assert len(made) <= pipeline.DEPTH + 2


def test_items_painted_at_once_come_in_order_with_what_is_made_of_them():
    """The second must be at work while the first is, else the barrier breaks."""
    together = threading.Barrier(2, timeout=10)

    def square(number):
        together.wait()
        return number**2

    made = pipeline.in_parallel(square, range(8), workers=2)
    assert list(made) == [(number, number**2) for number in range(8)]


def test_work_at_once_takes_few_items_ahead():
    taken = []

    def numbers():
        for number in range(1000):
            taken.append(number)
            yield number

    next(pipeline.in_parallel(lambda number: number, numbers(), workers=3))
    assert len(taken) == 4


@pytest.mark.parametrize("workers", [1, 2])
def test_what_goes_wrong_at_work_is_raised_at_its_turn(workers):
    made = pipeline.in_parallel(lambda number: 6 // (2 - number), range(5), workers)
    assert [next(made), next(made)] == [(0, 3), (1, 6)]
    with pytest.raises(ZeroDivisionError):
        next(made)


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
    meter = meters.Meter()
    assert list(meters.timed([1, 2], meter, "reading")) == [1, 2]
    with meter.busy("writing"):
        pass
    # Asked once: the time goes on.
    shares = meter.shares()
    assert set(shares) == {"reading", "writing"}
    assert 0 <= min(shares.values()) <= max(shares.values()) <= 1
