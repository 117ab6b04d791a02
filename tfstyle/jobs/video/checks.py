"""What is checked before a clip is painted: it can be written, and replaces nothing it reads."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tfstyle.image import numbered, paths
from tfstyle.image.numbered import Numbered
from tfstyle.jobs import inputs, outputs, record
from tfstyle.jobs.video import masks
from tfstyle.jobs.video.job import VideoJob
from tfstyle.video_io import parts, picture_writer, window, writing


def check(
    job: VideoJob,
    styles: Sequence[record.Input],
    maps: Sequence[Path] = (),
    of_frames: Sequence[Path] = (),
) -> None:
    """Raises ValueError when an output cannot be written, or would replace what is read.

    Args:
        job: what is asked for.
        styles: that are read.
        maps: of regions that are read for all frames.
        of_frames: of regions, one for each frame.
    """
    if job.show:
        # Else a missing screen would be told of only at the first frame.
        window.load_opencv()
    if job.output is not None:
        writing.check_output(Path(job.output))
        outputs.check_record(Path(job.output))
    if job.strip is not None:
        inputs.check_writable(job.strip, "strip")
    of_masks = masks.paths(job.mask)
    pictures = [*_pictures(job), *maps, *of_frames, *of_masks]
    # A pattern of masks, unlike a folder of them, takes none but its own names.
    in_folders = [*of_frames, *(of_masks if job.mask and os.path.isdir(job.mask) else ())]
    _check_clashes(job, [job.input, *pictures, *(style.path for style in styles)], in_folders)
    _check_strip(job)


def _pictures(job: VideoJob) -> list[Path]:
    """Returns the pictures of the clip, if it is one of pictures."""
    if job.is_camera or not paths.is_many(job.input):
        return []
    return paths.find_contents(job.input, "input")


def _check_clashes(job: VideoJob, read: Sequence[str | Path], of_frames: Sequence[Path]) -> None:
    """Raises ValueError when an output would replace what is read."""
    # With links followed: an output may lead to an input by another name.
    named = {os.path.realpath(path): path for path in read}
    for name, path in _written(job):
        if os.path.realpath(path) in named:
            raise ValueError(
                f"{name} must not replace an input. Received: {name}={getattr(job, name)}"
            )
    pictures = _pictures_written(job)
    if pictures is not None:
        _check_folder(job, pictures, named, of_frames)
    elif job.output is not None:
        _check_parts(Path(job.output), named)


def _check_folder(
    job: VideoJob,
    output: Numbered,
    named: Mapping[str, str | Path],
    of_frames: Sequence[Path],
) -> None:
    """Raises ValueError when pictures would be written among those that are read.

    Whatever these are called, a run that goes on would take the pastiches for frames, or for maps
    and masks.
    """
    folder = os.path.realpath(output.folder)
    # A pattern with a number takes none but its own for frames.
    is_pattern = numbered.has_place(job.input) and not os.path.isdir(job.input)
    frames = set() if is_pattern else set(map(os.path.realpath, _pictures(job)))
    frames.update(map(os.path.realpath, of_frames))
    for path, given in named.items():
        is_named_so = output.number(os.path.basename(path)) is not None
        if os.path.dirname(path) == folder and (path in frames or is_named_so):
            raise ValueError(
                f"output must be another folder than that of the input {given}. "
                f"Received: output={job.output}"
            )


def _check_parts(output: Path, named: Mapping[str, str | Path]) -> None:
    """Raises ValueError when an input is one of the parts of an interrupted run, which go."""
    output = Path(os.path.realpath(output))
    folder = str(output.with_name(parts.parts_name(output)))
    for path, given in named.items():
        if os.path.dirname(path) == folder:
            raise ValueError(
                f"output must be another than that of which the input {given} is a part. "
                f"Received: output={output}"
            )


def _written(job: VideoJob) -> Iterator[tuple[str, Path]]:
    """Yields each output with the flag that asks for it; of a folder those that are there."""
    if job.output is not None:
        yield "output", Path(job.output)
        yield "output", record.path_for(job.output)
        pictures = _pictures_written(job)
        if pictures is not None:
            yield from (("output", path) for path in pictures.find().values())
    if job.strip is not None:
        yield "strip", Path(job.strip)


def _pictures_written(job: VideoJob) -> Numbered | None:
    """Returns the pictures that are to be written; None where that is not asked for."""
    if job.output is None or writing.is_video(Path(job.output)):
        return None
    return picture_writer.names(Path(job.output))


def _check_strip(job: VideoJob) -> None:
    """Raises ValueError when the strip would be one of the pictures of the clip that is written."""
    output = _pictures_written(job)
    if job.strip is None or output is None:
        return
    folder, name = os.path.split(os.path.realpath(job.strip))
    if folder == os.path.realpath(output.folder) and output.number(name) is not None:
        raise ValueError(f"strip must not replace an output. Received: strip={job.strip}")
