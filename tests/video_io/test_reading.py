"""Clips in."""

import os
from fractions import Fraction

import clips
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle import image
from tfstyle.video_io.clip import Colors
from tfstyle.video_io.ffmpeg import pyav
from tfstyle.video_io.reading import open_clip

pytest.importorskip("av")


@pytest.fixture
def path(tmp_path):
    clips.write(tmp_path / "clip.mp4", clips.frames(10))
    return tmp_path / "clip.mp4"


def damage_packet(path, number, *, first=0.0, value=b"\xff"):
    """Overwrites a packet from that fraction of it on."""
    import av

    with av.open(str(path)) as container:
        packet = [bytes(each) for each in container.demux(video=0) if each.size][number]
    kept = packet[: int(first * len(packet))]
    contents = path.read_bytes()
    assert contents.count(packet) == 1
    path.write_bytes(contents.replace(packet, kept + value * (len(packet) - len(kept))))


def skip_without(codec):
    import av

    if codec not in av.codecs_available:
        pytest.skip(f"this FFmpeg has no {codec}")


def read(path, **options):
    with open_clip(path, **options) as clip:
        return clip, list(clip)


def test_frames_are_those_that_were_written(path):
    clip, found = read(path)
    assert clip.size == clips.SIZE
    assert clip.rate == clips.RATE
    assert clip.length == len(found) == 10
    assert not clip.problem
    times = [float(frame.tick * clip.tick_seconds) for frame in found]
    assert_allclose(times, np.arange(10) / 10)
    for frame, written in zip(found, clips.frames(10), strict=True):
        assert frame.pixels.dtype == np.uint8
        assert np.abs(frame.pixels.astype(int) - written).mean() < 6


def test_a_rate_that_varies_keeps_its_times(tmp_path):
    ticks = [0, 40, 200, 230, 1000]
    clips.write(tmp_path / "a.mkv", clips.frames(5), ticks=ticks)
    clip, found = read(tmp_path / "a.mkv")
    assert [float(frame.tick * clip.tick_seconds) for frame in found] == [t / 1000 for t in ticks]


def test_start_and_duration_choose_a_span(path):
    clip, found = read(path, start=0.3, duration=0.4)
    times = [float(frame.tick * clip.tick_seconds) for frame in found]
    assert_allclose(times, [0.3, 0.4, 0.5, 0.6])
    assert clip.length == 4
    assert np.abs(found[0].pixels.astype(int) - clips.frames(10)[3]).mean() < 6


@pytest.mark.parametrize("kind", ["mkv", "mp4"])
def test_a_span_begins_with_what_is_shown_then(tmp_path, kind):
    """Shown from 0, 0.04, 2, and 5 seconds on."""
    path, pictures = tmp_path / f"a.{kind}", clips.frames(4, step=12)
    clips.write(path, pictures, ticks=[0, 40, 2000, 5000])
    for start, duration, times, shown in (
        (1.0, 2.0, [1.0, 2.0], [1, 2]),
        (2.5, 1.0, [2.5], [2]),
        (1.95, 1.0, [2.0], [2]),
        (2.0, 4.0, [2.0, 5.0], [2, 3]),
    ):
        clip, found = read(path, start=start, duration=duration)
        assert_allclose([float(frame.tick * clip.tick_seconds) for frame in found], times)
        for frame, number in zip(found, shown, strict=True):
            assert np.abs(frame.pixels.astype(int) - pictures[number]).mean() < 6
        assert not clip.problem


@pytest.mark.parametrize(("start", "count"), [(0.0, 3), (2.5, 1)])
def test_a_span_ends_before_a_last_frame_that_is_shown_for_long(tmp_path, start, count):
    """Shown from 0, 1, and 2 seconds on; the last frame lasts for ten."""
    import av

    clips.write(tmp_path / "a.mkv", clips.frames(3), ticks=[0, 1000, 2000])
    with av.open(str(tmp_path / "a.mkv")) as source, av.open(str(tmp_path / "b.mkv"), "w") as new:
        stream = new.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.duration = 10_000 if packet.pts == 2000 else 1000
                packet.stream = stream
                new.mux(packet)
    clip, found = read(tmp_path / "b.mkv", start=start, duration=3 - start)
    assert len(found) == count
    assert clip.last_end * clip.tick_seconds == 3


def test_frames_are_fitted(path):
    clip, found = read(path, longest=32)
    assert clip.size == found[0].pixels.shape[:2] == (24, 32)


