"""A clip: its frames, and what is known of it before they come."""

import dataclasses
import fractions
import math
from collections.abc import Iterator

import numpy as np

Fraction = fractions.Fraction


@dataclasses.dataclass(frozen=True)
class Span:
    """The stretch of its source that a clip is, in seconds from the source's first picture."""

    begin: float = 0.0
    end: float | None = None
    """None is the source's end."""

    def __post_init__(self) -> None:
        """Raises ValueError when it begins before 0, or ends before it begins."""
        # So that NaN, of which no comparison holds, is refused as well.
        is_sound = 0 <= self.begin < math.inf
        if not is_sound or not (self.end is None or self.begin <= self.end < math.inf):
            raise ValueError(
                "a span must begin at 0 seconds or later, and must not end before it begins; take "
                f"None where it has no end. Received: begin={self.begin}, end={self.end}"
            )

    @property
    def is_all(self) -> bool:
        """Whether it is the whole source."""
        return self.begin == 0 and self.end is None

    def contains(self, seconds: float) -> bool:
        """Returns whether a time lies in it; its end does not."""
        return seconds >= self.begin and not self.is_over(seconds)

    def is_over(self, seconds: float) -> bool:
        """Returns whether a time lies at its end, or behind."""
        return self.end is not None and seconds >= self.end

    def end_within(self, seconds: float) -> float:
        """Returns where it ends in a source of so many seconds."""
        return seconds if self.end is None else min(self.end, seconds)


@dataclasses.dataclass(frozen=True)
class Frame:
    """A picture of a clip, and when it is shown."""

    pixels: np.ndarray
    """`[height, width, 3]`, uint8, upright."""
    tick: int
    """The time, in units of the clip's `tick_seconds`."""
    alpha: np.ndarray | None = None
    """`[height, width]`, uint8, 255 being opaque; None where the clip has no transparency."""

    def cut_out(self, pastiche: np.ndarray) -> np.ndarray:
        """Returns its pastiche, `[height, width, 3]`, with its transparency as a fourth channel."""
        return pastiche if self.alpha is None else np.dstack([pastiche, self.alpha])


@dataclasses.dataclass(frozen=True)
class Colors:
    """How a video codes its colours; the numbers are FFmpeg's, those of ITU-T H.273."""

    full_range: bool = False
    """Whether all 256 levels are used instead of video's 16 to 235."""
    matrix: int = 1
    """From red, green and blue to luma and chroma; 2 is not stated. By default BT.709's."""
    primaries: int = 2
    transfer: int = 2


@dataclasses.dataclass(frozen=True)
class Seam:
    """Where a recording was joined on whose times fall back; in seconds as its file counts."""

    position: int
    """The byte at which its picture begins; -1 where that is not known."""
    before: float
    """When the picture of the one before ends."""
    after: float
    """When its own picture begins."""
    later: float
    """How much later than its file says it is shown."""


@dataclasses.dataclass
class Clip:
    """A source of frames: iterate over it once, in a `with` block of its `open_clip`."""

    path: str
    size: tuple[int, int]
    """(height, width) of its frames in pixels, upright and resized."""
    rate: Fraction
    """Frames a second, the mean where they vary."""
    tick_seconds: Fraction
    length: int | None = None
    """How many frames there should be, where that is known."""
    colors: Colors = Colors()
    pixel_aspect: Fraction = Fraction(1)
    """How many times as wide as high a pixel is shown."""
    origin: float = 0.0
    """When its file says that the first picture is shown, in seconds; ticks count from there."""
    span: Span = Span()
    """What is taken of the source, in seconds from the origin."""
    last_end: int | None = None
    """The tick at which its last frame ends, once it was read to the end of its source."""
    seams: list[Seam] = dataclasses.field(default_factory=list, repr=False)
    """The seams that its frames have passed so far; the sound goes by them."""
    is_file: bool = False
    """Whether it is a video file, in which sound, subtitles and titles may stand beside it."""
    has_alpha: bool = False
    """Whether something of it is transparent; its frames have an `alpha` then."""
    problem: str = ""
    """What could not be read, once it was to be."""
    frames: Iterator[Frame] = dataclasses.field(default=iter(()), repr=False)

    def __iter__(self) -> Iterator[Frame]:
        """Returns the iterator over its frames."""
        return self.frames

    def up_to(self, tick: int) -> "Clip":
        """Returns the clip as one that ends with the frame of a tick, and its sound with it."""
        end = self.span.end_within(float(tick * self.tick_seconds + 1 / self.rate))
        return dataclasses.replace(self, span=Span(self.span.begin, end), last_end=None)
