"""`--json`: a line a picture, and errors as JSON too."""

import json
import os
import signal
import types

import cli_stub
import pytest
from cli_stub import gatys, save_picture

import tfstyle
from tfstyle.cli import app, reports
from tfstyle.cli.commands import export, prepare, train
from tfstyle.export import config as export_config
from tfstyle.jobs import by_config
from tfstyle.methods.style_swap import style_settings
from tfstyle.result import Loss

method, folder = cli_stub.method, cli_stub.folder  # Fixtures.


@pytest.fixture
def lines(capsys):
    """A function that returns what was said on stdout, parsed; nothing may be on stderr."""

    def read(silent=True):
        out, err = capsys.readouterr()
        assert err == "" or not silent
        return [json.loads(line) for line in out.splitlines()]

    return read


def test_painted_picture_is_a_line(method, folder, lines):
    assert gatys("--json") == 0
    (line,) = lines(silent=False)
    assert line.pop("seconds") >= 0
    assert line == {
        "command": "gatys",
        "status": "painted",
        "content": "in.png",
        "styles": ["style.png"],
        "output": "out.png",
        "width": 6,
        "height": 4,
        "outcome": "step limit reached",
    }


def test_styles_are_neither_the_start_nor_a_map(folder):
    for name in ("start.png", "map.png"):
        save_picture(name)
    config = tfstyle.gatys.Config(start="start.png", content_regions="map.png")
    painter = by_config.method_of(config, ["style.png"])
    assert reports.styles(painter) == ["style.png"]
    assert len(painter.inputs) == 3


def test_losses_are_those_of_the_last_step(method, folder, lines, monkeypatch):
    result = method.result()
    terms = {"total": 3.0, "content": 1.0}
    found = result.__class__(result.image, (Loss(1, 1, 0.1, {}), Loss(2, 2, 0.2, terms)))
    monkeypatch.setattr(method, "result", lambda: found)
    assert gatys("--json", "--quiet") == 0
    assert lines()[0]["losses"] == terms


def test_pictures_of_a_folder_are_a_line_each_and_failures_too(method, folder, lines):
    os.mkdir("in")
    save_picture("in/a.png")
    (folder / "in" / "b.png").write_bytes(b"no picture")
    assert gatys("--json", "--quiet", content="in", output="out") == 1
    painted, failed = lines()
    assert (painted["status"], painted["output"]) == ("painted", "out/a.png")
    assert (failed["status"], failed["content"]) == ("failed", "in/b.png")
    assert failed["error"].startswith("content must be a whole image file")


def test_outputs_that_are_there_are_skipped(method, folder, lines):
    assert gatys("--quiet") == 0
    assert gatys("--json", "--skip_existing") == 0
    (line,) = lines()
    assert (line["status"], line["outcome"]) == ("skipped", "left as it is: it is there")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["--size=4"], "size must be from 16 to 8192 pixels. Received: size=4"),
        (["--siez=4"], "unknown flag --siez. Did you mean --size? See: tfstyle gatys --help"),
    ],
)
def test_errors_are_lines_too(method, folder, lines, words, error):
    assert gatys("--json", *words) == 2
    assert lines() == [{"command": "gatys", "status": "failed", "error": error}]


def test_error_is_never_written_where_the_picture_goes(method, folder, capsys):
    assert gatys("--json", output="-") == 2
    assert capsys.readouterr() == (
        "",
        "tfstyle gatys: json does nothing but with a file as --output; leave it out. "
        "Received: json=True\n",
    )


def test_lone_failure_names_its_content(method, folder, lines):
    assert gatys("--json", content="none.png") == 2
    (line,) = lines()
    assert (line["status"], line["content"]) == ("failed", "none.png")


def test_interruption_is_a_line(method, folder, lines):
    method.during = lambda content: os.kill(os.getpid(), signal.SIGINT)
    assert gatys("--json", "--quiet") == 130
    assert lines() == [{"command": "gatys", "status": "interrupted", "error": "interrupted"}]


def test_names_that_are_no_text_are_escaped(method, folder, lines):
    name = os.fsdecode(b"\xff.png")
    save_picture(name)
    assert gatys("--json", "--quiet", content=name) == 0
    assert lines()[0]["content"] == name


# --- Commands that make no pictures ---


def test_exported_network_is_a_line(lines):
    module = types.SimpleNamespace(export=lambda output, config: None)
    files = export.Files(output="served/pair/1", json=True)
    assert export.run("export", module, files, export_config.Config(model="pair.npz")) == 0
    assert lines() == [
        {
            "command": "export",
            "status": "exported",
            "method": "apply",
            "model": "pair.npz",
            "format": "savedmodel",
            "output": "served/pair/1",
        }
    ]


def test_prepared_style_is_a_line(folder, lines):
    save_picture("other.png")
    module = types.SimpleNamespace(prepare=lambda *args: None, save_style=lambda *args: None)
    files = prepare.Files(style="style.png,other.png", output="bank.npz", json=True)
    assert prepare.run("prepare", module, files, style_settings.Config()) == 0
    assert lines() == [
        {
            "command": "prepare",
            "status": "prepared",
            "styles": ["style.png", "other.png"],
            "output": "bank.npz",
        }
    ]


def test_trained_network_is_a_line_and_its_rounds_are_none(folder, lines):
    told = []
    module = types.SimpleNamespace(train=lambda *args, quiet: told.append(quiet))
    files = train.Files(photos="photos", styles="style.png", model="net", json=True)
    assert train.run("train", module, files, None) == 0
    (line,) = lines()
    assert line.pop("seconds") >= 0
    assert line == {
        "command": "train",
        "status": "trained",
        "photos": "photos",
        "styles": ["style.png"],
        "model": "net",
    }
    assert told == [True]


@pytest.mark.slow
def test_styles_are_one_line_with_their_works(lines):
    assert app.main(["styles", "--json"]) == 0
    (line,) = lines()
    assert line["model"] == "masters"
    assert line["styles"][1] == {"name": "the_scream", "work": "Edvard Munch, The Scream, 1893"}
