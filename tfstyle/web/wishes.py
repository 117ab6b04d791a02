"""What a visitor asks for: pictures and a method's settings, and the command that says the same."""

import dataclasses
import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tfstyle.jobs import by_config

MAPS = ("content_regions", "style_regions")
"""Settings that name a file."""


@dataclasses.dataclass(frozen=True)
class Wish:
    """One picture to paint. All files lie in one folder, under names of their own."""

    folder: Path
    content: str
    style: str | Sequence[str] | Mapping[str, float]
    """A trained style's name, shares by such names, or names of paintings in the folder."""
    output: str
    config: Any
    """The `Config` of a method, which says which one paints."""

    @property
    def command(self) -> str:
        """The name of the method's command."""
        return by_config.command_of(self.config)

    def style_for_job(self) -> by_config.Style:
        """Returns the style as `jobs.paint_file` takes it."""
        if isinstance(self.style, (str, Mapping)):
            return self.style
        return [self.folder / name for name in self.style]

    def config_for_job(self) -> Any:
        """Returns the settings with the maps of regions, if there are any, as they are found."""
        maps = {name: getattr(self.config, name, None) for name in MAPS}
        found = {name: str(self.folder / file) for name, file in maps.items() if file}
        return dataclasses.replace(self.config, **found)

    def command_line(self) -> str:
        """Returns what makes the same picture in the shell, beside the same files."""
        flags = {
            "content": self.content,
            "style": by_config.style_text(self.style),
            "output": self.output,
            **changed(self.config),
        }
        words = [f"--{name}={as_text(value)}" for name, value in flags.items()]
        return shlex.join(["tfstyle", self.command, *words])


def changed(config: Any) -> dict[str, Any]:
    """Returns the settings that are not what they are by default, by name."""
    values = {field.name: getattr(config, field.name) for field in dataclasses.fields(config)}
    defaults = {field.name: field.default for field in dataclasses.fields(config)}
    return {name: value for name, value in values.items() if value != defaults[name]}


def as_text(value: Any) -> str:
    """Returns a setting as a flag has it; see `cli.values.read`."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (tuple, list)):
        return ",".join(map(as_text, value))
    return os.fspath(value) if isinstance(value, os.PathLike) else str(value)
