"""Clips from the shell whose pictures are not as they are stored: mirrored, transparent, combed."""

import shutil
from pathlib import Path

import clips
import film_stub
import numpy as np
import pytest
from film_stub import decode, film
from PIL import Image

from tfstyle.video_io.reading import open_clip

folder = film_stub.folder  # A fixture.

CASES = Path(__file__).parents[3] / "cases"
OPAQUE = 255


def test_the_strip_of_a_mirrored_clip_is_as_players_show_it(folder):
    """All of the left half is bright, of which the mirrored clip makes the right half."""
    halves = np.full([48, 64, 3], 20, np.uint8)
    halves[:, :32] = 230
    clips.write(folder / "in.mp4", [halves] * 4)
    clips.turn(folder / "in.mp4", (-1, 0, 0, 1))
    assert film("--start=0.1", "--strip=strip.png") == 0
    strip = np.asarray(Image.open(folder / "strip.png"))
    frame = strip[: strip.shape[0] // 2, :240]
    assert frame[:, :100].mean() < 60 < 180 < frame[:, 140:].mean()


@pytest.mark.filterwarnings("always:the transparency cannot")
def test_a_transparent_clip_keeps_what_is_cut_out(folder, capsys):
    shutil.copy(CASES / "alpha.webm", folder / "in.webm")
    assert film(clip="in.webm", output="out.webm") == 0
    with open_clip(folder / "out.webm") as written:
        assert max(int(frame.alpha.max()) for frame in written) < OPAQUE / 8
    assert "transparency" not in capsys.readouterr().err
    assert film(clip="in.webm", output="out.mp4") == 0
    assert capsys.readouterr().err.count("transparency cannot be kept in .mp4") == 1
    assert decode(folder / "out.mp4")[0].min() > 240


def test_a_folder_of_cut_outs_becomes_one(folder):
    (folder / "in").mkdir()
    alpha = np.zeros([48, 64], np.uint8)
    alpha[:, 32:] = OPAQUE
    for number, pixels in enumerate(clips.frames(3)):
        Image.fromarray(np.dstack([pixels, alpha])).save(folder / "in" / f"{number}.png")
    assert film(clip="in", output="out") == 0
    for path in (folder / "out").glob("*.png"):
        np.testing.assert_array_equal(np.asarray(Image.open(path))[..., 3], alpha)
