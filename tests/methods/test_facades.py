"""What the rooms of the methods show to those who import them."""

import importlib
import subprocess
import sys

import pytest

from tfstyle.methods.feed_forward.config import Config
from tfstyle.networks import pretrained

METHODS = ("analogies", "feed_forward", "gatys", "quilting", "style_swap", "video")

methods = pytest.mark.parametrize("method", METHODS)


@methods
def test_config_needs_no_tensorflow(method):
    code = (
        f"import sys\nfrom tfstyle.methods.{method} import Config\nConfig()\n"
        "print([name for name in ('tensorflow', 'keras') if name in sys.modules])"
    )
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (finished.stdout, finished.stderr) == ("[]\n", "")


@methods
def test_every_name_is_there(method):
    room = importlib.import_module(f"tfstyle.methods.{method}")
    assert {"Config", "stylize"} <= set(room.__all__)
    for name in room.__all__:
        assert getattr(room, name) is not None


def test_default_stylizer_is_the_one_that_is_loaded_by_default():
    assert Config().model == pretrained.NAME
