"""Each method together with what it was given, as a job asks for it; see `Method`."""

import dataclasses
import functools
import importlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tfstyle import settings
from tfstyle.jobs import inputs
from tfstyle.jobs.beside import maps
from tfstyle.jobs.inputs import Described, Input, read_input
from tfstyle.jobs.method import Callback, Size
from tfstyle.jobs.styles import Style, values
from tfstyle.result import Level, Result

ROOMS = {
    "gatys": "gatys",
    "swap": "style_swap",
    "apply": "feed_forward",
    "quilt": "quilting",
    "analogy": "analogies",
}
"""Where in `tfstyle.methods` each lies, by the name that records have for it."""


def room(command: str) -> Any:
    """Returns the module of a method, loaded when it is first asked for.

    Methods hold its name only, so that a job can be sent to another process.
    """
    return importlib.import_module(f"tfstyle.methods.{ROOMS[command]}")


@dataclasses.dataclass(frozen=True)
class ByStyles:
    """The methods that take style pictures and may keep a state: gatys and swap."""

    command: str
    config: Any
    styles: Sequence[Style]
    starts: Sequence[Input]
    """The picture that the optimisation starts from, if it starts from one."""
    maps: Sequence[Described] = ()
    """The maps of regions, but folders of them."""

    @classmethod
    def read(cls, command: str, config: Any, styles: Sequence[Style]) -> "ByStyles":
        """Returns the method, the picture that `config.start` may name having been read."""
        starts = []
        # None leaves it to the quality, which begins from no file.
        known = (*getattr(room(command), "STARTS", ()), None)
        start: Any = getattr(config, "start", None)
        if start not in known and not room(command).is_painted(start):
            # Neither a word nor a file: most likely a misspelt word, so the choices are listed.
            if not os.path.exists(start):
                choices = (*room(command).STARTS, "the path of a picture")
                settings.check_choice("start", str(start), choices)
            starts.append(read_input(start, "start"))
        return cls(command, config, styles, starts, maps.read(config))

    @property
    def inputs(self) -> Sequence[Described]:
        """The styles, then the first image, then the maps of regions."""
        return [*self.styles, *self.starts, *self.maps]

    def for_content(self, content: Path) -> "ByStyles":
        """Returns the method with the content's map in place of a folder of maps."""
        config = maps.for_content(self.config, content)
        if config is self.config:
            return self
        return dataclasses.replace(self, config=config, maps=maps.read(config))

    def check_contents(self, contents: Sequence[Path], outputs: Sequence[Path]) -> None:
        """Raises ValueError when a content lacks its map, or an output would replace one."""
        maps.check(self.config, contents, outputs)

    def plan(self, content_size: Size) -> Sequence[Level]:
        """Returns the levels; in one pass none."""
        return room(self.command).plan(content_size, self.config)

    def stylize(self, content: np.ndarray, callback: Callback) -> Result:
        """Returns the pastiche."""
        return room(self.command).stylize(
            content, values(self.styles), self.config, callback=callback
        )

    def stylize_from(
        self, content: np.ndarray, callback: Callback, checkpoint: str, resume: bool
    ) -> Result:
        """Returns the pastiche; the run keeps its state."""
        return room(self.command).stylize(
            content,
            values(self.styles),
            self.config,
            callback=callback,
            checkpoint=checkpoint,
            resume=resume,
        )


@dataclasses.dataclass(frozen=True)
class ByNetwork:
    """The method of one pass of a trained network, for a style or a blend of its styles."""

    command: str
    config: Any
    style: str
    """A style's name, or a blend such as great_wave:0.6,the_scream:0.4."""
    inputs: Sequence[Input] = ()

    # Kept, since a folder has many pictures and the digest reads the whole file.
    @functools.cached_property
    def weights(self) -> dict[str, str]:
        """Name and digest of the network, and which of its styles was asked for."""
        return room(self.command).weights_used(self.config) | {"style": self.style}

    def check(self) -> None:
        """Raises ValueError when there is no such network or style."""
        with inputs.hinting_at_pictures(self.style):
            stylizer = room(self.command).load(self.config.model, self.config.precision)
            stylizer.at_strength(stylizer.shares(self.style), self.config.strength)

    def plan(self, content_size: Size) -> Sequence[Level]:
        """Returns no level, for want of an optimisation."""
        return ()

    def stylize(self, content: np.ndarray, callback: Callback) -> Result:
        """Returns the pastiche; `callback` is not called."""
        result = room(self.command).stylize(content, self.style, self.config)
        # `stylize` may be given a network that is in no file, so it names none.
        return dataclasses.replace(result, weights=self.weights)


@dataclasses.dataclass(frozen=True)
class Quilting:
    """Image quilting: contents painted with a texture's blocks, or more of the texture."""

    command: str
    config: Any
    inputs: Sequence[Input]
    """The textures."""

    def plan(self, content_size: Size) -> Sequence[Level]:
        """Returns the passes over the content."""
        return room(self.command).plan(content_size, self.config)

    def stylize(self, content: np.ndarray, callback: Callback) -> Result:
        """Returns the content in blocks of the textures."""
        return room(self.command).stylize(
            content, _pixels(self.inputs), self.config, callback=callback
        )

    def synthesis_plan(self) -> Sequence[Level]:
        """Returns the one pass over what is made; the first texture's size counts."""
        texture = self.inputs[0].picture.pixels
        return room(self.command).synthesis_plan(texture.shape[1:3], self.config)

    def synthesize(self, callback: Callback) -> Result:
        """Returns more of the textures."""
        return room(self.command).synthesize(_pixels(self.inputs), self.config, callback=callback)


@dataclasses.dataclass(frozen=True)
class Analogy:
    """Image analogies: contents filtered as a source was into the filtered picture."""

    command: str
    config: Any
    filtered: Input
    source: Input | None
    """None where one is made by smoothing the filtered picture."""

    @property
    def inputs(self) -> Sequence[Input]:
        """The filtered picture, then its source."""
        return [self.filtered] if self.source is None else [self.filtered, self.source]

    def plan(self, content_size: Size) -> Sequence[Level]:
        """Returns the levels of the pyramid."""
        return room(self.command).plan(content_size, self.config)

    def stylize(self, content: np.ndarray, callback: Callback) -> Result:
        """Returns the content, filtered."""
        (filtered,) = _pixels([self.filtered])
        source = None if self.source is None else self.source.picture.pixels
        return room(self.command).stylize(
            content, filtered, self.config, callback=callback, source=source
        )


def _pixels(inputs: Sequence[Input]) -> list[np.ndarray]:
    return [each.picture.pixels for each in inputs]
