import dataclasses
import os
import re
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import cli_stub
import numpy as np
import pytest
from cli_stub import gatys, sentence

from tfstyle import image
from tfstyle.cli import app, painting, process
from tfstyle.cli import progress as progress_bar
from tfstyle.cli.commands.pictures import Files
from tfstyle.jobs.pairs import Pair
from tfstyle.result import Level, Loss, Progress

method, folder = cli_stub.method, cli_stub.folder  # Fixtures.


# --- Help ---


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_lists_the_commands(arguments, capsys):
    assert app.main(arguments) == 0
    assert re.search(r"^  gatys +\w", capsys.readouterr().out, re.MULTILINE)


def test_version(capsys):
    assert app.main(["--version"]) == 0
    assert re.fullmatch(r"tfstyle \d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_help_does_not_load_tensorflow():
    code = (
        "import sys; from tfstyle.cli import app; app.main(['--help']); app.main(['gatis']); "
        "sys.exit('tensorflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


def test_methods_without_a_network_do_not_load_tensorflow():
    code = (
        "import sys; from tfstyle.cli import app\n"
        "for command in ('quilt', 'analogy'): app.main([command, '--help'])\n"
        "sys.exit('tensorflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


def test_unknown_command_suggests_the_nearest():
    process = subprocess.run(
        [sys.executable, "-m", "tfstyle.cli.app", "gatis"], capture_output=True, text=True
    )
    assert (process.returncode, process.stdout) == (2, "")
    assert process.stderr == (
        "tfstyle: unknown command gatis. Did you mean gatys? See: tfstyle --help\n"
    )


def test_help_of_a_command_shows_every_flag(method, capsys):
    assert app.main(["gatys", "--help"]) == 0
    out = capsys.readouterr().out
    for field in [*dataclasses.fields(Files), *dataclasses.fields(cli_stub.Config)]:
        assert f"\n  --{field.name}=" in out
    assert "  --size=512\n      Longest side. From 16 to 8192 pixels or none.\n" in out
    assert "  --layers=relu1_1,relu2_1\n      Layers compared.\n" in out
    assert "  --rate=0.5\n      Less patience. From 1e-6 to 1.\n" in out
    assert "  --guarded=1.0\n      Any size. At least 0 units.\n" in out
    assert "  --shares=none\n      One per style. At least 0 or none.\n" in out
    assert "  --pooling=max\n      Pooling. One of average, max.\n" in out
    assert "  --mirror=true\n" in out


@pytest.mark.parametrize("command", [name for name in app.COMMANDS if name != "completion"])
def test_help_of_no_command_loads_tensorflow(command):
    code = (
        "import sys; from tfstyle.cli import app\n"
        f"print(app.main(['{command}', '--help']))\n"
        f"print(app.main(['{command}', '--nonsense']))\n"
        "sys.exit('tensorflow' in sys.modules)"
    )
    environment = {key: text for key, text in os.environ.items() if key != "TF_CPP_MIN_LOG_LEVEL"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0
    assert re.findall("^[0-9]+$", done.stdout, re.MULTILINE) == ["0", "2"]


@pytest.mark.slow
def test_tensorflow_loads_without_chatter_after_the_flags_are_read(tmp_path):
    image.write(tmp_path / "in.png", np.full([1, 20, 20, 3], 0.5, np.float32))
    environment = {key: text for key, text in os.environ.items() if key != "TF_CPP_MIN_LOG_LEVEL"}
    flags = [f"--content={tmp_path / 'in.png'}", f"--output={tmp_path / 'out.png'}"]
    command = [sys.executable, "-m", "tfstyle", "apply", *flags, "--style=great_wave", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    command = [sys.executable, "-m", "tfstyle", "gatys", *flags, "--style=none.png"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("tfstyle gatys: style must be an image file")


# --- What a terminal shows ---


def test_the_bar_draws_only_on_a_terminal(monkeypatch, capsys):
    levels = (Level((2, 3), 10), Level((4, 6), 5))
    loss = Loss(1, 2, 0.1, {"total": 3.0, "content": 1.0})
    progress = Progress(1, 2, (4, 6), 1, 5, 2, 11, loss, None)
    with progress_bar.show(levels) as report:
        report(progress)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress_bar.show(levels) as report:
        report(progress)
    err = capsys.readouterr().err
    assert all(
        part in err
        for part in ("level 2/2 6x4", "step 1/5, 2 evaluations", "left", "total 3, content 1")
    )


def test_levels_that_are_announced_are_those_of_the_run(capsys):
    planned, run = Level((2, 3), 10), Level((2, 3), 4, tile=64)
    announce = painting.announcement(Pair(Path("a.jpg"), Path("b.png")), [planned], quiet=False)
    progress = Progress(0, 1, (2, 3), 1, 4, 1, 1, None, None, (run,))
    announce(progress)
    announce(progress)
    assert capsys.readouterr().err == "a.jpg, levels: 3x2 (4 steps in tiles of 64)\n"


def test_work_counts_pixels_and_finished_levels():
    levels = (Level((2, 3), 10), Level((4, 6), 5))
    progress = Progress(1, 2, (4, 6), 2, 5, 2, 7, None, None)
    assert progress_bar.work(levels) == 10 * 6 + 5 * 24
    assert progress_bar.work_done(levels, progress) == 10 * 6 + 2 * 24


# --- The process ---


def test_warnings_become_one_line(method, folder, capsys):
    method.during = lambda content: warnings.warn("other weights", stacklevel=1)
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        assert gatys("--quiet") == 0
    assert "tfstyle gatys: other weights\n" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_polite_kill_and_closed_terminal_are_as_ctrl_c(method, folder, capsys, number):
    signal.signal(number, signal.SIG_DFL)
    method.during = lambda content: os.kill(os.getpid(), number)
    assert gatys("--quiet") == 130
    assert sentence(capsys) == "tfstyle gatys: interrupted\n"
    assert signal.getsignal(number) == signal.SIG_DFL


def test_nohup_keeps_a_closed_terminal_from_ending_a_command(method, folder):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    method.during = lambda content: os.kill(os.getpid(), signal.SIGHUP)
    assert gatys("--quiet") == 0
    signal.signal(signal.SIGHUP, before)


def test_descriptor_2_is_silent_only_inside(capfd):
    with process.silent_descriptor():
        os.write(2, b"chatter")
    os.write(2, b"heard")
    assert capfd.readouterr().err == "heard"
