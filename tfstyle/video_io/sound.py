"""The sound of a clip, copied as it is beside its pastiche."""

from __future__ import annotations

import contextlib
import io
import os
import typing
import warnings
from collections.abc import Iterator
from pathlib import Path

from tfstyle.video_io.clip import Clip
from tfstyle.video_io.ffmpeg.pyav import load_pyav, packet_seconds, wind
from tfstyle.video_io.track import Track, Written

if typing.TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer, OutputContainer

    from tfstyle.video_io.ffmpeg.pyav import AnyPacket

FORMATS = {".m4v": "mp4", ".mkv": "matroska", ".mov": "mov", ".mp4": "mp4", ".webm": "webm"}
"""FFmpeg's names of the kinds of file, by suffix."""


def warn_of_lost(clip: Clip, output: Path) -> None:
    """Warns of each track of the clip's sound that the output's kind of file has no place for."""
    if not clip.has_sound:
        return
    with load_pyav().open(os.path.abspath(clip.path)) as source:
        for number, stream in enumerate(source.streams.audio, start=1):
            reason = _why_unfit(stream, output.suffix.lower())
            if reason:
                # None where FFmpeg does not know it.
                codec = stream.codec_context
                warnings.warn(
                    f"the sound cannot be kept in {output.suffix}, track {number} "
                    f"({codec.name if codec else 'unknown'}): {reason}",
                    stacklevel=2,
                )


def _why_unfit(stream: AudioStream, suffix: str) -> str:
    """Returns why a track cannot be copied into that kind of file; nothing if it can."""
    # FFmpeg has no list of what fits into what: beginning a file in memory shows it.
    try:
        with load_pyav().open(io.BytesIO(), "w", format=FORMATS[suffix]) as target:
            target.add_stream_from_template(stream)
            target.start_encoding()
    except (ValueError, load_pyav().error.FFmpegError) as error:
        return str(error)
    return ""


class Sound:
    """The clip's sound, copied as it is, beside a picture that starts at so many seconds of it."""

    def __init__(
        self, stack: contextlib.ExitStack, target: OutputContainer, clip: Clip, start: float
    ):
        """Adds the tracks that fit to an open container; the stack closes the source."""
        self._target, self._clip = target, clip
        self._shift = clip.origin + start
        source = stack.enter_context(load_pyav().open(os.path.abspath(clip.path)))
        suffix = Path(target.name).suffix.lower()
        self._tracks = {
            stream.index: Track(target.add_stream_from_template(stream), clip.seams, self._shift)
            for stream in source.streams.audio
            if not _why_unfit(stream, suffix)
        }
        self._refused: list[ValueError] = []
        """Why packets could not be copied."""
        if clip.span.begin:
            wind(source, self._shift)
        self._packets = self._read(source)
        self._waiting = next(self._packets, None)

    def finish(self) -> None:
        """Copies what is left, and warns of what could not be copied."""
        self.write_until(float("inf"))
        if self._refused:
            warnings.warn(
                f"the sound lacks {len(self._refused)} of its packets, which are damaged: "
                f"{getattr(self._refused[0], 'strerror', self._refused[0])}",
                stacklevel=2,
            )

    def write_until(self, seconds: float) -> None:
        """Copies the packets up to a time."""
        while self._waiting is not None and self._waiting[0] <= seconds:
            self._write(*self._waiting)
            self._waiting = next(self._packets, None)

    def _write(self, seconds: float, packet: AnyPacket) -> None:
        track = self._tracks[packet.stream.index]
        if not track.goes_on(packet, seconds):
            return
        # Noted before, since writing a packet recounts its times in the file's units.
        written = Written(seconds + packet_seconds(packet), packet.dts or 0)
        packet.stream = track.target
        try:
            self._target.mux(packet)
        except ValueError as error:
            # What is damaged; a full disk is an OSError, which goes on to the caller.
            self._refused.append(error)
        else:
            track.written = written

    def _read(self, source: InputContainer) -> Iterator[tuple[float, AnyPacket]]:
        """Yields each packet, moved to its time in the pastiche, with that in seconds."""
        playing = {stream for stream in source.streams.audio if stream.index in self._tracks}
        if not playing:
            return
        with contextlib.suppress(load_pyav().error.FFmpegError):
            for packet in source.demux(*playing):
                if packet.pts is None:
                    continue
                seconds = self._tracks[packet.stream.index].move(packet, packet.pts)
                # Tracks end apart: one that is over must not cut the others off.
                if self._is_over(seconds):
                    playing.discard(packet.stream)
                    if not playing:
                        return
                # A whole clip's sound may begin before its picture: what codecs run in with.
                elif seconds >= 0 or not self._clip.span.begin:
                    yield seconds, packet

    def _is_over(self, seconds: float) -> bool:
        """Returns whether the clip has ended at a time of the pastiche."""
        end = self._clip.span.end
        return end is not None and seconds >= self._clip.origin + end - self._shift
