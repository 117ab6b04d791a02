"""Films and folders of pictures that are gone on with, and what is left of earlier ones."""

import clips
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from tfstyle import image
from tfstyle.video_io import encoding as video_encoding
from tfstyle.video_io import parts as clip_parts
from tfstyle.video_io import reading, video_writer, writing
from tfstyle.video_io.clip import Clip

av = pytest.importorskip("av")

FRAMES = clips.frames(8)


@pytest.fixture
def source(tmp_path):
    """A clip with sound."""
    clips.write(tmp_path / "in.mp4", FRAMES, sound=True)
    return tmp_path / "in.mp4"


def encoding(clip):
    return video_encoding.Encoding(clip.size, clip.rate, clip.tick_seconds)


def write(film, frames, first=0, **options):
    clip = Clip("", frames[0].shape[:2], clips.RATE, 1 / clips.RATE)
    for tick, pixels in enumerate(frames, start=first):
        film.write(pixels, tick, encoding(clip))
        film.close_part([pixels], **options)
    return film


def test_an_interrupted_film_goes_on(tmp_path, source):
    film = writing.begin(tmp_path / "out.mp4", "run")
    with reading.open_clip(source) as clip:
        for frame in clip:
            film.write(frame.pixels, frame.tick, encoding(clip))
            if frame.tick * clip.tick_seconds == clips.RATE**-1 * 4:
                film.close_part([frame.pixels])  # The three frames after it are lost.
    film = writing.begin(tmp_path / "out.mp4", "run", resume=True)
    assert film.frames == 5
    assert len(film.last_pastiches()) == 1
    with pytest.raises(ValueError, match="resume must be of the same input"):
        writing.begin(tmp_path / "out.mp4", "another", resume=True)
    assert writing.begin(tmp_path / "out.mp4", "run").frames == 0


def test_pictures_are_written_and_gone_on_with(tmp_path):
    film = writing.begin(tmp_path / "out", "run")
    for tick, pixels in enumerate(FRAMES[:3]):
        film.write(pixels, tick, None)
        film.close_part([pixels])
    film = writing.begin(tmp_path / "out", "run", resume=True)
    assert film.frames == 3
    assert_array_equal(film.last_pastiches()[-1], FRAMES[2])
    film.write(FRAMES[3], 3, None)
    film.close_part([FRAMES[3]])
    film.finish(None, None)
    found = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert found == [f"frame_{number:06}.png" for number in range(4)]
    assert_array_equal(image.read(tmp_path / "out" / found[3])[0] * 255, FRAMES[3])


@pytest.mark.parametrize(
    "damage",
    [
        lambda part: part.write_bytes(part.read_bytes()[:300]),
        lambda part: part.unlink(),
        lambda part: part.with_suffix(".json").write_text('{"run": "ru'),
    ],
    ids=["cut off", "missing", "torn note"],
)
def test_a_part_that_a_crash_has_damaged_is_painted_again_and_those_after_it(tmp_path, damage):
    film = write(writing.begin(tmp_path / "out.mp4", "run"), FRAMES[:5])
    assert film.frames == 5
    damage(tmp_path / ".out.mp4.parts" / "part_00002.mkv")
    film = writing.begin(tmp_path / "out.mp4", "run", resume=True)
    assert film.frames == 2
    film = write(film, FRAMES[2:], first=2)
    clip = Clip("", FRAMES[0].shape[:2], clips.RATE, 1 / clips.RATE)
    film.finish(clip, encoding(clip))
    with reading.open_clip(tmp_path / "out.mp4") as written:
        assert len(list(written)) == len(FRAMES)


def test_parts_after_a_gap_do_not_count(tmp_path):
    write(writing.begin(tmp_path / "out.mp4", "run"), FRAMES[:4])
    for suffix in ("mkv", "json"):
        (tmp_path / ".out.mp4.parts" / f"part_00001.{suffix}").unlink()
    assert writing.begin(tmp_path / "out.mp4", "run", resume=True).frames == 1


def test_work_of_more_than_half_a_minute_makes_a_part(tmp_path, monkeypatch):
    """Also that of the first frame, before which there is no part."""
    seconds = iter([0.0, 31.0, 31.0, 40.0, 62.0])
    monkeypatch.setattr(video_writer.time, "monotonic", lambda: next(seconds))
    film = writing.begin(tmp_path / "out.mp4", "run")
    clip = Clip("", FRAMES[0].shape[:2], clips.RATE, 1 / clips.RATE)
    film.write(FRAMES[0], 0, encoding(clip))
    assert film.is_due
    film.close_part([FRAMES[0]])
    film.write(FRAMES[1], 1, encoding(clip))
    assert not film.is_due
    assert film.is_due


