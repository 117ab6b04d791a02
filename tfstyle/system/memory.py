"""What memory there is, asked before a run starts rather than when the machine gives up.

How much a run needs, each method says itself.
"""

import math
import pathlib
from collections.abc import Callable

import psutil

BASE_WITHOUT_NETWORK = 100e6
"""Bytes of the libraries alone, without TensorFlow; measured."""

SMALLEST_SUGGESTED = 32
"""Longest side in pixels; nobody wants a smaller picture."""

MEMINFO = pathlib.Path("/proc/meminfo")

CONTAINER_LIMITS = (
    pathlib.Path("/sys/fs/cgroup/memory.max"),
    pathlib.Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
"""Where Linux's control groups, version 2 and 1, say how much a container may take."""

USED = {"memory.max": "memory.current", "memory.limit_in_bytes": "memory.usage_in_bytes"}
"""The file beside each that says how much it has taken, files that it keeps cached included."""

CACHED = ("inactive_file", "total_inactive_file")
"""The rows of memory.stat with what of that can be had back; the total has its subgroups'."""


def available() -> float | None:
    """Returns the bytes that can be had without swapping; None where that cannot be told."""
    in_machine = _available_in_machine()
    return None if in_machine is None else min([in_machine, *map(_left_below, CONTAINER_LIMITS)])


def check_need(
    size: tuple[int, int],
    needed_at: Callable[[int], float],
    instead: Callable[[float], str] = lambda limit: "",
) -> None:
    """Raises MemoryError, saying which longest side would fit, unless the size does.

    Args:
        size: (height, width) in pixels.
        needed_at: the bytes that a longest side in pixels needs, at the same aspect.
        instead: from the bytes that there are to another setting, with its value, that would fit
            at this size; or to nothing.
    """
    limit, need = available(), needed_at(max(size))
    if limit is None or need <= limit:
        return
    fitting = max(size)
    while fitting > 1 and needed_at(fitting) > limit:
        fitting = int(fitting * 0.95)
    smaller = f"a size of {fitting}" if fitting >= SMALLEST_SUGGESTED else ""
    choices = " or ".join(filter(None, (instead(limit), smaller)))
    advice = f"{choices} would fit" if choices else "too little for any size: end other programs"
    raise MemoryError(
        f"{size[1]}x{size[0]} pixels need about {need / 1e9:.1f} GB of memory and "
        f"{limit / 1e9:.1f} GB are free; {advice}. Received: size={max(size)}"
    )


def _available_in_machine() -> float | None:
    """Returns the bytes that the machine, whatever its containers may take, can give."""
    if MEMINFO.exists():
        lines = dict(line.split(":", 1) for line in MEMINFO.read_text().splitlines())
        return float(lines["MemAvailable"].split()[0]) * 1024
    # macOS and Windows have no such file.
    try:
        return float(psutil.virtual_memory().available)
    except (OSError, RuntimeError):
        # A system that psutil does not know: a guess would refuse pictures that fit.
        return None


def _left_below(limit: pathlib.Path) -> float:
    """Returns the bytes below a container's limit, cached files not counted; inf without one."""
    try:
        most = float(limit.read_text())
        used = float(limit.with_name(USED[limit.name]).read_text())
        rows = (line.split() for line in limit.with_name("memory.stat").read_text().splitlines())
        cached = max(float(row[1]) for row in rows if row[0] in CACHED)
    except (OSError, ValueError):
        # Version 2 writes "max" where there is no limit.
        return math.inf
    return max(0.0, most - used + cached)
