"""Clips out: a video written part by part, so that an interrupted run goes on, or pictures."""

import contextlib
import dataclasses
import fractions
import json
import os
import secrets
import shutil
import time
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from tfstyle import image
from tfstyle.video_reading import Clip, load_pyav

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

PART_SECONDS = 30.0
"""How much work a kill may cost: a part that is this old is closed."""

PICTURE = "frame_{:06}.png"
"""How the pictures of a folder are named, counted from 0."""


@dataclasses.dataclass(frozen=True)
class Encoding:
    """How frames become a video."""

    size: tuple[int, int]
    """(height, width) in pixels."""
    rate: fractions.Fraction
    tick_seconds: fractions.Fraction
    crf: int = 18
    full_range: bool = False
    color_matrix: int | None = None


def is_video(output: Path) -> bool:
    """Returns whether an output is to be one file, not a folder of pictures."""
    return output.suffix.lower() in CODECS


def check_output(output: Path) -> None:
    """Raises ValueError when neither a video nor a folder of pictures can be written there."""
    if output.suffix and not is_video(output) and not output.is_dir():
        raise ValueError(
            f"output must be a folder for pictures, or end in one of {', '.join(CODECS)}. "
            f"Received: output={output}"
        )
    if is_video(output) and output.is_dir():
        raise ValueError(f"output must be a file, not a folder. Received: output={output}")
    if not output.parent.is_dir():
        raise ValueError(
            f"output must lie in an existing folder; create {output.parent} first. "
            f"Received: output={output}"
        )
    if image.is_name_too_long(output.with_name(parts_name(output))):
        raise ValueError(f"output must have a shorter name. Received: output={output}")
    if not os.access(output.parent, os.W_OK | os.X_OK):
        raise ValueError(
            f"output must lie in a folder that you may write to. Received: output={output}"
        )


def parts_name(output: Path) -> str:
    """Returns the name of the folder that holds a video's parts until it is complete."""
    return f".{output.name}.parts"


# --- A video, part by part ---


