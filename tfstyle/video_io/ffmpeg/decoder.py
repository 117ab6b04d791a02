"""The frames of a video file as FFmpeg decodes them."""

from __future__ import annotations

import typing
from collections.abc import Iterator

from tfstyle.video_io.ffmpeg.clock import AviDates, Recordings
from tfstyle.video_io.ffmpeg.damage import FrameLedger
from tfstyle.video_io.ffmpeg.pyav import load_pyav
from tfstyle.video_io.ffmpeg.source import Source

if typing.TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from tfstyle.video_io.ffmpeg.pyav import AnyPacket


class Decoder:
    """All frames of a file that can be decoded; it goes on behind what is damaged.

    What comes of each packet is told to `ledger`, which counts the damage.
    """

    def __init__(self, source: Source):
        """Takes the open file; nothing is read before `frames` is."""
        self._source = source
        self._context = source.decoder
        self.ledger = FrameLedger(self._context.name)
        self.recordings = Recordings()
        self.sound_end = 0.0
        """When the sound that came with it ends, in seconds from the file's beginning."""
        self.error: Exception | None = None
        """What ended the file before its end."""
        is_avi = source.container.format.name == "avi"
        self._dates = AviDates() if is_avi else None

    def frames(self) -> Iterator[VideoFrame]:
        """Yields the frames in the order in which they are shown."""
        for packet in self._packets():
            for frame in self._decode(packet):
                self.ledger.strike_out(frame)
                # Only now: the ledger knows frames by the times of their packets.
                if self._dates:
                    self._dates.date(frame)
                yield frame
        self.ledger.close()

    def _decode(self, packet: AnyPacket | None) -> list[VideoFrame]:
        try:
            return self._context.decode(packet)
        except load_pyav().error.FFmpegError:
            # Later packets may do; decoders find their way back at the next key frame.
            self.ledger.fail()
            return []

    def _packets(self) -> Iterator[AnyPacket | None]:
        """Yields the picture's packets; the last one is None, upon which decoders give the rest."""
        stream, container = self._source.stream, self._source.container
        # Now: as the program ends, when generators are closed, nothing can be loaded any more.
        ffmpeg_error = load_pyav().error.FFmpegError
        try:
            for packet in container.demux(stream, *container.streams.audio):
                # The sound is only read for when it ends; it need not be decoded.
                if packet.stream is not stream:
                    self._hear(packet)
                # Files end with an empty packet of each stream, which would end the decoder too.
                elif packet.size:
                    self._enter(packet)
                    yield packet
        except ffmpeg_error as error:
            self.error = error
        yield None

    def _enter(self, packet: AnyPacket) -> None:
        """Takes note of a packet of the picture before it is decoded."""
        self.recordings.enter(packet)
        if self._dates:
            self._dates.enter(packet)
        # FFmpeg discards what an edit list cuts off: those frames are not meant to come.
        if packet.pts is not None and not packet.is_discard:
            self.ledger.enter(self.recordings.number, packet.pts)

    def _hear(self, packet: AnyPacket) -> None:
        """Takes note of a packet of the sound."""
        if packet.pts is not None:
            began = (self._source.container.start_time or 0) / load_pyav().time_base
            end = float((packet.pts + (packet.duration or 0)) * packet.time_base)
            self.sound_end = max(self.sound_end, end - began)
