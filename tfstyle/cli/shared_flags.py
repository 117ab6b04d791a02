"""What the commands' `Files` share: flags of one meaning, and the check that none is missing."""

import dataclasses
from typing import Any

from tfstyle import settings
from tfstyle.cli import piped


def content() -> Any:
    """Returns the field of what is painted."""
    return settings.setting(
        "",
        "What to paint: a picture, - for standard input, a folder or a quoted pattern such as "
        "'in/*.jpg'; required.",
    )


def output() -> Any:
    """Returns the field of where pictures are written."""
    return settings.setting(
        "",
        "The picture to write, - for standard output, or when there are many contents a folder, or "
        "a pattern such as out_%04d.png; required.",
    )


def format() -> Any:
    """Returns the field of the format in which a picture goes to standard output."""
    return settings.setting(
        "png",
        "The format of the picture where --output=- writes it to standard output.",
        choices=tuple(piped.SUFFIXES),
        only_with=f"output={piped.STANDARD}",
    )


def json(of: str = "for each picture") -> Any:
    """Returns the field that has a command tell as JSON what became of each picture, or of all."""
    return settings.setting(
        False, f"Print a line of JSON {of}, and for an error, on standard output."
    )


def mask() -> Any:
    """Returns the field of where contents are painted."""
    return settings.setting(
        None,
        "A picture that is white where the style goes, black where the photograph stays and grey "
        "between; or a folder of such pictures with their contents' names.",
    )


def skip_existing() -> Any:
    """Returns the field that keeps outputs of an earlier run."""
    return settings.setting(
        False,
        "Leave outputs alone that are there, unless Ctrl-C or a kill cut them short.",
    )


def quiet() -> Any:
    """Returns the field that silences a command."""
    return settings.setting(False, "Say nothing but warnings and errors.")


def check(files: Any) -> None:
    """Raises ValueError, naming the flag, when one is missing or not what it should be.

    Those that must be given are the ones whose default is empty.
    """
    settings.check(files)
    for field in dataclasses.fields(files):
        if field.default == "" and not getattr(files, field.name):
            shown = field.metadata["placeholder"]
            raise ValueError(f"{field.name} must be given, as --{field.name}={shown}.")
