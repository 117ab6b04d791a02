"""What Tab completes, asked of the shells themselves: each runs the script that is printed."""

import contextlib
import dataclasses
import io
import os
import pathlib
import pty
import select
import shutil
import subprocess
import sys
import time

import pytest

from tfstyle import settings
from tfstyle.cli import app
from tfstyle.cli.completion import flags

SHELLS = ("bash", "zsh")

SET_UP = {
    "bash": (
        "PS1='ready> '; bind 'set bell-style none'; source ./script\n"
        "dump() { printf '%s' \"$READLINE_LINE\" > buffer; }; bind -x '\"\\C-x\": dump'\n"
    ),
    "zsh": (
        "PS1='ready> '; autoload -Uz compinit; compinit -u -D; source ./script\n"
        "dump() { print -rn -- $BUFFER > buffer; }; zle -N dump; bindkey '^X' dump\n"
    ),
}
"""What makes Control-X write the line to a file."""

COMMANDS = {"bash": ["--norc", "--noprofile", "-i"], "zsh": ["-f", "-i"]}

PATIENCE = 60
"""Seconds for a line to be completed."""


@pytest.fixture(scope="module")
def scripts(tmp_path_factory):
    """The scripts that the command prints, as `script.bash` and `script.zsh`."""
    folder = tmp_path_factory.mktemp("completion")
    for shell in SHELLS:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            assert app.main(["completion", shell]) == 0
        (folder / f"script.{shell}").write_text(printed.getvalue(), encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with pictures, one of them in a folder, one with a space in its name."""
    monkeypatch.chdir(tmp_path)
    names = ("photo.jpg", "painting.png", "my cat.jpg", "pictures/wave.png", "old [2019]/a.jfif")
    for name in names:
        pathlib.Path(name).parent.mkdir(exist_ok=True)
        pathlib.Path(name).touch()
    return tmp_path


# --- The flags, as data ---


@dataclasses.dataclass(frozen=True)
class Config:
    """One field of each kind."""

    layers: tuple[str, ...] | str = settings.setting(("relu1_1",), "Layers compared.")
    levels: str | int = settings.setting("auto", "How many.")
    mirror: bool = settings.setting(True, "Whether to mirror. Then left is right.")
    pooling: str | None = settings.setting(None, "Pooling.", choices=("average", "max"))
    start: str | os.PathLike = settings.setting("noise", "First image.")


def test_flags_say_what_they_may_be_given():
    assert flags.read_flags([Config]) == (
        flags.Flag("layers", "Layers compared"),
        flags.Flag("levels", "How many"),
        flags.Flag("mirror", "Whether to mirror", is_switch=True),
        flags.Flag("pooling", "Pooling", choices=("average", "max", "none")),
        flags.Flag("start", "First image", is_path=True),
    )


# --- The candidates, asked of bash's function ---


@pytest.fixture
def candidates(scripts, folder):
    """A function from the words of a line, as bash parts them, to what it may go on with."""

    def ask(*words, breaks="$' \\t\\n\"\\'><=;|&(:'"):
        code = (
            f"source {scripts}/script.bash; COMP_WORDBREAKS={breaks}; "
            'COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _tfstyle; '
            'printf "%s\\n" "${COMPREPLY[@]}"'
        )
        done = subprocess.run(["bash", "-c", code, "bash", *words], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.split("\n")[:-1]

    return ask


def test_every_command_is_offered(candidates):
    assert candidates("tfstyle", "") == [*app.COMMANDS, "--help", "--version"]


def test_values_are_those_of_the_flag(candidates):
    assert candidates("tfstyle", "gatys", "--pooling", "=") == ["max", "average"]
    assert candidates("tfstyle", "gatys", "--pooling", "=", "a") == ["average"]


def test_values_stand_behind_the_flag_where_bash_does_not_part_at_equals_signs(candidates):
    found = candidates("tfstyle", "gatys", "--pooling=", breaks="' '")
    assert found == ["--pooling=max", "--pooling=average"]


@pytest.mark.parametrize(
    "words", [("apply",), ("export",), ("video",), ("video", "--method", "=", "apply")]
)
def test_trained_styles_are_offered_by_name(candidates, words):
    assert candidates("tfstyle", *words, "--style", "=", "the_") == ["the_scream", "the_kiss"]


def test_styles_that_are_pictures_are_not_offered_by_name(candidates):
    assert candidates("tfstyle", "video", "--method", "=", "gatys", "--style", "=", "the_") == [""]


def test_value_may_be_a_word_of_its_own(candidates):
    assert candidates("tfstyle", "gatys", "--pooling", "a") == ["average"]


def test_numbers_are_left_to_the_user(candidates):
    assert candidates("tfstyle", "gatys", "--steps", "=") == [""]
    assert candidates("tfstyle", "gatys", "--steps", "") == [""]


def test_switches_are_offered_both_ways_and_take_no_value(candidates):
    assert candidates("tfstyle", "gatys", "--qui") == ["--quiet"]
    assert candidates("tfstyle", "gatys", "--noqui") == ["--noquiet"]
    assert "--content=" in candidates("tfstyle", "gatys", "--quiet", "")


def test_flags_follow_the_method(candidates):
    assert candidates("tfstyle", "video", "--line") == [""]
    named = ("tfstyle", "video", "--method", "=", "gatys")
    assert candidates(*named, "--line") == ["--line_search="]
    assert candidates(*named, "--line_search", "=", "u") == ["unit_step"]


def test_paths_are_offered_behind_commas_too(candidates):
    assert candidates("tfstyle", "gatys", "--style", "=", "photo.jpg,pai") == [
        "photo.jpg,painting.png"
    ]


def test_completion_takes_a_shell(candidates):
    assert candidates("tfstyle", "completion", "") == ["bash", "zsh", "--help"]


def test_other_commands_have_no_flags_of_gatys(candidates):
    assert candidates("tfstyle", "apply", "--style_w") == [""]


def test_unknown_command_has_no_flags(candidates):
    assert candidates("tfstyle", "gatis", "--") == [""]


# --- The line, after Tab was pressed ---


@pytest.fixture(params=SHELLS)
def complete(request, scripts, folder):
    """A function from a line to what it is once Tab is pressed behind it."""
    skip_unless_at_hand(request.param)
    shutil.copy(scripts / f"script.{request.param}", folder / "script")
    with Terminal(request.param) as terminal:
        yield terminal.complete


def skip_unless_at_hand(shell):
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell}")
    # That of macOS, 3.2, does not tell a function the line.
    version = "echo ${BASH_VERSINFO:-9}"
    if int(subprocess.run([shell, "-c", version], capture_output=True, text=True).stdout) < 4:
        pytest.skip("needs bash 4 or newer")


class Terminal:
    """A shell that a test types into."""

    def __init__(self, shell):
        self.master, slave = pty.openpty()
        environment = {**os.environ, "TERM": "dumb", "ZDOTDIR": "/nowhere"}
        self.process = subprocess.Popen(
            [shell, *COMMANDS[shell]],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
        )
        os.close(slave)
        self.type(SET_UP[shell])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.master)

    def type(self, keys):
        os.write(self.master, keys.encode())

    def complete(self, line):
        """Returns the line after Tab."""
        buffer = pathlib.Path("buffer")
        self.type(f"{line}\t\x18")
        deadline = time.monotonic() + PATIENCE
        while not buffer.exists() or not buffer.read_text():
            assert time.monotonic() < deadline, f"{line} was not completed"
            # The shell waits once nobody reads what it echoes.
            if select.select([self.master], [], [], 0.05)[0]:
                os.read(self.master, 65536)
        text = buffer.read_text()
        buffer.unlink()
        self.type("\x15")
        return text


@pytest.mark.parametrize(
    "typed, expected",
    [
        ("tfstyle ga", "tfstyle gatys "),
        ("tfstyle gatys --style_w", "tfstyle gatys --style_weight="),
        ("tfstyle gatys --pooling=a", "tfstyle gatys --pooling=average "),
        (
            "tfstyle gatys --pooling=max --content=pho",
            "tfstyle gatys --pooling=max --content=photo.jpg ",
        ),
        ("tfstyle gatys --content=pict", "tfstyle gatys --content=pictures/"),
        ("tfstyle gatys --content=pictures/w", "tfstyle gatys --content=pictures/wave.png "),
        ("tfstyle gatys --content=my", "tfstyle gatys --content=my\\ cat.jpg "),
        ("tfstyle gatys --content=ol", "tfstyle gatys --content=old\\ \\[2019\\]/"),
        (
            "tfstyle train --photos=old\\ \\[2019\\]/a",
            "tfstyle train --photos=old\\ \\[2019\\]/a.jfif ",
        ),
        ("tfstyle gatys --style=photo.jpg,pai", "tfstyle gatys --style=photo.jpg,painting.png "),
        ("tfstyle gatys --quie", "tfstyle gatys --quiet "),
        ("tfstyle video --method=gatys --line_s", "tfstyle video --method=gatys --line_search="),
        ("tfstyle completion z", "tfstyle completion zsh "),
    ],
)
def test_tab_completes(complete, typed, expected):
    assert complete(typed) == expected


# --- The command ---


def test_nothing_but_the_script_is_printed(scripts):
    command = [sys.executable, "-m", "tfstyle", "completion", "zsh"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (scripts / "script.zsh").read_text(encoding="utf-8")


def test_shell_that_has_no_script_is_refused(capsys):
    assert app.main(["completion", "bish"]) == 2
    assert capsys.readouterr().err == (
        "tfstyle completion: shell must be one of bash, zsh. Did you mean bash? "
        "Received: shell=bish\n"
    )


def test_shell_must_be_named(capsys):
    assert app.main(["completion"]) == 2
    assert "takes one word, bash or zsh" in capsys.readouterr().err


def test_help_says_where_the_script_goes(capsys):
    assert app.main(["completion", "--help"]) == 0
    assert "bash-completion/completions" in capsys.readouterr().out
