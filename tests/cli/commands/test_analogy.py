"""`tfstyle analogy` from the shell."""

import json

import numpy as np
import pytest
from samples import picture

from tfstyle import image
from tfstyle.cli import app
from tfstyle.methods.analogies import method as analogies


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working folder with a pair and two targets."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    for seed, name in enumerate(("in/a.png", "in/b.png", "filtered.png", "source.png")):
        image.write(tmp_path / name, picture(24, 32, seed))
    return tmp_path


def analogy(*flags, target="in/a.png", output="out.png", filtered="filtered.png"):
    files = [f"--filtered={filtered}", f"--target={target}", f"--output={output}"]
    return app.main(["analogy", *files, "--size=24", *flags])


def record(path):
    return json.loads(path.read_text("utf-8"))


def test_picture_and_record_are_written(folder, capsys):
    assert analogy("--source=source.png", "--levels=2") == 0
    assert image.read("out.png").shape == (1, 18, 24, 3)
    written = record(folder / "out.json")
    assert written["command"] == "analogy"
    assert written["outcome"] == "every pixel painted"
    paths = [each["path"] for each in written["inputs"]]
    assert paths == ["in/a.png", "filtered.png", "source.png"]
    assert [level["size"] for level in written["levels"]] == [[9, 12], [18, 24]]
    assert written["evaluations"] == 9 * 12 + 18 * 24
    assert set(written["losses"][1]) >= {"distance", "coherent"}
    assert "every pixel painted" in capsys.readouterr().out


def test_source_is_what_the_shell_names(folder):
    assert analogy("--quiet", "--source=filtered.png", "--kappa=0") == 0
    config = analogies.Config(size=24, kappa=0.0)
    content, known = image.read("in/a.png"), image.read("filtered.png")
    expected = analogies.stylize(content, known, config, source=known).image
    assert np.abs(image.read("out.png") - expected).max() <= 0.5 / 255 + 1e-6
    assert analogy("--quiet", "--kappa=0", output="without.png") == 0
    assert len(record(folder / "without.json")["inputs"]) == 2
    assert not np.array_equal(image.read("without.png"), image.read("out.png"))


def test_folder_goes_on_past_a_broken_file_and_leaves_what_is_there(folder):
    (folder / "in" / "c.png").write_bytes(b"no picture")
    assert analogy("--quiet", target="in", output="painted") == 1
    before = (folder / "painted" / "a.png").stat().st_mtime_ns
    (folder / "painted" / "b.png").unlink()
    assert analogy("--quiet", "--skip_existing", target="in", output="painted") == 1
    assert (folder / "painted" / "a.png").stat().st_mtime_ns == before
    assert (folder / "painted" / "b.png").exists()


@pytest.mark.parametrize(
    "flags, message",
    [
        (["--source=small.png"], "source must have the size of the filtered picture, 32x24"),
        (["--source=nowhere.png"], "source must be an image file, but there is none of this"),
        (["--filtered=nowhere.png"], "filtered must be an image file, but there is none of this"),
        (["--target=nowhere.png"], "target must be an image file, but there is none of this"),
        (["--target=no*", "--output=all"], "target must hold at least one picture. Received: ta"),
        (
            ["--target=in"],
            "output must be a folder or a pattern such as out_%04d.png, as target is one too",
        ),
        (["--output=out.pgn"], "output must end in one of"),
        (["--smoothing=21"], "smoothing must be from 0 to 20 pixels"),
        (["--kappa=-1"], "kappa must be at least 0"),
        (["--features=lab"], "features must be one of luminance, rgb"),
        (["--levels=x"], "levels must be auto"),
        (["--output=source.png", "--source=source.png"], "output must not replace an input"),
        (["--output=filtered.png"], "output must not replace an input"),
        (["--style=filtered.png"], "unknown flag --style"),
        (["--target="], "target must be given, as --target=PATH."),
    ],
)
def test_what_cannot_be_is_one_sentence(folder, capsys, flags, message):
    image.write("small.png", picture(24, 30, 1))
    assert analogy("--quiet", *flags) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
    assert not (folder / "out.png").exists()


def test_interruption_keeps_the_picture_so_far(folder, capsys, monkeypatch):
    plan = analogies.level.Level.fill

    def fill(level):
        for wave in plan(level):
            yield wave
            if wave == 30:
                raise KeyboardInterrupt

    monkeypatch.setattr(analogies.level.Level, "fill", fill)
    assert analogy("--quiet") == 130
    assert capsys.readouterr().err == (
        "tfstyle analogy: interrupted; the best picture so far is out.png\n"
    )
    assert image.read("out.png").shape == (1, 18, 24, 3)
    assert record(folder / "out.json")["outcome"] == "interrupted at level 1 of 1"


def test_missing_package_is_a_sentence(folder, capsys, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "scipy.spatial", None)
    assert analogy("--quiet") == 2
    assert 'pip install "tfstyle[classical]"' in capsys.readouterr().err


def test_help_names_the_pair(capsys):
    assert app.main(["analogy", "--help"]) == 0
    out = capsys.readouterr().out
    assert "--filtered=PATH --target=PATH --output=PATH" in out
    assert "\n  --source=none\n" in out
