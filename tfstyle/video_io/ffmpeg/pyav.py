"""PyAV, which is FFmpeg for Python: loaded where a video is read or written, and not before."""

from __future__ import annotations

import contextlib
import os
import types
import typing
from fractions import Fraction

from tfstyle.system import extras

if typing.TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream

    AnyPacket = Packet[Stream]

MARGIN = 1.0
"""Seconds that are wound further back: an index may count when frames are decoded, not shown."""

TAG_ERRORS = "surrogateescape"
"""Titles in letters that are not UTF-8 are carried byte for byte."""

INDEXED = ("mov,mp4", "matroska")
"""How FFmpeg's names of kinds of file begin that are wound to the right frame, by their index."""


def load_pyav() -> types.ModuleType:
    """Returns PyAV; raises ValueError, naming the extra, when it is not installed."""
    return extras.load("av", "video", "reading and writing video")


def open_file(path: str | os.PathLike[str]) -> InputContainer:
    """Returns a video file, open; raises FFmpeg's errors."""
    # An absolute path, since FFmpeg takes what stands before a colon for a protocol.
    return load_pyav().open(os.path.abspath(path), metadata_errors=TAG_ERRORS)


def tick_seconds(stream: Stream) -> Fraction:
    """Returns the unit in which a stream's times count, in seconds."""
    # PyAV allows for streams without one. In a file that is open, FFmpeg gives each its unit.
    return typing.cast(Fraction, stream.time_base)


def packet_seconds(packet: AnyPacket) -> float:
    """Returns how long a packet's picture or sound lasts; 0 where the file does not say."""
    return float((packet.duration or 0) * packet.time_base)


def wind(container: InputContainer, seconds: float, stream: Stream | None = None) -> None:
    """Winds to the last key frame before a time, or stays at the beginning.

    Args:
        container: an open one.
        seconds: as the file counts them.
        stream: whose key frames; by default any.
    """
    # Without an index FFmpeg may wind to behind that time, and frames would be missing.
    if not container.format.name.startswith(INDEXED):
        return
    base = load_pyav().time_base if stream is None else 1 / tick_seconds(stream)
    with contextlib.suppress(load_pyav().error.FFmpegError):
        container.seek(int((seconds - MARGIN) * base), stream=stream)
