"""Clips out: a video, or a folder of pictures."""

import os
from pathlib import Path

from tfstyle.system import destinations, files
from tfstyle.video_io import picture_writer
from tfstyle.video_io.encoding import CODECS
from tfstyle.video_io.parts import parts_name
from tfstyle.video_io.picture_writer import Pictures
from tfstyle.video_io.video_writer import Film


def is_video(output: Path) -> bool:
    """Returns whether an output is to be one file, not pictures."""
    return output.suffix.lower() in CODECS


def begin(output: Path, run: str, resume: bool = False) -> Film | Pictures:
    """Returns what writes to an output: a video, a folder or a pattern; see `Film`."""
    return (Film if is_video(output) else Pictures)(output, run, resume)


def check_output(output: Path) -> None:
    """Raises ValueError when neither a video nor pictures can be written there."""
    if not output.name:
        raise ValueError(f"output must be a folder by its name. Received: output={output}")
    problem = _why_no_video(output) if is_video(output) else _why_no_pictures(output)
    if problem:
        raise ValueError(f"output must {problem}. Received: output={output}")


def _why_no_video(output: Path) -> str:
    """Returns what an output must be, so that a video can be written there; empty where it is."""
    # Its parts lie beside what a link leads to, in a hidden folder of a longer name.
    target = Path(os.path.realpath(output))
    if files.is_name_too_long(target.with_name(parts_name(target))):
        return "have a shorter name"
    return destinations.why_no_file(output)


def _why_no_pictures(output: Path) -> str:
    """Returns what an output must be, so that pictures can be written there; empty where it is."""
    pictures = picture_writer.names(output)
    folder = pictures.folder
    is_pattern = folder != output
    if not folder.is_dir() and (os.path.lexists(folder) or (output.suffix and not is_pattern)):
        return (
            f"be a folder for pictures, or end in one of {', '.join(CODECS)}, or have a number's "
            "place as frame_%04d.png has"
        )
    if pictures.after != picture_writer.SUFFIX and is_pattern:
        return f"end in {picture_writer.SUFFIX}, or be a video or a folder"
    # A frame's number may be longer than its place.
    if files.is_name_too_long(pictures.path(10**8)):
        return "have a shorter name"
    if not folder.parent.is_dir():
        return f"lie in an existing folder; create {folder.parent} first"
    return destinations.why_no_folder(folder)
