"""How frames become a video: codecs, their settings, and one piece of it as a file."""

from __future__ import annotations

import dataclasses
import fractions
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from tfstyle import image
from tfstyle.video_io.clip import Clip, Colors
from tfstyle.video_io.ffmpeg.pyav import load_pyav

if typing.TYPE_CHECKING:
    from av.container import OutputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    from tfstyle.video_io.ffmpeg.pyav import AnyPacket


@dataclasses.dataclass(frozen=True)
class Codec:
    """What codes frames, by FFmpeg's names."""

    name: str
    # What every player and browser shows, unlike 4:4:4 or ten bits.
    pixels: str = "yuv420p"
    options: Mapping[str, str] = dataclasses.field(default_factory=dict)
    takes_full_range: bool = True
    """Whether it can say that all 256 levels are used."""


# Without frames that look ahead, packets come in the frames' order.
H264 = Codec("libx264", options={"preset": "superfast", "bf": "0"})

VP9 = Codec(
    "libvpx-vp9", options={"b": "0", "deadline": "realtime", "cpu-used": "6", "row-mt": "1"}
)

CODECS = {".m4v": H264, ".mkv": H264, ".mov": H264, ".mp4": H264, ".webm": VP9}
"""The codec for each file name suffix."""

# Its frames that are never shown cannot be transparent.
VP9_ALPHA = Codec("libvpx-vp9", "yuva420p", {**VP9.options, "auto-alt-ref": "0"})

PRORES_ALPHA = Codec(
    "prores_ks",
    "yuva444p10le",
    {"profile": "4444", "alpha_bits": "16"},
    takes_full_range=False,
)

ALPHA_CODECS = {".mkv": VP9_ALPHA, ".mov": PRORES_ALPHA, ".webm": VP9_ALPHA}
"""The codec for a transparent clip, for those suffixes whose files can keep that."""


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
    has_alpha: bool = False
    """Whether its frames have a fourth channel, their transparency."""

    @classmethod
    def of(cls, clip: Clip, crf: int) -> Encoding:
        """Returns how a clip's pastiches become a video that plays as the clip does."""
        return cls(
            clip.size,
            clip.rate,
            clip.tick_seconds,
            crf,
            clip.colors,
            clip.pixel_aspect,
            clip.has_alpha,
        )

    def by(self, codec: Codec) -> Encoding:
        """Returns it as a codec can do it."""
        full_range = self.colors.full_range and codec.takes_full_range
        return dataclasses.replace(
            self, colors=dataclasses.replace(self.colors, full_range=full_range)
        )


class Part:
    """A part of a video while it is written."""

    def __init__(self, path: Path, output: Path, encoding: Encoding):
        """Begins one at a path, for an output whose suffix says the codec."""
        self.path = path
        self.ticks: list[int] = []
        self._keeps_alpha = encoding.has_alpha and keeps_alpha(output)
        codec = (ALPHA_CODECS if self._keeps_alpha else CODECS)[output.suffix.lower()]
        self._encoding = encoding.by(codec)
        self._container = load_pyav().open(str(path), "w", format="matroska")
        self._stream = _add_stream(self._container, codec, self._encoding)

    def write(self, pixels: np.ndarray, tick: int) -> None:
        """Encodes a frame; an odd last row or column, which video has not, is left out."""
        height, width = _even(self._encoding.size)
        if self._encoding.has_alpha and not self._keeps_alpha:
            pixels = _on_white(pixels)
        frame = load_pyav().VideoFrame.from_ndarray(
            np.ascontiguousarray(pixels[:height, :width]),
            format="rgba" if self._keeps_alpha else "rgb24",
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
            format=self._stream.pix_fmt,
            dst_colorspace=colors.matrix,
            dst_color_range="JPEG" if colors.full_range else "MPEG",
        )
        # Matroska counts milliseconds: true times are given to the packets when parts are joined.
        coded.pts, coded.time_base = number, 1 / self._encoding.rate
        return coded

    def _mux(self, packets: Iterable[AnyPacket]) -> None:
        for packet in packets:
            self._container.mux(packet)


def keeps_alpha(output: Path) -> bool:
    """Returns whether an output's kind of file has a place for transparency."""
    return output.suffix.lower() in ALPHA_CODECS


def _on_white(pixels: np.ndarray) -> np.ndarray:
    """Returns `[height, width, 4]`, uint8, as JPEG files of stills have it: laid onto white."""
    values = image.from_bytes(pixels)
    alpha = values[..., 3:]
    return image.to_bytes(alpha * values[..., :3] + (1 - alpha))


def _even(size: tuple[int, int]) -> tuple[int, int]:
    height, width = (max(2, side // 2 * 2) for side in size)
    return height, width


def _add_stream(container: OutputContainer, codec: Codec, encoding: Encoding) -> VideoStream:
    stream = typing.cast("VideoStream", container.add_stream(codec.name, rate=encoding.rate))
    stream.height, stream.width = _even(encoding.size)
    stream.pix_fmt = codec.pixels
    stream.options = {"crf": str(encoding.crf), **codec.options}
    stream.sample_aspect_ratio = encoding.pixel_aspect
    context, colors = stream.codec_context, encoding.colors
    # FFmpeg's numbers: 2 is full range, 1 is video's 16 to 235.
    context.color_range = 2 if colors.full_range else 1
    context.colorspace = colors.matrix
    context.color_primaries, context.color_trc = colors.primaries, colors.transfer
    return stream
