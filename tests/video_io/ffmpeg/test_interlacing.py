"""Frames whose even and odd rows are of two moments."""

from fractions import Fraction
from pathlib import Path

import clips
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from tfstyle.video_io.ffmpeg.interlacing import weave_out
from tfstyle.video_io.reading import open_clip

av = pytest.importorskip("av")

CASES = Path(__file__).parents[2] / "cases"

MOMENTS = clips.frames(16, size=(64, 96), step=4)
"""Twice as many as there are frames."""


def interlaced(top_first, moments=MOMENTS):
    """Frames of two moments each: the first in the even rows, or in the odd ones."""
    woven = []
    for first, second in zip(moments[::2], moments[1::2], strict=True):
        frame = first.copy()
        later = 1 if top_first else 0
        frame[later::2] = second[later::2]
        woven.append(frame)
    return woven


def flag(pictures, kind):
    """Decoded frames that say tff or bff, the first field being the top or the bottom one."""
    graph = av.filter.Graph()
    source = graph.add_buffer(
        width=96, height=64, format=av.VideoFormat("yuv444p"), time_base=clips.Fraction(1, 10)
    )
    graph.link_nodes(
        source, graph.add("setfield", f"mode={kind}"), graph.add("buffersink")
    ).configure()
    flagged = []
    for number, pixels in enumerate(pictures):
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format="yuv444p")
        frame.pts, frame.time_base = number, Fraction(1, 10)
        graph.vpush(frame)
        flagged.append(graph.vpull())
    return flagged


def pixels_of(frame):
    return frame.to_ndarray(format="rgb24")


def write(path, pictures, kind):
    """Writes interlaced MPEG-2."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg2video", rate=25)
        stream.height, stream.width, stream.pix_fmt = 64, 96, "yuv420p"
        stream.options = {"flags": "+ildct+ilme", "qmin": "1", "b": "4M", "bf": "0"}
        for frame in flag(pictures, kind):
            frame.time_base = Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def combing(pixels):
    """How far rows differ from the mean of those above and below."""
    grey = pixels.mean(axis=-1)
    return np.abs(grey[1:-1] - (grey[:-2] + grey[2:]) / 2).mean()


@pytest.mark.parametrize("kind", ["tff", "bff"])
def test_each_frame_keeps_the_rows_of_its_first_moment_and_is_combed_no_more(kind):
    combed = flag(interlaced(kind == "tff"), kind)
    out = list(weave_out((frame, 7 * number) for number, frame in enumerate(combed)))
    assert [tick for _, tick in out] == [7 * number for number in range(8)]
    first = slice(0 if kind == "tff" else 1, None, 2)
    for (frame, _), before in zip(out, combed, strict=True):
        assert not frame.interlaced_frame
        assert_array_equal(pixels_of(frame)[first], pixels_of(before)[first])
        assert combing(pixels_of(frame)[16:32]) < combing(pixels_of(before)[16:32])


def test_progressive_frames_are_the_same_objects():
    frames = flag(MOMENTS[:4], "prog")
    out = [frame for frame, _ in weave_out((frame, 0) for frame in frames)]
    assert all(one is other for one, other in zip(out, frames, strict=True))


def test_of_mixed_frames_those_that_are_progressive_stay_bit_for_bit():
    frames = flag(MOMENTS[:2], "prog") + flag(interlaced(True), "tff") + flag(MOMENTS[:3], "prog")
    frames += flag(interlaced(False), "bff")
    out = list(weave_out((frame, number) for number, frame in enumerate(frames)))
    assert [tick for _, tick in out] == list(range(len(frames)))
    for (frame, _), given in zip(out, frames, strict=True):
        same = np.array_equal(pixels_of(frame), pixels_of(given))
        assert same != given.interlaced_frame
        assert (frame.color_range, frame.colorspace) == (given.color_range, given.colorspace)


def test_another_size_begins_anew():
    frames = flag(interlaced(True), "tff")
    small = [frame.reformat(width=48, height=32) for frame in flag(MOMENTS[:2], "prog")]
    order = [*frames[:3], *small, *frames[3:]]
    out = list(weave_out((frame, number) for number, frame in enumerate(order)))
    assert [tick for _, tick in out] == list(range(len(order)))
    assert [frame.width for frame, _ in out] == [frame.width for frame in order]


def test_an_interlaced_file_is_not_combed():
    """Five frames at its own times."""
    with open_clip(CASES / "interlaced.mpg") as clip:
        found = list(clip)
    with av.open(str(CASES / "interlaced.mpg")) as container:
        stored = [pixels_of(frame) for frame in container.decode(video=0)]
    assert [float(frame.tick * clip.tick_seconds) for frame in found] == [0, 0.2, 0.4, 0.6, 0.8]
    for frame, before in zip(found, stored, strict=True):
        assert combing(frame.pixels) < combing(before)


@pytest.mark.parametrize("kind", ["tff", "bff"])
def test_either_order_of_fields_is_read_of_files(tmp_path, kind):
    write(tmp_path / "a.ts", interlaced(kind == "tff"), kind)
    with open_clip(tmp_path / "a.ts") as clip:
        found = list(clip)
    assert len(found) == 8
    for frame, first, second in zip(found, MOMENTS[::2], MOMENTS[1::2], strict=True):
        near, far = (np.abs(frame.pixels.astype(int) - each).mean() for each in (first, second))
        assert near < far


def test_a_span_of_an_interlaced_file_is_that_of_the_whole(tmp_path):
    write(tmp_path / "a.ts", interlaced(True), "tff")
    with open_clip(tmp_path / "a.ts") as clip:
        whole = list(clip)
    with open_clip(tmp_path / "a.ts", start=0.12) as clip:
        span = list(clip)
    assert_array_equal([frame.pixels for frame in span], [frame.pixels for frame in whole[3:]])


def test_recordings_of_both_kinds_joined_on(tmp_path):
    """Progressive, then interlaced, then progressive again."""
    write(tmp_path / "a.ts", interlaced(True), "tff")
    clips.write(
        tmp_path / "b.ts", MOMENTS[:5], rate=Fraction(25), codec="mpeg2video", options={"b": "4M"}
    )
    one, other = ((tmp_path / f"{name}.ts").read_bytes() for name in "ab")
    (tmp_path / "c.ts").write_bytes(other + one + other)
    with open_clip(tmp_path / "b.ts") as clip:
        alone = [frame.pixels for frame in clip]
    with open_clip(tmp_path / "c.ts") as clip:
        found = [frame.pixels for frame in clip]
    assert len(found) == 18
    assert_array_equal(found[:5], alone)
    assert_array_equal(found[13:], alone)
    assert not clip.problem


def test_a_tiny_interlaced_clip_is_left_as_it_is():
    frames = [frame.reformat(width=8, height=8) for frame in flag(interlaced(True), "tff")]
    out = [frame for frame, _ in weave_out((frame, 0) for frame in frames)]
    assert all(one is other for one, other in zip(out, frames, strict=True))
