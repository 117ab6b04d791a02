"""The flags of a command as a shell completes them, from the dataclasses that the flags are of."""

import dataclasses
import os
import types
import typing
from collections.abc import Sequence
from typing import Any

from tfstyle.cli import flags


@dataclasses.dataclass(frozen=True)
class Flag:
    """One flag and what it may be given."""

    name: str
    help: str
    choices: tuple[str, ...] = ()
    """The words that it takes, where they can be listed."""
    is_switch: bool = False
    """Whether it is yes or no, and so takes no value."""
    is_path: bool = False
    """Whether its value may be a path."""


@dataclasses.dataclass(frozen=True)
class Command:
    """A command with its flags; several sets of them where these depend on `--method`."""

    name: str
    help: str
    flags: dict[str, tuple[Flag, ...]]
    """By method; under the empty name where they depend on none."""
    method: str = ""
    """The method when none is named."""
    words: tuple[str, ...] = ()
    """What it takes besides flags."""


def read_flags(groups: Sequence[type[Any]]) -> tuple[Flag, ...]:
    """Returns the flags that are made from the dataclasses' fields."""
    return tuple(
        read_flag(field, typing.get_type_hints(group)[field.name])
        for group, names in flags.own_fields(groups)
        for field in dataclasses.fields(group)
        if field.name in names
    )


def read_flag(field: dataclasses.Field[Any], hint: Any) -> Flag:
    """Returns the flag of a field."""
    kinds = set(typing.get_args(hint)) or {hint}
    choices = field.metadata["choices"]
    if choices and types.NoneType in kinds:
        # `flags.read` takes this word for None.
        choices = (*choices, "none")
    return Flag(
        field.name,
        # The first sentence, since a shell shows a flag in one line.
        field.metadata["help"].partition(". ")[0].rstrip("."),
        tuple(choices),
        is_switch=hint is bool,
        is_path=not choices and may_be_path(kinds),
    )


def may_be_path(kinds: set[Any]) -> bool:
    """Returns whether a field of these types takes paths: strings, and neither numbers nor lists.

    A string may be a name as well, such as a style's; only the method knows.
    """
    return kinds <= {str, os.PathLike, types.NoneType}
