"""Pictures that a run reads: found and read once, for the method and for the record."""

import contextlib
import dataclasses
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from tfstyle import image
from tfstyle.image.decoding import source
from tfstyle.jobs import record


class Described(Protocol):
    """What went into a result, whatever it is."""

    @property
    def described(self) -> record.Input:
        """What the record keeps of it."""


@dataclasses.dataclass(frozen=True)
class Input:
    """A picture that was read, and what the record keeps of it."""

    picture: image.Picture
    described: record.Input


def split_paths(text: str, flag: str = "style", kind: str = "picture") -> list[str]:
    """Returns the comma-separated paths; a comma inside a path that exists stays in it.

    Args:
        text: what was written.
        flag: what the caller calls it.
        kind: what each path is of, for the message.

    Raises:
        ValueError: nothing stands beside a comma, or a path is named twice.
    """
    pieces, paths = text.split(","), []
    while pieces:
        # The longest first, so that a file whose name has a comma wins over its pieces. Where none
        # exists, the first is a path all the same: reading it says what is missing.
        ends = (end for end in range(len(pieces), 0, -1) if os.path.exists(",".join(pieces[:end])))
        end = next(ends, 1)
        path = ",".join(pieces[:end])
        # Spaces belong to a name where a file has them, and else to the list.
        paths.append(path if os.path.exists(path) else path.strip())
        pieces = pieces[end:]
    if "" in paths:
        raise ValueError(f"{flag} must have a path beside each comma. Received: {flag}={text}")
    if len(set(map(os.path.normpath, paths))) < len(paths):
        raise ValueError(f"{flag} must name each {kind} once. Received: {flag}={text}")
    return paths


def read_input(
    path: str | os.PathLike[str], flag: str = "path", longest: int | None = None
) -> Input:
    """Reads a picture; errors name it `flag`, as the caller knows it.

    Args:
        path: the file, or a pipe.
        flag: what the caller calls it.
        longest: see `image.read_picture`.

    Raises:
        ImageError: there is no picture of that name, or it cannot be read.
    """
    with naming(flag):
        # A pipe can be read once only.
        pipe = None if os.path.isfile(path) else source.held(path)
        picture = image.read_picture(pipe or path, longest=longest)
    data = pipe.getvalue() if pipe else None
    # Its digest is taken at once: when the record is written, the file may be another.
    return Input(picture, record.describe_input(path, picture.pixels, data))


def read_inputs(paths: Iterable[str | os.PathLike[str]], flag: str) -> list[Input]:
    """Reads several pictures; see `read_input`."""
    return [read_input(path, flag) for path in paths]


def read_styles(paths: Sequence[str | os.PathLike[str]]) -> list[Input]:
    """Reads the style pictures; see `read_input`. A trained style's name is told from a picture."""
    try:
        return read_inputs(paths, "style")
    except image.ImageError as error:
        names = [os.fspath(path) for path in paths if _is_trained_style(os.fspath(path))]
        if not names:
            raise
        raise image.ImageError(
            "style must be a picture's path; a trained style's name is for tfstyle apply. "
            f"Received: style={names[0]}"
        ) from error


def _is_trained_style(path: str) -> bool:
    # Loads TensorFlow, which reading pictures does without.
    from tfstyle.networks import pretrained

    style = path.partition(":")[0]
    return not os.path.exists(path) and any(
        style in pretrained.works(model) for model in pretrained.names()
    )


def check_writable(path: str | os.PathLike[str], flag: str = "output") -> None:
    """Raises ImageError, naming the flag, when no picture can be written there."""
    with naming(flag):
        image.check_writable(path)


@contextlib.contextmanager
def naming(flag: str) -> Iterator[None]:
    """Makes errors that speak of a `path`, as a library's user knows it, speak of the flag."""
    try:
        yield
    except image.ImageError as error:
        text = str(error).replace("Received: path=", f"Received: {flag}=")
        raise image.ImageError(re.sub("^path must", f"{flag} must", text)) from error


@contextlib.contextmanager
def hinting_at_pictures(style: str) -> Iterator[None]:
    """Makes errors about a trained style's name say what paints with pictures, if it is of one."""
    try:
        yield
    except ValueError as error:
        if not os.path.isfile(style):
            raise
        raise ValueError(
            "style must be a trained style's name for apply, and gatys and swap take pictures. "
            f"Received: style={style}"
        ) from error
