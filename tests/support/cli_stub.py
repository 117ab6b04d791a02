"""What the tests of the command line share: a method that stands in, and a working folder."""

import dataclasses
import sys
import types

import numpy as np
import pytest

from tfstyle import image, settings
from tfstyle.cli import app
from tfstyle.result import Level, LevelTrace, Loss, Progress, Result

SIZE = (4, 6)


@dataclasses.dataclass(frozen=True)
class Config:
    """One field of each type that a method may have."""

    size: int | None = settings.setting(
        512, "Longest side.", unit="pixels", minimum=16, maximum=8192
    )
    weight: float = settings.setting(100.0, "More style.", minimum=0)
    rate: float = settings.setting(0.5, "Less patience.", minimum=1e-6, maximum=1)
    guarded: float = settings.setting(1.0, "Any size.", unit="units", minimum=0, maximum=1e12)
    layers: tuple[str, ...] = settings.setting(("relu1_1", "relu2_1"), "Layers compared.")
    shares: tuple[float, ...] | None = settings.setting(None, "One per style.", minimum=0)
    pooling: str = settings.setting("max", "Pooling.", choices=("average", "max"))
    start: str = settings.setting("noise", "First image.")
    mirror: bool = settings.setting(True, "Whether to mirror.")

    def __post_init__(self):
        settings.check(self)


class Method(types.ModuleType):
    """Stands in for a method's module: two steps, and a grey image of 4 x 6 pixels."""

    Config = Config
    STARTS = ("noise", "content", "style")

    def __init__(self):
        super().__init__("stub")
        self.calls = []

    def is_painted(self, start):
        return False

    def plan(self, content_size, config):
        return (Level(SIZE, 2),)

    def stylize(self, content, styles, config, *, callback=None, checkpoint=None, resume=False):
        self.calls.append((content, styles, config, checkpoint, resume))
        for step in (1, 2):
            loss = Loss(step, step, 0.1, {"total": 3.0, "content": 1.0, "style": 2.0})
            callback(Progress(0, 1, SIZE, step, 2, step, step, loss, self.result().image.copy))
            self.during(content)
        return self.result()

    def during(self, content):
        """What a test lets happen at each step."""

    def result(self, outcome="step limit reached"):
        return Result(
            np.full([1, *SIZE, 3], 0.5, np.float32), (), (LevelTrace(SIZE, 2, 2),), outcome
        )


@pytest.fixture
def method(monkeypatch):
    stub = Method()
    monkeypatch.setitem(sys.modules, app.COMMANDS["gatys"].module, stub)
    return stub


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with a content, `in.png`, and a style, `style.png`."""
    monkeypatch.chdir(tmp_path)
    save_picture("in.png")
    save_picture("style.png")
    return tmp_path


def save_picture(path, alpha=None):
    image.write(path, np.full([1, 8, 12, 3], 0.25, np.float32), alpha)


def gatys(*extra, content="in.png", style="style.png", output="out.png"):
    paths = [f"--content={content}", f"--style={style}", f"--output={output}"]
    return app.main(["gatys", *paths, *extra])


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def sentence(capsys):
    """The one line that a refused call leaves, on stderr and nowhere else."""
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err
