"""`tfstyle video`: a clip in, its pastiche out."""

import functools
import os
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tfstyle import settings
from tfstyle.cli import flags, process, progress, reports
from tfstyle.cli.commands.video.flags import Files
from tfstyle.jobs import inputs
from tfstyle.jobs.video.job import METHODS
from tfstyle.jobs.video.outcome import ClipOutcome

SETTINGS = ("Config", "METHODS")
"""What `groups` asks of the method's module."""


def groups(method: types.ModuleType, arguments: Sequence[str]) -> list[type]:
    """Returns the classes whose fields are flags: the clip's, and those of the method named."""
    # Which flags there are depends on the method, so it is looked for before they are defined.
    chosen = flags.peek("method", arguments) or Files.method
    settings.check_choice("method", chosen, METHODS)
    return [Files, method.Config, method.METHODS[chosen]]


def unused(files: Files, clip_config: Any, frame_config: Any) -> dict[str, str]:
    """Returns the flags that do nothing beside the others, each with what it is for."""
    # Loads PyAV, which the flags and their help do without.
    from tfstyle.video_io import writing

    found = {}
    if files.output is None or not writing.is_video(Path(files.output)):
        found["crf"] = "a video as --output"
    if files.is_camera or os.path.isfile(files.input):
        found["rate"] = "pictures as --input"
    if files.method != "gatys" and clip_config.stabilize == 0:
        found |= dict.fromkeys(("reach", "cut"), "--stabilize above 0")
    return found


def run(
    command: str, module: types.ModuleType, files: Files, clip_config: Any, frame_config: Any
) -> int:
    """Paints the clip and returns the exit status: 1 when it broke off."""
    # Loads TensorFlow, which the flags and their help do without.
    from tfstyle.jobs.video import painting

    watch = functools.partial(progress.show_frames, quiet=files.quiet)
    outcome = painting.paint(files, clip_config, frame_config, watch=watch)
    if files.json:
        reports.say(facts(command, files, outcome))
    elif not files.quiet:
        process.say(f"{files.output or files.input}  {describe(outcome)}")
    if not outcome.problem:
        return process.DONE
    if files.json:
        return process.SOME_FAILED
    # Status 1, as for some of many: a script shall notice that frames are missing.
    problem = f"{files.input}: {outcome.problem}; what there is is painted"
    return process.complain(f"tfstyle {command}", problem, process.SOME_FAILED)


def facts(command: str, files: Files, outcome: ClipOutcome) -> dict[str, Any]:
    """Returns what a line of JSON tells of a clip."""
    is_painted = not outcome.was_finished
    by_name = files.method == "apply"
    return {
        "command": command,
        "status": "painted" if is_painted else "skipped",
        "input": files.input,
        "styles": [files.style] if by_name else inputs.split_paths(files.style),
        "output": files.output,
        "frames": outcome.frames,
        "seconds": round(outcome.seconds, 3) if is_painted else None,
        "frames_per_second": round(outcome.rate, 3) if is_painted else None,
        "outcome": None if outcome.problem else outcome.sentence,
        "error": outcome.problem or None,
    }


def describe(outcome: ClipOutcome) -> str:
    """Returns what the last line says of a clip."""
    return f"skipped: {outcome.sentence}" if outcome.was_finished else str(outcome)
