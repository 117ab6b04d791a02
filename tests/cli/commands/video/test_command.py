"""`tfstyle video` from the shell, with a small network."""

import json

import clips
import keras
import numpy as np
import pytest

from tfstyle import image
from tfstyle.cli import app
from tfstyle.cli.commands.video import command
from tfstyle.jobs.video import painting
from tfstyle.methods import video
from tfstyle.methods.feed_forward import method as feed_forward
from tfstyle.networks.stylizers import transform_net

av = pytest.importorskip("av")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    keras.utils.set_random_seed(0)
    net = transform_net.Stylizer(["wave"], width=4, residual_blocks=1)
    monkeypatch.setattr(feed_forward, "load", lambda model, precision: net)
    clips.write(tmp_path / "in.mp4", clips.frames(8), sound=True)
    return tmp_path


def film(*flags, output="out.mp4", clip="in.mp4"):
    return app.main(["video", f"--input={clip}", "--style=wave", f"--output={output}", *flags])


def decode(path):
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_clip_and_record_are_written(folder, capsys):
    assert film("--strip=strip.png") == 0
    assert len(decode("out.mp4")) == 8
    record = json.loads((folder / "out.json").read_text("utf-8"))
    assert record["command"] == "video"
    assert record["frames"] == 8
    assert record["config"]["clip"]["stabilize"] == video.Config().stabilize
    assert set(record["shares"]) == {"reading", "painting", "finishing", "writing"}
    assert "8 frames" in capsys.readouterr().out
    assert image.read("strip.png").shape == (1, 2 * 180, 8 * 240, 3)
    left = {path.name for path in folder.iterdir()}
    assert left == {"in.mp4", "out.mp4", "out.json", "strip.png"}


def test_size_and_span(folder):
    assert film("--size=32", "--start=0.2", "--duration=0.3", "--quiet") == 0
    found = decode("out.mp4")
    assert len(found) == 3
    assert found[0].shape == (24, 32, 3)


@pytest.mark.parametrize("words", [["--method=gatys"], ["--method", "gatys"], ["-method", "gatys"]])
def test_flags_are_those_of_the_method_named(words):
    assert command.groups(video, ["--method=swap", *words])[-1] is video.GatysConfig


def test_several_frames_at_once_are_the_same_video(folder, monkeypatch):
    assert film("--quiet", output="one") == 0
    monkeypatch.setattr(painting, "pipeline_workers", lambda job, clip: 3)
    assert film("--quiet", output="three") == 0
    found, expected = (sorted((folder / name).iterdir()) for name in ("three", "one"))
    assert len(found) == 8
    assert [path.read_bytes() for path in found] == [path.read_bytes() for path in expected]


def test_pictures_in_and_out(folder):
    (folder / "in").mkdir()
    for number, pixels in enumerate(clips.frames(3)):
        image.write(folder / "in" / f"{number}.png", pixels)
    assert film("--quiet", output="out", clip="in") == 0
    assert len(list((folder / "out").iterdir())) == 3


@pytest.mark.parametrize("output", ["out.mkv", "out"])
@pytest.mark.parametrize("reach", ["1", "1,3"])
def test_interrupted_run_goes_on(folder, monkeypatch, output, reach, capsys):
    """Ctrl-C at the fourth frame; what comes of going on is what comes of one run, bit for bit."""
    reach = f"--reach={reach}"
    assert film("--quiet", reach, output=f"whole_{output}") == 0
    painter = type(video.painter("wave"))
    finish, calls = painter.finish, []

    def interrupted(*args):
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return finish(*args)

    monkeypatch.setattr(painter, "finish", interrupted)
    assert film("--quiet", reach, output=output) == 130
    assert "after 3 frames; the same command with --resume goes on" in capsys.readouterr().err
    assert film("--quiet", reach, "--resume", output=output) == 0
    assert len(calls) == 9
    if output == "out":
        found, whole = (sorted((folder / name).iterdir()) for name in ("out", "whole_out"))
        assert [path.read_bytes() for path in found] == [path.read_bytes() for path in whole]
    else:
        assert len(decode(output)) == 8
        difference = np.array(decode(output), int) - decode(f"whole_{output}")
        assert np.abs(difference).mean() < 2  # The second part begins with a frame of its own.


def test_what_goes_wrong_in_the_middle_loses_nothing(folder, monkeypatch, capsys):
    painter = type(video.painter("wave"))
    finish, calls = painter.finish, []

    def fail_at_the_fourth(*args):
        calls.append(1)
        if len(calls) == 4:
            raise MemoryError("no memory is left")
        return finish(*args)

    monkeypatch.setattr(painter, "finish", fail_at_the_fourth)
    assert film("--quiet") == 2
    assert "no memory is left" in capsys.readouterr().err
    assert film("--quiet", "--resume") == 0
    assert len(calls) == 9
    assert len(decode("out.mp4")) == 8


def test_records_and_pictures_of_others_are_not_replaced(folder, capsys):
    (folder / "out.json").write_text("{}")
    assert film("--quiet") == 2
    assert "record would replace" in capsys.readouterr().err
    assert film("--quiet", "--strip=in.mp4", output="other.mp4") == 2


def test_run_with_other_settings_is_not_gone_on_with(folder, monkeypatch, capsys):
    painter = type(video.painter("wave"))
    finish, calls = painter.finish, []

    def interrupted(*args):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return finish(*args)

    monkeypatch.setattr(painter, "finish", interrupted)
    assert film("--quiet") == 130
    assert film("--quiet", "--resume", "--stabilize=0.5") == 2
    assert "resume must be of the same" in capsys.readouterr().err


def test_broken_clip_gives_what_there_is(folder, capsys):
    clips.write(folder / "whole.mkv", clips.frames(30, size=(96, 128)), options={"g": "5"})
    contents = (folder / "whole.mkv").read_bytes()
    (folder / "broken.mkv").write_bytes(contents[: len(contents) // 2])
    assert film("--quiet", clip="broken.mkv") == 1
    assert 5 < len(decode("out.mp4")) < 25
    assert "breaks off" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--input=none.mp4"], "input must be a video"),
        (["--input=camera:99"], "camera that is there"),
        (["--start=100"], "input must have frames in the span"),
        (["--method=paint"], "method must be one of apply, gatys, swap"),
        (["--output=out.gif"], "output must be a folder for pictures, or end in one of"),
        (["--output=in.mp4"], "output must not replace an input"),
        (["--style=waves"], "Did you mean wave?"),
        (["--strip=strip.mp4"], "strip must end in one of"),
        (["--crf=99"], "crf must be from 0 to 51"),
        (["--show"], "a live window needs"),
    ],
)
def test_bad_input_is_one_sentence(flags, sentence, capsys, monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert film(*flags) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1


def test_flags_are_those_of_the_method_asked_for(capsys):
    assert app.main(["video", "--method=gatys", "--help"]) == 0
    described = capsys.readouterr().out
    assert "--temporal_weight=" in described
    assert described.count("--start=") == 1
    assert film("--temporal_weight=3") == 2
    assert "unknown flag --temporal_weight" in capsys.readouterr().err
