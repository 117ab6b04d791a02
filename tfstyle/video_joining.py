"""The parts of a video as one file, each picture at its own time, with the sound of its source."""

import contextlib
import io
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

from tfstyle.clip import Clip
from tfstyle.video_encoding import Encoding
from tfstyle.video_file import load_pyav

Parts = Sequence[tuple[Path, list[int]]]
"""Files, each with its frames' ticks."""


FORMATS = {".m4v": "mp4", ".mkv": "matroska", ".mov": "mov", ".mp4": "mp4", ".webm": "webm"}
"""FFmpeg's names of the kinds of file, by suffix."""


def join(parts: Parts, path: Path, clip: Clip, encoding: Encoding) -> None:
    """Writes the packets of all parts as one video, each at its own time, and the sound."""
    av = load_pyav()
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(av.open(str(parts[0][0])))
        target = stack.enter_context(av.open(str(path), "w"))
        stream = target.add_stream_from_template(first.streams.video[0])
        stream.time_base = encoding.tick_seconds
        start = float(parts[0][1][0] * encoding.tick_seconds)
        sound = _Sound(stack, target, clip, start) if clip.has_sound else None
        step = max(1, round(1 / (encoding.rate * encoding.tick_seconds)))
        for packet, tick in _packets(parts):
            if sound:
                sound.write_until(float(tick * encoding.tick_seconds))
            packet.stream, packet.time_base = stream, encoding.tick_seconds
            packet.pts = packet.dts = tick
            packet.duration = step
            target.mux(packet)
        if sound:
            sound.write_until(float("inf"))


def warn_of_lost_sound(clip: Clip, output: Path) -> None:
    """Warns of each track of the clip's sound that the output's kind of file has no place for."""
    if not clip.has_sound:
        return
    with load_pyav().open(clip.path) as source:
        for number, stream in enumerate(source.streams.audio, start=1):
            reason = _why_unfit(stream, output.suffix.lower())
            if reason:
                warnings.warn(
                    f"the sound cannot be kept in {output.suffix}, track {number} "
                    f"({stream.codec_context.name}): {reason}",
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


def _packets(parts: Parts) -> Iterator[tuple]:
    """Yields each frame's packet with its tick, counted from the first frame's."""
    origin = parts[0][1][0]
    for path, ticks in parts:
        with load_pyav().open(str(path)) as container:
            packets = [each for each in container.demux(video=0) if each.size]
            if len(packets) != len(ticks):
                raise OSError(f"a part is damaged: {path}; paint anew, without --resume")
            for packet, tick in zip(packets, ticks, strict=True):
                yield packet, tick - origin


class _Sound:
    """The clip's sound, copied as it is, beside a picture that starts at so many seconds of it."""

    def __init__(self, stack: contextlib.ExitStack, target, clip: Clip, start: float):
        self._target, self._clip = target, clip
        self._shift = clip.origin + start
        source = stack.enter_context(load_pyav().open(clip.path))
        suffix = Path(target.name).suffix.lower()
        self._streams = {
            stream.index: target.add_stream_from_template(stream)
            for stream in source.streams.audio
            if not _why_unfit(stream, suffix)
        }
        if clip.begin:
            source.seek(int(self._shift * load_pyav().time_base))
        self._packets = self._read(source)
        self._waiting = next(self._packets, None)

    def _read(self, source) -> Iterator[tuple[float, object]]:
        """Yields each packet with its time in the pastiche, in seconds."""
        playing = {stream for stream in source.streams.audio if stream.index in self._streams}
        if not playing:
            return
        with contextlib.suppress(load_pyav().error.FFmpegError):
            for packet in source.demux(*playing):
                if packet.pts is None:
                    continue
                seconds = float(packet.pts * packet.time_base) - self._shift
                if self._end is not None and seconds >= self._end:
                    playing.discard(packet.stream)
                    if not playing:
                        return
                # A whole clip's sound may begin before its picture: what codecs run in with.
                elif seconds >= 0 or not self._clip.begin:
                    yield seconds, packet

    @property
    def _end(self) -> float | None:
        """Returns where the sound ends, in seconds of the result."""
        if self._clip.end is None:
            return None
        return self._clip.origin + self._clip.end - self._shift

    def write_until(self, seconds: float) -> None:
        """Copies the packets up to a time."""
        while self._waiting is not None and self._waiting[0] <= seconds:
            _, packet = self._waiting
            shift = round(self._shift / packet.time_base)
            decoded_at = packet.pts if packet.dts is None else packet.dts
            packet.pts, packet.dts = packet.pts - shift, decoded_at - shift
            packet.stream = self._streams[packet.stream.index]
            self._target.mux(packet)
            self._waiting = next(self._packets, None)
