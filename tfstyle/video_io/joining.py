"""The parts of a video as one file, each picture at its own time, with its source's sound."""

from __future__ import annotations

import contextlib
import dataclasses
import typing
import warnings
from collections.abc import Iterator
from pathlib import Path

from tfstyle.video_io.beside import tags
from tfstyle.video_io.beside.tracks import Tracks
from tfstyle.video_io.clip import Clip
from tfstyle.video_io.encoding import Encoding, keeps_alpha
from tfstyle.video_io.ffmpeg.pyav import TAG_ERRORS, load_pyav, open_file
from tfstyle.video_io.ffmpeg.source import moving_picture
from tfstyle.video_io.parts import Parts

if typing.TYPE_CHECKING:
    from av.container import OutputContainer

    from tfstyle.video_io.ffmpeg.pyav import AnyPacket


def join(parts: Parts, path: Path, clip: Clip, encoding: Encoding) -> None:
    """Writes the packets of all parts as one video, each at its own time, and what is beside them.

    Sound, subtitles and titles that cannot be written cost themselves with a warning, never the
    picture.
    """
    if clip.is_file:
        try:
            _join(parts, path, clip, encoding)
            return tags.warn_of_lost(clip, path)
        # What FFmpeg refuses to write is one as well; a full disk is an OSError.
        except ValueError as error:
            warnings.warn(f"the sound cannot be kept: {error}", stacklevel=2)
    _join(parts, path, dataclasses.replace(clip, is_file=False), encoding)


def _join(parts: Parts, path: Path, clip: Clip, encoding: Encoding) -> None:
    av = load_pyav()
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(av.open(str(parts[0][0])))
        target = stack.enter_context(av.open(str(path), "w", metadata_errors=TAG_ERRORS))
        stream = target.add_stream_from_template(first.streams.video[0])
        if encoding.has_alpha and keeps_alpha(path):
            # What Matroska asks for of a stream that it has not seen the encoder of.
            stream.metadata["alpha_mode"] = "1"
        # The source's own unit, in which its times are whole numbers.
        stream.time_base = encoding.tick_seconds
        start = float(parts[0][1][0] * encoding.tick_seconds)
        beside = _beside(stack, target, clip, start) if clip.is_file else None
        last, last_end = (tick - parts[0][1][0] for tick in (parts[-1][1][-1], clip.last_end or 0))
        step = max(1, round(1 / (encoding.rate * encoding.tick_seconds)))
        for packet, tick in _packets(parts):
            # Files are read from front to back: sound must lie beside its picture, not behind it.
            if beside:
                beside.write_until(float(tick * encoding.tick_seconds))
            packet.stream, packet.time_base = stream, encoding.tick_seconds
            # The same, since no codec of `encoding` may lean on later frames.
            packet.pts = packet.dts = tick
            packet.duration = last_end - tick if tick == last < last_end else step
            target.mux(packet)
        if beside:
            beside.finish()


def _beside(
    stack: contextlib.ExitStack, target: OutputContainer, clip: Clip, start: float
) -> Tracks:
    """Begins what is copied from the clip's file, beside a picture that starts so late in it."""
    source = stack.enter_context(open_file(clip.path))
    shift = clip.origin + start
    tags.copy_tags(source, target)
    tags.copy_chapters(source, target, clip, shift)
    tags.copy_names(moving_picture(source, clip.path), target.streams.video[0])
    return Tracks(source, target, clip, shift)


def _packets(parts: Parts) -> Iterator[tuple[AnyPacket, int]]:
    """Yields each frame's packet with its tick, counted from the first frame's."""
    origin = parts[0][1][0]
    for path, ticks in parts:
        with load_pyav().open(str(path)) as container:
            packets = [each for each in container.demux(video=0) if each.size]
            if len(packets) != len(ticks):
                raise OSError(f"a part is damaged: {path}; paint anew, without --resume")
            for packet, tick in zip(packets, ticks, strict=True):
                yield packet, tick - origin
