"""Exports of a family, whose styles have networks of their own."""

import model_server
import numpy as np
import pytest
from numpy.testing import assert_allclose
from runtimes import run

from tfstyle.export import onnx_litert, savedmodel
from tfstyle.networks.stylizers import family

STYLES = ("wave", "scream")
WEIGHTS = np.float32([[0, 2], [1, 3]])


@pytest.fixture(scope="module")
def stylizers():
    made = family.StylizerFamily(STYLES, width=4, residual_blocks=1, identity=True)
    for index, weight in enumerate(made.weights):
        random = np.random.default_rng(index)
        scale = 0.2 if weight.shape[-1] == 3 else 0.1
        weight.assign(random.normal(weight.name == "scale", scale, weight.shape))
    return made


def images(batch):
    return np.random.default_rng(0).random([batch, 18, 21, 3], np.float32)


def test_served_images_have_their_own_styles_and_strengths(stylizers, tmp_path):
    savedmodel.save(stylizers, tmp_path / "1", strength=None)
    inputs = {"images": images(2), "style_weights": WEIGHTS, "strength": np.float32([1, 0.5])}
    answer = model_server.Model(tmp_path / "1").answer("serving_default", inputs)
    expected = stylizers(images(2), style=[[0, 1], [0.125, 0.375]])
    assert_allclose(answer["pastiches"], expected, atol=1e-5)


def test_baked_in_style_leaves_the_other_networks_out(stylizers, tmp_path):
    savedmodel.save(stylizers, tmp_path / "all")
    savedmodel.save(stylizers, tmp_path / "one", style="wave:1,scream:3", strength=0.5)
    all_bytes, one_bytes = (
        (tmp_path / name / "variables" / "variables.data-00000-of-00001").stat().st_size
        for name in ("all", "one")
    )
    assert one_bytes < 0.6 * all_bytes
    answer = model_server.Model(tmp_path / "one").answer("serving_default", {"images": images(2)})
    assert_allclose(answer["pastiches"], stylizers(images(2), style=[0.125, 0.375]), atol=1e-5)


@pytest.mark.slow
def test_onnx_paints_each_image_in_its_style(stylizers, tmp_path):
    onnx_litert.save_onnx(stylizers, tmp_path / "family.onnx")
    painted = run(tmp_path / "family.onnx", images=images(2), style_weights=WEIGHTS)
    assert_allclose(painted, stylizers(images(2), style=[[0, 1], [0.25, 0.75]]), atol=1e-4)


@pytest.mark.slow
def test_litert_paints_all_images_in_one_style(stylizers, tmp_path):
    onnx_litert.save_litert(stylizers, tmp_path / "family.tflite")
    painted = run(tmp_path / "family.tflite", images=images(2), style_weights=WEIGHTS[1:])
    assert_allclose(painted, stylizers(images(2), style=[0.25, 0.75]), atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".onnx", ".tflite"])
def test_baked_in_style_paints_any_batch(suffix, stylizers, tmp_path):
    save = onnx_litert.save_onnx if suffix == ".onnx" else onnx_litert.save_litert
    save(stylizers, tmp_path / f"one{suffix}", "scream")
    painted = run(tmp_path / f"one{suffix}", images=images(2))
    assert_allclose(painted, stylizers(images(2), style="scream"), atol=1e-4)
