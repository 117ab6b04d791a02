"""From clip to clip, with its sound: the whole way, from what is asked for to the record.

Nothing here knows of flags: the shell and `tfstyle.jobs.paint_clip` both call `paint`.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tfstyle.jobs import inputs, record, styles
from tfstyle.jobs.beside import maps
from tfstyle.jobs.video import checks, facts
from tfstyle.jobs.video.facts import Facts, Settings
from tfstyle.jobs.video.job import VideoJob, Watch, unwatched
from tfstyle.jobs.video.maps import FrameRegions
from tfstyle.jobs.video.masks import FrameMasks
from tfstyle.jobs.video.outcome import COMPLETE, ClipOutcome
from tfstyle.jobs.video.run import ClipRun
from tfstyle.methods import video
from tfstyle.system import devices, errors
from tfstyle.video_io import reading, writing
from tfstyle.video_io.beside import lost
from tfstyle.video_io.clip import Clip
from tfstyle.video_io.picture_writer import Pictures
from tfstyle.video_io.video_writer import Film

SMALL_FRAME = 1_000_000
"""Pixels of a frame up to which several are painted at once."""

MOST_WORKERS = 8
"""As many frames at once at most: some hundred megabytes each."""

COMMAND = "video"
"""What records call it."""


def paint(
    job: VideoJob,
    config: Any,
    method: Any,
    *,
    watch: Watch = unwatched,
    finish_early: bool = False,
) -> ClipOutcome:
    """Paints a clip and writes it, with its sound, and the record beside it.

    Args:
        job: where from, where to, which part, and by which method.
        config: the clip's settings, `tfstyle.video.Config`.
        method: the settings of the method that `job.method` names.
        watch: who is told how far it is.
        finish_early: whether Ctrl-C makes the output of what is painted, as of a camera.

    Raises:
        ValueError: an input, an output or a setting cannot be used.
        OSError: a file cannot be read or written; what is painted is safe.
        MemoryError: the size does not fit.
        KeyboardInterrupt: Ctrl-C; what is painted is safe, and the message says so.
    """
    given, described = read_styles(job)
    checks.check(job, described, maps.for_all(method), maps.in_folders(method))
    with reading.open_clip(
        job.input, longest=method.size, start=job.start, duration=job.duration, rate=job.rate
    ) as clip:
        # Before TensorFlow begins to work, after which it takes no wishes about cores.
        workers = pipeline_workers(job, clip)
        regions = FrameRegions.find(method, clip, described)
        read = described if regions is None else [*described, *regions.described()]
        masks = None if job.mask is None else FrameMasks(job.mask, clip)
        mask = None if masks is None else masks.described()
        found = facts.gather(job, clip, read, Settings(config, method), mask)
        film = begin(job, found, clip)
        # Before the painter, whose networks take seconds to load.
        earlier = find_finished(job, found, film)
        if earlier:
            return as_outcome(earlier)
        with inputs.hinting_at_pictures(job.style if job.method == "apply" else ""):
            painter = video.painter(given, config, method)
        too_large = f"memory ran out; lower size or end other programs. Received: {_size(clip)}"
        with errors.exhaustion_as_memory_error(too_large):
            run = ClipRun(
                job,
                clip,
                painter,
                film,
                workers=workers,
                watch=watch,
                regions=regions,
                masks=masks,
                finish_early=finish_early,
            )
            outcome = run.paint()
    # After the video: by this record a later run takes it for finished.
    if job.output is not None:
        facts.write_record(job.output, COMMAND, found, outcome)
    return outcome


def read_styles(job: VideoJob) -> tuple[Any, list[record.Input]]:
    """Returns the style as the method takes it, and what the record keeps of files."""
    if job.method == "apply":
        return job.style, []
    read = styles.read_styles(job.method, inputs.split_paths(job.style))
    return styles.values(read), [each.described for each in read]


def pipeline_workers(job: VideoJob, clip: Clip) -> int:
    """Returns how many frames are painted at once.

    On a CPU, small frames by a network keep a core each busier than all cores one frame. Each
    takes memory of its own, so there are at most `MOST_WORKERS`.
    """
    height, width = clip.size
    is_small = height * width <= SMALL_FRAME
    # Frames that wait for each other would be a camera's old ones.
    if job.method != "apply" or job.is_camera or not is_small or not devices.one_core_each():
        return 1
    # Not the number of all cores: a container or taskset may have left this process fewer.
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(cores or 1, MOST_WORKERS)


def begin(job: VideoJob, found: Facts, clip: Clip) -> Film | Pictures | None:
    """Returns what writes the output; None where there is none."""
    if job.output is None:
        return None
    output = Path(job.output)
    if writing.is_video(output):
        lost.warn_of_lost(clip, output)
    return writing.begin(output, found.run, job.resume)


def find_finished(job: VideoJob, found: Facts, film: Film | Pictures | None) -> Mapping[str, Any]:
    """Returns the record of an earlier run that made all of this resumed one; empty if none did."""
    # Who asks for the window wants to see frames, and is not told that all is done.
    if film is None or job.output is None or not job.resume or job.show:
        return {}
    # That of out.mp4 may be of out.webm.
    earlier = record.read(job.output)
    is_whole = (
        (earlier.get("run"), earlier.get("output")) == (found.run, Path(job.output).name)
        and earlier.get("outcome") == COMPLETE
        and _has_counts(earlier)
        and film.is_complete(earlier["frames"])
        and (job.strip is None or os.path.exists(job.strip))
    )
    return earlier if is_whole else {}


def _has_counts(earlier: Mapping[str, Any]) -> bool:
    """Returns whether a record says how many frames there are, and how long they took."""
    frames, seconds = earlier.get("frames"), earlier.get("seconds")
    return type(frames) is int and isinstance(seconds, (int, float))


def as_outcome(earlier: Mapping[str, Any]) -> ClipOutcome:
    """Returns what a record tells of the run that finished a clip."""
    return ClipOutcome(
        frames=earlier["frames"],
        painted=0,
        seconds=0.0,
        earlier_seconds=earlier["seconds"],
        shares={},
        sentence="an earlier run finished it",
        was_finished=True,
    )


def _size(clip: Clip) -> str:
    height, width = clip.size
    return f"frames of {width}x{height}"
