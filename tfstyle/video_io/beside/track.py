"""When a track of a clip is heard or read in its pastiche, also where recordings were joined on."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Sequence

from tfstyle.video_io.clip import Seam
from tfstyle.video_io.ffmpeg.pyav import packet_seconds

if typing.TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.subtitles.stream import SubtitleStream

    from tfstyle.video_io.ffmpeg.pyav import AnyPacket

    CopiedStream = AudioStream | SubtitleStream

NEAR = 5.0
"""Seconds that a recording's sound may begin or end apart from its picture."""

NEVER = float("-inf")


@dataclasses.dataclass(frozen=True)
class Written:
    """How far a track is written."""

    end: float = NEVER
    """When its last packet ends, in seconds of the pastiche."""
    time: int = 0
    """That packet's decoding time, in its own units."""


class Track:
    """One track of sound or subtitles: it moves packets to their times in the pastiche.

    In a file of joined recordings all times fall where another one begins, and those of the sound
    by other amounts than those of the picture. The picture is read first and notes its seams; the
    sound behind a seam is shifted as the picture was, so that both stay in step.
    """

    def __init__(self, target: CopiedStream, seams: Sequence[Seam], shift: float):
        """Begins in front of the first packet.

        Args:
            target: what its packets are written to.
            seams: the picture's, which may grow while the picture is read.
            shift: seconds from the file's time to the pastiche's.
        """
        self.target = target
        self.is_text = target.type == "subtitle"
        """Whether it is one of subtitles, of which several may be shown at once."""
        self.written = Written()
        self._seams, self._shift = seams, shift
        self._passed = 0
        """How many of the seams lie behind."""
        self._later = 0.0
        """How much later than its file says the recording's sound is heard, in seconds."""
        self._end = NEVER
        """When the last packet ends, in seconds as its file counts."""

    def move(self, packet: AnyPacket, time: int) -> float:
        """Moves a packet to its time in the pastiche, and returns that in seconds.

        Args:
            packet: the track's next.
            time: when its file says that it is heard, in the packet's own units.
        """
        stated = float(time * packet.time_base)
        self._pass_seams(packet, stated)
        # The sound's own times fall, and no picture's with them.
        if stated < self._end - NEAR:
            self._later += self._end - stated
        self._end = stated + packet_seconds(packet)
        shift = round((self._shift - self._later) / packet.time_base)
        packet.dts = (time if packet.dts is None else packet.dts) - shift
        packet.pts = time - shift
        return stated + self._later - self._shift

    def goes_on(self, packet: AnyPacket, seconds: float) -> bool:
        """Returns whether a packet at a time of the pastiche follows on what is written."""
        if self.is_text:
            return (packet.dts or 0) >= self.written.time
        # Where recordings overlap, what they both have is heard once.
        if seconds < self.written.end - packet_seconds(packet) / 2:
            return False
        # No file takes decoding times that do not grow.
        return self.written.end == NEVER or (packet.dts or 0) > self.written.time

    def _pass_seams(self, packet: AnyPacket, stated: float) -> None:
        """Takes note of the recordings that were joined on up to a packet, as the picture has."""
        for seam in self._seams[self._passed :]:
            if not self._is_behind(seam, packet, stated):
                return
            self._passed += 1
            self._later = seam.later
            self._end = NEVER

    def _is_behind(self, seam: Seam, packet: AnyPacket, stated: float) -> bool:
        """Returns whether a packet is of the recording that was joined on, or of a later one."""
        # PyAV says None, not -1, where the byte of the packet is not known.
        if packet.pos is not None and 0 <= seam.position <= packet.pos:
            return True
        # A recording's first sound may lie in front of its picture.
        falls = stated < self._end - packet_seconds(packet) / 2
        is_near = abs(self._end - seam.before) < NEAR and abs(stated - seam.after) < NEAR
        return falls and is_near
