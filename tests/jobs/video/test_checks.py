"""What a clip's run refuses before it reads a frame: to replace what it reads, and bad outputs."""

import os

import clips
import numpy as np
import pytest

from tfstyle import image
from tfstyle.jobs import record
from tfstyle.jobs.video import checks
from tfstyle.jobs.video.job import VideoJob
from tfstyle.video_io import window


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A clip, and a folder of two pictures."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.mp4").write_bytes(b"a clip")
    (tmp_path / "in").mkdir()
    for number, pixels in enumerate(clips.frames(2)):
        image.write(tmp_path / "in" / f"frame_{number:06}.png", pixels)
    image.write(tmp_path / "style.png", np.zeros([1, 4, 4, 3]))
    return tmp_path


def check(styles=("style.png",), **flags):
    job = VideoJob(**{"input": "in.mp4", "style": "x", "output": "out.mp4", **flags})
    checks.check(job, [record.Input(path, 4, 4, "") for path in styles])


def assert_refused(sentence, **flags):
    with pytest.raises(ValueError, match=rf"{sentence}.*Received: ") as raised:
        check(**flags)
    assert "\n" not in str(raised.value)


def test_what_is_in_order_passes(folder):
    check()
    check(input="in", output="out", strip="strip.png")
    check(input="in/*.png", output="out.mp4")
    (folder / "out").mkdir()
    check(output="out")


@pytest.mark.parametrize("output", ["in.mp4", "./in.mp4", "link.mp4", "linked/in.mp4"])
def test_the_clip_is_not_replaced(folder, output):
    (folder / "link.mp4").symlink_to("in.mp4")
    (folder / "linked").symlink_to(".")
    assert_refused("output must not replace an input", output=output)
    assert_refused("output must not replace an input", input=output, output="in.mp4")


@pytest.mark.parametrize("clip", ["in", "in/", "in/*.png", "in/frame_00000?.png", "links/*.png"])
@pytest.mark.parametrize("output", ["in", "linked"])
def test_the_clips_own_folder_takes_no_pictures(folder, clip, output):
    (folder / "linked").symlink_to("in")
    (folder / "links").mkdir()
    (folder / "links" / "a.png").symlink_to(folder / "in" / "frame_000001.png")
    assert_refused("output must", input=clip, output=output)


def test_other_names_in_the_clips_folder_are_read_by_a_later_run_too(folder):
    image.write(folder / "other.png", np.zeros([1, 4, 4, 3]))
    assert_refused(
        "output must be another folder", input="o*.png", output=".." + os.sep + folder.name
    )


@pytest.mark.parametrize("strip", ["in/frame_000001.png", "style.png", "link.png"])
def test_the_strip_replaces_nothing_that_is_read(folder, strip):
    (folder / "link.png").symlink_to("in/frame_000000.png")
    assert_refused("strip must not replace an input", input="in/*.png", strip=strip)


def test_a_style_among_the_pictures_that_are_written_is_refused(folder):
    style = folder / "out" / "frame_000007.png"
    style.parent.mkdir()
    image.write(style, np.zeros([1, 4, 4, 3]))
    assert_refused("output must not replace an input", output="out", styles=[str(style)])


def test_a_style_that_is_linked_to_from_the_output_is_refused(folder):
    (folder / "out").mkdir()
    (folder / "out" / "frame_000000.png").symlink_to(folder / "style.png")
    assert_refused("output must not replace an input", output="out")


def test_a_part_of_the_output_is_not_painted_into_it(folder):
    (folder / ".out.mp4.parts").mkdir()
    part = folder / ".out.mp4.parts" / "part_00000.mkv"
    part.write_bytes(b"a part")
    assert_refused("output must be another", input=str(part))
    check(input=str(part), output="other.mp4")


def test_the_record_replaces_no_input(folder):
    (folder / "out.json").symlink_to("in.mp4")
    assert_refused("output", output="out.mp4")


def test_the_strip_is_none_of_the_pictures_written(folder):
    (folder / "out").mkdir()
    assert_refused("strip must not replace an output", output="out", strip="out/frame_000000.png")
    check(output="out", strip="out/strip.png")


def test_a_file_where_a_folder_is_meant(folder):
    (folder / "out").write_bytes(b"mine")
    assert_refused("output must be a folder for pictures", output="out")
    (folder / "dangling").symlink_to("nowhere")
    assert_refused("output must be a folder for pictures", output="dangling")


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("nowhere/out", "output must lie in an existing folder"),
        (".", "output must be a folder by its name"),
        ("in.mp4/out", "output must lie in an existing folder"),
    ],
)
def test_a_folder_that_cannot_be(output, sentence):
    assert_refused(sentence, output=output)


def test_a_folder_that_may_not_be_written_to(folder, monkeypatch):
    (folder / "out").mkdir()
    access = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: os.path.basename(path) != "out" and access(path, mode)
    )
    assert_refused("output must lie in a folder that you may write to", output="out")


def test_a_window_is_asked_for_first(monkeypatch):
    def refuse():
        raise ValueError("a live window needs a screen. Received: no DISPLAY")

    monkeypatch.setattr(window, "load_opencv", refuse)
    assert_refused("a live window needs", show=True, input="none.mp4")


def test_no_output_or_a_camera_gone_on_with_is_refused():
    for flags in ({"output": None}, {"input": "camera:0", "resume": True}):
        assert_refused("must be", **flags)
