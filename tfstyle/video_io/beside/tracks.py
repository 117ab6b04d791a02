"""The sound and the subtitles of a clip, copied as they are beside its pastiche."""

from __future__ import annotations

import contextlib
import math
import typing
import warnings
from collections.abc import Iterator
from pathlib import Path

from tfstyle.video_io.beside import lost, tags
from tfstyle.video_io.beside.track import Track, Written
from tfstyle.video_io.clip import Clip
from tfstyle.video_io.ffmpeg.pyav import load_pyav, packet_seconds, wind

if typing.TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer

    from tfstyle.video_io.ffmpeg.pyav import AnyPacket


class Tracks:
    """The clip's sound and subtitles, beside a picture that starts within it."""

    def __init__(self, source: InputContainer, target: OutputContainer, clip: Clip, shift: float):
        """Adds the tracks that fit to an open container, with their names.

        Args:
            source: the clip's file, open, from its beginning.
            target: to which nothing is written yet.
            clip: what is taken of the source.
            shift: seconds from the source's times to the target's.
        """
        self._target, self._clip, self._shift = target, clip, shift
        self._tracks = {}
        for stream in lost.fitting(source, Path(target.name).suffix.lower()):
            copied = target.add_stream_from_template(stream)
            copied.disposition = stream.disposition
            tags.copy_names(stream, copied)
            self._tracks[stream.index] = Track(copied, clip.seams, shift)
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
        playing = {stream for stream in source.streams if stream.index in self._tracks}
        if not playing:
            return
        with contextlib.suppress(load_pyav().error.FFmpegError):
            for packet in source.demux(*playing):
                if packet.pts is None:
                    continue
                track = self._tracks[packet.stream.index]
                seconds = track.move(packet, packet.pts)
                if track.is_text:
                    seconds = self._cut(packet, seconds)
                # Tracks end apart: one that is over must not cut the others off.
                if self._is_over(seconds):
                    playing.discard(packet.stream)
                    if not playing:
                        return
                # A whole clip's sound may begin before its picture: what codecs run in with.
                elif seconds >= 0 or not self._clip.span.begin:
                    yield seconds, packet

    def _cut(self, packet: AnyPacket, seconds: float) -> float:
        """Cuts a subtitle to the span, and returns when it is shown."""
        # In whole units, so that none is left of what ends where the span begins.
        begins, ends = packet.pts or 0, (packet.pts or 0) + (packet.duration or 0)
        if self._clip.span.begin and begins < 0 < ends:
            seconds, packet.pts, packet.dts, packet.duration = 0.0, 0, 0, ends
        if seconds + packet_seconds(packet) > self._end > seconds:
            packet.duration = round((self._end - seconds) / packet.time_base)
        return seconds

    @property
    def _end(self) -> float:
        """When the clip ends, in seconds of the pastiche; its own end is not known before."""
        end = self._clip.span.end
        return math.inf if end is None else self._clip.origin + end - self._shift

    def _is_over(self, seconds: float) -> bool:
        """Returns whether the clip has ended at a time of the pastiche."""
        return seconds >= self._end
