"""What a process is begun with so that the lines it runs are counted as those of the tests are."""

import sys


def python():
    """Returns the first words of a command line, Python's and those of what is measured."""
    coverage = sys.modules.get("coverage")
    is_measuring = coverage and coverage.Coverage.current()
    # Combined at the end with what this process has noted.
    return [sys.executable, *(["-m", "coverage", "run", "--parallel-mode"] if is_measuring else [])]
