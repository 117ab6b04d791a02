"""How much of a run is behind, by its levels' steps and pixels: what bars and pages show."""

from collections.abc import Sequence

from tfstyle.result import Level, Progress


def planned(levels: Sequence[Level], progress: Progress) -> Sequence[Level]:
    """Returns the levels that a run takes: its own, or those planned before where it tells none."""
    return progress.plan or levels


def work(levels: Sequence[Level]) -> int:
    """Returns steps times pixels, all levels together: about proportional to the time."""
    return sum(level.steps * level.size[0] * level.size[1] for level in levels)


def work_done(levels: Sequence[Level], progress: Progress) -> int:
    """Returns how much of `work(levels)` is behind; levels that stopped early count whole."""
    height, width = progress.size
    return work(levels[: progress.level]) + progress.step * height * width
