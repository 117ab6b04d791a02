"""Clips with bytes overwritten: read as far as they go, or refused in a sentence, quietly."""

import random
import warnings
from pathlib import Path

import clips
import pytest

from tfstyle.video_io.beside import lost
from tfstyle.video_io.encoding import Encoding
from tfstyle.video_io.reading import open_clip
from tfstyle.video_io.writing import begin

pytest.importorskip("av")

CASES = Path(__file__).parents[1] / "cases"

COUNT = 20
"""Mutations of each file."""


def mutate(contents, seed):
    """Overwrites one to eight runs of bytes, and cuts every fourth file short."""
    chance = random.Random(seed)
    mutated = bytearray(contents)
    for _ in range(chance.randint(1, 8)):
        at, length = chance.randrange(len(mutated)), chance.randint(1, 12)
        mutated[at : at + length] = chance.randbytes(length)
    return mutated[: chance.randrange(len(mutated))] if seed % 4 == 0 else mutated


def copy(source, output):
    film = begin(output, "run")
    with open_clip(source, duration=0.5) as clip:
        lost.warn_of_lost(clip, output)
        coding = Encoding.of(clip, 30)
        for frame in clip:
            film.write(frame.cut_out(frame.pixels), frame.tick, coding)
        film.close_part([])
        if film.frames:
            film.finish(clip, coding)


@pytest.mark.parametrize("name", ["hflip.mp4", "alpha.webm", "interlaced.mpg"])
def test_nothing_but_sentences_comes_of_them(tmp_path, capfd, name):
    """Twenty mutations of each file, seeded; FFmpeg itself says nothing on standard error."""
    contents = (CASES / name).read_bytes()
    path = tmp_path / f"in{Path(name).suffix}"
    for seed in range(COUNT):
        path.write_bytes(mutate(contents, seed))
        try:
            with warnings.catch_warnings(action="ignore"):
                copy(path, tmp_path / f"{seed}.mkv")
        except (ValueError, OSError) as error:
            assert "Received: " in str(error), repr(error)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("tag", [b"not a time", b"00:00:nan", b"1:2", b"inf:0:0"])
def test_a_stated_end_that_is_no_time_is_none(tmp_path, tag):
    clips.write(tmp_path / "a.mkv", clips.frames(5))
    contents = (tmp_path / "a.mkv").read_bytes()
    stated = b"00:00:00.500000000"
    assert stated in contents
    (tmp_path / "a.mkv").write_bytes(contents.replace(stated, tag.ljust(len(stated), b"\0")))
    with open_clip(tmp_path / "a.mkv") as clip:
        assert len(list(clip)) == 5
        assert not clip.problem