class Film:
    """A video being written as parts in a hidden folder beside the output.

    A part counts once its list of times is there. With it lie the last pastiches, which the next
    frame may need.
    """

    def __init__(self, output: Path, run: str, resume: bool = False):
        """Begins, or goes on where a run was interrupted.

        Args:
            output: the video.
            run: what tells this run from others: settings and inputs.
            resume: whether to go on from the parts of the same run.

        Raises:
            ValueError: the parts are another run's.
        """
        self._output = output
        self._folder = output.with_name(parts_name(output))
        self._run = run
        self._parts = self._find(resume)
        self._open: _Part | None = None

    @property
    def frames(self) -> int:
        """How many frames earlier runs have written."""
        return sum(len(ticks) for _, ticks in self._parts)

    def last_pastiches(self) -> list[np.ndarray]:
        """Returns the last pastiches of an earlier run, `[height, width, 3]`, uint8."""
        path = self._folder / f"last_{self.frames}.npz"
        if not path.exists():
            return []
        with np.load(path) as kept:
            return list(kept["pastiches"])

    def write(self, pixels: np.ndarray, tick: int, encoding: Encoding) -> None:
        """Appends a frame `[height, width, 3]`, uint8, shown at that tick."""
        if self._open is None:
            self._folder.mkdir(exist_ok=True)
            number = len(self._parts)
            self._open = _Part(self._folder / f"part_{number:05}.mkv", self._output, encoding)
        self._open.write(pixels, tick)

    @property
    def is_due(self) -> bool:
        """Whether the part at work is so old that it should be closed."""
        return self._open is not None and self._open.age > PART_SECONDS

    def close_part(self, last_pastiches: Sequence[np.ndarray]) -> None:
        """Makes the frames so far safe, with what the next one needs."""
        if self._open is None:
            return
        self._open.close()
        self._parts.append((self._open.path, self._open.ticks))
        before = set(self._folder.glob("last_*.npz"))
        kept = self._folder / f"last_{self.frames}.npz"
        with image.atomically(kept) as file:
            np.savez(file, pastiches=np.array(last_pastiches, np.uint8))
        with image.atomically(self._open.path.with_suffix(".json")) as file:
            file.write(json.dumps({"run": self._run, "ticks": self._open.ticks}).encode())
        for path in before - {kept}:
            path.unlink()
        self._open = None

    def finish(self, clip: Clip, encoding: Encoding) -> None:
        """Joins the parts to the video, with the clip's sound, and removes them."""
        temporary = self._output.with_name(f".{secrets.token_hex(8)}{self._output.suffix}")
        try:
            _join(self._parts, temporary, clip, encoding)
            os.replace(temporary, self._output)
        finally:
            temporary.unlink(missing_ok=True)
        self.remove()

    def remove(self) -> None:
        """Removes the parts."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _find(self, resume: bool) -> list[tuple[Path, list[int]]]:
        """Returns the parts to go on from, with their ticks; removes what else there is."""
        if not resume:
            self.remove()
            return []
        parts = []
        for path in sorted(self._folder.glob("part_*.json")):
            found = json.loads(path.read_bytes())
            if found["run"] != self._run:
                raise ValueError(
                    "resume must be of the same input, style and settings; without it the run "
                    f"begins anew. Received: resume=True for {self._output}"
                )
            parts.append((path.with_suffix(".mkv"), found["ticks"]))
        return parts


class _Part:
    """A part of a video while it is written."""

    def __init__(self, path: Path, output: Path, encoding: Encoding):
        self.path, self.ticks = path, []
        self._began = time.monotonic()
        self._encoding = encoding
        codec = CODECS[output.suffix.lower()]
        self._container = load_pyav().open(str(path), "w", format="matroska")
        self._stream = _add_stream(self._container, codec, encoding)

    @property
    def age(self) -> float:
        return time.monotonic() - self._began

    def write(self, pixels: np.ndarray, tick: int) -> None:
        """Encodes a frame; an odd last row or column, which video has not, is left out."""
        height, width = _even(self._encoding.size)
        frame = load_pyav().VideoFrame.from_ndarray(
            np.ascontiguousarray(pixels[:height, :width]), format="rgb24"
        )
        self._mux(self._stream.encode(self._to_yuv(frame, len(self.ticks))))
        self.ticks.append(tick)

    def close(self) -> None:
        self._mux(self._stream.encode(None))
        self._container.close()

    def _to_yuv(self, frame, number: int):
        coded = frame.reformat(
            format="yuv420p",
            dst_colorspace=self._encoding.color_matrix,
            dst_color_range="JPEG" if self._encoding.full_range else "MPEG",
        )
        # Matroska counts milliseconds: true times are given to the packets when parts are joined.
        coded.pts, coded.time_base = number, 1 / self._encoding.rate
        return coded

    def _mux(self, packets) -> None:
        for packet in packets:
            self._container.mux(packet)


def _even(size: tuple[int, int]) -> tuple[int, int]:
    height, width = (max(2, side // 2 * 2) for side in size)
    return height, width


def _add_stream(container, codec: str, encoding: Encoding):
    stream = container.add_stream(codec, rate=encoding.rate)
    stream.height, stream.width = _even(encoding.size)
    stream.pix_fmt = "yuv420p"
    stream.options = {"crf": str(encoding.crf), **OPTIONS[codec]}
    context = stream.codec_context
    context.color_range = 2 if encoding.full_range else 1
    if encoding.color_matrix is not None:
        context.colorspace = encoding.color_matrix
    return stream


# --- Joining ---


def _join(
    parts: Sequence[tuple[Path, list[int]]], path: Path, clip: Clip, encoding: Encoding
) -> None:
    """Writes the packets of all parts as one video, each at its own time, and the sound."""
    av = load_pyav()
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(av.open(str(parts[0][0])))
        target = stack.enter_context(av.open(str(path), "w"))
        stream = target.add_stream_from_template(first.streams.video[0])
        stream.time_base = encoding.tick_seconds
        start = float(parts[0][1][0] * encoding.tick_seconds)
        sound = _Sound(stack, target, clip, start) if clip.has_sound else None
        for packet, tick in _packets(parts):
            if sound:
                sound.write_until(float(tick * encoding.tick_seconds))
            packet.stream, packet.time_base = stream, encoding.tick_seconds
            packet.pts = packet.dts = tick
            target.mux(packet)
        if sound:
            sound.write_until(float("inf"))


def _packets(parts: Sequence[tuple[Path, list[int]]]) -> Iterator[tuple]:
    """Yields each frame's packet with its tick, counted from the first frame's."""
    origin = parts[0][1][0]
    for path, ticks in parts:
        with load_pyav().open(str(path)) as container:
            packets = (each for each in container.demux(video=0) if each.size)
            for packet, tick in zip(packets, ticks, strict=True):
                yield packet, tick - origin


class _Sound:
    """The clip's sound, copied as it is, beside a picture that starts at so many seconds of it."""

    def __init__(self, stack: contextlib.ExitStack, target, clip: Clip, start: float):
        self._target, self._clip = target, clip
        self._shift = clip.origin + start
        source = stack.enter_context(load_pyav().open(clip.path))
        self._streams = {}
        try:
            for stream in source.streams.audio:
                self._streams[stream.index] = target.add_stream_from_template(stream)
        except ValueError as error:
            warnings.warn(f"the sound cannot be kept in this kind of file: {error}", stacklevel=2)
        if clip.begin:
            source.seek(int(self._shift * load_pyav().time_base))
        self._packets = self._read(source)
        self._waiting = next(self._packets, None)

    def _read(self, source) -> Iterator[tuple[float, object]]:
        """Yields each packet with its time in the pastiche, in seconds."""
        streams = [stream for stream in source.streams.audio if stream.index in self._streams]
        if not streams:
            return
        with contextlib.suppress(load_pyav().error.FFmpegError):
            for packet in source.demux(streams):
                if packet.pts is None:
                    continue
                seconds = float(packet.pts * packet.time_base) - self._shift
                if self._end is not None and seconds >= self._end:
                    return
                # A whole clip's sound may begin before its picture: what codecs run in with.
                if seconds >= 0 or not self._clip.begin:
                    yield seconds, packet

    @property
    def _end(self) -> float | None:
        """Returns where the sound ends, in seconds of the result."""
        if self._clip.end is None:
            return None
        return self._clip.origin + self._clip.end - self._shift

    def write_until(self, seconds: float) -> None:
        """Copies the packets up to a time."""
        while self._waiting is not None and self._waiting[0] <= seconds:
            _, packet = self._waiting
            shift = round(self._shift / packet.time_base)
            packet.pts, packet.dts = packet.pts - shift, (packet.dts or packet.pts) - shift
            packet.stream = self._streams[packet.stream.index]
            self._target.mux(packet)
            self._waiting = next(self._packets, None)


