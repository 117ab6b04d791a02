"""The process around a command: exit statuses, sentences to the user, quiet imports."""

import contextlib
import importlib
import os
import sys
import types
import unicodedata
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

# 130 is what shells report of a program that SIGINT, signal 2, has ended: 128 + 2.
DONE, SOME_FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
"""Exit statuses."""


def complain(program: str, problem: Any, status: int = BAD_INPUT) -> int:
    """Says the problem in one line on stderr and returns the exit status."""
    print(f"{program}: {printable(' '.join(str(problem).split()))}", file=sys.stderr)
    return status


def say(line: str) -> None:
    """Prints on stdout at once, even a path that its encoding does not know."""
    encoding = sys.stdout.encoding or "utf-8"
    print(printable(line).encode(encoding, "backslashreplace").decode(encoding), flush=True)


def printable(text: str) -> str:
    r"""Returns a text whose control codes are written as Python writes them, such as \x1b.

    Names come from files of others, too. Codes in them would move the terminal's cursor, rename its
    window or turn the direction of what is shown.
    """
    return "".join(_escaped(each) if _is_control(each) else each for each in text)


def _is_control(character: str) -> bool:
    # Persian and many emojis are written with the two joiners.
    kind = unicodedata.category(character)
    return kind in {"Cc", "Cf", "Cs", "Zl", "Zp"} and character not in "\u200c\u200d"


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


@contextlib.contextmanager
def warnings_in_a_line(program: str) -> Iterator[None]:
    """Shows warnings as sentences to the user instead of lines of source code."""

    def show(message, *_):
        complain(program, message)

    with warnings.catch_warnings():
        warnings.showwarning = show
        yield


def load(module: str, names: Iterable[str] | None = None) -> types.ModuleType:
    """Imports a command's module without TensorFlow's chatter, unless a log level asks for it.

    Args:
        module: its full name.
        names: what of the public names of a lazy module to import with it; None is all of them.
    """
    if "TF_CPP_MIN_LOG_LEVEL" in os.environ:
        return importlib.import_module(module)
    with silent_descriptor(), quiet_log_level():
        loaded = importlib.import_module(module)
        # A method's room imports what it names when that is asked for: now, while all is quiet.
        for name in getattr(loaded, "__all__", ()) if names is None else names:
            getattr(loaded, name)
        return loaded


@contextlib.contextmanager
def quiet_log_level() -> Iterator[None]:
    """Sets TensorFlow's log level to errors alone; it stays if TensorFlow is loaded meanwhile."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    try:
        yield
    finally:
        # Left behind, it would pass for the user's at the import that does load TensorFlow.
        if "tensorflow" not in sys.modules:
            del os.environ["TF_CPP_MIN_LOG_LEVEL"]


@contextlib.contextmanager
def silent_descriptor() -> Iterator[None]:
    """Drops what is written to file descriptor 2.

    While TensorFlow loads, its C++ side writes there whatever its log level is.
    """
    # What is buffered was said before the silence, and would be lost in it.
    sys.stderr.flush()
    saved = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
