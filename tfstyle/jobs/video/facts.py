"""What a painted clip depends on: what tells its run from others, and what its record says."""

import dataclasses
import functools
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tfstyle import settings
from tfstyle.image import paths
from tfstyle.jobs import record
from tfstyle.jobs.video import one_each
from tfstyle.jobs.video.job import VideoJob
from tfstyle.jobs.video.outcome import ClipOutcome
from tfstyle.methods import feed_forward, gatys, style_swap
from tfstyle.system import precision
from tfstyle.version import COURSE
from tfstyle.video_io.clip import Clip

ROOMS = {"apply": feed_forward, "gatys": gatys, "swap": style_swap}
"""The methods that can paint frames, each of which says what weights its settings ask for."""

# Neither the strip nor the window alters a frame: a run may be gone on with without them.
FLAGS = ("method", "style", "start", "duration", "rate", "crf")
"""The flags beside the settings that alter what is painted, or how it is coded."""


@dataclasses.dataclass(frozen=True)
class Settings:
    """What the record keeps of the settings."""

    clip: Any
    frames: Any

    def described(self) -> dict[str, Any]:
        """Returns both by name; see `settings.described`."""
        return {name: settings.described(value) for name, value in vars(self).items()}


@dataclasses.dataclass(frozen=True)
class Facts:
    """All that the result depends on."""

    flags: dict[str, Any]
    settings: Settings
    inputs: Sequence[record.Input]
    weights: dict[str, str]
    """Names and digests of the trained networks."""
    has_alpha: bool = False
    """Whether the clip is transparent: its parts are coded in another way."""
    mask: record.Input | None = None
    """Where frames are painted; None is everywhere."""

    @functools.cached_property
    def run(self) -> str:
        """What tells this run from others that a resumption must not be mixed with."""
        facts = [
            self.flags,
            self.settings.described(),
            [each.sha256 for each in self.inputs],
            # By digest: a network trained anew under its old name paints other frames.
            self.weights,
            # What "auto" means here: another machine's frames may be of another precision.
            precision.resolve_precision(self.settings.frames.precision),
            COURSE,
            # Only where it is so: other clips of 0.1.0 go on.
            *(["transparent"] if self.has_alpha else []),
            *([record.MASK, self.mask.sha256] if self.mask else []),
        ]
        return hashlib.sha256(json.dumps(facts, default=str).encode()).hexdigest()


def gather(
    job: VideoJob,
    clip: Clip,
    styles: Sequence[record.Input],
    settings: Settings,
    mask: record.Input | None = None,
) -> Facts:
    """Returns all that the result depends on; reads every input and network once."""
    return Facts(
        flags={name: getattr(job, name) for name in FLAGS},
        settings=settings,
        inputs=[describe_clip(job, clip), *styles],
        weights=weights_used(job, settings.frames),
        has_alpha=clip.has_alpha,
        mask=mask,
    )


def describe_clip(job: VideoJob, clip: Clip) -> record.Input:
    """Returns what the record keeps of the clip; a folder's digest is that of all its files."""
    height, width = clip.size
    found = [] if job.is_camera else paths.find_contents(job.input, "input")
    return record.Input(job.input, width, height, one_each.digest(found))


def weights_used(job: VideoJob, config: Any) -> dict[str, str]:
    """Returns the names and digests of the networks that paint, as records of pictures have them.

    Args:
        job: what is asked for, which says the method.
        config: the method's settings.
    """
    used = ROOMS[job.method].weights_used(config)
    return used | {"style": job.style} if job.method == "apply" else used


def write_record(output: str | Path, command: str, facts: Facts, outcome: ClipOutcome) -> None:
    """Writes the record beside the video or the folder."""
    account = record.Account(
        outcome=outcome.sentence,
        weights=facts.weights,
        earlier_seconds=outcome.earlier_seconds,
    )
    record.write(
        output,
        command=command,
        config=facts.settings,
        inputs=facts.inputs,
        result=account,
        seconds=outcome.seconds,
        more={
            "run": facts.run,
            "output": Path(output).name,
            "flags": facts.flags,
            "frames": outcome.frames,
            "frames_painted_earlier": outcome.frames - outcome.painted,
            "frames_per_second": outcome.rate,
            "shares": outcome.shares,
            **({record.MASK: dataclasses.asdict(facts.mask)} if facts.mask else {}),
        },
    )
