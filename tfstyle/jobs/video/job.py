"""What is asked for of a clip beside its methods' settings: where from, where to, which part."""

import contextlib
import dataclasses
from collections.abc import Callable

from tfstyle import settings
from tfstyle.settings import setting
from tfstyle.video_io import camera

METHODS = ("apply", "gatys", "swap")
"""What can paint frames, by the names of the commands."""


@dataclasses.dataclass(frozen=True)
class VideoJob:
    """A clip to paint; the shell makes its flags of these fields."""

    input: str = setting(
        "",
        "The clip: a video file, a folder or quoted pattern of pictures such as frame_%04d.png, or "
        "a camera as camera:0; required.",
    )
    style: str = setting(
        "",
        "As the method takes it: a trained style's name for apply, a picture's path for the "
        "others; required.",
        placeholder="STYLE",
    )
    output: str | None = setting(
        None,
        "The video to write, a folder for pictures as frame_000000.png, or a pattern for them such "
        "as frame_%04d.png; those that an earlier run wrote are replaced, and others refused; a "
        "camera may do without.",
    )
    mask: str | None = setting(
        None,
        "A picture that is white where the style goes, black where the clip stays and grey "
        "between; or a folder or a pattern such as mask_%04d.png, a picture for each frame that is "
        "painted.",
    )
    method: str = setting("apply", "The command that paints the frames.", choices=METHODS)
    start: float = setting(0.0, "Where to begin.", unit="seconds", minimum=0, maximum=1e9)
    duration: float | None = setting(
        None, "How much to paint; none is all.", unit="seconds", minimum=0, maximum=1e9
    )
    rate: float = setting(
        25.0, "Frames a second of pictures, which do not say.", minimum=0.001, maximum=1000
    )
    # FFmpeg's guide to H.264 calls 17 or 18 visually lossless, or nearly so.
    crf: int = setting(
        18, "How coarsely the video is coded: 0 is lossless, 51 the worst.", minimum=0, maximum=51
    )
    strip: str | None = setting(None, "A picture of a few frames above their pastiches.")
    show: bool = setting(
        False, "Show the pastiches in a window; q or Escape there does what Ctrl-C does."
    )
    resume: bool = setting(False, "Go on where an interrupted run of the same command stopped.")

    def __post_init__(self) -> None:
        """Raises ValueError when a field is missing or out of range, or nothing is written."""
        settings.check(self)
        for name in ("input", "style"):
            if not getattr(self, name):
                raise ValueError(f"{name} must be given. Received: {name}=''")
        if self.output is None and not (self.show and self.is_camera):
            raise ValueError(
                "output must be given, as --output=PATH; a camera may have --show instead. "
                f"Received: output=None, show={self.show}, input={self.input}"
            )
        if self.resume and self.is_camera:
            raise ValueError(f"resume must be of a clip that stays. Received: input={self.input}")

    @property
    def is_camera(self) -> bool:
        """Whether the frames come from a camera."""
        return camera.is_camera(self.input)


@dataclasses.dataclass(frozen=True)
class FrameProgress:
    """How far a clip is."""

    painted: int
    """Frames that this run has painted."""
    earlier: int
    """Frames that earlier runs have painted."""
    length: int | None
    """Frames of the clip, where that is known."""
    rate: float
    """Frames a second, of this run."""


FrameCallback = Callable[[FrameProgress], None]

Watch = Callable[[int | None, int], contextlib.AbstractContextManager[FrameCallback]]
"""Called before the first frame, with the clip's length in frames and how many of them earlier
runs have painted; what it returns is open while frames are painted, and gives the callback."""


def unwatched(length: int | None, earlier: int) -> contextlib.AbstractContextManager[FrameCallback]:
    """Watches nothing."""
    return contextlib.nullcontext(lambda progress: None)
