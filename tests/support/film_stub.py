"""What the tests of clips from the shell share: a small network, a clip, and what goes wrong."""

import itertools
import json

import clips
import keras
import pytest

from tfstyle.cli import app
from tfstyle.methods import video
from tfstyle.methods.feed_forward import method as feed_forward
from tfstyle.networks.stylizers import transform_net

av = pytest.importorskip("av")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with a clip of eight frames, and a small network for any model."""
    monkeypatch.chdir(tmp_path)
    keras.utils.set_random_seed(0)
    net = transform_net.Stylizer(["wave"], width=4, residual_blocks=1)
    monkeypatch.setattr(feed_forward, "load", lambda model, precision: net)
    clips.write(tmp_path / "in.mp4", clips.frames(8))
    return tmp_path


def film(*flags, output="out.mp4", clip="in.mp4"):
    arguments = [f"--input={clip}", "--style=wave", f"--output={output}", "--quiet", *flags]
    return app.main(["video", *arguments])


def decode(path):
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def read_all(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def record(folder):
    return json.loads((folder / "out.json").read_text("utf-8"))


@pytest.fixture
def stop(monkeypatch):
    """Raises an error, once, when the frame of that number is to be painted."""
    painter = type(video.painter("wave"))
    finish = painter.finish

    def stop_at(number, error=KeyboardInterrupt):
        counts = itertools.count(1)

        def finish_or_stop(*args):
            if next(counts) == number:
                raise error
            return finish(*args)

        monkeypatch.setattr(painter, "finish", finish_or_stop)

    return stop_at


@pytest.fixture
def failing(monkeypatch):
    """Makes a function fail at its call of that number, and at no other."""

    def fail(owner, name, number, error):
        function, counts = getattr(owner, name), itertools.count(1)

        def call(*args, **named):
            if next(counts) == number:
                raise error
            return function(*args, **named)

        monkeypatch.setattr(owner, name, call)

    return fail
