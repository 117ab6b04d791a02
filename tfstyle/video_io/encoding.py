"""How frames become a video: codecs, their settings, and one piece of it as a file."""

from __future__ import annotations

import dataclasses
import fractions
import typing
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from tfstyle.video_io.clip import Clip, Colors
from tfstyle.video_io.ffmpeg.pyav import load_pyav

if typing.TYPE_CHECKING:
    from av.container import OutputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    from tfstyle.video_io.ffmpeg.pyav import AnyPacket

CODECS = {
    ".m4v": "libx264",
    ".mkv": "libx264",
    ".mov": "libx264",
    ".mp4": "libx264",
    ".webm": "libvpx-vp9",
}
"""The codec for each file name suffix."""

OPTIONS = {
    # Without frames that look ahead, packets come in the frames' order.
    "libx264": {"preset": "superfast", "bf": "0"},
    "libvpx-vp9": {"b": "0", "deadline": "realtime", "cpu-used": "6", "row-mt": "1"},
}


@dataclasses.dataclass(frozen=True)
class Encoding:
    """How frames become a video."""

    size: tuple[int, int]
    """(height, width) in pixels."""
    rate: fractions.Fraction
    tick_seconds: fractions.Fraction
    crf: int = 18
    colors: Colors = Colors()
    pixel_aspect: fractions.Fraction = fractions.Fraction(1)

    @classmethod
    def of(cls, clip: Clip, crf: int) -> Encoding:
        """Returns how a clip's pastiches become a video that plays as the clip does."""
        return cls(clip.size, clip.rate, clip.tick_seconds, crf, clip.colors, clip.pixel_aspect)


class Part:
    """A part of a video while it is written."""

    def __init__(self, path: Path, output: Path, encoding: Encoding):
        """Begins one at a path, for an output whose suffix says the codec."""
        self.path = path
        self.ticks: list[int] = []
        self._encoding = encoding
        codec = CODECS[output.suffix.lower()]
        self._container = load_pyav().open(str(path), "w", format="matroska")
        self._stream = _add_stream(self._container, codec, encoding)

    def write(self, pixels: np.ndarray, tick: int) -> None:
        """Encodes a frame; an odd last row or column, which video has not, is left out."""
        height, width = _even(self._encoding.size)
        frame = load_pyav().VideoFrame.from_ndarray(
            np.ascontiguousarray(pixels[:height, :width]), format="rgb24"
        )
        self._mux(self._stream.encode(self._to_yuv(frame, len(self.ticks))))
        self.ticks.append(tick)

    def close(self) -> None:
        """Completes the file."""
        self._mux(self._stream.encode(None))
        self._container.close()

    def _to_yuv(self, frame: VideoFrame, number: int) -> VideoFrame:
        colors = self._encoding.colors
        coded = frame.reformat(
            format="yuv420p",
            dst_colorspace=colors.matrix,
            dst_color_range="JPEG" if colors.full_range else "MPEG",
        )
        # Matroska counts milliseconds: true times are given to the packets when parts are joined.
        coded.pts, coded.time_base = number, 1 / self._encoding.rate
        return coded

    def _mux(self, packets: Iterable[AnyPacket]) -> None:
        for packet in packets:
            self._container.mux(packet)


def _even(size: tuple[int, int]) -> tuple[int, int]:
    height, width = (max(2, side // 2 * 2) for side in size)
    return height, width


def _add_stream(container: OutputContainer, codec: str, encoding: Encoding) -> VideoStream:
    stream = typing.cast("VideoStream", container.add_stream(codec, rate=encoding.rate))
    stream.height, stream.width = _even(encoding.size)
    # What every player and browser shows, unlike 4:4:4 or ten bits.
    stream.pix_fmt = "yuv420p"
    stream.options = {"crf": str(encoding.crf), **OPTIONS[codec]}
    stream.sample_aspect_ratio = encoding.pixel_aspect
    context, colors = stream.codec_context, encoding.colors
    # FFmpeg's numbers: 2 is full range, 1 is video's 16 to 235.
    context.color_range = 2 if colors.full_range else 1
    context.colorspace = colors.matrix
    context.color_primaries, context.color_trc = colors.primaries, colors.transfer
    return stream
