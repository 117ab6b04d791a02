"""What a command's process imports."""

import importlib
import json
import subprocess
import sys

import pytest

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


# Without it, where they are installed, a painting began up to a second later.
@pytest.mark.slow
def test_a_command_s_room_loads_no_plotting_tables_or_learning():
    code = (
        "import sys; from tfstyle.cli import process\n"
        "process.load('tfstyle.methods.feed_forward')\n"
        "assert 'keras' in sys.modules\n"
        "print([name for name in process.UNUSED if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")
