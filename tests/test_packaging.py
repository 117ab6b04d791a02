"""What is packaged, and that the files which state a version state the same one."""

import importlib
import pathlib
import re
import runpy
import subprocess
import sys
import tomllib

import pytest
import setuptools

import tfstyle
from tfstyle import version

ROOT = next(each for each in pathlib.Path(__file__).parents if (each / "pyproject.toml").is_file())
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT, SETUPTOOLS = PYPROJECT["project"], PYPROJECT["tool"]["setuptools"]
EXTRAS = PROJECT["optional-dependencies"]


def test_version_is_the_one_that_is_packaged():
    assert PROJECT["name"] == "tfstyle"
    module, _, name = SETUPTOOLS["dynamic"]["version"]["attr"].rpartition(".")
    packaged = getattr(importlib.import_module(module), name)
    assert packaged == tfstyle.__version__ == version.__version__


def test_setup_py_leaves_everything_to_pyproject(monkeypatch):
    calls = []
    monkeypatch.setattr(setuptools, "setup", lambda *args, **kwargs: calls.append((args, kwargs)))
    runpy.run_path(str(ROOT / "setup.py"))
    assert calls == [((), {})]


@pytest.mark.parametrize(
    "file, pattern",
    [
        ("CITATION.cff", r"^version: (\S+)$"),
        ("CHANGELOG.md", r"^## \[(\S+)\]"),
    ],
)
def test_version_is_the_one_that_the_file_states(file, pattern):
    text = (ROOT / file).read_text(encoding="utf-8")
    assert re.search(pattern, text, re.MULTILINE)[1] == version.__version__


def test_every_file_beside_the_modules_is_packaged():
    package = ROOT / "tfstyle"
    packaged = {
        path for pattern in SETUPTOOLS["package-data"]["tfstyle"] for path in package.glob(pattern)
    }
    others = {
        path
        for path in package.rglob("*")
        if path.is_file() and path.suffix != ".py" and path.parent.name != "__pycache__"
    }
    assert others and others <= packaged


def test_all_is_every_extra_but_those_of_developers():
    (named,) = EXTRAS["all"]
    asked_for = set(re.fullmatch(r"tfstyle\[(.+)\]", named)[1].split(","))
    assert asked_for == {
        name for name, needs in EXTRAS.items() if needs and name not in ("all", "dev", "benchmarks")
    }


def test_module_runs_as_the_script_does():
    command = [sys.executable, "-m", "tfstyle"]
    done = subprocess.run([*command, "--version"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, f"tfstyle {version.__version__}\n")
    refused = subprocess.run([*command, "gatis"], capture_output=True, text=True)
    assert (refused.returncode, refused.stdout) == (2, "")


@pytest.mark.parametrize("file", [".ci/run", ".ci/lowest", "docs/web.md"])
def test_gradio_is_the_same_wherever_it_is_installed(file):
    # Apart from the extra: it excludes the Pillow that the package needs.
    from tfstyle.system import extras

    assert f'--no-deps "{extras.APART["web"][1]}"' in (ROOT / file).read_text(encoding="utf-8")
    assert not [need for needs in EXTRAS.values() for need in needs if need.startswith("gradio=")]