def test_a_linked_output_is_written_where_the_link_leads(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "out.mp4").symlink_to(tmp_path / "there" / "film.mp4")
    film = write(writing.begin(tmp_path / "out.mp4", "run"), FRAMES)
    clip = Clip("", FRAMES[0].shape[:2], clips.RATE, 1 / clips.RATE)
    film.finish(clip, encoding(clip))
    assert (tmp_path / "out.mp4").is_symlink()
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["film.mp4"]


@pytest.mark.parametrize("name", ["out.mp4", "out"])
def test_nothing_is_removed_before_the_first_frame(tmp_path, name):
    write(writing.begin(tmp_path / name, "run"), FRAMES[:3])
    before = sorted(tmp_path.rglob("*"))
    anew = writing.begin(tmp_path / name, "another")
    assert sorted(tmp_path.rglob("*")) == before
    assert writing.begin(tmp_path / name, "run", resume=True).frames == 3
    write(anew, FRAMES[:1])
    assert writing.begin(tmp_path / name, "another", resume=True).frames == 1


def test_a_new_part_leaves_nothing_of_a_killed_run(tmp_path):
    write(writing.begin(tmp_path / "out.mp4", "run"), FRAMES[:2])
    parts = tmp_path / ".out.mp4.parts"
    before = set(parts.iterdir())
    for stale in ("part_00007.mkv", "last_1.npz", f".{'0' * 16}.part"):
        (parts / stale).write_bytes(b"stale")
    film = writing.begin(tmp_path / "out.mp4", "run", resume=True)
    film.write(FRAMES[2], 2, encoding(Clip("", (48, 64), clips.RATE, 1 / clips.RATE)))
    assert set(parts.iterdir()) - {parts / "part_00002.mkv"} == before


def test_parts_come_by_their_numbers(tmp_path, monkeypatch):
    """As text, part_100000 would come before part_99999, and be taken for a gap."""
    monkeypatch.setattr(clip_parts, "part_name", lambda number: f"part_{number + 8}.mkv")
    write(writing.begin(tmp_path / "out.mp4", "run"), FRAMES[:3])
    assert writing.begin(tmp_path / "out.mp4", "run", resume=True).frames == 3


def test_a_picture_that_is_missing_is_painted_again(tmp_path):
    write(writing.begin(tmp_path / "out", "run"), FRAMES[:4])
    (tmp_path / "out" / "frame_000002.png").unlink()
    film = writing.begin(tmp_path / "out", "run", resume=True)
    assert film.frames == 2
    write(film, FRAMES[2:4], 2)
    assert writing.begin(tmp_path / "out", "run", resume=True).frames == 4


def test_what_a_kill_leaves_among_pictures_does_not_count(tmp_path):
    """A line half written, a picture that no line tells of, and half a picture."""
    film = write(writing.begin(tmp_path / "out", "run"), FRAMES[:2])
    film.write(FRAMES[2], 2, None)
    with (tmp_path / "out" / ".run").open("a") as file:
        file.write('{"last": 1, "sec')
    (tmp_path / "out" / f".{'0' * 16}.part").write_bytes(b"half")
    film = writing.begin(tmp_path / "out", "run", resume=True)
    assert film.frames == 2
    write(film, FRAMES[5:6], 2)
    film.finish(None, None)
    found = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert found == [f"frame_{number:06}.png" for number in range(3)]
    assert_array_equal(image.read(tmp_path / "out" / found[2])[0] * 255, FRAMES[5])


@pytest.mark.parametrize("name", ["out.mp4", "out"])
def test_seconds_of_all_runs_add_up(tmp_path, name):
    write(writing.begin(tmp_path / name, "run"), FRAMES[:2], seconds=10)
    film = writing.begin(tmp_path / name, "run", resume=True)
    assert film.seconds == 10
    write(film, FRAMES[2:4], 2, seconds=5)
    assert writing.begin(tmp_path / name, "run", resume=True).seconds == 15


@pytest.mark.parametrize("name", ["out.mp4", "out"])
def test_earlier_pastiches_are_read_back(tmp_path, name):
    film = write(writing.begin(tmp_path / name, "run"), FRAMES[:3])
    found = list(film.pastiches())
    assert len(found) == 3
    tolerance = 12 if name == "out.mp4" else 0
    for pixels, written in zip(found, FRAMES, strict=False):
        assert np.abs(pixels.astype(int) - written).mean() <= tolerance
