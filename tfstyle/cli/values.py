"""What is written behind a flag, read as the type that its field declares."""

import os
import re
import types
import typing
from typing import Any

from tfstyle import settings


def read(name: str, text: Any, hint: Any) -> Any:
    """Returns a flag's text, or True or False, as the type that its field declares."""
    kind, optional = unwrap(hint)
    if optional and text == "none":
        return None
    if typing.get_origin(kind) is tuple:
        return tuple(read(name, part, typing.get_args(kind)[0]) for part in split_items(name, text))
    if kind is str:
        return expand_home(name, check_given(name, text))
    try:
        return kind(text)
    except ValueError as error:
        expected = settings.describe_type(hint)
        raise ValueError(f"{name} must be {expected}. Received: {name}={text}") from error


def check_given(name: str, text: str) -> str:
    """Returns the text; raises ValueError where there is none."""
    if not text.strip():
        raise ValueError(f"{name} must not be empty. Received: {name}={text}")
    return text


def split_items(name: str, text: str) -> list[str]:
    """Returns what stands between commas; raises ValueError where one has nothing beside it."""
    items = [part.strip() for part in check_given(name, text).split(",")]
    if "" in items:
        raise ValueError(
            f"{name} must have something before and behind each comma. Received: {name}={text}"
        )
    return items


def expand_home(name: str, text: str) -> str:
    """Returns paths, several with commas between, with ~ and ~user as the shell expands them.

    It does so only at the beginning of a word, and a flag's name and = stand before the path.

    Raises:
        ValueError: there is no such home.
    """

    def expand(written: re.Match[str]) -> str:
        before, tilde = written.groups()
        home = os.path.expanduser(tilde)
        is_folder = tilde == "~" or text.startswith("/", written.end())
        # Else a folder of that name would be made.
        if home == tilde and is_folder and not os.path.lexists(tilde):
            raise ValueError(
                f"{name} must not begin with a home that there is not. Received: {name}={text}"
            )
        return before + home

    return re.sub(r"((?:^|,)\s*)(~[^/,]*)", expand, text)


def unwrap(hint: Any) -> tuple[Any, bool]:
    """Returns the type without its `| None`, and whether it had one."""
    if typing.get_origin(hint) not in (types.UnionType, typing.Union):
        return hint, False
    kinds = [kind for kind in typing.get_args(hint) if kind is not types.NoneType]
    # The first kind reads the text: a path, `str | os.PathLike`, as a string; layers, which are
    # `tuple[str, ...] | str`, as a tuple.
    return kinds[0], len(kinds) < len(typing.get_args(hint))
