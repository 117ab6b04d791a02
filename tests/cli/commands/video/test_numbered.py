"""Frames by number, as FFmpeg reads and writes them: frame_%04d.png."""

import clips
import film_stub
import numpy as np
import pytest
from film_stub import film, read_all

from tfstyle import image

folder, stop = film_stub.folder, film_stub.stop  # Fixtures.


def write_frames(folder, numbers, name="f_{:03}.png"):
    folder.mkdir(exist_ok=True)
    frames = clips.frames(max(numbers) + 1)
    for number in numbers:
        image.write(folder / name.format(number), frames[number])


@pytest.mark.slow
def test_frames_are_painted_to_frames(folder):
    write_frames(folder / "in", range(4))
    assert film(clip="in", output="whole") == 0
    assert film(clip="in/f_%03d.png", output="out/p_%02d.png") == 0
    painted = read_all(folder / "out")
    # From 1 on, as FFmpeg counts; the record lies beside them.
    assert sorted(painted) == ["p_%02d.json", "p_01.png", "p_02.png", "p_03.png", "p_04.png"]
    for number in range(4):
        whole = image.read(folder / "whole" / f"frame_{number:06}.png")
        assert np.array_equal(image.read(folder / "out" / f"p_{number + 1:02}.png"), whole)


def test_frames_may_be_written_beside_those_read(folder):
    write_frames(folder, range(3))
    assert film(clip="f_%03d.png", output="p_%03d.png") == 0
    assert len(list(folder.glob("p_*.png"))) == 3
    assert not list(folder.glob(".*"))


@pytest.mark.filterwarnings("default")
def test_gap_is_said_and_keeps_the_time(folder, capsys):
    write_frames(folder / "in", [1, 2, 3, 6, 7])
    assert film("--rate=10", clip="in/f_%03d.png", output="out.mkv") == 0
    error = capsys.readouterr().err
    assert "numbers are missing, 2 in all and the first after in/f_003.png" in error
    with film_stub.av.open("out.mkv") as container:
        shown = [round(10 * frame.time) for frame in container.decode(video=0)]
    assert shown == [0, 1, 2, 5, 6]


@pytest.mark.slow
def test_start_and_duration_count_from_the_first_number(folder):
    write_frames(folder / "in", range(1, 9))
    flags = ["--rate=10", "--start=0.2", "--duration=0.3"]
    assert film(*flags, clip="in/f_%03d.png", output="out") == 0
    assert film(*flags, clip="in", output="by_folder") == 0
    assert read_all(folder / "out") == read_all(folder / "by_folder")


@pytest.mark.slow
def test_interrupted_frames_are_gone_on_with(folder, stop):
    write_frames(folder / "in", range(6))
    assert film(clip="in/f_%03d.png", output="whole/p_%02d.png") == 0
    stop(4)
    assert film(clip="in/f_%03d.png", output="out/p_%02d.png") == 130
    assert (folder / "out" / ".p_%02d.png.run").exists()
    assert film("--resume", clip="in/f_%03d.png", output="out/p_%02d.png") == 0
    pictures = [
        {k: v for k, v in read_all(folder / name).items() if k.endswith("png")}
        for name in ("whole", "out")
    ]
    assert len(pictures[0]) == 6 and pictures[0] == pictures[1]


@pytest.mark.slow
def test_shorter_run_leaves_none_of_a_longer_one(folder):
    assert film(output="out/p_%d.png") == 0
    assert film("--duration=0.3", output="out/p_%d.png") == 0
    assert sorted(read_all(folder / "out")) == ["p_%d.json", "p_1.png", "p_2.png", "p_3.png"]


@pytest.mark.parametrize(
    ("clip", "output", "sentence"),
    [
        ("in.mp4", "out/p_%d_%d.png", "output must have one number's place in its name"),
        ("in.mp4", "out_%%.png", "or have a number's place as frame_%04d.png has"),
        ("in.mp4", "out.png", "or have a number's place as frame_%04d.png has"),
        ("in.mp4", "out_%04d.jpg", "output must end in .png, or be a video or a folder"),
        ("in.mp4", "out_%04d", "output must end in .png, or be a video or a folder"),
        ("in.mp4", "no/where/out_%04d.png", "output must lie in an existing folder; create no"),
        ("in/f_%03d.png", "in/f_%03d.png", "output must not replace an input"),
        ("in/f_%03d.png", "in/f_%d.png", "output must not replace an input"),
        ("in", "in/p_%03d.png", "output must be another folder"),
        ("in/f_%d_%d.png", "out", "input must have one number's place"),
        ("in/f_%02d.png", "out", "input must begin with a number from 0 to 4"),
        ("in/g_%02d.png", "out", "input must hold at least one picture"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(folder, capsys, clip, output, sentence):
    write_frames(folder / "in", range(1, 3))
    image.write(folder / "in" / "f_1000.png", clips.frames(1)[0])
    before = read_all(folder / "in")
    assert film(clip=clip, output=output) == 2
    error = capsys.readouterr().err
    assert sentence in error and error.count("\n") == 1
    assert read_all(folder / "in") == before


def test_others_frames_are_refused_and_stay(folder, capsys):
    (folder / "out").mkdir()
    (folder / "out" / "p_2.png").write_bytes(b"mine")
    assert film(output="out/p_%d.png") == 2
    assert "output must hold no p_2.png that tfstyle video did not write" in capsys.readouterr().err
    assert (folder / "out" / "p_2.png").read_bytes() == b"mine"
