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

from tfstyle.cli import streams

# What shells report of a program that a signal has ended: 128 and its number, 2 for SIGINT and 13
# for SIGPIPE.
DONE, SOME_FAILED, BAD_INPUT, INTERRUPTED, READER_GONE = 0, 1, 2, 130, 141
"""Exit statuses."""

LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL"
"""The environment variable below whose level TensorFlow says nothing; 0 is all, 3 errors alone."""


OPTIONAL = ("matplotlib", "pandas", "sklearn")
"""What Keras imports where it is installed and does without elsewhere: most of a second."""


class NoRoomError(OSError):
    """Standard output takes no more."""


def complain(program: str, problem: Any, status: int = BAD_INPUT) -> int:
    """Says the problem in one line on stderr and returns the exit status."""
    note(f"{program}: {' '.join(str(problem).split())}")
    return status


def note(line: str) -> None:
    """Prints on stderr; where that takes no more, nobody can be told."""
    try:
        print(printable(line, sys.stderr.encoding), file=sys.stderr, flush=True)
    except OSError:
        streams.abandon(sys.stderr)


def say(*lines: str) -> None:
    """Prints on stdout at once; see `printable`.

    Raises:
        BrokenPipeError: nobody reads it any more.
        NoRoomError: it takes no more.
    """
    try:
        print(*(printable(line, sys.stdout.encoding) for line in lines), sep="\n", flush=True)
    except BrokenPipeError:
        streams.abandon(sys.stdout)
        raise
    except OSError as error:
        streams.abandon(sys.stdout)
        raise NoRoomError(f"standard output takes no more: {error.strerror}") from error


def printable(text: str, encoding: str | None = "utf-8") -> str:
    r"""Returns a text whose control codes are written as Python writes them, such as \x1b.

    Names come from files of others, too. Codes in them would move the terminal's cursor, rename its
    window or turn the direction of what is shown. What the encoding does not know is written so,
    too.
    """
    encoding = encoding or "utf-8"
    escaped = "".join(_escaped(each) if _is_control(each) else each for each in text)
    return escaped.encode(encoding, "backslashreplace").decode(encoding)


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
    """Imports a command's module without TensorFlow's chatter, unless log level 0 asks for it.

    Args:
        module: its full name.
        names: what of the public names of a lazy module to import with it; None is all of them.
    """
    if os.environ.get(LOG_LEVEL) == "0":
        return importlib.import_module(module)
    with silent_descriptor(), quiet_log_level():
        loaded = importlib.import_module(module)
        # A method's room imports what it names when that is asked for: now, while all is quiet.
        for name in getattr(loaded, "__all__", ()) if names is None else names:
            getattr(loaded, name)
        return loaded


@contextlib.contextmanager
def hidden(modules: Iterable[str]) -> Iterator[None]:
    """Makes imports of modules fail, as if they were not installed; those that are loaded stay.

    Libraries that are imported meanwhile go without them as long as the process lives.
    """
    absent: dict[str, Any] = {name: None for name in modules if name not in sys.modules}
    sys.modules.update(absent)
    try:
        yield
    finally:
        for name in absent:
            if sys.modules.get(name) is None:
                sys.modules.pop(name, None)


@contextlib.contextmanager
def quiet_log_level() -> Iterator[None]:
    """Sets TensorFlow's log level to errors alone; it stays if TensorFlow is loaded meanwhile."""
    before = os.environ.get(LOG_LEVEL)
    os.environ[LOG_LEVEL] = "3"
    try:
        yield
    finally:
        # Left behind, it would pass for the user's at the import that does load TensorFlow.
        if "tensorflow" not in sys.modules:
            del os.environ[LOG_LEVEL]
            os.environ.update({} if before is None else {LOG_LEVEL: before})


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
