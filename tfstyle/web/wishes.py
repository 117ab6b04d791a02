"""What a visitor asks for: pictures and a method's settings, and the command that says the same."""

import dataclasses
import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tfstyle import jobs
from tfstyle.jobs import by_config, pairs, picture
from tfstyle.jobs.method import Method
from tfstyle.methods import feed_forward
from tfstyle.web.watching import Watcher

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
        return shell_line(self.command, flags)

    def paint(self, watcher: Watcher) -> str:
        """Paints it, and returns how it ended.

        Raises:
            ValueError, OSError, MemoryError: it cannot be painted.
            KeyboardInterrupt: the watcher has ended it; the best picture so far is written.
        """
        method: Method = by_config.method_of(self.config_for_job(), self.style_for_job())
        found = pairs.resolve(self.folder / self.content, self.folder / self.output, method.inputs)
        job = picture.Job(method, watch=watcher.watch)
        (outcome,) = picture.paint_all(job, found, lambda outcome: None)
        if outcome.error:
            raise outcome.error
        return f"{outcome.sentence}, {outcome.seconds:.1f} s"


@dataclasses.dataclass(frozen=True)
class ClipWish:
    """One clip to paint, in a trained style."""

    folder: Path
    clip: str
    style: str | Mapping[str, float]
    output: str
    config: feed_forward.Config
    """Of the frames."""
    duration: float
    """How much of it to paint, in seconds."""

    def command_line(self) -> str:
        """Returns what makes the same clip in the shell, beside the same file."""
        flags = {
            "input": self.clip,
            "style": by_config.style_text(self.style),
            "output": self.output,
            "duration": self.duration,
            **changed(self.config),
        }
        return shell_line("video", flags)

    def paint(self, watcher: Watcher) -> str:
        """Paints it, as far as the watcher lets it, and returns how it ended.

        Raises:
            ValueError, OSError, MemoryError: it cannot be painted.
            KeyboardInterrupt: the watcher has ended it before its first frame.
        """
        outcome = jobs.paint_clip(
            self.folder / self.clip,
            self.folder / self.output,
            self.style,
            method=self.config,
            duration=self.duration,
            finish_early=True,
            callback=watcher.frames(),
        )
        if watcher.reason:
            frames = "first frame" if outcome.frames == 1 else f"first {outcome.frames} frames"
            return f"{watcher.reason}: the {frames}; the command paints the rest as well"
        return f"{outcome.sentence}, {outcome.frames} frames, {outcome.seconds:.1f} s"


def shell_line(command: str, flags: Mapping[str, Any]) -> str:
    """Returns a command as one types it."""
    words = [f"--{name}={as_text(value)}" for name, value in flags.items()]
    return shlex.join(["tfstyle", command, *words])


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
