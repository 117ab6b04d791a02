"""The signatures of a style swap as a server runs them: by a SavedModel and nothing else."""

import dataclasses
import io
import pickle
import subprocess
import sys

import model_server
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose
from PIL import Image
from samples import picture

from tfstyle.cli import app
from tfstyle.export import savedmodel, swap_endpoints, swap_levels
from tfstyle.methods.style_swap import method as style_swap

# As what is served.
CONFIG = style_swap.Config(size=None, first_size=16, precision="float32")

CONTENT, STYLE, OTHER = picture(40, 48, seed=1), picture(37, 45, seed=2), picture(37, 45, seed=3)


def to_bytes(images):
    return np.round(images * 255).astype(np.uint8)


def encoded(image):
    file = io.BytesIO()
    Image.fromarray(to_bytes(image)[0]).save(file, "PNG")
    return file.getvalue()


def strings(*files):
    return np.array(files, object)


def floats(contents, styles, strength=None):
    return "serving_default", {"contents": contents, "styles": styles} | of_strength(strength)


def files(contents, styles, strength=None):
    images = {"content_bytes": strings(*contents), "style_bytes": strings(*styles)}
    return "image_bytes", images | of_strength(strength)


def of_strength(strength):
    return {} if strength is None else {"strength": np.array(strength, np.float32)}


TWO = np.concatenate([CONTENT, 1 - CONTENT])


GOOD = {
    "one": floats(CONTENT, STYLE),
    "strong": floats(CONTENT, STYLE, [1.0]),
    "none": floats(CONTENT, STYLE, [0.0]),
    "one strength for two": floats(TWO, STYLE, [0.75]),
    "a strength for each": floats(TWO, STYLE, [0.75, 0.25]),
    "files of two strengths": files([encoded(CONTENT)] * 2, [encoded(STYLE)], [0.0, 1.0]),
    "style of one colour": floats(CONTENT, np.zeros_like(STYLE)),
    "two with one style": floats(TWO, STYLE),
    "two with two": floats(np.repeat(CONTENT, 2, 0), np.concatenate([OTHER, STYLE])),
    "smaller than a patch": floats(CONTENT[:, :1, :2], STYLE[:, :5]),
    "bytes": ("uint8", {"contents": to_bytes(CONTENT), "styles": to_bytes(STYLE)}),
    "files": files([encoded(CONTENT), encoded(OTHER)], [encoded(STYLE), encoded(CONTENT)]),
}
BAD = {
    "rank": (floats(CONTENT[0], STYLE), "contents must be [batch, height, width, 3]"),
    "range": (floats(CONTENT, 255 * STYLE), "styles must lie in [0, 1]"),
    "size": (floats(picture(70, 60, seed=1), STYLE), "contents must have 1 to 4000 pixels"),
    "pairs": (
        floats(np.repeat(CONTENT, 3, 0)[:, :20, :20], np.repeat(STYLE, 2, 0)[:, :20, :20]),
        "styles must have a row for each of the contents, or one for all. Received: 2 for 3",
    ),
    "thin content": (
        floats(picture(1, 3000, seed=1), STYLE),
        "styles must have at most 16000 pixels at the longest side of their contents, at which "
        "they are taken. Received: height and width [2467 3000]",
    ),
    "strength not a number": (floats(CONTENT, STYLE, [np.nan]), "strength must lie in [0, 1], "),
    "strength beyond 1": (
        floats(CONTENT, STYLE, [1.5]),
        "strength must lie in [0, 1], without NaN. Received: 1.5 at [0]",
    ),
    "strength below 0": (files([encoded(CONTENT)], [encoded(STYLE)], [-0.1]), "strength must lie"),
    "strengths too many": (
        floats(CONTENT, STYLE, [0.5, 0.5]),
        "strength must have a row for each of the contents, or one for all. Received: 2 for 1",
    ),
    "strength without a row": (
        floats(CONTENT, STYLE, 0.5),
        "strength must be [batch]: a number for each of the contents, or one for all.",
    ),
    "no picture": (files([encoded(CONTENT)], [b"none"]), "style_bytes[0] is no readable"),
}


def answered(folder, requests):
    """What a process that never saw the package answers."""
    command = [sys.executable, model_server.__file__, str(folder)]
    finished = subprocess.run(
        command, input=pickle.dumps(requests), capture_output=True, check=True
    )
    return pickle.loads(finished.stdout)


@pytest.fixture(scope="module")
def answers(served_swap):
    """What is answered to all requests."""
    requests = {**GOOD, **{name: request for name, (request, _) in BAD.items()}}
    return answered(served_swap, requests)


@pytest.fixture
def paint(inverse, shallow_encoder):
    """The same by the method itself."""

    def paint(content, style, strength=None, config=CONFIG):
        config = dataclasses.replace(config, strength=strength)
        return style_swap.stylize(
            content, style, config, features=shallow_encoder, decoder=inverse
        ).image

    return paint


