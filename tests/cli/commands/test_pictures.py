import json
import re

import cli_stub
import numpy as np
import pytest
from cli_stub import SIZE, files, gatys, save_picture, sentence
from numpy.testing import assert_allclose

from tfstyle import image
from tfstyle.result import Interrupted

method, folder = cli_stub.method, cli_stub.folder  # Fixtures.


def test_a_picture_and_its_record_are_written(method, folder, capsys):
    assert gatys() == 0
    out, err = capsys.readouterr()
    assert re.fullmatch(r"out\.png  \d+\.\d s  step limit reached\n", out)
    assert err == "in.png, levels: 6x4 (2 steps)\n"
    assert image.read("out.png").shape == (1, *SIZE, 3)
    record = json.loads((folder / "out.json").read_text(encoding="utf-8"))
    assert [each["path"] for each in record["inputs"]] == ["in.png", "style.png"]
    assert files(folder) == ["in.png", "out.json", "out.png", "style.png"]


def test_quiet_says_nothing(method, folder, capsys):
    assert gatys("--quiet") == 0
    assert capsys.readouterr() == ("", "")


def test_snapshots_lie_beside_the_output(method, folder):
    assert gatys("--save_every=2") == 0
    assert "out_step00002.png" in files(folder)
    assert "out_step00001.png" not in files(folder)


def test_alpha_comes_back_at_the_size_of_the_result(method, folder):
    alpha = np.ones([8, 12], np.float32)
    alpha[:, :6] = 0
    save_picture("in.png", alpha)
    assert gatys() == 0
    result = image.read_picture("out.png").alpha
    assert result.shape == SIZE
    assert_allclose(result[:, [0, -1]], [[0, 1]] * 4, atol=0.01)


def test_a_start_picture_is_recorded(method, folder):
    save_picture("first.png")
    assert gatys("--start=first.png") == 0
    record = json.loads((folder / "out.json").read_text(encoding="utf-8"))
    assert record["inputs"][-1]["path"] == "first.png"


@pytest.mark.parametrize("error", [ValueError, OSError, MemoryError])
def test_errors_of_the_method_become_one_line(error, method, folder, capsys):
    def fail(*arguments, **options):
        raise error("two\nlines")

    method.stylize = fail
    assert gatys() == 2
    assert sentence(capsys) == "tfstyle gatys: two lines\n"
    assert files(folder) == ["in.png", "style.png"]


def test_memory_that_runs_out_in_tensorflow_becomes_one_sentence(method, folder, capsys):
    errors = pytest.importorskip("tensorflow").errors

    def fail(content):
        raise errors.ResourceExhaustedError(None, None, "OOM when allocating\n\na long graph")

    method.during = fail
    assert gatys("--quiet") == 2
    assert sentence(capsys) == (
        "tfstyle gatys: memory ran out; lower size or end other programs. "
        "Received: level 6x4 (2 steps)\n"
    )


def test_our_own_mistakes_are_not_hidden(method, folder):
    def fail(content):
        raise ZeroDivisionError

    method.during = fail
    with pytest.raises(ZeroDivisionError):
        gatys("--quiet")


# --- Many pictures ---


def test_a_failed_one_of_many_is_reported_and_the_rest_done(method, folder, capsys):
    (folder / "bad.png").write_bytes(b"no picture")
    assert gatys("--quiet", content="[bi]*.png", output="results") == 1
    assert sentence(capsys).startswith("tfstyle gatys: bad.png: ")
    assert "results/in.png" in files(folder)


def test_all_of_many_failing_is_bad_input(method, folder):
    for name in ("bad.png", "bed.png"):
        (folder / name).write_bytes(b"no picture")
    assert gatys(content="b*.png", output="results") == 2
    assert not (folder / "results").exists()


# --- Going on ---


def test_checkpoint_and_resume_are_handed_on(method, folder):
    assert gatys("--checkpoint=state", "--resume") == 0
    assert method.calls[0][3:] == ("state", True)


def test_finished_picture_is_left_as_it_is(method, folder, capsys):
    assert gatys("--checkpoint=state") == 0
    capsys.readouterr()
    assert gatys("--checkpoint=state", "--resume") == 0
    assert capsys.readouterr().out == "out.png  skipped: an earlier run finished it\n"
    assert len(method.calls) == 1


def test_of_many_only_those_begun_are_resumed(method, folder):
    (folder / "state" / "in").mkdir(parents=True)
    (folder / "state" / "in" / "state.npz").write_bytes(b"")
    gatys("--checkpoint=state", "--resume", content="[is]*.png", output="results")
    assert [call[3:] for call in method.calls] == [("state/in", True), ("state/style", False)]


def paint_folder(*extra):
    return gatys("--checkpoint=state", *extra, content="[is]*.png", output="results")


def test_of_many_those_finished_are_skipped(method, folder, capsys):
    paint_folder()
    (folder / "results" / "style.png").unlink()
    capsys.readouterr()
    assert paint_folder("--resume") == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "results/in.png  skipped: an earlier run finished it"
    assert out[1].startswith("results/style.png  ")
    assert len(method.calls) == 3


def test_without_resume_nothing_is_skipped(method, folder):
    paint_folder()
    paint_folder()
    assert len(method.calls) == 4


@pytest.mark.parametrize("flag", ["--size=64", "--layers=a", "--start=in.png"])
def test_pictures_of_other_settings_are_not_skipped(flag, method, folder):
    paint_folder()
    paint_folder("--resume", flag)
    assert len(method.calls) == 4


def test_a_content_that_has_changed_is_not_skipped(method, folder):
    (folder / "photos").mkdir()
    for value in (0.25, 0.5):
        image.write("photos/a.png", np.full([1, 8, 12, 3], value, np.float32))
        gatys("--checkpoint=state", "--resume", content="photos", output="results")
    assert len(method.calls) == 2


def test_an_interrupted_picture_is_not_skipped(method, folder):
    result = method.result
    method.result = lambda: result("interrupted at step 1; Adam went on")
    paint_folder()
    method.result = result
    paint_folder("--resume")
    assert len(method.calls) == 4


def test_a_picture_without_a_record_is_not_skipped(method, folder):
    paint_folder()
    (folder / "results" / "in.json").unlink()
    paint_folder("--resume")
    assert len(method.calls) == 3


def test_a_picture_with_a_record_of_another_version_is_not_skipped(method, folder):
    paint_folder()
    (folder / "results" / "in.json").write_text('{"tfstyle": "0.0.1"}', encoding="utf-8")
    paint_folder("--resume")
    assert len(method.calls) == 3


# --- Interruption ---


def test_ctrl_c_keeps_the_best_picture(method, folder, capsys):
    def interrupt(content):
        raise Interrupted(method.result("interrupted at step 1"))

    method.during = interrupt
    assert gatys("--quiet") == 130
    assert sentence(capsys) == ("tfstyle gatys: interrupted; the best picture so far is out.png\n")
    record = json.loads((folder / "out.json").read_text(encoding="utf-8"))
    assert record["outcome"] == "interrupted at step 1"
    assert (folder / "out.png").exists()


def test_ctrl_c_stops_the_rest_of_many(method, folder):
    def interrupt(content):
        raise Interrupted(method.result())

    method.during = interrupt
    assert gatys(content="[is]*.png", style="style.png", output="results") == 130
    assert len(method.calls) == 1
