"""The frames of a video file as FFmpeg decodes them, and when each of them is shown."""

import contextlib
import types
from collections.abc import Iterator

from tfstyle.system import extras
from tfstyle.video_io.clip import Fraction, Seam

JUMP_BACK = 0.15
"""Seconds by which a frame's time must fall, from where the last frame ends, for what follows to be
another recording, joined on."""

MARGIN = 1.0
"""Seconds that are wound further back: an index may count when frames are decoded, not shown."""

A_FRAME_EACH = ("hevc", "libdav1d")
"""Decoders that may pass over what is damaged without a word; each of their packets is a frame.

Other codecs also have packets that are never shown, or two for one frame."""

INDEXED = ("mov,mp4", "matroska")
"""How FFmpeg's names of kinds of file begin that are wound to the right frame, by their index."""


def load_pyav() -> types.ModuleType:
    """Returns PyAV; raises ValueError, naming the extra, when it is not installed."""
    return extras.load("av", "video", "reading and writing video")


def wind(container, seconds: float, stream=None) -> None:
    """Winds to the last key frame before a time, or stays at the beginning.

    Without an index FFmpeg may wind to behind that time, and frames would be missing.

    Args:
        container: an open one.
        seconds: as the file counts them.
        stream: whose key frames; by default any.
    """
    if not container.format.name.startswith(INDEXED):
        return
    base = load_pyav().time_base if stream is None else 1 / stream.time_base
    with contextlib.suppress(load_pyav().error.FFmpegError):
        container.seek(int((seconds - MARGIN) * base), stream=stream)


class Decoder:
    """All frames that can be decoded of a stream; what cannot is counted."""

    def __init__(self, container, stream):
        """Takes the stream, and the container that it lies in."""
        self.container, self.stream = container, stream
        self.decoded = self.failures = self.marred = 0
        self.heard = 0.0
        """When the sound that came with it ends, in seconds from the file's beginning."""
        self.error: Exception | None = None
        """What ended the file before its end."""
        self.fell_at = -1
        """The byte of the file at which the packets' own times fell last; -1 if they never did."""
        self._coded: int | None = None
        """The last packet's own time, which grows within a recording."""
        self._recording = 0
        """How often the packets' own times fell."""
        self._waiting: dict[int, list[int]] = {}
        """The times of packets whose frames have not come out, with the recordings of them."""
        self._shown: tuple[int, int] | None = None
        """The last frame's recording and time; None before the first that stands for itself."""
        self._begun = 0
        """How many packets there were from the first on that stands for itself."""
        self._delay: int | None = None
        """How many packets after its own the first frame came out."""
        self._is_drained = False

    @property
    def lost(self) -> int:
        """How many frames should have come out by now and have not.

        A decoder that failed says so, and may lack those that lean on the damaged one besides.
        Some pass over it without a word; of those, packets whose times never came out are counted.
        """
        if not self.failures and self.stream.codec_context.name not in A_FRAME_EACH:
            return 0
        shown = self._shown or (0, 0)
        overdue = (
            self._is_drained or (recording, time) < shown
            for time, recordings in self._waiting.items()
            for recording in recordings
        )
        return max(self.failures, sum(overdue))

    def frames(self) -> Iterator:
        """Yields FFmpeg's frames in the order in which they are shown."""
        for packet in self._packets():
            try:
                decoded = self.stream.codec_context.decode(packet)
            except load_pyav().error.FFmpegError:
                self.failures += 1
                continue
            for frame in decoded:
                self._see(frame)
                if self.container.format.name == "avi":
                    self._date(frame)
                yield frame
        self._is_drained = True

    def _see(self, frame) -> None:
        """Counts a frame, and whether it is as it was coded."""
        self.decoded += 1
        recording = self._recording_of(frame)
        if self._shown is None and frame.key_frame and frame.pts is not None:
            # What a recording was cut in front of leans on what is not there.
            later = ((time, those) for time, those in self._waiting.items() if time > frame.pts)
            self._waiting = dict(later)
        if self._shown is not None or frame.key_frame:
            self._shown = recording, frame.pts or 0
            self.marred += frame.is_corrupt

    def _recording_of(self, frame) -> int:
        """Returns the number of the recording that a frame is of, which waits for it no more."""
        recordings = self._waiting.get(frame.pts)
        if recordings is None:
            return self._shown[0] if self._shown else 0
        recording = recordings.pop(0)
        if not recordings:
            del self._waiting[frame.pts]
        return recording

    def _date(self, frame) -> None:
        """Says when a frame is shown by when it came out.

        AVI does not, and FFmpeg guesses; each packet there takes a tick.
        """
        if self._delay is None:
            self._delay = max(0, self._begun - 1)
        frame.pts = None if frame.dts is None else frame.dts - self._delay

    def _packets(self) -> Iterator:
        """Yields the stream's packets; the last one is None, upon which decoders give the rest."""
        try:
            for packet in self.container.demux(self.stream, *self.container.streams.audio):
                if packet.stream is not self.stream:
                    self._hear(packet)
                elif packet.size:
                    self._expect(packet)
                    yield packet
        except load_pyav().error.FFmpegError as error:
            self.error = error
        yield None

    def _expect(self, packet) -> None:
        """Takes note of a packet before it is decoded."""
        self._begun += self._begun > 0 or packet.is_keyframe
        if packet.dts is not None:
            if self._coded is not None and packet.dts < self._coded:
                self.fell_at = packet.pos
                self._recording += 1
            self._coded = packet.dts
        if packet.pts is not None and not packet.is_discard:
            recordings = self._waiting.setdefault(packet.pts, [])
            if self._recording not in recordings[-1:]:
                recordings.append(self._recording)

    def _hear(self, packet) -> None:
        if packet.pts is not None:
            began = (self.container.start_time or 0) / load_pyav().time_base
            end = float((packet.pts + (packet.duration or 0)) * packet.time_base)
            self.heard = max(self.heard, end - began)


class Clock:
    """The ticks of a stream's frames, which grow whatever the file says."""

    def __init__(self, stream, rate: Fraction):
        """Begins at the first frame of a stream of so many frames a second."""
        self._tick_seconds = stream.time_base
        self._begin = self._origin = stream.start_time or 0
        self._step = max(1, round(1 / (rate * stream.time_base)))
        self._last = -self._step
        self.end = 0
        """The tick at which the last frame ends."""
        self.seams: list[Seam] = []
        """Where times fell back."""

    def read(self, frame, fell_at: int = -1) -> int:
        """Returns the tick of the next frame, before which packets' times fell at that byte."""
        usual = self._last + self._step
        tick = usual if frame.pts is None else frame.pts - self._origin
        if tick < min(self._last, usual - JUMP_BACK / self._tick_seconds):
            before = usual + self._origin
            self._origin -= usual - tick
            self.seams.append(self._seam(fell_at, before, frame.pts))
            tick = usual
        # Broken streams say the same time twice, or one shortly before.
        self._last = tick if self._last < 0 else max(self._last + 1, tick)
        self.end = self._last + (frame.duration or self._step)
        return self._last

    def _seam(self, position: int, before: int, after: int) -> Seam:
        times = (before, after, self._begin - self._origin)
        return Seam(position, *(float(time * self._tick_seconds) for time in times))
