"""What a command's process imports."""

import importlib
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from tfstyle import image
from tfstyle.cli import process


def test_hidden_modules_are_not_found_until_they_are_shown_again(monkeypatch):
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    with process.hidden(["colorsys"]):
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module("colorsys")
    assert importlib.import_module("colorsys").rgb_to_hsv(0, 0, 1) == (2 / 3, 1, 1)


def test_modules_that_are_loaded_already_are_not_hidden():
    with process.hidden(["json"]):
        assert importlib.import_module("json") is json
    assert sys.modules["json"] is json


# Where they were installed, a painting began up to a second later.
@pytest.mark.slow
@pytest.mark.parametrize("command", ["apply --style=great_wave", "gatys --style=in.png --steps=1"])
def test_a_painting_imports_nothing_that_keras_does_without(command, tmp_path):
    for name in process.OPTIONAL:
        (tmp_path / f"{name}.py").write_text("print(__name__)")
    image.write(tmp_path / "in.png", np.full([1, 32, 32, 3], 0.5, np.float32))
    words = [*command.split(), "--content=in.png", "--output=out.png"]
    code = f"import sys\nfrom tfstyle.cli import app\nsys.exit(app.main({words!r}))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, cwd=tmp_path
    )
    assert done.returncode == 0 and done.stdout.startswith("out.png ")
