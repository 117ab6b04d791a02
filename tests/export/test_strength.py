"""Served stylizers of many strengths, asked as TF Serving asks them."""

import io

import model_server
import numpy as np
import pytest
from numpy.testing import assert_allclose
from PIL import Image

from tfstyle.export import savedmodel, warmup
from tfstyle.export.config import Config

SCREAM = np.float32([[0, 2]])


def images(batch):
    return np.random.default_rng(0).random([batch, 18, 21, 3], np.float32)


@pytest.fixture(scope="module")
def folder(fading_stylizer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fading") / "1"
    savedmodel.save(fading_stylizer, folder, strength=None)
    return folder


@pytest.fixture(scope="module")
def model(folder):
    return model_server.Model(folder)


def ask(model, *strengths, given=None):
    given = images(2) if given is None else given
    name = "uint8" if given.dtype == np.uint8 else "serving_default"
    asked = {"strength": np.float32(strengths)} if strengths else {}
    inputs = {"images": given, "style_weights": SCREAM}
    return model.answer(name, inputs | asked)["pastiches"]


def test_without_a_strength_a_request_is_painted_in_full(model, fading_stylizer):
    assert_allclose(ask(model), fading_stylizer(images(2), style="scream"), atol=1e-5)


def test_one_strength_is_that_of_all_images(model, fading_stylizer):
    expected = fading_stylizer(images(2), style=[0.0, 0.25])
    assert_allclose(ask(model, 0.25), expected, atol=1e-5)


def test_each_image_has_its_strength(model, fading_stylizer):
    expected = fading_stylizer(images(2), style=[[0.0, 0.0], [0.0, 0.75]])
    assert_allclose(ask(model, 0.0, 0.75), expected, atol=1e-5)


def test_bytes_and_files_have_strengths_too(model, fading_stylizer):
    pixels = (255 * images(1)).astype(np.uint8)
    expected = 255 * fading_stylizer(pixels / np.float32(255), style=[0.0, 0.5]).numpy()
    assert_allclose(ask(model, 0.5, given=pixels), expected, atol=1)
    file = io.BytesIO()
    Image.fromarray(pixels[0]).save(file, "PNG")
    inputs = {"image_bytes": np.array([file.getvalue()], object), "style_weights": SCREAM}
    answer = model.answer("image_bytes", inputs | {"strength": np.float32([0.5])})
    painted = Image.open(io.BytesIO(answer["pastiche_bytes"][0]))
    assert_allclose(np.asarray(painted)[np.newaxis], expected, atol=1)


@pytest.mark.parametrize(
    ("strength", "sentence"),
    [
        ([1.5], "strength must lie in [0, 1], without NaN. Received: 1.5 at [0]"),
        ([np.nan], "strength must lie in [0, 1]"),
        ([0.5, 0.5, 0.5], "strength must have a row for each of the images, or one for all"),
        (0.5, "strength must be [batch]: a number for each of the images"),
    ],
)
def test_bad_strength_is_answered_with_the_cause(model, strength, sentence):
    inputs = {"images": images(2), "style_weights": SCREAM, "strength": np.float32(strength)}
    assert sentence in model.answer("serving_default", inputs)


def test_baked_in_style_leaves_the_strength_to_the_request(fading_stylizer, tmp_path):
    savedmodel.save(fading_stylizer, tmp_path / "1", style="wave:1,scream:1", strength=None)
    model = model_server.Model(tmp_path / "1")
    assert set(model.signatures["uint8"].inputs) == {"images", "strength"}
    painted = model.answer("serving_default", {"images": images(1), "strength": np.float32([0.5])})
    expected = fading_stylizer(images(1), style=[0.25, 0.25])
    assert_allclose(painted["pastiches"], expected, atol=1e-5)


def test_warm_up_has_a_strength(folder):
    strengths = [inputs["strength"][0] for _, inputs in warmup.read(folder)]
    assert len(strengths) == 3 and all(0 <= strength <= 1 for strength in strengths)


def test_baked_in_strength_is_that_of_every_request(fading_stylizer, tmp_path):
    savedmodel.save(fading_stylizer, tmp_path / "1", strength=0.5)
    model = model_server.Model(tmp_path / "1")
    assert set(model.signatures["uint8"].inputs) == {"images", "style_weights"}
    assert_allclose(ask(model), fading_stylizer(images(2), style=[0.0, 0.5]), atol=1e-5)


@pytest.mark.parametrize(("strength", "received"), [(None, "none"), (0.5, "0.5")])
def test_strength_is_refused_for_a_network_without(stylizer, tmp_path, strength, received):
    expected = f"strength must be 1 for a model that was trained at full .*: strength={received}$"
    with pytest.raises(ValueError, match=expected):
        savedmodel.save(stylizer, tmp_path / "1", strength=strength)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("chosen", ["onnx", "litert"])
def test_other_formats_have_their_strength_baked_in(chosen):
    with pytest.raises(ValueError, match="strength must be a number unless format=savedmodel"):
        Config(format=chosen, strength=None)
