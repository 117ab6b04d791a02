"""The parts of a video as one file, each picture at its own time, with the sound of its source."""

import contextlib
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

from tfstyle.video_encoding import Encoding
from tfstyle.video_reading import Clip, load_pyav

Parts = Sequence[tuple[Path, list[int]]]
"""Files, each with its frames' ticks."""


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


def _packets(parts: Parts) -> Iterator[tuple]:
    """Yields each frame's packet with its tick, counted from the first frame's."""
    origin = parts[0][1][0]
    for path, ticks in parts:
        with load_pyav().open(str(path)) as container:
            packets = (each for each in container.demux(video=0) if each.size)
            for packet, tick in zip(packets, ticks, strict=True):
                yield packet, tick - origin


class _Sound:
    """The clip's sound, copied as it is, beside a picture that starts at so many seconds of it."""

    def __init__(self, stack: contextlib.ExitStack, target, clip: Clip, start: float):
        self._target, self._clip = target, clip
        self._shift = clip.origin + start
        source = stack.enter_context(load_pyav().open(clip.path))
        self._streams = {}
        try:
            for stream in source.streams.audio:
                self._streams[stream.index] = target.add_stream_from_template(stream)
        except ValueError as error:
            warnings.warn(f"the sound cannot be kept in this kind of file: {error}", stacklevel=2)
        if clip.begin:
            source.seek(int(self._shift * load_pyav().time_base))
        self._packets = self._read(source)
        self._waiting = next(self._packets, None)

    def _read(self, source) -> Iterator[tuple[float, object]]:
        """Yields each packet with its time in the pastiche, in seconds."""
        streams = [stream for stream in source.streams.audio if stream.index in self._streams]
        if not streams:
            return
        with contextlib.suppress(load_pyav().error.FFmpegError):
            for packet in source.demux(streams):
                if packet.pts is None:
                    continue
                seconds = float(packet.pts * packet.time_base) - self._shift
                if self._end is not None and seconds >= self._end:
                    return
                # A whole clip's sound may begin before its picture: what codecs run in with.
                if seconds >= 0 or not self._clip.begin:
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
            packet.pts, packet.dts = packet.pts - shift, (packet.dts or packet.pts) - shift
            packet.stream = self._streams[packet.stream.index]
            self._target.mux(packet)
            self._waiting = next(self._packets, None)
