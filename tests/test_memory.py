import re

import pytest

from tfstyle import memory

GIGABYTE = 1e9


def have(monkeypatch, size):
    monkeypatch.setattr(memory, "available", lambda: size)


def test_needs_grow_with_the_area():
    base = memory.needed((0, 0), "float32", 10)
    small = memory.needed((100, 200), "float32", 10) - base
    assert memory.needed((200, 400), "float32", 10) - base == pytest.approx(4 * small)


def test_narrow_features_and_a_short_history_need_less():
    needs = [
        memory.needed((512, 512), *settings)
        for settings in [("bfloat16", 5), ("bfloat16", 10), ("float32", 10)]
    ]
    assert needs == sorted(needs)
    assert len(set(needs)) == 3


def test_size_that_fits_passes(monkeypatch):
    have(monkeypatch, memory.needed((512, 384), "float32", 10))
    memory.check((512, 384), "float32", 10)


def test_message_says_what_would_fit_and_it_does(monkeypatch):
    have(monkeypatch, 4 * GIGABYTE)
    with pytest.raises(MemoryError) as error:
        memory.check((3000, 4000), "float32", 10)
    message = str(error.value)
    assert message.startswith("4000x3000 pixels need about ")
    assert "4.0 GB are free" in message
    assert message.endswith("Received: size=4000")
    side = int(re.search(r"a size of (\d+) would fit", message)[1])
    assert 0.85 * 4 * GIGABYTE < memory.needed((side * 3 // 4, side), "float32", 10) <= 4e9


def test_nothing_is_checked_where_free_memory_cannot_be_told(monkeypatch):
    have(monkeypatch, None)
    memory.check((16384, 16384), "float32", 10)


def test_this_machine_has_some_memory():
    available = memory.available()
    assert available is None or 1e7 < available < 1e14
