"""`tfstyle video`: a clip in, its pastiche out."""

import os
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tfstyle import settings
from tfstyle.cli import flags, process
from tfstyle.cli.commands.video import checks
from tfstyle.cli.commands.video import facts as film_facts
from tfstyle.cli.commands.video.flags import METHODS, Files
from tfstyle.jobs import inputs, record, video
from tfstyle.networks import transform_net
from tfstyle.system import devices
from tfstyle.video_io import reading, sound, writing
from tfstyle.video_io.clip import Clip
from tfstyle.video_io.picture_writer import Pictures
from tfstyle.video_io.video_writer import Film

SMALL_FRAME = 1_000_000
"""Pixels of a frame up to which several are painted at once."""

MOST_WORKERS = 8
"""As many frames at once at most: some hundred megabytes each."""


def groups(method: types.ModuleType, arguments: Sequence[str]) -> list[type]:
    """Returns the classes whose fields are flags: the clip's, and those of the method named."""
    chosen = flags.peek("method", arguments) or Files.method
    settings.check_choice("method", chosen, METHODS)
    return [Files, method.Config, method.METHODS[chosen]]


def run(
    command: str, method: types.ModuleType, files: Files, clip_config: Any, frame_config: Any
) -> int:
    """Paints the clip and returns the exit status: 1 when it broke off."""
    styles, described = read_styles(files)
    checks.check(files, described)
    with reading.open_clip(
        files.input,
        longest=frame_config.size,
        start=files.start,
        duration=files.duration,
        rate=files.rate,
    ) as clip:
        workers = pipeline_workers(files, clip)
        configs = film_facts.Settings(clip_config, frame_config)
        facts = film_facts.gather(files, clip, described, configs)
        film = begin(files, facts, clip)
        if was_finished(files, facts, film):
            if not files.quiet:
                process.say(f"{files.output}  skipped: an earlier run finished it")
            return process.DONE
        painter = method.painter(styles, clip_config, frame_config)
        too_large = f"memory ran out; lower size or end other programs. Received: {_size(clip)}"
        with process.exhaustion_as_memory_error(too_large):
            outcome = video.Shot(files, clip, painter, film, workers).paint()
    if files.output is not None:
        film_facts.write_record(files.output, command, facts, outcome)
    if not files.quiet:
        process.say(f"{files.output or files.input}  {outcome}")
    return complain_of_end(command, clip)


def begin(files: Files, facts: film_facts.Facts, clip: Clip) -> Film | Pictures | None:
    """Returns what writes the output; None where there is none."""
    if files.output is None:
        return None
    output = Path(files.output)
    if writing.is_video(output):
        sound.warn_of_lost(clip, output)
    return writing.begin(output, facts.run, files.resume)


def was_finished(files: Files, facts: film_facts.Facts, film: Film | Pictures | None) -> bool:
    """Returns whether all that a resumed run is to make is there, by the record of an earlier."""
    if film is None or not files.resume or files.show:
        return False
    found = record.read(files.output)  # That of out.mp4 may be of out.webm.
    return (
        (found.get("run"), found.get("output")) == (facts.run, Path(files.output).name)
        and found["outcome"] == film_facts.COMPLETE
        and film.is_complete(found["frames"])
        and (files.strip is None or os.path.exists(files.strip))
    )


def pipeline_workers(files: Files, clip: Clip) -> int:
    """Returns how many frames are painted at once.

    On a CPU, small frames by a network keep a core each busier than all cores one frame. Each
    takes memory of its own, so there are at most `MOST_WORKERS`.
    """
    height, width = clip.size
    is_small = height * width <= SMALL_FRAME
    # Frames that wait for each other would be a camera's old ones.
    if files.method != "apply" or files.is_camera or not is_small or not devices.one_core_each():
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(cores or 1, MOST_WORKERS)


def read_styles(files: Files) -> tuple[Any, list[record.Input]]:
    """Returns the style as the method takes it, and what the record keeps of pictures."""
    if files.method == "apply":
        return transform_net.parse_style(files.style), []
    read = [inputs.read_input(path, "style") for path in inputs.split_paths(files.style)]
    return [each.picture.pixels for each in read], [each.described for each in read]


def _size(clip: Clip) -> str:
    height, width = clip.size
    return f"frames of {width}x{height}"


def complain_of_end(command: str, clip: Clip) -> int:
    """Returns the exit status, after a line on a clip that broke off."""
    if not clip.problem:
        return process.DONE
    process.complain(f"tfstyle {command}", f"{clip.path}: {clip.problem}; what there is is painted")
    return process.SOME_FAILED
