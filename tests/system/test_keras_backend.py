"""Keras runs on TensorFlow for us, whatever its backend was set to be."""

import ast
import json
import os
import pathlib
import subprocess
import sys
import types

import pytest

import tfstyle
from tfstyle.system import keras_backend

PACKAGE = pathlib.Path(tfstyle.__file__).parent

PAINT = """
import numpy as np, tfstyle
print(tfstyle.feed_forward.stylize(
    np.zeros([8, 8, 3], np.float32), config=tfstyle.feed_forward.Config(model="slim")
).image.shape)
"""


def imports_keras(path):
    nodes = ast.parse(path.read_text(encoding="utf-8")).body
    return any(
        isinstance(node, ast.Import) and any(each.name == "keras" for each in node.names)
        for node in nodes
    )


def test_rooms_that_import_keras_choose_its_backend_first():
    """Or a room above them does, which Python runs before."""
    rooms = {
        path.parent
        for path in PACKAGE.rglob("__init__.py")
        if "keras_backend.choose_tensorflow()" in path.read_text(encoding="utf-8")
    }
    files = [path for path in PACKAGE.rglob("*.py") if imports_keras(path)]
    assert files
    assert [path for path in files if not rooms.intersection(path.parents)] == []


def test_what_was_set_is_overruled_where_nobody_has_imported_keras(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    keras_backend.choose_tensorflow()
    assert os.environ["KERAS_BACKEND"] == "tensorflow"


def test_another_backend_at_work_is_refused_in_a_sentence(monkeypatch):
    keras = types.SimpleNamespace(backend=types.SimpleNamespace(backend=lambda: "jax"))
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.setitem(sys.modules, "keras", keras)
    with pytest.raises(ValueError, match="Keras must run on TensorFlow.*KERAS_BACKEND=jax"):
        keras_backend.choose_tensorflow()
    assert os.environ["KERAS_BACKEND"] == "jax"


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [
        {"KERAS_BACKEND": "jax"},
        {"KERAS_BACKEND": "no such backend"},
        {"TF_USE_LEGACY_KERAS": "1"},
        {},
    ],
)
def test_new_process_paints_whatever_was_set(settings, tmp_path):
    """Also by Keras's file of settings, in which all is other than usual."""
    written = {
        "backend": "torch",
        "floatx": "float16",
        "epsilon": 0.1,
        "image_data_format": "channels_first",
    }
    (tmp_path / "keras.json").write_text(json.dumps(written))
    environment = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    finished = subprocess.run(
        [sys.executable, "-c", PAINT],
        capture_output=True,
        text=True,
        cwd=PACKAGE.parent,
        env={**environment, "KERAS_HOME": str(tmp_path), **settings},
    )
    assert (finished.returncode, finished.stdout) == (0, "(1, 8, 8, 3)\n"), finished.stderr
