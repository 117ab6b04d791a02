"""What an output's kind of file has no place for."""

from __future__ import annotations

import io
import typing
import warnings
from pathlib import Path

from tfstyle.video_io.clip import Clip
from tfstyle.video_io.encoding import ALPHA_CODECS, keeps_alpha
from tfstyle.video_io.ffmpeg.pyav import load_pyav, open_file

if typing.TYPE_CHECKING:
    from av.container import InputContainer

    from tfstyle.video_io.beside.track import CopiedStream

FORMATS = {".m4v": "mp4", ".mkv": "matroska", ".mov": "mov", ".mp4": "mp4", ".webm": "webm"}
"""FFmpeg's names of the kinds of file, by suffix."""


def warn_of_lost(clip: Clip, output: Path) -> None:
    """Warns of each thing that a video has no place for: tracks, and transparency."""
    if clip.has_alpha and not keeps_alpha(output):
        warnings.warn(
            f"the transparency cannot be kept in {output.suffix}, where the clip is laid onto "
            f"white; a folder of pictures keeps it, and so do {', '.join(ALPHA_CODECS)}",
            stacklevel=2,
        )
    if not clip.is_file:
        return
    with open_file(clip.path) as source:
        _warn_of_tracks("sound", source.streams.audio, output)
        _warn_of_tracks("subtitles", source.streams.subtitles, output)


def _warn_of_tracks(what: str, streams: typing.Sequence[CopiedStream], output: Path) -> None:
    for number, stream in enumerate(streams, start=1):
        reason = _why_unfit(stream, output.suffix.lower())
        if reason:
            # None where FFmpeg does not know it.
            codec = stream.codec_context
            warnings.warn(
                f"the {what} cannot be kept in {output.suffix}, track {number} "
                f"({codec.name if codec else 'unknown'}): {reason}{_hint(stream)}",
                stacklevel=3,
            )


def _hint(stream: CopiedStream) -> str:
    """Returns which kinds of file keep a track, where any does."""
    kinds = [suffix for suffix in FORMATS if not _why_unfit(stream, suffix)]
    return f"; choose one of {', '.join(kinds)} to keep it" if kinds else ""


def fitting(source: InputContainer, suffix: str) -> list[CopiedStream]:
    """Returns the tracks of sound and subtitles that can be copied into that kind of file."""
    streams: list[CopiedStream] = [*source.streams.audio, *source.streams.subtitles]
    return [stream for stream in streams if not _why_unfit(stream, suffix)]


def _why_unfit(stream: CopiedStream, suffix: str) -> str:
    """Returns why a track cannot be copied into that kind of file; nothing if it can."""
    # FFmpeg has no list of what fits into what: beginning a file in memory shows it.
    try:
        with load_pyav().open(io.BytesIO(), "w", format=FORMATS[suffix]) as target:
            target.add_stream_from_template(stream)
            target.start_encoding()
    except (ValueError, load_pyav().error.FFmpegError) as error:
        return str(error)
    return ""
