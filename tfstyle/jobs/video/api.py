"""The short form for Python: one call from clip to clip, with its sound.

from tfstyle import jobs

jobs.paint_clip("a.mp4", "b.mp4", "great_wave")
"""

import contextlib
import os
from collections.abc import Mapping
from typing import Any

from tfstyle.jobs.by_config import Path, Style, style_text
from tfstyle.jobs.video.job import FrameCallback, VideoJob, Watch, unwatched
from tfstyle.jobs.video.outcome import ClipOutcome


def paint_clip(
    input: Path,
    output: Path,
    style: Style,
    config: Any = None,
    method: Any = None,
    *,
    start: float = 0.0,
    duration: float | None = None,
    rate: float = 25.0,
    crf: int = 18,
    strip: Path | None = None,
    mask: Path | None = None,
    resume: bool = False,
    finish_early: bool = False,
    callback: FrameCallback | None = None,
) -> ClipOutcome:
    """Paints a clip frame after frame, and writes it with its sound, and its record.

        jobs.paint_clip("a.mp4", "b.mp4", "great_wave")
        jobs.paint_clip("a.mp4", "b.mp4", "painting.jpg", method=style_swap.Config(size=512))

    Args:
        input: a video file, or a folder or pattern of pictures.
        output: a video file, or a folder for pictures as frame_000000.png.
        style: as the method takes it; see `paint_file`.
        config: the clip's settings, a `video.Config`; None is its defaults.
        method: the frames' settings: `feed_forward.Config`, `style_swap.Config` or
            `video.GatysConfig`; None is the first, with its defaults.
        start: where to begin, in seconds.
        duration: how much to paint, in seconds; None is all.
        rate: frames a second of pictures, which do not say.
        crf: how coarsely the video is coded: 0 is lossless, 51 the worst.
        strip: a picture to write of a few frames above their pastiches; None is none.
        mask: a picture that is white where the style goes, black where the clip stays and grey
            between; or a folder or pattern of pictures, one for each frame that is painted.
        resume: whether to go on where an interrupted run of the same call stopped.
        finish_early: whether Ctrl-C writes what is painted as a shorter clip, from which no run
            goes on.
        callback: called after every frame with a `FrameProgress`; KeyboardInterrupt that it raises
            is Ctrl-C.

    Returns:
        What became of it: how many frames, how fast, and what could not be read.

    Raises:
        ValueError: an input, an output or a setting cannot be used.
        OSError: a file cannot be read or written; what is painted is safe.
        KeyboardInterrupt: Ctrl-C; what is painted is safe, and `resume` goes on from it. With
            `finish_early` before the first frame alone.
    """
    # They load TensorFlow, which the flags of the shell's commands do without.
    from tfstyle.jobs.video import painting
    from tfstyle.methods import feed_forward, video

    config = video.Config() if config is None else config
    if not isinstance(config, video.Config):
        raise ValueError(
            "config must be a video.Config, and method the frames' settings. "
            f"Received: config={type(config).__name__}"
        )
    method = feed_forward.Config() if method is None else method
    job = VideoJob(
        input=os.fspath(input),
        style=style_text(style),
        output=os.fspath(output),
        method=_name_of(method, video.METHODS),
        start=float(start),
        duration=None if duration is None else float(duration),
        rate=float(rate),
        crf=crf,
        strip=None if strip is None else os.fspath(strip),
        mask=None if mask is None else os.fspath(mask),
        resume=resume,
    )
    watch = unwatched if callback is None else _watch(callback)
    return painting.paint(job, config, method, watch=watch, finish_early=finish_early)


def _watch(callback: FrameCallback) -> Watch:
    return lambda length, earlier: contextlib.nullcontext(callback)


def _name_of(method: Any, methods: Mapping[str, type]) -> str:
    """Returns the name of the method of a clip's frames."""
    # A plain gatys.Config is none of them: it lacks the temporal weight and later frames' steps.
    for name, kind in methods.items():
        if isinstance(method, kind):
            return name
    kinds = ", ".join(
        f"{kind.__module__.split('.')[2]}.{kind.__name__}" for kind in methods.values()
    )
    raise ValueError(f"method must be one of {kinds}. Received: method={type(method).__name__}")