def test_a_turned_clip_is_upright(path):
    clips.turn(path)
    clip, found = read(path)
    assert clip.size == found[0].pixels.shape[:2] == (64, 48)
    upright = np.rot90(clips.frames(1)[0], -1)  # A quarter clockwise, as players show it.
    assert np.abs(found[0].pixels.astype(int) - upright).mean() < 6
    assert read(path, longest=32)[0].size == (32, 24)


def test_a_clip_that_breaks_off_gives_what_there_is(tmp_path):
    whole = tmp_path / "whole.mkv"
    clips.write(whole, clips.frames(30, size=(96, 128)), options={"g": "5"})
    broken = tmp_path / "broken.mkv"
    broken.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    clip, found = read(broken)
    assert 5 < len(found) < 25
    assert "breaks off" in clip.problem


def test_a_clip_with_sound_that_breaks_off_says_so_without_a_stated_picture(tmp_path):
    """FLV states how long the whole lasts, not its picture."""
    whole, broken = tmp_path / "whole.flv", tmp_path / "broken.flv"
    clips.write(whole, clips.frames(30, size=(96, 128)), sound=True, tone_seconds=3)
    assert not read(whole)[0].problem
    broken.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    clip, found = read(broken)
    assert 5 < len(found) < 25
    assert "breaks off" in clip.problem


@pytest.mark.parametrize(("number", "lost"), [(12, 4), (15, 5), (30, 5)])
def test_a_damaged_packet_costs_no_more_than_its_neighbours(tmp_path, number, lost):
    """Every fifth frame stands for itself: those from there on are as they were."""
    clips.write(tmp_path / "a.mkv", clips.frames(38, size=(96, 128)), options={"g": "5"})
    damage_packet(tmp_path / "a.mkv", number)
    clip, found = read(tmp_path / "a.mkv")
    assert 38 - lost <= len(found) < 38
    assert clip.problem == f"{38 - len(found)} of its frames cannot be decoded"


@pytest.mark.parametrize("number", [15, 28])
def test_a_damaged_packet_that_no_other_leans_on_costs_itself_alone(tmp_path, number):
    """Decoders with several frames at work would lose as many as they have threads."""
    clips.write(tmp_path / "a.mkv", clips.frames(30), options={"g": "1"})
    damage_packet(tmp_path / "a.mkv", number)
    clip, found = read(tmp_path / "a.mkv")
    assert len(found) == 29
    assert clip.problem == "1 of its frames cannot be decoded"


def test_frames_that_wait_behind_a_span_are_not_missing(tmp_path):
    """Frames between others come later than their packets."""
    clips.write(tmp_path / "a.mp4", clips.frames(30, size=(96, 128)), options={"bf": "3"})
    damage_packet(tmp_path / "a.mp4", 4)
    clip, found = read(tmp_path / "a.mp4", duration=1.5)
    assert len(found) < 15
    assert clip.problem == f"{15 - len(found)} of its frames cannot be decoded"


@pytest.mark.parametrize("number", [15, 29])
def test_a_frame_that_is_damaged_in_part_is_said(tmp_path, number):
    clips.write(tmp_path / "a.mp4", clips.frames(30, size=(96, 128)), options={"g": "1"})
    damage_packet(tmp_path / "a.mp4", number, first=0.5, value=bytes(1))
    clip, found = read(tmp_path / "a.mp4")
    assert len(found) == 30
    assert clip.problem == "1 of its frames came out damaged"


@pytest.mark.parametrize("number", [12, 28])
def test_a_frame_that_is_lost_without_a_word_is_said(tmp_path, number):
    """As HEVC's decoder does it, also shortly before the end."""
    skip_without("libx265")
    options = {"x265-params": "log-level=none", "crf": "28"}
    frames = clips.frames(30, size=(96, 128), step=1)
    clips.write(tmp_path / "a.mp4", frames, codec="libx265", options=options)
    damage_packet(tmp_path / "a.mp4", number, first=0.5, value=bytes(1))
    clip, found = read(tmp_path / "a.mp4")
    assert len(found) == 29
    assert clip.problem == "1 of its frames cannot be decoded"


def test_frames_of_a_recording_joined_on_are_not_missing_before_it(tmp_path):
    """Their packets come while the last frames of the one before are still to come out."""
    skip_without("libx265")
    options = {"x265-params": "log-level=none:bframes=3"}
    clips.write(tmp_path / "a.ts", clips.frames(15, step=1), codec="libx265", options=options)
    (tmp_path / "twice.ts").write_bytes(2 * (tmp_path / "a.ts").read_bytes())
    for count in range(10, 20):
        clip, found = read(tmp_path / "twice.ts", duration=count / 10)
        assert len(found) == count
        assert not clip.problem


