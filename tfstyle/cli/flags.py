"""Flags, made from the fields of dataclasses that use `settings.setting`, and read from words."""

import argparse
import dataclasses
import re
import typing
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from absl import flags

from tfstyle import settings
from tfstyle.cli import values

ABSL_FLAGS = ("flagfile", "undefok")
"""Flags that absl understands by itself, of which no help tells: they are as unknown as others."""


@dataclasses.dataclass(frozen=True)
class Parsed:
    """What a command was told."""

    groups: list[Any]
    """An instance of each dataclass."""
    texts: dict[str, Any]
    """The flags that were given, as they were written."""


def parse(program: str, arguments: Sequence[str], groups: Sequence[type]) -> Parsed:
    """Returns one instance of each dataclass, its fields read from `--field=value`.

    Where two of them have a field of one name, the flag is the first one's. The last value of a
    flag that is given twice counts.

    Raises:
        ValueError: a flag is unknown, its value is none that it takes, or it would do nothing.
    """
    # absl's global registry refuses to define a name twice, and one process may call `main` again.
    flag_values = flags.FlagValues()
    # Else parsing would end at the first word that is no flag, and the flags behind it be lost.
    flag_values.set_gnu_getopt(True)
    fields = own_fields(groups)
    for group, names in fields:
        define_flags(group, names, flag_values)
    read_words(program, arguments, flag_values)
    texts = {name: flag_values[name].value for name in flag_values if flag_values[name].present}
    made = [
        read_group(group, {name: texts[name] for name in names if name in texts})
        for group, names in fields
    ]
    check_used(texts, unused_fields(made))
    return Parsed(made, texts)


def read_words(program: str, words: Sequence[str], flag_values: flags.FlagValues) -> None:
    """Gives the flags the values that the words have for them; raises ValueError for others."""
    for word in words:
        name = word.lstrip("-").partition("=")[0]
        if word.startswith("-") and name in ABSL_FLAGS:
            raise ValueError(_unknown(program, name, flag_values))
    try:
        _, *rest = flag_values([program, *words])
    except flags.UnrecognizedFlagError as error:
        raise ValueError(_unknown(program, error.flagname, flag_values)) from error
    except flags.IllegalFlagValueError as error:
        # Of switches alone: all others take text.
        raise ValueError(_no_switch(error)) from error
    # absl's errors are no ValueErrors, which the command line tells in one sentence.
    except flags.Error as error:
        raise ValueError(error) from error
    # Mostly a pattern that stood without quotes, so that the shell has put in the files.
    if rest:
        raise ValueError(
            f"flags are written --name=value, and patterns in quotes. Received: {' '.join(rest)}"
        )


def _unknown(program: str, name: str, names: Iterable[str]) -> str:
    return f"unknown flag --{name}.{settings.suggest(name, names, '--')} See: {program} --help"


def _no_switch(error: flags.IllegalFlagValueError) -> str:
    written = re.match(r"flag --(\w+)=(.*?): \(", str(error), re.DOTALL)
    if written is None:
        return str(error)
    return f"{written[1]} must be true or false. Received: {written[1]}={written[2]}"


def peek(name: str, arguments: Sequence[str]) -> str | None:
    """Returns the last value given to a flag, before it is known which other flags there are."""
    # No abbreviations: absl, which reads the flags later, refuses them.
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    # A value that is missing is complained of later, when all flags are parsed.
    parser.add_argument(f"--{name}", f"-{name}", nargs="?")
    return getattr(parser.parse_known_args(arguments)[0], name)


def own_fields(groups: Iterable[Any]) -> list[tuple[Any, list[str]]]:
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


def read_group(group: type, texts: Mapping[str, Any]) -> Any:
    """Returns the dataclass made of the flags that were given.

    Raises:
        ValueError: the value of one is not what it must be.
    """
    hints = typing.get_type_hints(group)
    # The dataclass itself asks for what must be given.
    required = {field.name for field in dataclasses.fields(group) if field.default == ""}
    return group(
        **{
            name: "" if text == "" and name in required else values.read(name, text, hints[name])
            for name, text in texts.items()
        }
    )


def check_used(texts: Mapping[str, Any], unused: Mapping[str, str]) -> None:
    """Raises ValueError when a flag was given that does nothing beside the others.

    Args:
        texts: the flags that were given.
        unused: by the name of a flag, with what it would do something.
    """
    for name, condition in unused.items():
        if name in texts:
            raise ValueError(
                f"{name} does nothing but with {condition}; leave it out. "
                f"Received: {name}={texts[name]}"
            )


def unused_fields(groups: Sequence[Any]) -> dict[str, str]:
    """Returns the fields that do nothing beside the others, by name, with what they would need.

    Their `only_with` is not met, or the dataclass itself says so by a method `unused`.
    """
    fields = {
        name: (group, group.__dataclass_fields__[name].metadata["only_with"])
        for group, names in own_fields(groups)
        for name in names
    }
    unused = {}
    for name, (_, condition) in fields.items():
        needed, _, wanted = condition.partition("=")
        # A field may be shared by methods, of which some have no field of that name.
        if needed in fields and not _is_met(getattr(fields[needed][0], needed), wanted):
            unused[name] = f"--{condition.replace('|', ' or ')}"
    for group in groups:
        unused |= getattr(group, "unused", dict)()
    return unused


def _is_met(value: Any, wanted: str) -> bool:
    is_given = value not in (None, "", False)
    if wanted in ("", "none"):
        return is_given == (wanted == "")
    return value in wanted.split("|")
