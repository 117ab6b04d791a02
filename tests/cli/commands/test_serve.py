"""`tfstyle serve` before it serves: what is wrong with its flags; the rest is in tests/server."""

import sys

import pytest

from tfstyle.cli import app


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with one version of a model, which is empty."""
    (tmp_path / "served" / "pair" / "1").mkdir(parents=True)
    (tmp_path / "served" / "pair" / "1" / "saved_model.pb").touch()
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "model must be given, as --model=PATH."),
        (["--model=none"], "model must be a folder of numbered versions, as tfstyle export "),
        (["--model=served/pair/1"], "model must be the folder above its versions, served/pair."),
        (["--model=served/pair,served/pair"], "model must name each folder once."),
        (["--model=served/pair,"], "model must have a path beside each comma."),
        (["--model=served/pair", "--port=70000"], "port must be from 0 to 65535."),
        (["--model=served/pair", "--threads=0"], "threads must be from 1 to 256."),
    ],
)
def test_wrong_flags_are_one_sentence(folder, capsys, words, sentence):
    assert app.main(["serve", *words]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(f"tfstyle serve: {sentence}")


@pytest.mark.parametrize("module", ["starlette", "uvicorn", "prometheus_client"])
def test_missing_extra_is_named(folder, capsys, monkeypatch, module):
    monkeypatch.setitem(sys.modules, module, None)
    assert app.main(["serve", "--model=served/pair"]) == 2
    assert 'tfstyle serve needs pip install "tfstyle[serve]"' in capsys.readouterr().err
