"""`tfstyle video`: a clip in, its pastiche out."""

import dataclasses
import hashlib
import json
import os
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tfstyle import (
    devices,
    inputs,
    networks,
    outputs,
    process,
    record,
    settings,
    shot,
    video_reading,
    video_writing,
)
from tfstyle.result import Result
from tfstyle.video_flags import METHODS, Files
from tfstyle.video_reading import Clip

SMALL_FRAME = 1_000_000
"""Pixels of a frame up to which several are painted at once."""


def groups(method: types.ModuleType, arguments: Sequence[str]) -> list[type]:
    """Returns the classes whose fields are flags: the clip's, and those of the method named."""
    named = [each.partition("=")[2] for each in arguments if each.startswith("--method=")]
    chosen = named[-1] if named else Files.method
    settings.check_choice("method", chosen, METHODS)
    return [Files, method.Config, method.METHODS[chosen]]


def run(
    command: str, method: types.ModuleType, files: Files, clip_config: Any, frame_config: Any
) -> int:
    """Paints the clip and returns the exit status: 1 when it broke off."""
    styles, described = read_styles(files)
    check(files, described)
    with video_reading.open_clip(
        files.input,
        longest=frame_config.size,
        start=files.start,
        duration=files.duration,
        rate=files.rate,
    ) as clip:
        workers = pipeline_workers(files, clip)
        painter = method.painter(styles, clip_config, frame_config)
        source = describe_clip(files, clip)
        identity = fingerprint(files, (clip_config, frame_config), [source, *described])
        outcome = shot.Shot(files, clip, painter, identity, workers).paint()
    if files.output is not None:
        config = Settings(clip_config, frame_config)
        write_record(files.output, command, config, [source, *described], outcome)
    if not files.quiet:
        process.say(f"{files.output or files.input}  {outcome}")
    return complain_of_end(command, clip)


def pipeline_workers(files: Files, clip: Clip) -> int:
    """Returns how many frames are painted at once.

    On a CPU, small frames by a network keep a core each busier than all cores one frame.
    """
    height, width = clip.size
    if files.method != "apply" or height * width > SMALL_FRAME or not devices.one_core_each():
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


@dataclasses.dataclass(frozen=True)
class Settings:
    """What the record keeps of the settings."""

    clip: Any
    frames: Any


def check(files: Files, styles: Sequence[record.Input]) -> None:
    """Raises ValueError when an output cannot be written, or would replace what is read."""
    read = [files.input, *(style.path for style in styles)]
    for name, path in (("output", files.output), ("strip", files.strip)):
        if path is not None and os.path.realpath(path) in map(os.path.realpath, read):
            raise ValueError(f"{name} must not replace an input. Received: {name}={path}")
    if files.output is not None:
        video_writing.check_output(Path(files.output))
        outputs.check_record(Path(files.output))
    if files.strip is not None:
        inputs.check_writable(files.strip, "strip")


def read_styles(files: Files) -> tuple[Any, list[record.Input]]:
    """Returns the style as the method takes it, and what the record keeps of pictures."""
    if files.method == "apply":
        return networks.parse_style(files.style), []
    read = [inputs.read_input(path, "style") for path in inputs.split_paths(files.style)]
    return [each.picture.pixels for each in read], [each.described for each in read]


def describe_clip(files: Files, clip: Clip) -> record.Input:
    """Returns what the record keeps of the clip; a folder's digest is that of all its files."""
    height, width = clip.size
    digest = hashlib.sha256()
    for path in [] if files.is_camera else inputs.find_contents(files.input, "input"):
        with open(path, "rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return record.Input(files.input, width, height, digest.hexdigest())


def fingerprint(files: Files, configs: Sequence[Any], described: Sequence[record.Input]) -> str:
    """Returns what tells this run from another that a resumption must not be mixed with."""
    facts = {
        "flags": [files.method, files.style, files.start, files.duration, files.rate, files.crf],
        "configs": [dataclasses.asdict(config) for config in configs],
        "inputs": [each.sha256 for each in described],
    }
    return hashlib.sha256(json.dumps(facts, default=str).encode()).hexdigest()


def complain_of_end(command: str, clip: Clip) -> int:
    """Returns the exit status, after a line on a clip that broke off."""
    if not clip.problem:
        return process.DONE
    process.complain(f"tfstyle {command}", f"{clip.path}: {clip.problem}; what there is is painted")
    return process.SOME_FAILED


def write_record(
    output: str,
    command: str,
    config: Settings,
    described: Sequence[record.Input],
    outcome: shot.Outcome,
) -> None:
    """Writes the record beside the video or the folder."""
    record.write(
        output,
        command=command,
        config=config,
        inputs=described,
        result=Result(np.zeros([1, 1, 1, 3], np.float32), outcome=outcome.sentence),
        seconds=outcome.seconds,
        more={
            "frames": outcome.frames,
            "frames_per_second": outcome.rate,
            "shares": outcome.shares,
        },
    )
