"""What becomes of a clip."""

import dataclasses

COMPLETE = "painted to its end"
"""What a record says of a clip of which nothing is missing."""


@dataclasses.dataclass(frozen=True)
class ClipOutcome:
    """What became of a clip, with a sentence."""

    frames: int
    painted: int
    """Those of this run; the others were painted before it was interrupted."""
    seconds: float
    earlier_seconds: float
    """What earlier runs had worked."""
    shares: dict[str, float]
    """How busy each stage was, from 0 to 1; they overlap."""
    sentence: str
    problem: str = ""
    """What could not be read of the clip; the frames before it are painted."""
    was_finished: bool = False
    """Whether an earlier run had finished it, so that this one did nothing."""

    @property
    def rate(self) -> float:
        """Frames a second, those of earlier runs, reading and writing included."""
        # A coarse clock may say that no time has passed.
        return self.frames / max(self.earlier_seconds + self.seconds, 1e-9)

    def __str__(self) -> str:
        """Returns how many frames, how fast, and what took the time of this run."""
        earlier = self.frames - self.painted
        frames = f"{self.frames} frame{'s' * (self.frames != 1)}" + (
            f", {earlier} of them earlier" if earlier else ""
        )
        shares = ", ".join(f"{stage} {share:.0%}" for stage, share in self.shares.items())
        return f"{frames}, {self.rate:.3g} a second" + (
            f" (busy at the same time: {shares})" if shares else ""
        )
