"""Files that version 0.1.0 wrote, when its modules lay under one roof."""

import dataclasses
import json
import pathlib
import shutil

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose
from samples import TINY_TRAINING, picture

from tfstyle.methods.gatys import method as gatys
from tfstyle.networks import inverse_net, pretrained
from tfstyle.training import loop
from tfstyle.training import stylizer as stylizer_training

FILES = pathlib.Path(__file__).parent / "version_0_1_0"

GATYS = gatys.Config(size=None, levels=1, steps=8, history=2, precision="float32")
"""The settings of the run whose checkpoint was written after its fifth step."""


def test_keras_stylizer_paints_as_it_did():
    stylizer = pretrained.load(FILES / "stylizer.keras")
    painted = stylizer(picture(16, 20, seed=1), style="scream")
    assert_allclose(painted, np.load(FILES / "stylizer_paints.npy"), atol=1e-5)


def test_keras_itself_opens_the_stylizer():
    assert keras.models.load_model(FILES / "stylizer.keras").styles == ("wave", "scream")


def test_keras_inverse_network_paints_as_it_did():
    net = inverse_net.load(FILES / "inverse.keras")
    features = np.random.default_rng(0).random([1, 4, 5, 6], np.float32)
    assert_allclose(net(features), np.load(FILES / "inverse_paints.npy"), atol=1e-5)


def test_checkpoint_of_an_optimisation_goes_on(tiny_encoder, content, style, tmp_path):
    folder = shutil.copytree(FILES / "gatys", tmp_path / "gatys")
    steps = []
    result = gatys.stylize(
        content,
        style,
        GATYS,
        callback=lambda progress: steps.append(progress.total_step),
        checkpoint=folder,
        resume=True,
        features=tiny_encoder,
    )
    assert steps == [6, 7, 8]
    assert len(result.losses) == 8


def test_checkpoint_of_another_run_is_still_refused(tiny_encoder, content, style, tmp_path):
    folder = shutil.copytree(FILES / "gatys", tmp_path / "gatys")
    another = dataclasses.replace(GATYS, style_weight=5.0)
    with pytest.raises(ValueError, match="the same pictures and settings"):
        gatys.stylize(
            content, style, another, checkpoint=folder, resume=True, features=tiny_encoder
        )


@pytest.mark.slow
def test_training_s_folder_goes_on(tiny_encoder, photos, tmp_path, monkeypatch):
    monkeypatch.setattr(loop.vgg19, "build", lambda *args, **named: tiny_encoder)
    monkeypatch.setattr(loop.vgg19_weights, "load", lambda name: None)
    folder = shutil.copytree(FILES / "training", tmp_path / "training")
    assert json.loads((folder / "backup" / "training_metadata.json").read_text())["epoch"] == 1
    styles = {"smooth": picture(32, 40, seed=3), "dark": 0.3 * picture(40, 32, seed=4)}
    # As that version had it: its default of the weight, and full strength alone.
    config = stylizer_training.Config(
        **TINY_TRAINING, residual_blocks=1, steps=4, style_weight=4.0, weak_share=0.0
    )
    stylizer_training.train(photos, styles, folder, config, quiet=True)
    rounds = (folder / "losses.csv").read_text().splitlines()[1:]
    assert [line.split(",")[0] for line in rounds] == ["0", "1"]