def test_a_frame_that_is_lost_is_not_found_in_a_recording_joined_on(tmp_path):
    """Each frame that is lost has one of the same time in the other recording."""
    skip_without("libx265")
    options = {"x265-params": "log-level=none", "crf": "28"}
    frames = clips.frames(30, size=(96, 128), step=1)
    clips.write(tmp_path / "a.ts", frames, codec="libx265", options=options)
    whole = (tmp_path / "a.ts").read_bytes()
    damage_packet(tmp_path / "a.ts", 15, first=0.5, value=bytes(1))
    (tmp_path / "both.ts").write_bytes((tmp_path / "a.ts").read_bytes() + whole)
    clip, found = read(tmp_path / "both.ts")
    assert len(found) == 59
    assert clip.problem == "1 of its frames cannot be decoded"


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_a_recording_cut_in_the_middle_is_not_damaged(tmp_path, codec):
    """What it begins with may lean on what was cut off."""
    skip_without(codec)
    params = "open-gop=1:keyint=10:min-keyint=10:bframes=3:scenecut=0:log-level=none"
    options = {f"{codec.removeprefix('lib')}-params": params}
    clips.write(tmp_path / "a.ts", clips.frames(40, step=1), codec=codec, options=options)
    contents = (tmp_path / "a.ts").read_bytes()
    (tmp_path / "a.ts").write_bytes(contents[len(contents) // 188 // 3 * 188 :])
    clip, found = read(tmp_path / "a.ts")
    assert 10 <= len(found) < 40
    assert not clip.problem


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
@pytest.mark.parametrize("between", [0, 2, 3])
def test_frames_of_an_avi_are_evenly_apart(tmp_path, codec, between):
    """It does not say when those between others are shown."""
    options = {"bf": f"{between}", "b_strategy": "0", "g": "10"}
    pictures = clips.frames(30, size=(96, 128), step=1)
    clips.write(tmp_path / "a.avi", pictures, codec=codec, options=options)
    clip, found = read(tmp_path / "a.avi")
    times = [float(frame.tick * clip.tick_seconds) for frame in found]
    assert_allclose(times, np.arange(30) / 10)
    assert clip.last_end * clip.tick_seconds == 3
    assert not clip.problem


@pytest.mark.parametrize("threads", [2, 16])
def test_damage_costs_the_same_however_many_cores_there_are(tmp_path, monkeypatch, threads):
    import av

    skip_without("libsvtav1")
    frames = clips.frames(30, size=(96, 128))
    clips.write(tmp_path / "a.mkv", frames, codec="libsvtav1")
    damage_packet(tmp_path / "a.mkv", 17)
    opened = av.open

    def open_with(threads):
        def open_file(*arguments, **options):
            container = opened(*arguments, **options)
            container.streams.video[0].codec_context.thread_count = threads
            return container

        monkeypatch.setattr(av, "open", open_file)

    open_with(1)
    alone, expected = read(tmp_path / "a.mkv")
    open_with(threads)
    clip, found = read(tmp_path / "a.mkv")
    assert [frame.tick for frame in found] == [frame.tick for frame in expected]
    assert clip.problem == alone.problem == f"{30 - len(found)} of its frames cannot be decoded"


@pytest.mark.parametrize("kind", ["mp4", "mkv", "ts", "avi", "flv"])
@pytest.mark.parametrize("start", [0.5, 2.5])
def test_a_span_is_that_of_the_whole(tmp_path, kind, start):
    """With two key frames only, at 0 and at 2 seconds: some kinds have no index to find them by."""
    options = {"g": "20", "keyint_min": "20", "sc_threshold": "0"}
    clips.write(tmp_path / f"a.{kind}", clips.frames(30, step=1), options=options)
    clip, whole = read(tmp_path / f"a.{kind}")
    _, span = read(tmp_path / f"a.{kind}", start=start)
    later = [frame for frame in whole if frame.tick * clip.tick_seconds >= start]
    assert [frame.tick for frame in span] == [frame.tick for frame in later]
    assert span
    for frame, expected in zip(span, later, strict=True):
        assert_array_equal(frame.pixels, expected.pixels)


@pytest.mark.parametrize("first", [5, 30])
def test_a_file_in_fragments_does_not_end_with_the_first(tmp_path, first):
    whole = tmp_path / "a.mp4"
    options = {"g": f"{first}", "keyint_min": f"{first}", "sc_threshold": "0"}
    container = {"movflags": "frag_keyframe"}
    clips.write(whole, clips.frames(40, step=1), options=options, container=container)
    clip, found = read(whole)
    assert len(found) == 40
    assert clip.length in (None, 40)
    assert not clip.problem
    whole.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    clip, found = read(whole)
    assert 0 < len(found) < 40
    assert clip.problem


@pytest.mark.parametrize("kind", ["h264", "mkv", "mp4"])
def test_a_duration_beyond_the_end_is_no_problem(tmp_path, kind):
    clips.write(tmp_path / f"a.{kind}", clips.frames(8))
    clip, found = read(tmp_path / f"a.{kind}", duration=100)
    assert len(found) == 8
    assert not clip.problem


def test_an_index_of_decoding_times_misses_no_frame(tmp_path):
    """Without an edit list MP4 counts when frames are decoded, not shown."""
    options = {"g": "10", "keyint_min": "10", "sc_threshold": "0", "bf": "3"}
    container = {"movflags": "frag_keyframe+empty_moov"}
    clips.write(tmp_path / "a.mp4", clips.frames(40, step=1), options=options, container=container)
    clip, whole = read(tmp_path / "a.mp4")
    for start in np.arange(0.1, 3.5, 0.2):
        later = [one.tick for one in whole if float(one.tick * clip.tick_seconds) >= start]
        assert [one.tick for one in read(tmp_path / "a.mp4", start=start)[1]] == later


def test_a_pipe_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(ValueError, match="it is a pipe"):
        read(tmp_path / "pipe.mp4")


def test_a_colon_in_a_name_is_no_protocol(tmp_path, monkeypatch):
    clips.write(tmp_path / "a.mp4", clips.frames(3))
    (tmp_path / "a.mp4").rename(tmp_path / "take:2.mp4")
    monkeypatch.chdir(tmp_path)
    assert len(read("take:2.mp4")[1]) == 3


def test_a_coding_that_ffmpeg_does_not_know_is_a_sentence(path):
    path.write_bytes(path.read_bytes().replace(b"avc1", b"zzz1"))
    with pytest.raises(ValueError, match="input must be a video that FFmpeg reads: its picture"):
        read(path)


@pytest.mark.parametrize("back", [200, 400])
def test_recordings_that_overlap_go_on_one_after_the_other(tmp_path, back):
    for name, first in (("a", 0), ("b", 1000 - back)):
        ticks = range(first, first + 1000, 100)
        clips.write(tmp_path / f"{name}.ts", clips.frames(10), ticks=ticks)
    both = b"".join((tmp_path / f"{name}.ts").read_bytes() for name in "ab")
    (tmp_path / "both.ts").write_bytes(both)
    clip, found = read(tmp_path / "both.ts")
    times = [float(frame.tick * clip.tick_seconds) for frame in found]
    assert_allclose(times, np.arange(20) / 10, atol=0.02)


def test_a_picture_that_begins_late_is_whole(tmp_path):
    clips.write(tmp_path / "a.mkv", clips.frames(6), ticks=range(2000, 2600, 100))
    clip, found = read(tmp_path / "a.mkv")
    assert [frame.tick for frame in found] == [0, 100, 200, 300, 400, 500]
    assert clip.length == 6
    assert not clip.problem
    span = read(tmp_path / "a.mkv", start=0.2, duration=0.3)
    assert [frame.tick for frame in span[1]] == [200, 300, 400]
    assert span[0].length == 3


def test_a_last_frame_may_be_shown_for_long(tmp_path):
    clips.write(tmp_path / "a.mp4", clips.frames(3), sound=True, tone_seconds=4)
    with open_clip(tmp_path / "a.mp4") as clip:
        assert len(list(clip)) == 3
    assert not clip.problem


def test_a_stream_without_times_is_counted(tmp_path):
    clips.write(tmp_path / "a.h264", clips.frames(10))
    clip, found = read(tmp_path / "a.h264")
    assert not clip.problem
    steps = np.diff([frame.tick for frame in found])
    assert (found[0].tick, len(found), len(set(steps))) == (0, 10, 1)
    seconds = float(steps[0] * clip.tick_seconds)
    _, span = read(tmp_path / "a.h264", start=2 * seconds, duration=3 * seconds)
    assert [frame.tick for frame in span] == [frame.tick for frame in found[2:5]]


def test_recordings_joined_on_go_on_in_time(tmp_path):
    clips.write(tmp_path / "a.ts", clips.frames(10))
    (tmp_path / "twice.ts").write_bytes(2 * (tmp_path / "a.ts").read_bytes())
    clip, found = read(tmp_path / "twice.ts")
    times = [float(frame.tick * clip.tick_seconds) for frame in found]
    assert_allclose(times, np.arange(20) / 10)


def test_pixels_that_are_not_square_stay_so(path):
    clips.write(path, clips.frames(2), aspect=Fraction(4, 3))
    assert read(path)[0].pixel_aspect == Fraction(4, 3)
    clips.turn(path)
    assert read(path)[0].pixel_aspect == Fraction(3, 4)


def test_high_dynamic_range_is_warned_of(path):
    clips.write(path, clips.frames(2), colors=(9, 9, 16))
    with pytest.warns(UserWarning, match="high dynamic range"):
        clip, _ = read(path)
    assert clip.colors == Colors(matrix=9, primaries=9, transfer=16)


def test_colours_coded_as_red_green_blue_have_no_matrix_to_keep(tmp_path):
    clips.write(tmp_path / "a.mkv", clips.frames(2), codec="libx264rgb")
    clip, found = read(tmp_path / "a.mkv")
    assert clip.colors.matrix == 1
    assert np.abs(found[0].pixels.astype(int) - clips.frames(1)[0]).mean() < 6


def test_a_cover_is_not_the_clip(tmp_path):
    clips.write(tmp_path / "a.mp4", clips.frames(5), cover=np.zeros([20, 30, 3], np.uint8))
    clip, found = read(tmp_path / "a.mp4")
    assert clip.size == clips.SIZE
    assert len(found) == 5


@pytest.mark.parametrize("contents", [b"", b"no clip at all" * 100])
def test_no_clip_is_a_sentence(tmp_path, contents):
    (tmp_path / "a.mp4").write_bytes(contents)
    with pytest.raises(ValueError, match=r"input must be a video .* Received: input="):
        read(tmp_path / "a.mp4")


def test_sound_alone_is_a_sentence(tmp_path):
    import av

    with av.open(str(tmp_path / "a.mp4"), "w") as container:
        clips.write_tone(container, container.add_stream("aac", rate=8000, layout="mono"), 1)
    with pytest.raises(ValueError, match="there is no picture in it"):
        read(tmp_path / "a.mp4")


def test_missing_file_is_a_sentence(tmp_path):
    with pytest.raises(FileNotFoundError, match="none of this name.+ Received: input=.*none.mp4$"):
        read(tmp_path / "none.mp4")
    with pytest.raises(FileNotFoundError, match="an address; save the clip as a file first"):
        read("https://example.org/a.mp4")


def test_pictures_come_by_their_numbers(tmp_path):
    for number, pixels in enumerate(clips.frames(11)):
        image.write(tmp_path / f"f{number}.png", pixels)
    clip, found = read(tmp_path, rate=5)
    assert clip.length == 11
    assert clip.rate == 5
    assert clip.tick_seconds == Fraction(1, 5)
    for frame, written in zip(found, clips.frames(11), strict=True):
        assert_array_equal(frame.pixels, written)
    assert [frame.tick for frame in read(str(tmp_path / "f?.png"), start=1, rate=5)[1]] == [
        5,
        6,
        7,
        8,
        9,
    ]


def test_pictures_that_cannot_be_used_are_left_out_and_said(tmp_path):
    """One is cut off, one lies on its side; one of twice the size can be used."""
    frames = clips.frames(5)
    for number, pixels in enumerate(frames):
        image.write(tmp_path / f"{number}.png", pixels)
    (tmp_path / "1.png").write_bytes((tmp_path / "1.png").read_bytes()[:200])
    image.write(tmp_path / "2.png", frames[2].swapaxes(0, 1))
    image.write(tmp_path / "3.png", frames[3].repeat(2, axis=0).repeat(2, axis=1))
    clip, found = read(tmp_path)
    assert [frame.tick for frame in found] == [0, 3, 4]
    assert np.abs(found[1].pixels.astype(float) - frames[3]).mean() < 2
    assert clip.problem.startswith("2 pictures are left out, ")
    assert "1.png" in clip.problem


def test_pictures_of_which_none_can_be_read_are_a_sentence(tmp_path):
    for number in range(2):
        (tmp_path / f"{number}.png").write_bytes(b"no picture")
    with pytest.raises((OSError, ValueError), match="1.png"):
        read(tmp_path)


def test_missing_pyav_is_a_sentence(path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "av", None)
    with pytest.raises(ValueError, match=r"tfstyle\[video\]"):
        pyav.load_pyav()
