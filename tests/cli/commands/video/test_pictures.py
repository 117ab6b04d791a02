"""Clips out as pictures, from the shell: whose they are, and what becomes of earlier ones."""

import clips
import film_stub
import numpy as np
import pytest
from film_stub import film, read_all, record

from tfstyle import image

folder, stop = film_stub.folder, film_stub.stop  # Fixtures.

pytestmark = pytest.mark.usefixtures("folder")


def test_a_resumed_folder_is_the_uninterrupted_one_after_a_cut_too(folder, stop):
    """Frames 4 and 5 look two back, where another scene is."""
    scenes = [*clips.frames(4), *clips.frames(4, seed=1)]
    (folder / "in").mkdir()
    for number, pixels in enumerate(scenes):
        image.write(folder / "in" / f"{number}.png", pixels)
    flags = ["--reach=1,2,3", "--stabilize=0.9", "--cut=0.5"]
    assert film(*flags, clip="in", output="whole") == 0
    stop(6)
    assert film(*flags, clip="in", output="out") == 130
    assert film(*flags, "--resume", clip="in", output="out") == 0
    assert read_all(folder / "out") == read_all(folder / "whole")


def test_a_shorter_run_leaves_no_pictures_of_a_longer_one(folder, stop):
    assert film(output="out") == 0
    assert film("--duration=0.3", output="out") == 0
    assert len(read_all(folder / "out")) == 3
    stop(3)
    assert film(output="out") == 130
    assert film("--duration=0.1", output="out") == 0
    assert set(read_all(folder / "out")) == {"frame_000000.png"}


def test_stale_pictures_are_not_counted_as_painted(folder, stop):
    assert film("--stabilize=0", output="out") == 0
    stop(3)
    assert film(output="out") == 130
    assert film("--resume", output="out") == 0
    assert record(folder)["frames_painted_earlier"] == 2
    assert film(output="whole") == 0
    assert read_all(folder / "out") == read_all(folder / "whole")


@pytest.mark.parametrize("name", ["frame_000001.png", ".run"])
def test_what_others_wrote_is_refused_and_stays(folder, capsys, name):
    (folder / "out").mkdir()
    image.write(folder / "out" / "other.png", np.zeros([1, 4, 4, 3]))
    (folder / "out" / "other.png").rename(folder / "out" / name)
    before = read_all(folder / "out")
    for flags in ([], ["--resume"]):
        assert film(*flags, output="out") == 2
        assert f"output must hold no {name}" in capsys.readouterr().err
    assert read_all(folder / "out") == before


def test_pictures_of_other_names_stay(folder):
    (folder / "out").mkdir()
    (folder / "out" / "frame_1.png").write_bytes(b"mine")
    assert film(output="out") == 0
    assert (folder / "out" / "frame_1.png").read_bytes() == b"mine"
    assert len(read_all(folder / "out")) == 9
