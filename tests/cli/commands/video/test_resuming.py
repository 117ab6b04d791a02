"""Clips that are interrupted or fail, and are gone on with, from the shell."""

import film_stub
import numpy as np
import pytest
from film_stub import decode, film, record

from tfstyle import image
from tfstyle.cli import app
from tfstyle.video_io import encoding, joining, meter, pipeline

av = film_stub.av
folder, stop, failing = film_stub.folder, film_stub.stop, film_stub.failing  # Fixtures.

pytestmark = pytest.mark.usefixtures("folder")


# --- What is safe ---


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError("no room")])
def test_last_frames_that_are_not_written_cost_no_others(folder, failing, error):
    """All eight are painted; it stops while the last are written."""
    failing(pipeline.Behind, "close", 1, error)
    assert film() == (130 if isinstance(error, KeyboardInterrupt) else 2)
    assert film("--resume") == 0
    assert record(folder)["frames_painted_earlier"] == 8
    assert len(decode("out.mp4")) == 8


def test_frames_before_one_that_cannot_be_written_are_kept(failing, folder, capsys):
    failing(encoding.Part, "write", 4, OSError("no room"))
    assert film() == 2
    assert "no room" in capsys.readouterr().err
    assert film("--resume") == 0
    assert record(folder)["frames_painted_earlier"] == 3
    assert len(decode("out.mp4")) == 8


@pytest.mark.parametrize(("owner", "name"), [(encoding, "_add_stream"), (joining, "join")])
def test_ffmpegs_errors_are_a_sentence_and_lose_nothing(failing, folder, capsys, owner, name):
    failing(owner, name, 1, av.error.ExternalError(1, "broken"))
    assert film() == 2
    error = capsys.readouterr().err
    assert "output could not be" in error and error.count("\n") == 1
    assert film("--resume") == 0
    assert len(decode("out.mp4")) == 8
    assert {path.name for path in folder.iterdir()} == {"in.mp4", "out.mp4", "out.json"}


def test_interrupted_while_parts_are_joined_says_how_to_go_on(failing, capsys):
    failing(joining, "join", 1, KeyboardInterrupt())
    assert film() == 130
    assert "interrupted after 8 frames; the same command with --resume" in capsys.readouterr().err


def test_parts_stay_until_a_new_run_has_a_frame(folder, stop, capsys, monkeypatch):
    stop(4)
    assert film() == 130
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert film("--show") == 2
    assert film("--start=100") == 2
    assert film("--resume") == 0
    assert record(folder)["frames_painted_earlier"] == 3
    capsys.readouterr()


# --- Going on ---


def test_a_retrained_network_of_the_same_name_is_not_gone_on_with(folder, stop, capsys):
    (folder / "net.npz").write_bytes(b"one")
    stop(3)
    assert film("--model=net.npz") == 130
    (folder / "net.npz").write_bytes(b"two")
    assert film("--model=net.npz", "--resume") == 2
    assert "resume must be of the same input" in capsys.readouterr().err
    (folder / "net.npz").write_bytes(b"one")
    assert film("--model=net.npz", "--resume") == 0


@pytest.mark.parametrize("flag", ["--start=0.1", "--duration=0.7", "--crf=20"])
def test_another_span_or_coding_is_not_gone_on_with(stop, capsys, flag):
    stop(3)
    assert film() == 130
    assert film(flag, "--resume") == 2
    assert "resume must be of the same input" in capsys.readouterr().err


@pytest.mark.parametrize("output", ["out.mp4", "out"])
def test_earlier_seconds_and_frames_count(folder, stop, monkeypatch, output):
    """By a clock that says 100 seconds whenever it is asked."""
    monkeypatch.setattr(meter.Meter, "elapsed", 100.0)
    stop(4)
    assert film(output=output) == 130
    assert film("--resume", output=output) == 0
    found = record(folder)
    assert found["seconds"] == 200
    assert (found["frames"], found["frames_painted_earlier"]) == (8, 3)
    assert found["frames_per_second"] == pytest.approx(8 / 200)


@pytest.mark.parametrize("output", ["out.mp4", "out"])
@pytest.mark.parametrize("number", [4, None])
def test_the_strip_of_a_resumed_run_shows_the_whole_clip(folder, stop, failing, output, number):
    """Stopped at the fourth frame, or after the last."""
    assert film("--strip=whole.png", output=f"whole_{output}") == 0
    if number is None:
        failing(pipeline.Behind, "close", 1, KeyboardInterrupt())
    stop(number)
    assert film("--strip=strip.png", output=output) == 130
    assert film("--strip=strip.png", "--resume", output=output) == 0
    found, whole = image.read("strip.png"), image.read("whole.png")
    assert found.shape == whole.shape == (1, 2 * 180, 8 * 240, 3)
    assert np.abs(found - whole).mean() < (0.02 if output == "out.mp4" else 1e-6)


# --- What is finished ---


@pytest.mark.parametrize("output", ["out.mp4", "out"])
def test_a_finished_clip_is_not_painted_again(folder, stop, capsys, output):
    """Were a frame painted, the run would stop at it."""
    assert film("--strip=strip.png", output=output) == 0
    stop(1)
    arguments = ["--input=in.mp4", "--style=wave", f"--output={output}", "--resume"]
    assert app.main(["video", *arguments]) == 0
    assert capsys.readouterr().out == f"{output}  skipped: an earlier run finished it\n"
    assert film("--resume", "--strip=strip.png", output=output) == 0
    assert film("--resume", "--strip=missing.png", output=output) == 130


@pytest.mark.parametrize("output", ["out.mp4", "out"])
def test_without_resume_or_with_other_settings_it_is(folder, stop, output):
    assert film(output=output) == 0
    stop(1)
    assert film("--resume", "--stabilize=0.5", output=output) == 130
    stop(1)
    assert film(output=output) == 130


@pytest.mark.parametrize("missing", ["out/frame_000003.png", "out.json"])
def test_a_folder_that_has_lost_a_file_is_painted_again(folder, stop, missing):
    assert film(output="out") == 0
    (folder / missing).unlink()
    stop(1)
    assert film("--resume", output="out") == 130


def test_a_folder_with_another_runs_first_pictures_is_not_finished(stop):
    """The record is the first run's still."""
    assert film(output="out") == 0
    stop(2)
    assert film("--stabilize=0.5", output="out") == 130
    assert film("--resume", output="out") == 2


def test_another_output_with_the_same_record_is_not_finished(stop):
    assert film("--stabilize=0.5", output="out") == 0
    assert film(output="out.mp4") == 0
    stop(1)
    assert film("--resume", output="out") == 130
