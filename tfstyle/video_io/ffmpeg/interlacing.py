"""Interlaced frames, whose even and odd rows are of two moments, as whole pictures of one."""

from __future__ import annotations

import collections
import contextlib
import typing
from collections.abc import Iterable, Iterator

from tfstyle.video_io.ffmpeg.pyav import load_pyav

if typing.TYPE_CHECKING:
    from av.filter import Graph
    from av.video.frame import VideoFrame

Timed = tuple["VideoFrame", int]
"""A decoded frame, and the tick at which it is shown."""

# One picture a frame, not a field, by the order of the fields that each frame states. Those that
# are not interlaced pass as they are.
FILTER = ("bwdif", "mode=send_frame:parity=auto:deint=interlaced")
"""FFmpeg's best of its quick filters, and its settings."""

SMALLEST = 16
"""Least side in pixels, which the filter wants half of for the colours."""


def weave_out(timed: Iterable[Timed]) -> Iterator[Timed]:
    """Yields frames as they are; from the first interlaced one on, those are deinterlaced.

    Before it no frame is kept, nor copied: FFmpeg fills what is damaged from pictures that it can
    use again.
    """
    filtered: _Filter | None = None
    for decoded, tick in timed:
        if filtered is not None and not filtered.suits(decoded):
            yield from filtered.finish()
            filtered = None
        if filtered is None and _is_combed(decoded):
            filtered = _Filter(decoded)
        if filtered is None:
            yield decoded, tick
        else:
            yield from filtered.pass_through(decoded, tick)
    if filtered is not None:
        yield from filtered.finish()


def _is_combed(decoded: VideoFrame) -> bool:
    return decoded.interlaced_frame and min(decoded.width, decoded.height) >= SMALLEST


class _Filter:
    """FFmpeg's filter; each frame comes out when the next one is in."""

    def __init__(self, like: VideoFrame):
        """Begins for frames of that one's size and format."""
        self._kind = _kind(like)
        self._graph = _build(like)
        self._ticks: collections.deque[int] = collections.deque()

    def suits(self, decoded: VideoFrame) -> bool:
        """Returns whether a frame is of the size and format that it was begun for."""
        return _kind(decoded) == self._kind

    def pass_through(self, decoded: VideoFrame, tick: int) -> Iterator[Timed]:
        """Takes the next frame, and yields what comes out for it."""
        self._ticks.append(tick)
        self._graph.vpush(decoded)
        yield from self._pull()

    def finish(self) -> Iterator[Timed]:
        """Yields what is left."""
        self._graph.vpush(None)
        yield from self._pull()

    def _pull(self) -> Iterator[Timed]:
        # What is raised says that it wants more, or that nothing more will come.
        with contextlib.suppress(BlockingIOError, load_pyav().error.EOFError):
            while True:
                # Its own times are in other units, and those of frames without one are made up.
                yield self._graph.vpull(), self._ticks.popleft()


def _kind(frame: VideoFrame) -> tuple[int, int, str]:
    return frame.width, frame.height, frame.format.name


def _build(like: VideoFrame) -> Graph:
    graph = load_pyav().filter.Graph()
    source = graph.add_buffer(
        width=like.width, height=like.height, format=like.format, time_base=like.time_base
    )
    name, settings = FILTER
    graph.link_nodes(source, graph.add(name, settings), graph.add("buffersink")).configure()
    return graph
