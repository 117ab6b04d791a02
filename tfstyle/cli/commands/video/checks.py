"""What `tfstyle video` checks before it paints: it can write, and replaces nothing it reads."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tfstyle.cli.commands.video.flags import Files
from tfstyle.image import paths
from tfstyle.jobs import inputs, outputs, record
from tfstyle.video_io import picture_writer, video_writer, window, writing


def check(files: Files, styles: Sequence[record.Input]) -> None:
    """Raises ValueError when an output cannot be written, or would replace what is read."""
    if files.show:
        window.load_opencv()
    if files.output is not None:
        writing.check_output(Path(files.output))
        outputs.check_record(Path(files.output))
    if files.strip is not None:
        inputs.check_writable(files.strip, "strip")
    _check_clashes(files, [files.input, *_pictures(files), *(style.path for style in styles)])
    _check_strip(files)


def _pictures(files: Files) -> list[Path]:
    """Returns the pictures of the clip, if it is one of pictures."""
    if files.is_camera or not paths.is_many(files.input):
        return []
    return paths.find_contents(files.input, "input")


def _check_clashes(files: Files, read: Sequence[str | Path]) -> None:
    """Raises ValueError when an output would replace what is read."""
    named = {os.path.realpath(path): path for path in read}
    for name, path in _written(files):
        if os.path.realpath(path) in named:
            raise ValueError(
                f"{name} must not replace an input. Received: {name}={getattr(files, name)}"
            )
    if _has_folder(files):
        _check_folder(files, named)
    elif files.output is not None:
        _check_parts(Path(files.output), named)


def _check_folder(files: Files, named: Mapping[str, str | Path]) -> None:
    """Raises ValueError when pictures would be written among those that are read.

    Whatever these are called, a run that goes on would take the pastiches for frames.
    """
    folder = os.path.realpath(files.output)
    frames = set(map(os.path.realpath, _pictures(files)))
    for path, given in named.items():
        is_named_so = picture_writer.NAME.fullmatch(os.path.basename(path))
        if os.path.dirname(path) == folder and (path in frames or is_named_so):
            raise ValueError(
                f"output must be another folder than that of the input {given}. "
                f"Received: output={files.output}"
            )


def _check_parts(output: Path, named: Mapping[str, str | Path]) -> None:
    """Raises ValueError when an input is one of the parts of an interrupted run, which go."""
    output = Path(os.path.realpath(output))
    folder = str(output.with_name(video_writer.parts_name(output)))
    for path, given in named.items():
        if os.path.dirname(path) == folder:
            raise ValueError(
                f"output must be another than that of which the input {given} is a part. "
                f"Received: output={output}"
            )


def _written(files: Files) -> Iterator[tuple[str, Path]]:
    """Yields each output with the flag that asks for it; of a folder those that are there."""
    if files.output is not None:
        output = Path(files.output)
        yield "output", output
        yield "output", record.path_for(output)
        if _has_folder(files) and output.is_dir():
            present = output.iterdir()
            yield from (
                ("output", path) for path in present if picture_writer.NAME.fullmatch(path.name)
            )
    if files.strip is not None:
        yield "strip", Path(files.strip)


def _has_folder(files: Files) -> bool:
    return files.output is not None and not writing.is_video(Path(files.output))


def _check_strip(files: Files) -> None:
    """Raises ValueError when the strip would be one of the pictures of the clip that is written."""
    if files.strip is None or not _has_folder(files):
        return
    folder, name = os.path.split(os.path.realpath(files.strip))
    if folder == os.path.realpath(files.output) and picture_writer.NAME.fullmatch(name):
        raise ValueError(f"strip must not replace an output. Received: strip={files.strip}")
