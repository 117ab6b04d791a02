"""The signatures of a style swap as a server runs them: by a SavedModel and nothing else."""

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
from tfstyle.export import savedmodel, swap_endpoints
from tfstyle.methods.style_swap import method as style_swap
from tfstyle.networks import inverse_net

MAX_PIXELS = 4000

CONTENT, STYLE, OTHER = picture(40, 48, seed=1), picture(37, 45, seed=2), picture(37, 45, seed=3)


def to_bytes(images):
    return np.round(images * 255).astype(np.uint8)


def encoded(image):
    file = io.BytesIO()
    Image.fromarray(to_bytes(image)[0]).save(file, "PNG")
    return file.getvalue()


def strings(*files):
    return np.array(files, object)


def floats(contents, styles):
    return "serving_default", {"contents": contents, "styles": styles}


def files(contents, styles):
    return "image_bytes", {"content_bytes": strings(*contents), "style_bytes": strings(*styles)}


GOOD = {
    "one": floats(CONTENT, STYLE),
    "two with one style": floats(np.concatenate([CONTENT, 1 - CONTENT]), STYLE),
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
    "no picture": (files([encoded(CONTENT)], [b"none"]), "style_bytes[0] is no readable"),
}


@pytest.fixture(scope="module")
def net():
    """An inverse network of six channels that nobody trained."""
    net = inverse_net.InverseNet(channels=6, width=4)
    for index, variable in enumerate(net.weights):
        variable.assign(np.random.default_rng(index).normal(0, 0.3, variable.shape))
    return net


@pytest.fixture(scope="module")
def answers(net, shallow_encoder, tmp_path_factory):
    """What a process that never saw the package answers to all requests."""
    folder = tmp_path_factory.mktemp("served") / "1"
    savedmodel.save_swap(net, folder, features=shallow_encoder, max_pixels=MAX_PIXELS)
    requests = {**GOOD, **{name: request for name, (request, _) in BAD.items()}}
    command = [sys.executable, model_server.__file__, str(folder)]
    finished = subprocess.run(
        command, input=pickle.dumps(requests), capture_output=True, check=True
    )
    return pickle.loads(finished.stdout)


@pytest.fixture
def paint(net, shallow_encoder):
    """The same by the method itself, at the style's own size."""

    def paint(content, style):
        scale = max(style.shape[1:3]) / max(content.shape[1:3])
        config = style_swap.Config(size=None, style_scale=scale, precision="float32")
        return style_swap.stylize(
            content, style, config, features=shallow_encoder, decoder=net
        ).image

    return paint


@pytest.mark.slow
def test_pastiche_is_the_method_s(answers, paint):
    assert_allclose(answers["one"]["pastiches"], paint(CONTENT, STYLE), atol=1e-4)


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
def test_signatures_are_named(net, shallow_encoder, tmp_path):
    savedmodel.save_swap(net, tmp_path / "1", features=shallow_encoder)
    signatures = tf.saved_model.load(str(tmp_path / "1")).signatures
    assert set(signatures) == set(swap_endpoints.INPUTS)


def test_command_refuses_what_a_swap_cannot_be(tmp_path, capsys):
    output = f"--output={tmp_path / 'swap.onnx'}"
    assert app.main(["export", "--method=swap", "--format=onnx", output]) == 2
    assert "format must be savedmodel" in capsys.readouterr().err
