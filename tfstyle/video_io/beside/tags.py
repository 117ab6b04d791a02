"""A clip's titles, chapters and its tracks' names and languages."""

from __future__ import annotations

import math
import typing
import warnings
from pathlib import Path

from tfstyle.video_io.beside import lost
from tfstyle.video_io.clip import Clip
from tfstyle.video_io.ffmpeg.pyav import open_file

if typing.TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer
    from av.container.core import Chapter
    from av.stream import Stream

OF_THE_FILE = {
    "compatible_brands",
    "duration",
    "encoder",
    "major_brand",
    "minor_version",
    "software",
    # FFmpeg would make a track of it, which counts from the source's first frame.
    "timecode",
}
"""Tags, in small letters, that say how the source is stored, and nothing of what it shows."""


NO_LANGUAGE = "und"
"""What ISO 639-2 has for undetermined."""


def copy_tags(source: InputContainer, target: OutputContainer) -> None:
    """Copies title, artist, date and whatever else a file says of the whole clip."""
    target.metadata.update(_tags(source))


def _tags(source: InputContainer) -> dict[str, str]:
    return {key: value for key, value in source.metadata.items() if key.lower() not in OF_THE_FILE}


def copy_names(source: Stream, target: Stream) -> None:
    """Copies a track's language and title."""
    target.metadata.update(_names(source))


def _names(stream: Stream) -> dict[str, str]:
    """Returns what a track says of its language and title."""
    says = {key.lower(): value for key, value in stream.metadata.items()}
    # MP4 calls a title so, and has a word for no language.
    names = {"language": says.get("language"), "title": says.get("title", says.get("name"))}
    return {key: value for key, value in names.items() if value and value != NO_LANGUAGE}


def copy_chapters(
    source: InputContainer, target: OutputContainer, clip: Clip, shift: float
) -> None:
    """Copies the chapters of the clip's span, each as far as it lies in it.

    Args:
        source: the open source.
        target: to which nothing is written yet.
        clip: says the span.
        shift: seconds from the source's times to the target's.
    """
    end = math.inf if clip.span.end is None else clip.origin + clip.span.end - shift
    moved = (_move(chapter, shift, end) for chapter in source.chapters())
    target.set_chapters([chapter for chapter in moved if chapter["start"] < chapter["end"]])


def _move(chapter: Chapter, shift: float, end: float) -> Chapter:
    """Returns a chapter so much earlier, cut to what lies from 0 to an end in seconds."""
    unit = float(chapter["time_base"] or 1)
    begins, ends = (chapter[at] - round(shift / unit) for at in ("start", "end"))
    last = ends if end == math.inf else round(end / unit)
    return {**chapter, "start": max(0, begins), "end": min(ends, last)}


def warn_of_lost(clip: Clip, output: Path) -> None:
    """Warns of a clip's tags that its output, which is written, turns out to lack."""
    with open_file(clip.path) as source, open_file(output) as written:
        # MP4 has a list of its own of what may be said; FFmpeg leaves out the rest.
        present = {key.lower() for key in written.metadata}
        lacking = sorted(key for key in _tags(source) if key.lower() not in present)
        lacking += _lost_names(source, written, output.suffix.lower())
    if lacking:
        warnings.warn(f"tags cannot be kept in {output.suffix}: {', '.join(lacking)}", stacklevel=2)


def _lost_names(source: InputContainer, written: InputContainer, suffix: str) -> list[str]:
    """Returns what the copied tracks said of themselves and say no more, each with its value."""
    tracks = zip(
        lost.fitting(source, suffix),
        [*written.streams.audio, *written.streams.subtitles],
        strict=False,
    )
    return [
        f"{key} {value}"
        for before, after in tracks
        for key, value in _names(before).items()
        # QuickTime has no number for most languages.
        if _names(after).get(key) != value
    ]
