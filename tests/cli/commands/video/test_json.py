"""`tfstyle video --json`: one line for a clip, whatever became of it."""

import json

import clips
import film_stub
import pytest
from film_stub import film

folder, stop = film_stub.folder, film_stub.stop  # Fixtures.

pytestmark = pytest.mark.usefixtures("folder")


def line(capsys):
    """What is on standard output, one line, parsed."""
    out, _ = capsys.readouterr()
    assert out.count("\n") == 1
    return json.loads(out)


def test_painted_clip_is_a_line(capsys):
    assert film("--json") == 0
    found = line(capsys)
    assert found.pop("seconds") > 0 and found.pop("frames_per_second") > 0
    assert found == {
        "command": "video",
        "status": "painted",
        "input": "in.mp4",
        "styles": ["wave"],
        "output": "out.mp4",
        "frames": 8,
        "outcome": "painted to its end",
    }


def test_clip_that_is_finished_is_skipped(capsys):
    assert film() == 0
    assert film("--json", "--resume") == 0
    found = line(capsys)
    assert (found["status"], found["frames"]) == ("skipped", 8)
    assert found["outcome"] == "an earlier run finished it" and "seconds" not in found


def test_interrupted_clip_is_a_line(stop, capsys):
    stop(4)
    assert film("--json") == 130
    found = line(capsys)
    assert (found["command"], found["status"]) == ("video", "interrupted")
    assert found["error"].startswith("interrupted after 3 frames")


def test_clip_that_breaks_off_has_an_error(folder, capsys):
    clips.write(folder / "in.mkv", clips.frames(30, size=(96, 128)), options={"g": "5"})
    contents = (folder / "in.mkv").read_bytes()
    (folder / "in.mkv").write_bytes(contents[: len(contents) // 2])
    assert film("--json", clip="in.mkv") == 1
    found = line(capsys)
    assert found["status"] == "painted" and 0 < found["frames"] < 30
    assert "outcome" not in found and found["error"]
