"""What of a stream is damaged: the frames that came out are held against the packets that came."""

from __future__ import annotations

import typing

if typing.TYPE_CHECKING:
    from av.video.frame import VideoFrame

A_FRAME_EACH = ("hevc", "libdav1d")
"""Decoders that may pass over what is damaged without a word; each of their packets is a frame.

Other codecs also have packets that are never shown, or two for one frame."""


class FrameLedger:
    """Counts the frames of a stream that came out, that came out damaged, and that did not.

    A packet is entered when it is decoded, under its recording and its time, and struck out when
    its frame comes. What is still there when later frames have come is lost.
    """

    def __init__(self, decoder: str):
        """Begins with nothing entered.

        Args:
            decoder: FFmpeg's name of what decodes the stream.
        """
        self.decoded = 0
        """How many frames came out."""
        self.marred = 0
        """How many of them are not as they were coded."""
        self._failures = 0
        self._is_a_frame_each = decoder in A_FRAME_EACH
        self._due: set[tuple[int, int]] = set()
        """Recordings and times of the packets whose frames have not come out."""
        self._newest = 0
        """The last packet's recording."""
        self._shown: tuple[int, int] | None = None
        """The last frame's recording and time; None before the first that stands for itself."""
        self._is_closed = False

    def enter(self, recording: int, time: int) -> None:
        """Takes note of a packet before it is decoded: a frame of that time is due."""
        self._newest = recording
        self._due.add((recording, time))

    def fail(self) -> None:
        """Counts a packet that the decoder refused."""
        self._failures += 1

    def strike_out(self, frame: VideoFrame) -> None:
        """Counts a frame that came out, and whether it is as it was coded."""
        self.decoded += 1
        recording = self._strike_out(frame.pts)
        if self._shown is None and frame.key_frame and frame.pts is not None:
            # A recording that was cut, as from television, may begin with frames that lean on
            # what was cut off. They never come, and nobody misses them.
            self._due = {due for due in self._due if due > (recording, frame.pts)}
        if self._shown is not None or frame.key_frame:
            self._shown = recording, frame.pts or 0
            self.marred += frame.is_corrupt

    def _strike_out(self, time: int | None) -> int:
        """Returns the recording that a frame of that time is of, which is due no more."""
        shown = self._shown[0] if self._shown else 0
        if time is None:
            return shown
        # Frames come recording after recording, and their times are the same in several.
        for recording in range(shown, self._newest + 1):
            if (recording, time) in self._due:
                self._due.remove((recording, time))
                return recording
        return shown

    def close(self) -> None:
        """Takes note that the decoder has given all that it had."""
        self._is_closed = True

    @property
    def lost(self) -> int:
        """How many frames should have come out by now and have not.

        A decoder that failed says so, and may lack those that lean on the damaged one besides.
        Some pass over it without a word; of those, packets whose times never came out are counted.
        """
        if not self._failures and not self._is_a_frame_each:
            return 0
        shown = self._shown or (0, 0)
        overdue = sum(self._is_closed or due < shown for due in self._due)
        return max(self._failures, overdue)
