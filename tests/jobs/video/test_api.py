"""From clip to clip in Python, without flags."""

import json
from pathlib import Path

import clips
import film_stub
import pytest
from film_stub import decode

from tfstyle import feed_forward, gatys, jobs, video
from tfstyle.video_io import pipeline

av = film_stub.av
folder, stop, failing = film_stub.folder, film_stub.stop, film_stub.failing  # Fixtures.

pytestmark = pytest.mark.usefixtures("folder")


def test_clip_is_painted_with_its_sound(folder):
    clips.write(folder / "loud.mp4", clips.frames(8), sound=True)
    outcome = jobs.paint_clip("loud.mp4", folder / "out.mp4", "wave")
    assert (outcome.frames, outcome.painted, outcome.problem) == (8, 8, "")
    assert len(decode("out.mp4")) == 8
    with av.open("out.mp4") as container:
        assert len(container.streams.audio) == 1
    record = json.loads((folder / "out.json").read_text("utf-8"))
    assert record["command"] == "video"
    assert record["outcome"] == outcome.sentence == "painted to its end"
    assert not {"levels", "steps", "losses"} & set(record)


def test_progress_is_told_frame_after_frame(folder):
    told = []
    jobs.paint_clip("in.mp4", "out.mp4", "wave", callback=told.append, duration=0.4)
    assert [progress.painted for progress in told] == [1, 2, 3, 4]
    assert {progress.earlier for progress in told} == {0}


def test_interrupted_clip_goes_on_and_a_finished_one_is_left(stop):
    stop(4)
    with pytest.raises(KeyboardInterrupt):
        jobs.paint_clip("in.mp4", "out.mp4", "wave")
    outcome = jobs.paint_clip("in.mp4", "out.mp4", "wave", resume=True)
    assert (outcome.frames, outcome.painted, outcome.was_finished) == (8, 5, False)
    again = jobs.paint_clip("in.mp4", "out.mp4", "wave", resume=True)
    assert (again.frames, again.painted, again.was_finished) == (8, 0, True)


def test_clip_that_is_finished_early_ends_where_it_was_interrupted_with_its_sound(stop):
    # Eight tenths of a second, with sound of twice that.
    clips.write("loud.mp4", clips.frames(8), sound=True, tone_seconds=1.6)
    jobs.paint_clip("loud.mp4", "whole.mp4", "wave")
    stop(4)
    outcome = jobs.paint_clip("loud.mp4", "out.mp4", "wave", finish_early=True)
    assert (outcome.frames, outcome.sentence) == (3, "interrupted after 3 frames")
    assert json.loads(Path("out.json").read_text("utf-8"))["outcome"] == outcome.sentence
    assert not Path(".out.mp4.parts").exists()
    for painted, whole in zip(decode("out.mp4"), decode("whole.mp4")[:3], strict=True):
        assert (painted == whole).all()
    with av.open("out.mp4") as container:
        picture, sound = (float(each.duration * each.time_base) for each in container.streams)
    assert picture == pytest.approx(0.3)
    # Sound comes in pieces of 1024 samples at 8000 a second.
    assert 0.3 <= sound <= 0.3 + 1024 / 8000


def test_clip_of_which_nothing_is_painted_is_not_finished_early(stop, folder):
    stop(1)
    with pytest.raises(KeyboardInterrupt):
        jobs.paint_clip("in.mp4", "out.mp4", "wave", finish_early=True)
    assert not (folder / "out.mp4").exists()


@pytest.mark.parametrize("number", [2, 4])
def test_frame_that_was_painted_but_not_written_is_not_counted(failing, number):
    """As where the writer is slower than the painter, which Ctrl-C finds waiting for it."""
    failing(pipeline.Behind, "put", number, KeyboardInterrupt)
    outcome = jobs.paint_clip("in.mp4", "out.mp4", "wave", finish_early=True)
    assert (outcome.frames, outcome.painted) == (number - 1, number - 1)
    with av.open("out.mp4") as container:
        assert sum(1 for _ in container.decode(video=0)) == number - 1
    assert outcome.sentence.startswith(f"interrupted after {number - 1} frame")


def test_clip_of_which_nothing_is_written_is_not_finished_early(failing, folder):
    failing(pipeline.Behind, "put", 1, KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        jobs.paint_clip("in.mp4", "out.mp4", "wave", finish_early=True)
    assert not (folder / "out.mp4").exists()


def test_the_shell_goes_on_with_what_python_began(stop):
    stop(4)
    with pytest.raises(KeyboardInterrupt):
        jobs.paint_clip("in.mp4", "out.mp4", "wave", video.Config(), feed_forward.Config(), start=0)
    assert film_stub.film("--resume") == 0
    assert len(decode("out.mp4")) == 8


def test_settings_of_a_method_that_paints_no_clips_are_refused():
    with pytest.raises(ValueError, match="video.GatysConfig, style_swap.Config. Received"):
        jobs.paint_clip("in.mp4", "out.mp4", "style.png", method=gatys.Config())


@pytest.mark.parametrize("name", ["input", "style"])
def test_nothing_is_no_input_and_no_style(name):
    given = {"input": "in.mp4", "output": "out.mp4", "style": "wave", name: ""}
    with pytest.raises(ValueError, match=f"{name} must be given. Received: {name}=''"):
        jobs.paint_clip(**given)


def test_settings_of_frames_are_no_settings_of_the_clip():
    with pytest.raises(ValueError, match="config must be a video.Config, .* config=Config"):
        jobs.paint_clip("in.mp4", "out.mp4", "wave", feed_forward.Config())
