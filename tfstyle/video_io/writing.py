"""Clips out: a video, or a folder of pictures."""

import os
from pathlib import Path

from tfstyle.system import files
from tfstyle.video_io.encoding import CODECS
from tfstyle.video_io.parts import parts_name
from tfstyle.video_io.picture_writer import Pictures
from tfstyle.video_io.video_writer import Film


def is_video(output: Path) -> bool:
    """Returns whether an output is to be one file, not a folder of pictures."""
    return output.suffix.lower() in CODECS


def begin(output: Path, run: str, resume: bool = False) -> Film | Pictures:
    """Returns what writes to an output, a video or a folder; see `Film`."""
    return (Film if is_video(output) else Pictures)(output, run, resume)


def check_output(output: Path) -> None:
    """Raises ValueError when neither a video nor a folder of pictures can be written there."""
    _check_kind(output)
    # The hidden folder of a video's parts has a longer name than the video.
    if files.is_name_too_long(output.with_name(parts_name(output))):
        raise ValueError(f"output must have a shorter name. Received: output={output}")
    if not output.parent.is_dir():
        raise ValueError(
            f"output must lie in an existing folder; create {output.parent} first. "
            f"Received: output={output}"
        )
    for folder in (output.parent, output):
        if folder.is_dir() and not os.access(folder, os.W_OK | os.X_OK):
            raise ValueError(
                f"output must lie in a folder that you may write to; change the permissions of "
                f"{folder} or choose another. Received: output={output}"
            )


def _check_kind(output: Path) -> None:
    """Raises ValueError when the name says one thing, and what lies there is another."""
    if not output.name:
        raise ValueError(f"output must be a folder by its name. Received: output={output}")
    if is_video(output):
        if output.is_dir():
            raise ValueError(f"output must be a file, not a folder. Received: output={output}")
    elif not output.is_dir() and (output.suffix or os.path.lexists(output)):
        raise ValueError(
            f"output must be a folder for pictures, or end in one of {', '.join(CODECS)}. "
            f"Received: output={output}"
        )
