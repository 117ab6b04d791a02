"""When frames are shown: a file's own times, mended where they fall back or are only guessed."""

from __future__ import annotations

import typing
from fractions import Fraction

from tfstyle.video_io.clip import Seam
from tfstyle.video_io.ffmpeg.pyav import tick_seconds

if typing.TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    from tfstyle.video_io.ffmpeg.pyav import AnyPacket

JUMP_BACK = 0.15
"""Seconds by which a frame's time must fall, from where the last frame ends, for what follows to be
another recording, joined on."""


class Clock:
    """The ticks of a stream's frames, which grow whatever the file says."""

    def __init__(self, stream: VideoStream, rate: Fraction):
        """Begins at the first frame of a stream of so many frames a second."""
        self.tick_seconds = tick_seconds(stream)
        self._begin = self._origin = stream.start_time or 0
        self._step = max(1, round(1 / (rate * self.tick_seconds)))
        self._last = -self._step
        self.end = 0
        """The tick at which the last frame ends."""
        self.seams: list[Seam] = []
        """Where times fell back."""

    def read(self, frame: VideoFrame, fell_at: int = -1) -> int:
        """Returns the tick of the next frame, before which packets' times fell at that byte."""
        usual = self._last + self._step
        tick = usual if frame.pts is None else frame.pts - self._origin
        if frame.pts is not None and self._falls_back(tick, usual):
            # In the file's times, by which the sound is found that belongs to the seam.
            before = usual + self._origin
            self._origin -= usual - tick
            self.seams.append(self._seam(fell_at, before, frame.pts))
            tick = usual
        # Broken streams say the same time twice, or one shortly before.
        self._last = tick if self._last < 0 else max(self._last + 1, tick)
        # A last frame may be shown for long, as in a GIF; where files do not say, the rate does.
        self.end = self._last + (frame.duration or self._step)
        return self._last

    def _falls_back(self, tick: int, usual: int) -> bool:
        return tick < min(self._last, usual - JUMP_BACK / self.tick_seconds)

    def _seam(self, position: int, before: int, after: int) -> Seam:
        times = (before, after, self._begin - self._origin)
        return Seam(position, *(float(time * self.tick_seconds) for time in times))


class Recordings:
    """Tells apart the recordings of a file that was joined from several, by its packets' times.

    Packets come in the order in which they are decoded. Within a recording their decoding times
    grow, also where those at which they are shown go to and fro.
    """

    def __init__(self) -> None:
        """Begins in the first recording."""
        self.number = 0
        """Number of the recording that the last packet is of, from 0."""
        self.fell_at = -1
        """The byte of the file at which the times fell last; -1 if they never did."""
        self._last: int | None = None

    def enter(self, packet: AnyPacket) -> None:
        """Takes note of the next packet."""
        if packet.dts is None:
            return
        if self._last is not None and packet.dts < self._last:
            self.fell_at = -1 if packet.pos is None else packet.pos
            self.number += 1
        self._last = packet.dts


class AviDates:
    """When the frames of an AVI are shown, by when they come out.

    AVI does not say, and FFmpeg guesses. Each packet there takes a tick, and frames come out in
    the order in which they are shown: evenly, as many packets late as the first one.
    """

    def __init__(self) -> None:
        """Begins before the first packet."""
        self._packets = 0
        self._delay: int | None = None
        """How many packets after its own the first frame came out."""

    def enter(self, packet: AnyPacket) -> None:
        """Counts a packet, from the first that stands for itself on."""
        # What a decoder is given before a key frame gives no frame.
        if self._packets or packet.is_keyframe:
            self._packets += 1

    def date(self, frame: VideoFrame) -> None:
        """Sets when a frame is shown that came out after the packets entered so far."""
        if self._delay is None:
            self._delay = max(0, self._packets - 1)
        frame.pts = None if frame.dts is None else frame.dts - self._delay
