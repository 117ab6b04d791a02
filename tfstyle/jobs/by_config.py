"""The method that a `Config` belongs to: in Python, the settings say which method is meant."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from tfstyle.jobs import inputs
from tfstyle.jobs.method import Method
from tfstyle.jobs.methods import ROOMS, Analogy, ByNetwork, ByStyles, Quilting
from tfstyle.jobs.styles import read_styles

Path = str | os.PathLike[str]

Style = Path | Sequence[Path] | Mapping[str, float]
"""Paths of pictures, for `style_swap` also of prepared styles; for a trained network the name of a
style, or shares by name."""

COMMANDS = {room: command for command, room in ROOMS.items()}
"""What records call the methods, by the names of their rooms."""


def method_of(config: Any, style: Style, source: Path | None = None) -> Method:
    """Returns the method whose `Config` is given, its pictures or its network read.

    Args:
        config: the `Config` of a method, or what derives from it.
        style: pictures, or a name or shares for a trained network.
        source: for analogies, the unfiltered picture; None elsewhere.

    Raises:
        ValueError: a picture cannot be read, there is no such network or style, or none is named.
    """
    room = _room(config)
    command = COMMANDS[room]
    # A network would take none for its first style.
    if not style_text(style):
        raise ValueError(f"style must be given. Received: style={style!r}")
    if source is not None and room != "analogies":
        raise ValueError(f"source must be None for {room}. Received: source={source}")
    if room == "feed_forward":
        network = ByNetwork(command, config, style_text(style))
        # Else a style that does not exist would fail with each picture of a folder.
        network.check()
        return network
    if room not in ("quilting", "analogies"):
        return ByStyles.read(command, config, read_styles(command, _paths(style)))
    styles = inputs.read_styles(_paths(style))
    if room == "quilting":
        return Quilting(command, config, styles)
    if len(styles) != 1:
        raise ValueError(f"style must be one filtered picture. Received: {len(styles)}")
    read = None if source is None else inputs.read_input(source, "source")
    return Analogy(command, config, styles[0], read)


def command_of(config: Any) -> str:
    """Returns the command of the method whose `Config` is given.

    Raises:
        ValueError: it is no method's.
    """
    return COMMANDS[_room(config)]


def style_text(style: Style) -> str:
    """Returns the style as the shell has it, which is how records keep it."""
    if isinstance(style, Mapping):
        return ",".join(f"{name}:{share}" for name, share in style.items())
    if isinstance(style, (str, os.PathLike)):
        return os.fspath(style)
    return ",".join(os.fspath(path) for path in style)


def _room(config: Any) -> str:
    """Returns the room of the method that a `Config`, or what derives from it, belongs to."""
    # By names of modules, since isinstance would have to import every method's settings. A Config
    # of one's own has its method's among its ancestors.
    for kind in type(config).__mro__:
        # Filled up with empty names: a user's module may have a name of one part.
        package, methods, room, *_ = (*kind.__module__.split("."), "", "", "")
        if (package, methods) == ("tfstyle", "methods") and room in COMMANDS:
            return room
    raise ValueError(
        f"config must be the Config of one of {', '.join(COMMANDS)}. "
        f"Received: config={type(config).__name__}"
    )


def _paths(style: Style) -> list[str]:
    if isinstance(style, Mapping):
        raise ValueError(f"style must be paths of pictures. Received: style={style}")
    if isinstance(style, (str, os.PathLike)):
        return inputs.split_paths(os.fspath(style))
    return [os.fspath(path) for path in style]
