"""Every block of the README runs as it stands; most with small pictures and few steps."""

import pathlib
import re
import subprocess
import sys

import pytest

from tfstyle import image
from tfstyle.cli import app
from tfstyle.optimization import loop

ROOT = pathlib.Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(sh|python)\n(.*?)```", README, re.DOTALL)

LONGEST, STEPS = 96, 2
"""Pixels of a result's longest side and steps at a size; what else a block says is as it says."""


def commands(block: str) -> list[str]:
    """Splits a shell block into its commands, without those that set up what runs this test."""
    parts = [part.strip() for line in block.splitlines() for part in line.split(" && ")]
    return [part for part in parts if not part.startswith("pip install") and part != "pytest"]


SHELL = [command for kind, block in BLOCKS if kind == "sh" for command in commands(block)]
PYTHON = [block for kind, block in BLOCKS if kind == "python"]
COLD = "tfstyle video", "load_stylizer"
"""What the command and the block hold that run in a process of their own, at full size.

The rest share this one, which spares each of them the start of TensorFlow.
"""

downloading = pytest.mark.filterwarnings("default:VGG19's ImageNet weights are not at hand")


def split(blocks: list[str]) -> tuple[list[str], list[str]]:
    """Returns the first of the blocks that `COLD` means, alone, and the others."""
    cold = next(block for block in blocks if any(words in block for words in COLD))
    return [cold], [block for block in blocks if block != cold]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with nothing but the examples, as beside the README."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def short(monkeypatch):
    """Makes results small, and ends optimisations early, however long the block has them."""
    fit_size, minimize = image.fit_size, loop.minimize

    def small(height, width, longest):
        return fit_size(height, width, min(longest, LONGEST))

    def early(value_and_gradient, start, steps, *others, **named):
        return minimize(value_and_gradient, start, min(steps, STEPS), *others, **named)

    monkeypatch.setattr(image, "fit_size", small)
    monkeypatch.setattr(loop, "minimize", early)


def words(command: str) -> list[str]:
    program, *arguments = command.split()
    assert program == "tfstyle"
    return arguments


def run(*arguments: str) -> None:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def assert_outputs_are_there(arguments: list[str]) -> None:
    for argument in arguments:
        flag, _, path = argument.partition("=")
        assert flag not in ("--output", "--strip") or pathlib.Path(path).exists(), argument


def assert_picture_is_there(folder: pathlib.Path) -> None:
    assert [path.stat().st_size > 0 for path in folder.glob("*.png")] == [True]


def test_readme_shows_the_shell_and_python():
    assert any("gatys" in command for command in SHELL) and PYTHON


@pytest.mark.large
@downloading
@pytest.mark.parametrize("command", split(SHELL)[1])
def test_shell_command_runs(command, folder, short, capsys):
    arguments = words(command)
    assert app.main(arguments) == 0, capsys.readouterr().err
    assert_outputs_are_there(arguments)


@pytest.mark.large
@pytest.mark.parametrize("command", split(SHELL)[0])
def test_shell_command_runs_in_a_new_process(command, folder):
    arguments = words(command)
    run("-m", "tfstyle.cli.app", *arguments)
    assert_outputs_are_there(arguments)


@pytest.mark.large
@downloading
@pytest.mark.parametrize("block", split(PYTHON)[1])
def test_python_block_runs_and_writes_its_picture(block, folder, short):
    exec(block, {"__name__": "__main__"})
    assert_picture_is_there(folder)


@pytest.mark.large
@pytest.mark.parametrize("block", split(PYTHON)[0])
def test_python_block_runs_in_a_new_process(block, folder):
    run("-c", block)
    assert_picture_is_there(folder)


def test_files_that_the_readme_names_exist():
    named = re.findall(r"\((examples/[^)]+)\)|`((?:tfstyle|examples)/[\w./]+)`", README)
    for path in filter(None, (group for pair in named for group in pair)):
        assert (ROOT / path).exists(), path
