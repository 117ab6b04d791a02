"""The short forms for Python: one call from file to file, or from a folder to a folder.

from tfstyle import gatys, jobs

jobs.paint_file("photo.jpg", "painting.jpg", "out.png", gatys.Config(size=512))
"""

import contextlib
import os
from collections.abc import Callable
from typing import Any

from tfstyle.image.paths import is_many
from tfstyle.jobs import pairs, picture
from tfstyle.jobs.by_config import Path, Style, method_of
from tfstyle.jobs.method import Callback


def paint_file(
    content: Path | None,
    style: Style,
    output: Path,
    config: Any,
    *,
    source: Path | None = None,
    mask: Path | None = None,
    callback: Callback | None = None,
    save_every: int = 0,
    checkpoint: Path | None = None,
    resume: bool = False,
    skip_existing: bool = False,
) -> picture.PairOutcome:
    """Paints one picture file, and writes the result and its record, both whole or not at all.

        jobs.paint_file("photo.jpg", "great_wave", "out.png", feed_forward.Config())
        jobs.paint_file("photo.jpg", ["a.jpg", "b.jpg"], "out.png", style_swap.Config(size=512))
        jobs.paint_file(None, "bricks.jpg", "more.png", quilting.Config(size="800x600"))

    Args:
        content: the picture to paint; None makes more of the style, which quilting alone can.
        style: the style's picture, or several; for `feed_forward` a name, or shares by name.
        output: where to write; the record lies beside it, as out.json for out.png.
        config: the `Config` of a method, which says which method paints.
        source: for `analogies`, the unfiltered picture of which `style` is the filtered one.
        mask: a picture that is white where the style goes, black where the photograph stays and
            grey between; None paints everywhere.
        callback: called after every step with a `Progress`.
        save_every: steps between snapshots such as out_step00100.png; 0 is never.
        checkpoint: a folder that keeps the state, so that an interrupted run can go on.
        resume: whether to go on from that state.
        skip_existing: whether to leave the output alone if it is there and complete.

    Returns:
        What became of it, with a sentence.

    Raises:
        ValueError: a picture or a setting cannot be used.
        OSError: a file cannot be read or written.
        MemoryError: the size does not fit; the message says what would.
        KeyboardInterrupt: Ctrl-C; the picture so far is written.
    """
    if content is not None and is_many(os.fspath(content)):
        raise ValueError(
            f"content must be one picture; paint_files takes many. Received: {content}"
        )
    # By way of many, so that one rule says what is skipped and what is gone on with.
    (outcome,) = paint_files(
        content,
        style,
        output,
        config,
        source=source,
        mask=mask,
        callback=callback,
        save_every=save_every,
        checkpoint=checkpoint,
        resume=resume,
        skip_existing=skip_existing,
    )
    if outcome.error:
        raise outcome.error
    return outcome


def paint_files(
    content: Path | None,
    style: Style,
    output: Path,
    config: Any,
    *,
    source: Path | None = None,
    mask: Path | None = None,
    callback: Callback | None = None,
    tell: Callable[[picture.PairOutcome], None] = lambda outcome: None,
    save_every: int = 0,
    checkpoint: Path | None = None,
    resume: bool = False,
    skip_existing: bool = False,
) -> list[picture.PairOutcome]:
    """Paints a folder or a pattern of pictures; one that fails does not stop the others.

        outcomes = jobs.paint_files("photos", "painting.jpg", "painted", gatys.Config())
        failed = [outcome for outcome in outcomes if outcome.error]

    Args:
        content: a picture, a folder, or a pattern such as `photos/*.jpg`.
        style: as for `paint_file`, as all that is not said here.
        output: a folder, which may not exist yet.
        config: the `Config` of a method.
        source: for `analogies`.
        mask: a picture for all, or a folder or pattern of pictures with their contents' names.
        callback: called after every step of each picture.
        tell: called with each outcome as soon as it is known.
        save_every: steps between snapshots.
        checkpoint: a folder in which each picture's state has a folder of its own.
        resume: whether to go on, leaving alone what the interrupted run had finished.
        skip_existing: whether to leave outputs alone that are there and complete.

    Returns:
        What became of each, those that failed with their errors.

    Raises:
        ValueError: nothing can be painted: a style, a setting or an output is not what it must be.
        KeyboardInterrupt: Ctrl-C; the picture so far is written, and those before it.
    """
    method = method_of(config, style, source)
    found = pairs.resolve(
        content,
        output,
        method.inputs,
        state=pairs.State(checkpoint, resume),
        save_every=save_every,
        mask=mask,
    )
    job = picture.Job(
        method,
        save_every=save_every,
        skip_existing=skip_existing,
        skip_finished=resume,
        watch=picture.unwatched if callback is None else _watched_by(callback),
    )
    return picture.paint_all(job, found, tell)


def _watched_by(callback: Callback) -> picture.Watch:
    return lambda pair, levels: contextlib.nullcontext(callback)
