"""What a painted clip depends on: what tells its run from others, and what its record says."""

import dataclasses
import functools
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tfstyle.cli.commands.video.flags import Files
from tfstyle.jobs import inputs, record
from tfstyle.networks import inverse_net, pretrained, vgg19_files
from tfstyle.result import Result
from tfstyle.system import files as system_files
from tfstyle.system import precision
from tfstyle.version import __version__
from tfstyle.video_io.clip import Clip

COMPLETE = "painted to its end"
"""What a record says of a clip of which nothing is missing."""

FLAGS = ("method", "style", "start", "duration", "rate", "crf")
"""The flags beside the settings that alter what is painted, or how it is coded."""


@dataclasses.dataclass(frozen=True)
class Settings:
    """What the record keeps of the settings."""

    clip: Any
    frames: Any


@dataclasses.dataclass(frozen=True)
class Facts:
    """All that the result depends on."""

    flags: dict[str, Any]
    settings: Settings
    inputs: Sequence[record.Input]
    weights: dict[str, str]
    """Names and digests of the trained networks."""

    @functools.cached_property
    def run(self) -> str:
        """What tells this run from others that a resumption must not be mixed with."""
        facts = [
            self.flags,
            dataclasses.asdict(self.settings),
            [each.sha256 for each in self.inputs],
            self.weights,
            precision.resolve_precision(self.settings.frames.precision),
            __version__,
        ]
        return hashlib.sha256(json.dumps(facts, default=str).encode()).hexdigest()


def gather(files: Files, clip: Clip, styles: Sequence[record.Input], settings: Settings) -> Facts:
    """Returns all that the result depends on; reads every input and network once."""
    return Facts(
        flags={name: getattr(files, name) for name in FLAGS},
        settings=settings,
        inputs=[describe_clip(files, clip), *styles],
        weights=weights_used(files, settings.frames),
    )


def describe_clip(files: Files, clip: Clip) -> record.Input:
    """Returns what the record keeps of the clip; a folder's digest is that of all its files."""
    height, width = clip.size
    digest = hashlib.sha256()
    for path in [] if files.is_camera else inputs.find_contents(files.input, "input"):
        digest.update(bytes.fromhex(system_files.digest(path, "sha256")))
    return record.Input(files.input, width, height, digest.hexdigest())


def weights_used(files: Files, config: Any) -> dict[str, str]:
    """Returns the names and digests of the networks that paint, as records of pictures have them.

    Args:
        files: the flags, which say the method.
        config: the method's settings.
    """
    if files.method == "apply":
        digest = system_files.digest(pretrained.find(config.model), "sha256")
        return {"name": str(config.model), "sha256": digest, "style": files.style}
    vgg = vgg19_files.find(config.vgg_weights)
    used = {"name": vgg.name, "sha256": system_files.digest(vgg, "sha256")}
    if getattr(config, "decode", None) == "inverse":
        used["inverse"] = str(config.model)
        used["inverse_sha256"] = system_files.digest(inverse_net.find(config.model), "sha256")
    return used


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of a clip."""

    frames: int
    painted: int
    """Those of this run; the others were painted before it was interrupted."""
    seconds: float
    earlier_seconds: float
    """What earlier runs had worked."""
    shares: dict[str, float]
    """How busy each stage was, from 0 to 1; they overlap."""
    sentence: str

    @property
    def rate(self) -> float:
        """Frames a second, those of earlier runs, reading and writing included."""
        return self.frames / max(self.earlier_seconds + self.seconds, 1e-9)

    def __str__(self) -> str:
        """Returns how many frames, how fast, and what took the time of this run."""
        earlier = self.frames - self.painted
        frames = f"{self.frames} frames" + (f", {earlier} of them earlier" if earlier else "")
        shares = ", ".join(f"{stage} {share:.0%}" for stage, share in self.shares.items())
        return f"{frames}, {self.rate:.3g} a second" + (f" ({shares})" if shares else "")


def write_record(output: str | Path, command: str, facts: Facts, outcome: Outcome) -> None:
    """Writes the record beside the video or the folder."""
    result = Result(
        np.zeros([1, 1, 1, 3], np.float32),
        outcome=outcome.sentence,
        weights=facts.weights,
        earlier_seconds=outcome.earlier_seconds,
    )
    record.write(
        output,
        command=command,
        config=facts.settings,
        inputs=facts.inputs,
        result=result,
        seconds=outcome.seconds,
        more={
            "run": facts.run,
            "output": Path(output).name,
            "flags": facts.flags,
            "frames": outcome.frames,
            "frames_painted_earlier": outcome.frames - outcome.painted,
            "frames_per_second": outcome.rate,
            "shares": outcome.shares,
        },
    )
