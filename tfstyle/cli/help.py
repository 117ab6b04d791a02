"""What `--help` prints, of the program and of each command."""

import dataclasses
import shutil
import textwrap
from collections.abc import Sequence
from typing import Any

from tfstyle import settings
from tfstyle.cli import catalogue, flags, values


def describe_commands() -> str:
    """Returns the help of the program."""
    width = max(map(len, catalogue.COMMANDS))
    rows = [f"  {name:{width}}  {command.help}" for name, command in catalogue.COMMANDS.items()]
    return "\n".join(
        [
            "tfstyle: a photograph painted in the style of a picture.",
            "",
            "Usage: tfstyle COMMAND --flag=value ...",
            "",
            "Commands:",
            *rows,
            "",
            "tfstyle COMMAND --help lists the flags of a command.",
        ]
    )


def describe_flags(command: str, groups: Sequence[type]) -> str:
    """Returns the help of a command: every flag with its default, meaning and range."""
    files, *others = groups
    return "\n".join(
        [
            f"tfstyle {command}: {catalogue.COMMANDS[command].help}",
            "",
            f"Usage: tfstyle {command} {_required(files)}",
            "",
            "Files, and what is said meanwhile:",
            describe([files]),
            "",
            *_describe_settings(files, others),
            "Each flag stands with its default; yes-or-no flags are switched off as --noFLAG.",
        ]
    )


def _describe_settings(files: type, others: Sequence[type]) -> list[str]:
    described = describe(others, taken=[files])
    # A command may have files alone.
    return ["Settings:", described, ""] if described else []


def _required(files: type) -> str:
    """Returns the flags that must be given and [--flag=value] for the others, as one types them."""
    missing = [field for field in dataclasses.fields(files) if field.default == ""]
    shown = [f"--{field.name}={describe_default(field)}" for field in missing]
    return " ".join([*shown, "[--flag=value]"])


def describe(groups: Sequence[type], taken: Sequence[type] = ()) -> str:
    """Returns the help of dataclasses: every flag with its default, meaning and range.

    Args:
        groups: the dataclasses.
        taken: those that have had their turn; what they have is left out.
    """
    rows = flags.own_fields([*taken, *groups])[len(taken) :]
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
    return "\n      ".join([f"  --{field.name}={describe_default(field)}", *lines])


def describe_allowed(field: dataclasses.Field) -> str:
    """Returns the sentence on a field's range or choices, empty when any text will do."""
    limits = field.metadata
    optional = " or none" * values.unwrap(field.type)[1]
    if limits["choices"] or limits["minimum"] is not None or limits["maximum"] is not None:
        words = settings.describe_range(field) + optional
        return f"{words[0].upper()}{words[1:]}."
    return f"In {limits['unit']}{optional}." if limits["unit"] else ""


def describe_default(field: dataclasses.Field) -> str:
    """Returns a flag's default as it would be typed, or what stands for the value without one."""
    without = field.default == ""
    return str(field.metadata["placeholder"]) if without else describe_value(field.default)


def describe_value(value: Any) -> str:
    """Returns a value as it would be typed."""
    if isinstance(value, tuple):
        return ",".join(map(describe_value, value))
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)
