"""`-` in place of a picture's path: standard input, and standard output."""

import contextlib
import dataclasses
import os
import pathlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from tfstyle.cli import streams

STANDARD = "-"
"""What stands for standard input among the inputs, and for standard output as the output."""

CONTENTS = ("content", "target")
"""The flags of what is painted, which may be many pictures."""

INPUTS = (*CONTENTS, "style", "texture", "source", "filtered", "mask")
"""The flags whose picture may come by standard input."""

STDIN = "/dev/stdin"

SUFFIXES = {"png": ".png", "jpeg": ".jpg", "webp": ".webp", "tiff": ".tif"}
"""How names of files in each format end."""


PREFIX = "tfstyle-stdout-"
"""How the folder is called in which a picture for standard output is painted."""


def shown(output: pathlib.Path) -> str:
    """Returns what messages call an output."""
    return "standard output" if output.parent.name.startswith(PREFIX) else str(output)


def paints_pictures(files: Any) -> bool:
    """Returns whether a command takes `-`: those do that may be told the format of a picture."""
    return hasattr(files, "format")


def writes(files: Any) -> bool:
    """Returns whether a command's picture goes to standard output."""
    return paints_pictures(files) and files.output == STANDARD


def unused(files: Any) -> dict[str, str]:
    """Returns the flags that do nothing where the picture goes to standard output."""
    names = ("save_every", "skip_existing", "json") if writes(files) else ()
    return dict.fromkeys(names, "a file as --output")


@contextlib.contextmanager
def opened(files: Any) -> Iterator[Any]:
    """Yields the flags with paths in place of `-`.

    What is painted for standard output goes there at the end, an interrupted picture too, and
    nothing else does meanwhile: what is said goes to standard error.

    Args:
        files: a command's `Files`.

    Raises:
        ValueError: standard input is asked for twice, a stream is a terminal or closed, or what
            goes to standard output is no picture.
        OSError: standard output takes no more.
    """
    if not paints_pictures(files):
        if getattr(files, "output", None) == STANDARD:
            raise ValueError(
                "output must be a path, as pictures alone go to standard output; write ./- for a "
                "file of that name. Received: output=-"
            )
        yield files
        return
    read = _with_input(files)
    if not writes(files):
        yield read
        return
    _check_output(read)
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder, _reserved() as descriptor:
        # Painted as any other, so that it is the same picture.
        output = pathlib.Path(folder, f"picture{SUFFIXES[read.format]}")
        try:
            yield dataclasses.replace(read, output=str(output))
        except KeyboardInterrupt as interruption:
            _send(output, descriptor)
            told = str(interruption).replace(str(output), f"in {shown(output)}")
            raise KeyboardInterrupt(told) from None
        _send(output, descriptor)


def _with_input(files: Any) -> Any:
    """Returns the flags, one of which may be `-`, with the path of standard input."""
    named = [name for name in INPUTS if getattr(files, name, None) == STANDARD]
    if len(named) > 1:
        raise ValueError(
            "standard input can be read once; name files for the others. "
            f"Received: {', '.join(f'{name}=-' for name in named)}"
        )
    if named and 0 in streams.CLOSED:
        raise ValueError(
            f"{named[0]} must come from a file or a program, and standard input is closed; write "
            f"< FILE behind the command. Received: {named[0]}=-"
        )
    if named and sys.stdin.isatty():
        raise ValueError(
            f"{named[0]} must come from a file or a program, and standard input is a terminal; "
            f"write < FILE behind the command. Received: {named[0]}=-"
        )
    return dataclasses.replace(files, **dict.fromkeys(named, STDIN))


def _check_output(files: Any) -> None:
    if 1 in streams.CLOSED:
        raise ValueError(
            "output must go to a file or a program, and standard output is closed; write > FILE "
            "behind the command. Received: output=-"
        )
    if sys.stdout.isatty():
        raise ValueError(
            "output must go to a file or a program, and standard output is a terminal; write > "
            "FILE behind the command. Received: output=-"
        )
    # Loads what reads pictures, which --help does without.
    from tfstyle.image import paths

    for name in CONTENTS:
        value = getattr(files, name, None)
        if value and paths.is_many(value):
            raise ValueError(
                f"output must be a folder, as {name} is many pictures. "
                f"Received: output=-, {name}={value}"
            )


@contextlib.contextmanager
def _reserved() -> Iterator[int]:
    """Yields the descriptor of standard output; what others write there goes to standard error."""
    sys.stdout.flush()
    saved = os.dup(1)
    os.dup2(2, 1)
    try:
        yield saved
    finally:
        sys.stdout.flush()
        os.dup2(saved, 1)
        os.close(saved)


def _send(picture: pathlib.Path, descriptor: int) -> None:
    """Sends a picture, if it was painted."""
    if not picture.exists():
        return
    try:
        with picture.open("rb") as file, open(descriptor, "wb", closefd=False) as stream:
            shutil.copyfileobj(file, stream)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OSError(f"standard output takes no more: {error.strerror}") from error
