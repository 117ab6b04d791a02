"""Clips written where no room is left: whole or not at all, and told of in one sentence."""

import contextlib

import clips
import limits
import numpy as np
import pytest

from tfstyle.video_io import parts
from tfstyle.video_io.encoding import Encoding
from tfstyle.video_io.reading import open_clip
from tfstyle.video_io.writing import begin

pytest.importorskip("av")

COUNT = 12
OLD = b"the old clip"


@pytest.fixture
def source(tmp_path):
    clips.write(tmp_path / "in.mp4", clips.frames(COUNT, size=(96, 128)), sound=True)
    return tmp_path / "in.mp4"


def copy(source, output):
    film = begin(output, "run")
    with open_clip(source) as clip:
        coding = Encoding.of(clip, 4)
        for number, frame in enumerate(clip):
            film.write(frame.pixels, frame.tick, coding)
            if number % 4 == 3 or film.is_due:
                film.close_part([])
        film.close_part([])
        film.finish(clip, coding)


def largest(path):
    return max(each.stat().st_size for each in path.rglob("*") if each.is_file())


@pytest.mark.filterwarnings("ignore:the sound cannot be kept in .webm")
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov", ".webm"])
def test_a_video_is_whole_or_the_old_one_is_there(tmp_path, source, suffix, capfd):
    """Ten sizes, to a little more than is needed."""
    (tmp_path / "out").mkdir()
    output = tmp_path / "out" / f"b{suffix}"
    copy(source, output)
    needed = output.stat().st_size
    outcomes = set()
    for size in np.linspace(1, needed + 20, 10, dtype=int).tolist():
        output.write_bytes(OLD)
        with limits.file_size(size), contextlib.suppress(OSError):
            copy(source, output)
        is_old = output.read_bytes() == OLD
        outcomes.add(is_old)
        if not is_old:
            with open_clip(output) as clip:
                assert len(list(clip)) == COUNT
                assert not clip.problem
    assert outcomes == {True, False}
    assert capfd.readouterr().err == ""


def test_a_folder_has_whole_pictures_only(tmp_path, source, capfd):
    copy(source, tmp_path / "whole")
    needed = max(path.stat().st_size for path in (tmp_path / "whole").glob("*.png"))
    whole = {path.name: path.read_bytes() for path in (tmp_path / "whole").glob("*.png")}
    for size in np.linspace(1, needed, 12, dtype=int).tolist():
        output = tmp_path / f"out_{size}"
        with limits.file_size(size), contextlib.suppress(OSError):
            copy(source, output)
        for path in output.glob("*.png"):
            assert path.read_bytes() == whole[path.name]
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("name", ["b.mp4", "b"])
def test_it_is_told_in_one_sentence(tmp_path, source, name):
    with (
        limits.file_size(1000),
        pytest.raises(OSError, match="output.*Received: output=") as caught,
    ):
        copy(source, tmp_path / name)
    assert "\n" not in str(caught.value)
    assert str(caught.value).count("Received: ") == 1


def test_a_part_s_note_is_told_of_by_the_output_s_name(tmp_path):
    note = tmp_path / ".b.mp4.parts" / "part_00000.mkv"
    note.parent.mkdir()
    with (
        limits.file_size(10),
        pytest.raises(OSError, match="output could not be written .File too") as caught,
    ):
        with parts.telling(tmp_path / "b.mp4", "written"):
            parts.note(note, "run", [0, 1], 1.0)
    assert str(caught.value).count("Received: ") == 1


def test_the_note_of_a_folder_has_whole_lines_only(tmp_path):
    """A run that was refused room once, and gets it, can be gone on with."""
    (frame,) = clips.frames(1)
    film = begin(tmp_path / "b", "run")
    for number in range(2):
        film.write(frame, number, None)
        film.close_part([frame])
    film.write(frame, 2, None)
    note = tmp_path / "b" / ".run"
    with (
        limits.file_size(note.stat().st_size + 5),
        pytest.raises(OSError, match="output could not be written"),
    ):
        film.close_part([frame])
    film.close_part([frame])
    assert begin(tmp_path / "b", "run", resume=True).frames == 3
