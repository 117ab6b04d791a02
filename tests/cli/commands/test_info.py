"""`tfstyle info`: what is told of an installation, with facts that tests know otherwise."""

import importlib.metadata
import json
import os
import platform

import pytest

from tfstyle.cli import app, installation
from tfstyle.networks import vgg19_files
from tfstyle.system import extras
from tfstyle.version import __version__


@pytest.fixture
def requirements(monkeypatch):
    """What the package says that it needs."""
    lines = [
        "numpy>=2.2",
        'none-such[more]>=1; extra == "video"',
        "numpy>=1; extra == 'heif'",
        'absent==1; extra == "dev"',
    ]
    monkeypatch.setattr(importlib.metadata, "requires", lambda package: lines)


def test_list_names_versions_devices_weights_and_extras(capsys, requirements):
    assert app.main(["info"]) == 0
    out = capsys.readouterr().out
    assert f"  tfstyle  {__version__}\n" in out
    assert f"  python   {platform.python_version()}\n" in out
    assert "\nDevices:\n  CPU:0  CPU\n" in out
    assert "/tfstyle/models/masters.npz\n" in out
    # `tfstyle swap` paints by the second, and by the first without whitening.
    assert "/tfstyle/models/inverse/inverse.npz\n" in out
    assert "/tfstyle/models/inverse/inverse_white.npz\n" in out
    assert out.endswith('  video  pip install "tfstyle[video]" brings none-such\n')


def test_json_has_the_same_in_one_line(capsys, requirements):
    assert app.main(["info", "--json"]) == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    found = json.loads(out)
    assert found["versions"]["numpy"] == importlib.metadata.version("numpy")
    assert found["system"]["cores"] == os.cpu_count()
    assert found["missing_extras"] == {"video": ["none-such"]}


def test_gradio_is_named_though_no_extra_brings_it(capsys, monkeypatch):
    monkeypatch.setattr(importlib.metadata, "requires", lambda package: ['numpy; extra == "web"'])
    monkeypatch.setitem(extras.APART, "web", ("none-such", "none-such==6.*"))
    assert app.main(["info"]) == 0
    assert capsys.readouterr().out.endswith(
        'Missing extras:\n  web  pip install "tfstyle[web]" && '
        'pip install --no-deps "none-such==6.*" brings none-such\n'
    )


def test_weights_that_are_not_at_hand_are_said(capsys, monkeypatch, requirements):
    monkeypatch.setattr(vgg19_files, "at_hand", lambda: None)
    assert app.main(["info"]) == 0
    assert "  vgg19          not at hand; downloaded at the first use\n" in capsys.readouterr().out


def test_folder_that_is_not_installed_needs_nothing_that_is_known(monkeypatch):
    def refuse(package):
        raise importlib.metadata.PackageNotFoundError

    monkeypatch.setattr(importlib.metadata, "requires", refuse)
    assert installation.missing_extras() == {}
    assert list(installation.versions()) == ["tfstyle", "python"]
