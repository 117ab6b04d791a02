"""Clips in."""

from fractions import Fraction

import clips
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle import image, video_file
from tfstyle.video_reading import open_clip

pytest.importorskip("av")


@pytest.fixture
def path(tmp_path):
    clips.write(tmp_path / "clip.mp4", clips.frames(10))
    return tmp_path / "clip.mp4"


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
    with pytest.raises(FileNotFoundError, match="input must be a video"):
        read(tmp_path / "none.mp4")


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


def test_a_camera_that_is_not_there_is_a_sentence():
    with pytest.raises(ValueError, match=r"camera that is there .* Received: input=camera:99"):
        read("camera:99")


def test_missing_pyav_is_a_sentence(path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "av", None)
    with pytest.raises(ValueError, match=r"tfstyle\[video\]"):
        video_file.load_pyav()
