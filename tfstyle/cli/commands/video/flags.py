"""What `tfstyle video` is told beside the settings: the clip, and whether to say anything."""

import dataclasses

from tfstyle.cli import shared_flags
from tfstyle.jobs.video.job import VideoJob


@dataclasses.dataclass(frozen=True)
class Files(VideoJob):
    """The flags that `video` has beside those of its method."""

    json: bool = shared_flags.json("at the end")
    quiet: bool = shared_flags.quiet()

    def __post_init__(self) -> None:
        """Raises ValueError when a flag is missing or out of range."""
        # First, since a `VideoJob` does not mind an empty input or style.
        shared_flags.check(self)
        super().__post_init__()
