import dataclasses
import hashlib
import json
import os
import platform
import sys
import types

import numpy as np
import PIL
import pytest

from tfstyle.jobs import record, resume
from tfstyle.methods import gatys
from tfstyle.result import LevelTrace, Loss, Result
from tfstyle.version import __version__

IMAGE = np.zeros([1, 4, 6, 3], np.float32)

WEIGHTS = {"name": "tiny", "sha256": "00"}

RESULT = Result(
    IMAGE,
    losses=(Loss(1, 2, 0.5, {"total": 3.0, "content": 1.0, "style": 2.0}),),
    levels=(LevelTrace((2, 3), 10, 12, 0.75), LevelTrace((4, 6), 5, 7, 0.5)),
    outcome="step limit reached",
    weights=WEIGHTS,
)


@dataclasses.dataclass(frozen=True)
class Config:
    size: int | None = None
    layers: tuple[str, ...] = ("relu1_1",)
    name: str = "Tübingen"


def write(output, result=RESULT, config=Config(), inputs=()):  # noqa: B008 (frozen)
    path = record.write(
        output, command="gatys", config=config, inputs=inputs, result=result, seconds=1.5
    )
    return json.loads(path.read_bytes())


def test_record_lies_beside_the_picture(tmp_path):
    write(tmp_path / "out.v2.png")
    assert os.listdir(tmp_path) == ["out.v2.json"]


def test_record_has_the_keys_of_the_design(tmp_path):
    written = write(tmp_path / "out.png", inputs=[record.Input("in.png", 6, 4, "ff")])
    peak, versions = written.pop("peak_memory_bytes"), written.pop("versions")
    assert peak > 1e6
    assert (versions["python"], versions["numpy"]) == (platform.python_version(), np.__version__)
    assert written == {
        "tfstyle": __version__,
        "command": "gatys",
        "config": {"size": None, "layers": ["relu1_1"], "name": "Tübingen"},
        "inputs": [{"path": "in.png", "width": 6, "height": 4, "sha256": "ff"}],
        "weights": WEIGHTS,
        "levels": [
            {"size": [2, 3], "steps": 10, "evaluations": 12, "seconds": 0.75},
            {"size": [4, 6], "steps": 5, "evaluations": 7, "seconds": 0.5},
        ],
        "steps": 15,
        "evaluations": 19,
        "losses": [
            {
                "step": 1,
                "evaluations": 2,
                "seconds": 0.5,
                "total": 3.0,
                "content": 1.0,
                "style": 2.0,
            }
        ],
        "seconds": 1.5,
        "outcome": "step limit reached",
    }


def test_versions_are_those_of_all_that_decides_the_pixels(tmp_path, monkeypatch):
    for module in record.OPTIONAL.values():
        monkeypatch.delitem(sys.modules, module, raising=False)
    versions = write(tmp_path / "out.png")["versions"]
    tensorflow = ["tensorflow", "tensorflow-probability", "keras"]
    assert list(versions) == ["python", *tensorflow, "numpy", "pillow"]
    assert versions["pillow"] == PIL.__version__
    assert None not in versions.values()


def test_versions_of_what_only_some_methods_need_are_of_those_loaded(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", types.SimpleNamespace(__version__="1.2.3"))
    monkeypatch.setitem(sys.modules, "cv2", types.SimpleNamespace(__version__="4.5"))
    monkeypatch.delitem(sys.modules, "av", raising=False)
    versions = write(tmp_path / "out.png")["versions"]
    assert (versions["scipy"], versions["opencv"]) == ("1.2.3", "4.5")
    assert "av" not in versions


def test_methods_without_an_optimisation_leave_its_keys_out(tmp_path):
    written = write(tmp_path / "out.png", Result(IMAGE))
    assert not {"weights", "levels", "steps", "evaluations", "losses"} & set(written)


def test_seconds_of_a_resumed_run_are_those_of_the_whole_run(tmp_path):
    resumed = dataclasses.replace(RESULT, earlier_seconds=40.0)
    assert write(tmp_path / "out.png", resumed)["seconds"] == 41.5


def test_text_is_utf_8_and_readable(tmp_path):
    write(tmp_path / "out.png")
    assert "Tübingen" in (tmp_path / "out.json").read_text(encoding="utf-8")


def test_names_that_are_not_utf_8_survive(tmp_path):
    name = os.fsdecode(b"\xff.png")
    assert write(tmp_path / "out.png", config=Config(name=name))["config"]["name"] == name


@pytest.mark.parametrize("value", [float("nan"), float("inf"), np.float32("nan")])
def test_values_that_are_not_finite_become_null(tmp_path, value):
    result = Result(IMAGE, losses=(Loss(1, 1, 0.1, {"total": value}),))
    assert write(tmp_path / "out.png", result)["losses"][0]["total"] is None


def test_numpy_numbers_become_numbers(tmp_path):
    result = Result(IMAGE, losses=(Loss(1, 1, 0.1, {"total": np.float32(0.5)}),))
    assert write(tmp_path / "out.png", result)["losses"][0]["total"] == 0.5


def test_a_failed_write_leaves_the_old_record(tmp_path):
    write(tmp_path / "out.png")
    with pytest.raises(TypeError):
        write(tmp_path / "out.png", config=Config(name=object()))
    assert os.listdir(tmp_path) == ["out.json"]
    assert json.loads((tmp_path / "out.json").read_bytes())["config"]["name"] == "Tübingen"


def test_describe_input_hashes_the_file(tmp_path):
    (tmp_path / "in.png").write_bytes(b"bytes")
    described = record.describe_input(tmp_path / "in.png", IMAGE)
    assert described == record.Input(
        str(tmp_path / "in.png"), 6, 4, hashlib.sha256(b"bytes").hexdigest()
    )


def test_peak_memory_is_unknown_without_the_resource_module(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "resource", None)
    assert write(tmp_path / "out.png")["peak_memory_bytes"] is None


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b'{"tfstyle": 1, "command": "gatys", "config": {}}',
        b'{"tfstyle": 1, "command": "gatys", "config": {}, "inputs": 3}',
        b'{"tfstyle": 1, "command": "gatys", "config": {}, "inputs": ["a"], "outcome": 7}',
        b'{"tfstyle": 1, "command": "gatys", "config": {}, "inputs": [{}], "outcome": []}',
    ],
)
def test_record_of_anything_tells_of_no_finished_picture(tmp_path, content):
    output = tmp_path / "out.png"
    output.write_bytes(b"picture")
    record.path_for(output).write_bytes(content)
    inputs = [record.Input("a.png", 1, 1, "0" * 64)]
    assert not resume.is_finished(output, "gatys", Nothing(), inputs)


@dataclasses.dataclass(frozen=True)
class Nothing:
    """No settings."""


def test_record_keeps_what_a_quality_decides(tmp_path):
    config = write(tmp_path / "out.png", config=gatys.Config(quality="fast"))["config"]
    assert (config["start"], config["steps"]) == (
        "swap",
        gatys.Config(quality="fast").course().steps,
    )
    assert "quality" not in config