# --- Pictures ---


class Pictures:
    """A folder of pictures being written, one a frame; each is its own part."""

    def __init__(self, output: Path, run: str, resume: bool = False):
        """Begins, or goes on after the pictures that are there; see `Film`."""
        self._folder = output
        self._note = output / ".run"
        if resume and self._note.exists() and self._note.read_text() != run:
            raise ValueError(
                "resume must be of the same input, style and settings; without it the run "
                f"begins anew. Received: resume=True for {output}"
            )
        output.mkdir(exist_ok=True)
        self.frames = self._count() if resume and self._note.exists() else 0
        self._note.write_text(run)
        self._written = self.frames
        self.is_due = False

    def last_pastiches(self) -> list[np.ndarray]:
        """Returns the last pastiches of an earlier run."""
        paths = (self._path(number) for number in range(max(0, self.frames - 16), self.frames))
        return [np.rint(image.read(path)[0] * 255).astype(np.uint8) for path in paths]

    def write(self, pixels: np.ndarray, tick: int, encoding: Encoding) -> None:
        """Writes a frame `[height, width, 3]`, uint8."""
        with image.atomically(self._path(self._written)) as file:
            Image.fromarray(pixels).save(file, "PNG", compress_level=1)
        self._written += 1

    def close_part(self, last_pastiches: Sequence[np.ndarray]) -> None:
        """Does nothing: what is written is safe."""

    def finish(self, clip: Clip, encoding: Encoding) -> None:
        """Forgets the run."""
        self._note.unlink(missing_ok=True)

    def _count(self) -> int:
        """Returns how many pictures there are without a gap."""
        number = 0
        while self._path(number).exists():
            number += 1
        return number

    def _path(self, number: int) -> Path:
        return self._folder / PICTURE.format(number)


def begin(output: Path, run: str, resume: bool = False) -> Film | Pictures:
    """Returns what writes to an output, a video or a folder; see `Film`."""
    return (Film if is_video(output) else Pictures)(output, run, resume)
