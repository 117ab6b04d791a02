"""Every block of the README runs as it stands."""

import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(sh|python)\n(.*?)```", README, re.DOTALL)


def commands(block: str) -> list[str]:
    """Splits a shell block into its commands, without those that set up what runs this test."""
    parts = [part.strip() for line in block.splitlines() for part in line.split(" && ")]
    return [part for part in parts if not part.startswith("pip install") and part != "pytest"]


SHELL = [command for kind, block in BLOCKS if kind == "sh" for command in commands(block)]
PYTHON = [block for kind, block in BLOCKS if kind == "python"]


def run(arguments: list[str], folder: pathlib.Path) -> None:
    (folder / "examples").symlink_to(ROOT / "examples")
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_readme_shows_the_shell_and_python():
    assert any("gatys" in command for command in SHELL) and PYTHON


@pytest.mark.large
@pytest.mark.parametrize("command", SHELL)
def test_shell_command_runs(command, tmp_path):
    program, *arguments = command.split()
    assert program == "tfstyle"
    run([sys.executable, "-m", "tfstyle.cli", *arguments], tmp_path)


@pytest.mark.large
@pytest.mark.parametrize("block", PYTHON)
def test_python_block_runs_and_writes_its_picture(block, tmp_path):
    run([sys.executable, "-c", block], tmp_path)
    assert [path.stat().st_size > 0 for path in tmp_path.glob("*.png")] == [True]


def test_files_that_the_readme_names_exist():
    named = re.findall(r"\((examples/[^)]+)\)|`((?:tfstyle|examples)/[\w./]+)`", README)
    for path in filter(None, (group for pair in named for group in pair)):
        assert (ROOT / path).exists(), path
