"""What one word, the quality, chooses of the settings that are not given themselves."""

import dataclasses
import os


@dataclasses.dataclass(frozen=True)
class Course:
    """What a quality decides; the fields are those of `Config`."""

    start: str | os.PathLike[str]
    steps: int
    coarse_steps: int
    history: int


COURSES = {
    # The levels follow: where the start is painted, "auto" has the full size alone.
    "fast": Course(start="swap", steps=25, coarse_steps=100, history=10),
    "default": Course(start="noise", steps=100, coarse_steps=100, history=10),
    "best": Course(start="noise", steps=300, coarse_steps=200, history=30),
}
"""By the names of the qualities."""
