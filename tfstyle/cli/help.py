"""What `--help` prints, of the program and of each command."""

import dataclasses
from collections.abc import Sequence

from tfstyle.cli import catalogue, flags


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
            f"Usage: tfstyle {command} {_required(files)} [--flag=value]",
            "",
            "Files, and what is said meanwhile:",
            flags.describe([files]),
            "",
            "Settings:",
            flags.describe(others, taken=[files]),
            "",
            "Each flag stands with its default; yes-or-no flags are switched off as --noFLAG.",
        ]
    )


def _required(files: type) -> str:
    fields = dataclasses.fields(files)
    return " ".join(f"--{field.name}=PATH" for field in fields if field.default == "")
