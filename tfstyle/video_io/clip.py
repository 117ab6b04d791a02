"""A clip: its frames, and what is known of it before they come."""

import dataclasses
import fractions
from collections.abc import Iterator

import numpy as np

Fraction = fractions.Fraction

Span = tuple[float, float | None]
"""Where a clip begins and ends, in seconds of its source; None is the source's end."""


@dataclasses.dataclass(frozen=True)
class Frame:
    """A picture of a clip, and when it is shown."""

    pixels: np.ndarray
    """`[height, width, 3]`, uint8, upright."""
    tick: int
    """The time, in units of the clip's `tick_seconds`."""


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
    begin: float = 0.0
    """Where in the source it begins, in seconds from the origin."""
    end: float | None = None
    """Where it ends; None at the source's end."""
    last_end: int | None = None
    """The tick at which its last frame ends, once it was read to the end of its source."""
    seams: list[Seam] = dataclasses.field(default_factory=list, repr=False)
    """Those that its frames have passed so far; the sound goes by them."""
    has_sound: bool = False
    problem: str = ""
    """What could not be read, once it was to be."""
    frames: Iterator[Frame] = dataclasses.field(default=iter(()), repr=False)

    def __iter__(self) -> Iterator[Frame]:
        """Returns the iterator over its frames."""
        return self.frames
