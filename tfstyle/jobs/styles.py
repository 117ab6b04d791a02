"""The styles that a method takes: pictures, or styles that were prepared and lie in files."""

import dataclasses
import os
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from tfstyle.jobs import record
from tfstyle.jobs.inputs import Input
from tfstyle.jobs.inputs import read_styles as read_styles_of_pictures
from tfstyle.methods.style_swap import style_settings
from tfstyle.system import files

TAKING_PREPARED = "swap"
"""The command whose styles may be prepared, as `tfstyle prepare` does it."""


@dataclasses.dataclass(frozen=True)
class Prepared:
    """A prepared style that was read, and what the record keeps of it."""

    bank: Any
    described: record.Input


Style: TypeAlias = Input | Prepared


def read_styles(command: str, paths: Iterable[str | os.PathLike[str]]) -> list[Style]:
    """Returns the styles in files, read.

    Args:
        command: the name of the method's command.
        paths: the files; what ends in .npz is a prepared style.

    Raises:
        ValueError: one cannot be read, or is prepared and the method takes none.
    """
    return [_read(command, path) for path in paths]


def _read(command: str, path: str | os.PathLike[str]) -> Style:
    if not style_settings.is_prepared(path):
        return read_styles_of_pictures([path])[0]
    if command != TAKING_PREPARED:
        raise ValueError(
            f"style must be a picture for {command}; swap takes prepared styles. "
            f"Received: style={path}"
        )
    # It loads TensorFlow, which pictures do without.
    from tfstyle.methods import style_swap

    bank = style_swap.load_style(path, "style")
    return Prepared(bank, record.Input(str(path), None, None, files.digest(path, "sha256")))


def values(styles: Sequence[Style]) -> list[Any]:
    """Returns the styles as methods take them: pixels, or prepared."""
    return [each.picture.pixels if isinstance(each, Input) else each.bank for each in styles]
