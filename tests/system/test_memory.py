import types

import pytest

from tfstyle.system import memory


def test_this_machine_has_some_memory():
    available = memory.available()
    assert available is None or 1e7 < available < 1e14


@pytest.fixture
def without_meminfo(tmp_path, monkeypatch):
    """A machine without Linux's files, as macOS and Windows are."""
    monkeypatch.setattr(memory, "MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "CONTAINER_LIMITS", ())


def test_psutil_says_where_linux_s_file_is_missing(without_meminfo, monkeypatch):
    free = types.SimpleNamespace(available=3 * 2**30)
    monkeypatch.setattr(memory.psutil, "virtual_memory", lambda: free)
    assert memory.available() == 3 * 2**30


def test_memory_cannot_be_told_where_psutil_fails_too(without_meminfo, monkeypatch):
    def fail():
        raise OSError("no such system")

    monkeypatch.setattr(memory.psutil, "virtual_memory", fail)
    assert memory.available() is None


# --- Containers ---

VERSIONS = {
    "2": ("memory.max", "memory.current", "inactive_file"),
    "1": ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "total_inactive_file"),
}


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine of 8 GiB, 6 of them available, and a function that limits its container."""
    (tmp_path / "meminfo").write_text("MemTotal: 8388608 kB\nMemAvailable: 6291456 kB\n")
    (tmp_path / "memory").mkdir()
    limits = tuple(tmp_path / limit for limit, _, _ in VERSIONS.values())
    monkeypatch.setattr(memory, "MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "CONTAINER_LIMITS", limits)

    def limit(version, most, used=0, cached=0):
        limit_file, used_file, row = VERSIONS[version]
        (tmp_path / limit_file).write_text(f"{most}\n")
        (tmp_path / used_file).write_text(f"{used}\n")
        statistics = f"anon 5\ninactive_file 0\n{row} {cached}\nactive_file 7\n"
        (tmp_path / limit_file).with_name("memory.stat").write_text(statistics)

    return limit


def test_without_a_container_the_machine_decides(machine):
    assert memory.available() == 6 * 2**30


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_left_below_the_container_s_limit_decides(machine, version):
    machine(version, 2 * 2**30, used=2**30, cached=2**28)
    assert memory.available() == 2**30 + 2**28


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("unlimited", ["max", 2**63 - 4096, 7 * 2**30])
def test_limits_above_what_is_available_do_not_count(machine, version, unlimited):
    machine(version, unlimited)
    assert memory.available() == 6 * 2**30


def test_nothing_is_left_when_a_container_is_full(machine):
    machine("2", 2**30, used=2**30 + 1)
    assert memory.available() == 0
