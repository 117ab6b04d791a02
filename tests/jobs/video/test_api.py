"""From clip to clip in Python, without flags."""

import json

import clips
import film_stub
import pytest
from film_stub import decode

from tfstyle import feed_forward, gatys, jobs, video

av = film_stub.av
folder, stop = film_stub.folder, film_stub.stop  # Fixtures.

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
