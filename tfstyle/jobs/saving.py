"""What a run writes: the picture, its record, and snapshots on the way."""

import warnings
from pathlib import Path

import numpy as np

from tfstyle import image
from tfstyle.jobs import outputs, record
from tfstyle.jobs.beside import masks
from tfstyle.jobs.inputs import Input
from tfstyle.jobs.method import Callback, Method, describe_inputs
from tfstyle.jobs.pairs import Pair
from tfstyle.result import Progress, Result
from tfstyle.system import files
from tfstyle.system.unfinished import parts


def save(method: Method, pair: Pair, source: Input | None, result: Result, seconds: float) -> None:
    """Writes the picture of a pair, and the record beside it.

    Args:
        method: what painted it.
        pair: where from and where to.
        source: the content as it was read; None where there is none.
        result: what the method returned.
        seconds: how long it ran.
    """
    # Begun before the picture, by which a kill between the two is known afterwards. Written after
    # it: no record shall tell of a picture that could not be written.
    with files.making_folder(pair.output.parent), files.atomically(pair.record) as file:
        write_picture(pair.output, result.image, None if source is None else source.picture.alpha)
        file.write(
            record.encode(
                command=method.command,
                config=method.config,
                inputs=describe_inputs(method, source),
                result=result,
                seconds=seconds,
                more=masks.told(method),
            )
        )


def remove_left(output: Path, every: int, steps: int) -> None:
    """Removes what a killed run has left of a picture and of its snapshots.

    What it has left of the record stays until that is written: see `resume.is_there`.

    Args:
        output: the picture.
        every: steps between snapshots; 0 is none.
        steps: of the whole run.
    """
    parts.remove_left(output)
    for step in range(every, steps + 1, every) if every else ():
        parts.remove_left(outputs.snapshot_path(output, step))


def write_picture(path: Path, pixels: np.ndarray, alpha: np.ndarray | None) -> None:
    """Writes pixels with the content's transparency, brought to their size.

    Args:
        path: the file; its folder is made if its own folder is there.
        pixels: `[1, height, width, 3]`, in [0, 1].
        alpha: `[height, width]` of the content, from 0 (clear) to 1; None where it has none.
    """
    if alpha is not None:
        # [1, height, width, 1], since `resize` takes images.
        alpha = image.resize(alpha[np.newaxis, ..., np.newaxis], pixels.shape[1:3])[0, ..., 0]
    with files.making_folder(path.parent):
        image.write(path, pixels, alpha)


def snapshots(output: Path, alpha: np.ndarray | None, every: int) -> Callback:
    """Returns a callback that writes out_step00100.png beside out.png, every so many steps."""

    def snapshot(progress: Progress) -> None:
        if every and progress.step and progress.total_step % every == 0:
            path = outputs.snapshot_path(output, progress.total_step)
            try:
                write_picture(path, progress.image(), alpha)
            except (OSError, ValueError) as error:
                # A full disk must not cost the picture.
                warnings.warn(f"the snapshot could not be written: {error}", stacklevel=2)

    return snapshot