@pytest.mark.slow
def test_pastiche_is_the_method_s(answers, paint):
    assert_allclose(answers["one"]["pastiches"], paint(CONTENT, STYLE), atol=1e-4)


@pytest.mark.slow
def test_request_chooses_its_strength(answers, paint):
    assert_allclose(answers["strong"]["pastiches"], paint(CONTENT, STYLE, 1.0), atol=1e-4)
    shared = [paint(content[np.newaxis], STYLE, 0.75) for content in TWO]
    assert_allclose(answers["one strength for two"]["pastiches"], np.concatenate(shared), atol=1e-4)
    each = [paint(TWO[:1], STYLE, 0.75), paint(TWO[1:], STYLE, 0.25)]
    assert_allclose(answers["a strength for each"]["pastiches"], np.concatenate(each), atol=1e-4)
    files = answers["files of two strengths"]["pastiche_bytes"]
    assert files[0] != files[1]


@pytest.mark.slow
def test_strength_0_gives_what_the_decoder_makes_of_the_photograph(
    answers, inverse, shallow_encoder
):
    restored = inverse(shallow_encoder(CONTENT)["block3_conv1"])
    assert_allclose(answers["none"]["pastiches"], restored, atol=1e-5)


@pytest.mark.slow
def test_style_of_one_colour_gives_numbers(answers):
    assert np.isfinite(answers["style of one colour"]["pastiches"]).all()


@pytest.mark.slow
def test_plain_swap_is_served_too(inverse, shallow_encoder, tmp_path, paint):
    """Chen and Schmidt (2016): one level, and every patch exchanged without being asked to."""
    savedmodel.save_swap(inverse, tmp_path / "1", swap_levels.PLAIN, features=shallow_encoder)
    answer = answered(tmp_path / "1", {"one": GOOD["one"]})["one"]
    plain = dataclasses.replace(swap_levels.PLAIN, size=None, precision="float32")
    assert_allclose(answer["pastiches"], paint(CONTENT, STYLE, config=plain), atol=1e-4)


@pytest.mark.slow
def test_contents_share_a_style_or_have_their_own(answers, paint):
    shared = [paint(CONTENT, STYLE), paint(1 - CONTENT, STYLE)]
    assert_allclose(answers["two with one style"]["pastiches"], np.concatenate(shared), atol=1e-4)
    paired = [paint(CONTENT, OTHER), paint(CONTENT, STYLE)]
    assert_allclose(answers["two with two"]["pastiches"], np.concatenate(paired), atol=1e-4)


@pytest.mark.slow
def test_tiny_pictures_are_painted(answers):
    assert answers["smaller than a patch"]["pastiches"].shape == (1, 1, 2, 3)


@pytest.mark.slow
def test_bytes_are_painted_as_floats_are(answers, paint):
    content, style = (to_bytes(image).astype(np.float32) / 255 for image in (CONTENT, STYLE))
    painted = answers["bytes"]["pastiches"].astype(np.float32)
    assert_allclose(painted, 255 * paint(content, style), atol=0.51)


@pytest.mark.slow
def test_files_of_different_sizes_share_a_request(answers):
    painted = [Image.open(io.BytesIO(file)) for file in answers["files"]["pastiche_bytes"]]
    assert [picture.size for picture in painted] == [(48, 40), (45, 37)]


@pytest.mark.parametrize("name", BAD)
@pytest.mark.slow
def test_bad_request_is_answered_with_the_cause(answers, name):
    assert BAD[name][1] in answers[name]


@pytest.mark.slow
def test_signatures_are_named(served_swap):
    signatures = tf.saved_model.load(str(served_swap)).signatures
    assert set(signatures) == set(swap_endpoints.INPUTS)
    for name, (content, style, *_) in swap_endpoints.INPUTS.items():
        inputs = signatures[name].structured_input_signature[1]
        assert set(inputs) == {content, style, "strength"}


@pytest.mark.parametrize(
    ("name", "asked"),
    [("decode", "optimize"), ("preserve_color", "luminance"), ("content_regions", "map.png")],
)
def test_settings_that_no_graph_has_are_refused(name, asked, inverse, tmp_path):
    config = dataclasses.replace(CONFIG, **{name: asked})
    with pytest.raises(ValueError, match=f"{name} must be .* Received: {name}={asked}"):
        savedmodel.save_swap(inverse, tmp_path / "1", config)


def test_command_refuses_what_a_swap_cannot_be(tmp_path, capsys):
    output = f"--output={tmp_path / 'swap.onnx'}"
    assert app.main(["export", "--method=swap", "--format=onnx", output]) == 2
    assert "format must be savedmodel" in capsys.readouterr().err
