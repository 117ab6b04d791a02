"""Contestants that take turns: what the benchmarks against other frameworks share.

Each framework has one process that stays alive and does nothing while another's works, so their
threads never meet, and a machine that slows down slows all of them.
"""

import concurrent.futures
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from tfstyle.system import processor

OURS = "tfstyle"

ENVIRONMENT = dict(os.environ)
"""As it was: a command decides for itself whether it switches oneDNN on."""

processor.switch_on_onednn()  # As commands do that take long; all processes but theirs inherit it.


class Contestant(NamedTuple):
    """One way of doing the work."""

    framework: str
    way: str
    precision: str

    def __str__(self) -> str:
        """Returns what the tables call it."""
        return ", ".join(filter(None, self))


class Cost(NamedTuple):
    """Of a process, from its start to its end."""

    seconds: float
    gigabytes: float
    """The most that it ever held."""


class Processes:
    """A process for each framework, ended on the way out."""

    def __init__(self, contestants: Iterable[Contestant]):
        """Starts nothing yet: a process begins with its first question."""
        context = multiprocessing.get_context("spawn")
        self._pools = {
            framework: concurrent.futures.ProcessPoolExecutor(1, mp_context=context)
            for framework in {contestant.framework for contestant in contestants}
        }

    def __enter__(self) -> "Processes":
        """Returns itself."""
        return self

    def __exit__(self, *_) -> None:
        """Ends the processes."""
        for pool in self._pools.values():
            pool.shutdown()

    def ask(self, contestant: Contestant, function: Callable, *arguments) -> Any:
        """Returns `function(contestant, *arguments)`, run in the framework's process."""
        return self._pools[contestant.framework].submit(function, contestant, *arguments).result()


def in_fresh_process(function: Callable, *arguments) -> Any:
    """Returns the function's result, computed in a process that did nothing before."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(function, *arguments).result()


def cost_of(*arguments: str) -> Cost:
    """Returns what a command of tfstyle costs."""
    begin = time.perf_counter()
    command = [sys.executable, "-m", "tfstyle", *arguments]
    process = subprocess.Popen(command, env=ENVIRONMENT)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"tfstyle {' '.join(arguments)} ended with {process.returncode}")
    return Cost(time.perf_counter() - begin, usage.ru_maxrss * 1024 / 1e9)


def least_seconds(
    processes: Processes,
    contestants: list[Contestant],
    repetitions: int,
    duration: Callable,
    *arguments,
) -> dict[Contestant, float]:
    """Returns the least of each contestant's durations, after so many rounds of one turn each."""
    rounds = [
        {each: processes.ask(each, duration, *arguments) for each in contestants}
        for _ in range(repetitions)
    ]
    return {each: min(turns[each] for turns in rounds) for each in contestants}


def print_ratios(what: str, unit: str, seconds: dict[Contestant, float]) -> None:
    """Prints a row for each contestant, and our best against the best of all others."""
    ours = {each: taken for each, taken in seconds.items() if each.framework == OURS}
    others = {each: taken for each, taken in seconds.items() if each.framework != OURS}
    best, rival = min(ours, key=ours.get), min(others, key=others.get)
    for each, taken in seconds.items():
        mark = "  <- best" if each in (best, rival) else ""
        print(f"{what:>10}  {each!s:42} {taken:9.4f} s {1 / taken:9.3f} {unit}{mark}")
    print(
        f"{what:>10}  ratio {others[rival] / ours[best]:.2f}: {best} against {rival}\n", flush=True
    )


def warn_if_busy() -> None:
    """Prints how busy the machine is, should other programs be at work."""
    load = os.getloadavg()[0]
    if load > 0.5:
        print(
            f"{load:.1f} programs at work on {os.cpu_count()} cores: the ratios mean little. "
            "PyTorch's threads wait for the slowest of them, and lose the most.\n"
        )
