"""Runs that a kill has ended: what they leave goes, and what they lack is made up for."""

import os
import signal
import subprocess
import sys

import cli_stub
import numpy as np
import pytest
from cli_stub import files, gatys, save_picture

from tfstyle import image
from tfstyle.jobs import outputs, resume
from tfstyle.jobs import record as record_file
from tfstyle.system.unfinished import parts

pytest.importorskip("fcntl")

method, folder = cli_stub.method, cli_stub.folder  # Fixtures.

SCRIPT = """
import os, signal, sys
sys.path[:0] = [{support!r}, {root!r}]
import cli_stub
from tfstyle.cli import app
from tfstyle.jobs import record, saving
stub = sys.modules[app.COMMANDS["gatys"].module] = cli_stub.Method()
def kill(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
{kill}
cli_stub.gatys(*sys.argv[1:])
"""

KILLS = {
    "before the picture": "from PIL import Image; Image.Image.save = kill",
    "between picture and record": "record.encode = kill",
    "in a step": "stub.during = kill",
    "in a snapshot": (
        "write = saving.write_picture\n"
        "def write_picture(path, *rest):\n"
        "    if 'step' in path.name:\n"
        "        from PIL import Image; Image.Image.save = kill\n"
        "    write(path, *rest)\n"
        "saving.write_picture = write_picture"
    ),
}


def kill_run(when, *flags):
    """Paints in a process of its own, which is killed at some moment."""
    here = os.path.dirname(cli_stub.__file__)
    root = os.path.dirname(os.path.dirname(here))
    script = SCRIPT.format(support=here, root=root, kill=KILLS[when])
    done = subprocess.run([sys.executable, "-c", script, *flags], capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr


def left(folder):
    return [name for name in files(folder) if name.endswith(".part")]


@pytest.mark.parametrize("when", KILLS)
@pytest.mark.parametrize("flags", [(), ("--skip_existing",)])
def test_next_run_leaves_nothing_behind_and_all_complete(when, flags, method, folder):
    kill_run(when, "--save_every=1")
    assert gatys("--save_every=1", *flags) == 0
    assert files(folder) == [
        "in.png",
        "out.json",
        "out.png",
        "out_step00001.png",
        "out_step00002.png",
        "style.png",
    ]
    assert resume.is_there(folder / "out.png")


@pytest.mark.slow
def test_picture_without_its_record_is_painted_anew_until_it_has_it(method, folder):
    kill_run("between picture and record")
    assert image.read("out.png").shape == (1, *cli_stub.SIZE, 3)
    assert not (folder / "out.json").exists()
    # The next run is killed too, before it comes to the record.
    kill_run("in a step", "--skip_existing")
    assert gatys("--skip_existing") == 0
    assert len(method.calls) == 1 and record_file.read("out.png")
    assert gatys("--skip_existing") == 0
    assert len(method.calls) == 1 and not left(folder)


def test_record_of_an_earlier_picture_does_not_stand_for_a_later_one(method, folder):
    """With --resume too: the picture is a later run's, killed before it had its own record."""
    many = {"content": "[is]*.png", "output": "results"}
    assert gatys("--checkpoint=state", **many) == 0
    (folder / "results" / "in.json").rename(folder / "results" / "kept")
    parts.path_of(folder / "results" / "in.json").write_bytes(b"")
    (folder / "results" / "kept").rename(folder / "results" / "in.json")
    assert gatys("--checkpoint=state", "--resume", **many) == 0
    assert len(method.calls) == 3


def test_what_another_run_is_writing_stays(method, folder):
    writing = [parts.create(folder / name) for name in ("out.png", "out_step00001.png")]
    assert gatys("--save_every=1") == 0
    assert len(left(folder)) == 2
    for part in writing:
        part.discard()
    assert left(folder) == []


# --- What is skipped ---


def test_skipped_picture_is_said(method, folder, capsys):
    gatys()
    capsys.readouterr()
    assert gatys("--skip_existing") == 0
    assert capsys.readouterr() == ("out.png  skipped: it is there\n", "")
    assert gatys("--skip_existing", "--quiet") == 0
    assert capsys.readouterr() == ("", "")


def test_skipped_ones_of_many_are_said_in_one_line(method, folder, capsys):
    (folder / "photos").mkdir()
    for number in range(1, 12):
        save_picture(f"photos/{number}.png")
    gatys(content="photos", output="painted")
    (folder / "painted" / "7.png").unlink()
    capsys.readouterr()
    assert gatys("--skip_existing", content="photos", output="painted") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("painted/7.png  ")
    assert lines[1:] == ["painted  skipped: 10 that are there, 1.png, 2.png, 3.png and 7 more"]


def test_snapshots_of_a_killed_run_are_those_of_its_steps(folder):
    assert outputs.snapshot_path(folder / "out.png", 100).name == "out_step00100.png"
    assert np.unique([parts.path_of(folder / name).name for name in "abc"]).size == 3
