"""Flags and their help, made from the fields of dataclasses that use `settings.setting`."""

import argparse
import dataclasses
import shutil
import textwrap
import types
import typing
from collections.abc import Iterable, Sequence
from typing import Any

from absl import flags

from tfstyle import settings


def parse(program: str, arguments: Sequence[str], groups: Sequence[type]) -> list[Any]:
    """Returns one instance of each dataclass, its fields read from `--field=value`.

    Where two of them have a field of one name, the flag is the first one's.
    """
    # absl's global registry refuses to define a name twice, and one process may call `main` again.
    flag_values = flags.FlagValues()
    # Else parsing would end at the first word that is no flag, and the flags behind it be lost.
    flag_values.set_gnu_getopt(True)
    fields = own_fields(groups)
    for group, names in fields:
        define_flags(group, names, flag_values)
    try:
        _, *rest = flag_values([program, *arguments])
    except flags.UnrecognizedFlagError as error:
        suggestion = settings.suggest(error.flagname, flag_values, "--")
        raise ValueError(
            f"unknown flag --{error.flagname}.{suggestion} See: {program} --help"
        ) from error
    # absl's errors are no ValueErrors, which the command line tells in one sentence.
    except flags.Error as error:
        raise ValueError(error) from error
    # Mostly a pattern that stood without quotes, so that the shell has put in the files.
    if rest:
        raise ValueError(
            f"flags are written --name=value, and patterns in quotes. Received: {' '.join(rest)}"
        )
    return [read_group(group, names, flag_values) for group, names in fields]


def peek(name: str, arguments: Sequence[str]) -> str | None:
    """Returns the last value given to a flag, before it is known which other flags there are."""
    # No abbreviations: absl, which reads the flags later, refuses them.
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    # A value that is missing is complained of later, when all flags are parsed.
    parser.add_argument(f"--{name}", f"-{name}", nargs="?")
    return getattr(parser.parse_known_args(arguments)[0], name)


def own_fields(groups: Iterable[type]) -> list[tuple[type, list[str]]]:
    """Returns each dataclass with the fields that no earlier one has."""
    taken: set[str] = set()
    found = []
    for group in groups:
        names = [field.name for field in dataclasses.fields(group) if field.name not in taken]
        found.append((group, names))
        taken.update(names)
    return found


def define_flags(group: type, names: Iterable[str], flag_values: flags.FlagValues) -> None:
    """Defines a flag for each field, without a default: the dataclass has those."""
    hints = typing.get_type_hints(group)
    for name in names:
        # Numbers are text here: absl's own know no "none", and complain in words of their own.
        define = flags.DEFINE_boolean if hints[name] is bool else flags.DEFINE_string
        define(name, None, name, flag_values=flag_values)


def read_group(group: type, names: Iterable[str], flag_values: flags.FlagValues) -> Any:
    """Returns the dataclass made of the flags that were given."""
    hints = typing.get_type_hints(group)
    given = [name for name in names if flag_values[name].present]
    return group(**{name: read(name, flag_values[name].value, hints[name]) for name in given})


def read(name: str, text: Any, hint: Any) -> Any:
    """Returns a flag's text, or True or False, as the type that its field declares."""
    kind, optional = unwrap(hint)
    if optional and text == "none":
        return None
    if typing.get_origin(kind) is tuple:
        parts = (part.strip() for part in text.split(","))
        return tuple(read(name, part, typing.get_args(kind)[0]) for part in parts if part)
    try:
        return kind(text)
    except ValueError as error:
        expected = settings.describe_type(hint)
        raise ValueError(f"{name} must be {expected}. Received: {name}={text}") from error


def unwrap(hint: Any) -> tuple[Any, bool]:
    """Returns the type without its `| None`, and whether it had one."""
    if typing.get_origin(hint) not in (types.UnionType, typing.Union):
        return hint, False
    kinds = [kind for kind in typing.get_args(hint) if kind is not types.NoneType]
    # The first kind reads the text: a path, `str | os.PathLike`, as a string; layers, which are
    # `tuple[str, ...] | str`, as a tuple.
    return kinds[0], len(kinds) < len(typing.get_args(hint))


# --- Help ---


def describe(groups: Sequence[type], taken: Sequence[type] = ()) -> str:
    """Returns the help of dataclasses: every flag with its default, meaning and range.

    Args:
        groups: the dataclasses.
        taken: those that have had their turn; what they have is left out.
    """
    rows = own_fields([*taken, *groups])[len(taken) :]
    fields = [
        field for group, names in rows for field in dataclasses.fields(group) if field.name in names
    ]
    return "\n".join(map(describe_flag, fields))


def describe_flag(field: dataclasses.Field) -> str:
    """Returns a flag with its default, and below it the help, the range and the unit."""
    meaning = " ".join(filter(None, [field.metadata["help"], describe_allowed(field)]))
    columns = min(shutil.get_terminal_size().columns, 100)
    # textwrap refuses a width below 1, which a very narrow terminal would give.
    lines = textwrap.wrap(meaning, max(columns - 6, 20), break_on_hyphens=False)
    return "\n      ".join([f"  --{field.name}={describe_value(field.default)}", *lines])


def describe_allowed(field: dataclasses.Field) -> str:
    """Returns the sentence on a field's range or choices, empty when any text will do."""
    limits = field.metadata
    optional = " or none" * unwrap(field.type)[1]
    if limits["choices"] or limits["minimum"] is not None or limits["maximum"] is not None:
        words = settings.describe_range(field) + optional
        return f"{words[0].upper()}{words[1:]}."
    return f"In {limits['unit']}{optional}." if limits["unit"] else ""


def describe_value(value: Any) -> str:
    """Returns a default as it would be typed; the flags without one take paths."""
    if value == "":
        return "PATH"
    if isinstance(value, tuple):
        return ",".join(map(describe_value, value))
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)
