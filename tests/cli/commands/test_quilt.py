"""`tfstyle quilt` from the shell."""

import json

import pytest
from samples import picture

from tfstyle import image
from tfstyle.cli import app
from tfstyle.result import Interrupted, Result


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    for seed, name in enumerate(("in/a.png", "in/b.png", "texture.png")):
        image.write(tmp_path / name, picture(24, 32, seed))
    return tmp_path


def quilt(*flags, output="out.png", texture="texture.png"):
    files = [f"--texture={texture}", f"--output={output}", "--block_size=8"]
    return app.main(["quilt", *files, *flags])


def test_more_of_a_texture_is_made(folder, capsys):
    assert quilt("--size=40x30") == 0
    assert image.read("out.png").shape == (1, 30, 40, 3)
    record = json.loads((folder / "out.json").read_text("utf-8"))
    assert record["command"] == "quilt"
    assert [each["path"] for each in record["inputs"]] == ["texture.png"]
    assert record["steps"] == record["levels"][0]["steps"]
    assert "filled with blocks" in capsys.readouterr().out


def test_contents_are_painted(folder):
    assert quilt("--content=in", "--size=none", "--quiet", output="painted") == 0
    assert image.read(folder / "painted" / "b.png").shape == (1, 24, 32, 3)
    record = json.loads((folder / "painted" / "b.json").read_text("utf-8"))
    assert [each["path"] for each in record["inputs"]] == ["in/b.png", "texture.png"]
    assert len(record["levels"]) == 3


def test_what_is_there_is_left(folder):
    (folder / "out.png").write_bytes(b"mine")
    assert quilt("--size=40x30", "--skip_existing") == 0
    assert (folder / "out.png").read_bytes() == b"mine"


def test_interruption_keeps_what_there_is(folder, monkeypatch, capsys):
    def interrupted(*_, **__):
        raise Interrupted(Result(picture(5, 6, seed=1), outcome="interrupted"))

    with monkeypatch.context() as patch:
        patch.setattr("tfstyle.methods.quilting.synthesize", interrupted)
        assert quilt("--size=40x30") == 130
    assert image.read("out.png").shape == (1, 5, 6, 3)
    assert "the picture so far is out.png" in capsys.readouterr().err
    assert quilt("--size=40x30", "--skip_existing") == 0
    assert image.read("out.png").shape == (1, 30, 40, 3)


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--texture=none.png"], "texture must be an image file, but there is none of this name"),
        (["--texture=in"], "Received: texture=in"),
        (["--content=none.png"], "content must be an image file, but there is none of this name"),
        (["--size=40xx"], "size must be a number of pixels"),
        (["--size=40x30", "--content=in/a.png"], "size must be the longest side"),
        (["--block_size=25", "--size=40"], "block_size must be at most 24"),
        (["--output=texture.png"], "output must not replace an input"),
        (["--output=nowhere/out.png"], "output must lie in an existing folder"),
    ],
)
def test_bad_input_is_one_sentence(flags, sentence, capsys):
    assert quilt(*flags) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1
