"""The sound of a clip, copied as it is beside its pastiche."""

import contextlib
import io
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

from tfstyle.video_io.clip import Clip, Seam
from tfstyle.video_io.decoding import load_pyav, wind

FORMATS = {".m4v": "mp4", ".mkv": "matroska", ".mov": "mov", ".mp4": "mp4", ".webm": "webm"}
"""FFmpeg's names of the kinds of file, by suffix."""

NEAR = 5.0
"""Seconds that a recording's sound may begin or end apart from its picture."""


def warn_of_lost(clip: Clip, output: Path) -> None:
    """Warns of each track of the clip's sound that the output's kind of file has no place for."""
    if not clip.has_sound:
        return
    with load_pyav().open(os.path.abspath(clip.path)) as source:
        for number, stream in enumerate(source.streams.audio, start=1):
            reason = _why_unfit(stream, output.suffix.lower())
            if reason:
                codec = stream.codec_context  # None where FFmpeg does not know it.
                warnings.warn(
                    f"the sound cannot be kept in {output.suffix}, track {number} "
                    f"({codec.name if codec else 'unknown'}): {reason}",
                    stacklevel=2,
                )


def _why_unfit(stream, suffix: str) -> str:
    """Returns why a track cannot be copied into that kind of file; nothing if it can."""
    try:
        with load_pyav().open(io.BytesIO(), "w", format=FORMATS[suffix]) as target:
            target.add_stream_from_template(stream)
            target.start_encoding()
    except (ValueError, load_pyav().error.FFmpegError) as error:
        return str(error)
    return ""


class Sound:
    """The clip's sound, copied as it is, beside a picture that starts at so many seconds of it."""

    def __init__(self, stack: contextlib.ExitStack, target, clip: Clip, start: float):
        """Adds the tracks that fit to an open container; the stack closes the source."""
        self._target, self._clip = target, clip
        self._shift = clip.origin + start
        source = stack.enter_context(load_pyav().open(os.path.abspath(clip.path)))
        suffix = Path(target.name).suffix.lower()
        self._streams = {
            stream.index: target.add_stream_from_template(stream)
            for stream in source.streams.audio
            if not _why_unfit(stream, suffix)
        }
        self._later = dict.fromkeys(self._streams, 0.0)
        self._ends = dict.fromkeys(self._streams, float("-inf"))
        self._passed = dict.fromkeys(self._streams, 0)
        """How many of the clip's seams lie behind each track."""
        self._written = dict.fromkeys(self._streams, (float("-inf"), 0))
        """When each track's last packet ends in the pastiche, and its time; a file's must grow."""
        self._refused: list[ValueError] = []
        """Why packets could not be copied."""
        if clip.begin:
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

    def _write(self, seconds: float, packet) -> None:
        """Copies a packet; where recordings overlap, what they both have is heard once."""
        index, lasts = packet.stream.index, float((packet.duration or 0) * packet.time_base)
        end, time = self._written[index]
        if seconds < end - lasts / 2 or (end > float("-inf") and packet.dts <= time):
            return
        packet.stream, time = self._streams[index], packet.dts  # Writing it counts anew.
        try:
            self._target.mux(packet)
        except ValueError as error:  # What is damaged; a full disk is an OSError.
            self._refused.append(error)
        else:
            self._written[index] = seconds + lasts, time

    def _read(self, source) -> Iterator[tuple[float, object]]:
        """Yields each packet, moved to its time in the pastiche, with that in seconds."""
        playing = {stream for stream in source.streams.audio if stream.index in self._streams}
        if not playing:
            return
        with contextlib.suppress(load_pyav().error.FFmpegError):
            for packet in source.demux(*playing):
                if packet.pts is None:
                    continue
                seconds = self._move(packet)
                if self._end is not None and seconds >= self._end:
                    playing.discard(packet.stream)
                    if not playing:
                        return
                # A whole clip's sound may begin before its picture: what codecs run in with.
                elif seconds >= 0 or not self._clip.begin:
                    yield seconds, packet

    def _move(self, packet) -> float:
        """Moves a packet to its time in the pastiche, in step with the picture."""
        index, base = packet.stream.index, packet.time_base
        stated = float(packet.pts * base)
        self._pass_seams(packet, stated)
        if stated < self._ends[index] - NEAR:  # Its own time falls, and no picture's with it.
            self._later[index] += self._ends[index] - stated
        self._ends[index] = stated + float((packet.duration or 0) * base)
        shift = round((self._shift - self._later[index]) / base)
        packet.dts = (packet.pts if packet.dts is None else packet.dts) - shift
        packet.pts -= shift
        return stated + self._later[index] - self._shift

    def _pass_seams(self, packet, stated: float) -> None:
        """Takes note of the recordings that were joined on up to a packet, as the picture has."""
        index = packet.stream.index
        for seam in self._clip.seams[self._passed[index] :]:
            if not self._is_behind(seam, packet, stated):
                return
            self._passed[index] += 1
            self._later[index] = seam.later
            self._ends[index] = float("-inf")

    def _is_behind(self, seam: Seam, packet, stated: float) -> bool:
        """Returns whether a packet is of the recording that was joined on, or of a later one."""
        if 0 <= seam.position <= packet.pos:
            return True
        # A recording's first sound may lie in front of its picture.
        end = self._ends[packet.stream.index]
        falls = stated < end - float((packet.duration or 0) * packet.time_base) / 2
        return falls and abs(end - seam.before) < NEAR and abs(stated - seam.after) < NEAR

    @property
    def _end(self) -> float | None:
        """Returns where the sound ends, in seconds of the result."""
        if self._clip.end is None:
            return None
        return self._clip.origin + self._clip.end - self._shift
