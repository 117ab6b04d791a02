"""A video file that is open, and what it says of its picture before that is decoded."""

from __future__ import annotations

import contextlib
import dataclasses
import re
import typing
import warnings
from collections.abc import Iterator
from fractions import Fraction

from tfstyle.video_io.clip import Span
from tfstyle.video_io.ffmpeg.pyav import load_pyav, open_file, tick_seconds

if typing.TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.codeccontext import VideoCodecContext
    from av.video.stream import VideoStream

WITH_ALPHA = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
"""The decoders that also decode transparency, for those that pass over it."""

TRACK_END = re.compile(r"([0-9]{1,9}):([0-9]{1,2}):([0-9]{1,2}(?:\.[0-9]*)?)")
"""How Matroska states when a track ends: 00:00:03.040000000."""

FEWEST = 0.9
"""Share of the frames that duration and rate make, which a file must state to be believed."""

USUAL_RATE = Fraction(25)
"""Frames a second of a file that does not say."""


def unreadable(path: str, reason: object) -> ValueError:
    """Returns the error that says why a file is no video for us."""
    return ValueError(f"input must be a video that FFmpeg reads: {reason}. Received: input={path}")


@contextlib.contextmanager
def open_source(path: str) -> Iterator[Source]:
    """Yields a file with its first stream of moving pictures.

    Raises:
        ValueError: FFmpeg cannot read it, or there is no such stream in it.
    """
    av = load_pyav()
    try:
        container = open_file(path)
    except av.error.FFmpegError as error:
        raise unreadable(path, error) from error
    with container:
        stream = moving_picture(container, path)
        yield Source(container, stream, _decoder(stream))


def moving_picture(container: InputContainer, path: str) -> VideoStream:
    """Returns a file's first stream of moving pictures; raises ValueError when there is none."""
    # A song's cover, or a film's poster, is a stream of pictures too.
    attached = load_pyav().stream.Disposition.attached_pic
    moving = [each for each in container.streams.video if not each.disposition & attached]
    if not moving:
        raise unreadable(path, "there is no picture in it")
    stream = moving[0]
    if stream.codec_context is None:
        raise unreadable(path, "its picture is coded as FFmpeg does not know")
    # Decoders that have several frames at work lose all of them at a damaged one. AV1's has an
    # option of its own for that, which others do not mind.
    stream.codec_context.thread_type = "SLICE"
    stream.codec_context.options = {"max_frame_delay": "1"}
    return stream


def _decoder(stream: VideoStream) -> VideoCodecContext:
    """Returns what decodes a stream, transparency included."""
    own = stream.codec_context
    # Copied files say it in capitals.
    says = {key.lower(): value for key, value in stream.metadata.items()}
    name = WITH_ALPHA.get(own.name) if says.get("alpha_mode") == "1" else None
    if name is None:
        return own
    try:
        decoder = typing.cast("VideoCodecContext", load_pyav().CodecContext.create(name, "r"))
    except load_pyav().error.FFmpegError:
        warnings.warn(
            f"the transparency is left out, since this FFmpeg was built without {name}",
            stacklevel=2,
        )
        return own
    # What the file says, and not the stream in it.
    for fact in ("color_range", "colorspace", "color_primaries", "color_trc"):
        setattr(decoder, fact, getattr(own, fact))
    return decoder


@dataclasses.dataclass(frozen=True)
class Source:
    """A video file that is open, with the stream that is its picture."""

    container: InputContainer
    stream: VideoStream
    decoder: VideoCodecContext

    @property
    def tick_seconds(self) -> Fraction:
        """The unit in which the picture's times count, in seconds."""
        return tick_seconds(self.stream)

    @property
    def rate(self) -> Fraction:
        """Frames a second, the mean where they vary."""
        return self.stream.average_rate or self.stream.guessed_rate or USUAL_RATE

    @property
    def origin(self) -> float:
        """When the first picture is shown, in seconds as the file counts them."""
        return float((self.stream.start_time or 0) * self.tick_seconds)

    @property
    def has_sound(self) -> bool:
        """Whether there is a track of sound in it."""
        return bool(self.container.streams.audio)

    @property
    def seconds(self) -> float | None:
        """How long the file says that its picture lasts, from its first frame."""
        if self.stream.duration is not None:
            return float(self.stream.duration * self.tick_seconds)
        stated = TRACK_END.fullmatch(self.stream.metadata.get("DURATION", ""))
        if stated:
            hours, minutes, seconds = map(float, stated.groups())
            return 3600 * hours + 60 * minutes + seconds - self.origin
        # Where there is sound, that may be what lasts so long.
        if self.whole_seconds is None or self.has_sound:
            return None
        return self.whole_seconds - self.origin

    @property
    def whole_seconds(self) -> float | None:
        """How long the file says that picture and sound last, whichever is longer."""
        duration = self.container.duration
        return None if duration is None else float(duration / load_pyav().time_base)

    @property
    def frame_count(self) -> int:
        """How many frames the file says that it has; 0 where it does not, or cannot know."""
        # MP4 that was written in fragments states those of the first one.
        stated = self.stream.frames
        if self.seconds is not None and stated < FEWEST * self.seconds * float(self.rate):
            return 0
        return stated

    def length(self, span: Span) -> int | None:
        """Returns how many frames lie in a span, as far as the file says."""
        if self.seconds is None or (span.is_all and self.frame_count):
            return self.frame_count or None
        return max(0, round((span.end_within(self.seconds) - span.begin) * float(self.rate)))
