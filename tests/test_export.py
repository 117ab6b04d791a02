import io
import pathlib
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from conftest import STYLES
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from tfstyle import export


@pytest.fixture(scope="module")
def exported(stylizer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("served") / "pair" / "1"
    export.save(stylizer, folder)
    return folder


@pytest.fixture(scope="module")
def signatures(exported):
    return tf.saved_model.load(str(exported)).signatures


def images(batch, height, width, seed=0):
    return np.random.default_rng(seed).random([batch, height, width, 3], np.float32)


def encoded(pixels, file_format):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, file_format)
    return file.getvalue()


def shares(*rows):
    return tf.constant(rows, tf.float32)


def test_signatures_are_named(signatures):
    assert set(signatures) == set(export.SIGNATURES)
    for name in ("serving_default", "uint8"):
        assert set(signatures[name].structured_input_signature[1]) == {"images", "style_weights"}
        assert set(signatures[name].structured_outputs) == {"pastiches"}
    assert set(signatures["image_bytes"].structured_outputs) == {"pastiche_bytes"}


@pytest.mark.parametrize("size", [(1, 16, 16), (3, 33, 20), (2, 1, 5)])
def test_floats_are_the_stylizer_s_at_any_size(stylizer, signatures, size):
    given, weights = images(*size), tf.repeat(shares([0.25, 0.75]), size[0], 0)
    painted = signatures["serving_default"](images=given, style_weights=weights)["pastiches"]
    assert_allclose(painted, stylizer(given, style=[0.25, 0.75]), atol=1e-5)


def test_uint8_is_the_same_rounded(stylizer, signatures):
    given = np.round(images(2, 20, 24) * 255).astype(np.uint8)
    weights = shares([1, 0], [0, 1])
    painted = signatures["uint8"](images=given, style_weights=weights)["pastiches"]
    expected = stylizer(given.astype(np.float32) / 255, style=weights)
    assert painted.dtype == tf.uint8
    assert_allclose(painted, np.round(expected * 255), atol=1)


def test_files_of_different_sizes_and_kinds_in_one_batch(stylizer, signatures):
    pictures = [np.round(images(1, *size)[0] * 255).astype(np.uint8) for size in ((20, 24), (7, 9))]
    files = [encoded(pictures[0], "PNG"), encoded(pictures[1], "BMP")]
    weights = shares([1, 0], [0, 1])
    painted = signatures["image_bytes"](image_bytes=tf.constant(files), style_weights=weights)
    for index, file in enumerate(painted["pastiche_bytes"].numpy()):
        pastiche = np.asarray(Image.open(io.BytesIO(file)))
        given = pictures[index][np.newaxis].astype(np.float32) / 255
        expected = stylizer(given, style=STYLES[index])[0]
        assert_allclose(pastiche, np.round(expected * 255), atol=1)


def test_grey_and_transparent_files_are_taken(signatures):
    grey = np.full([9, 8], 100, np.uint8)
    clear = np.full([9, 8, 4], 100, np.uint8)
    files = tf.constant([encoded(grey, "JPEG"), encoded(clear, "PNG")])
    weights = shares([1, 0], [1, 0])
    painted = signatures["image_bytes"](image_bytes=files, style_weights=weights)
    for file in painted["pastiche_bytes"].numpy():
        assert np.asarray(Image.open(io.BytesIO(file))).shape == (9, 8, 3)


def test_bad_bytes_and_large_images_are_errors_that_name_the_cause(stylizer, tmp_path):
    export.save(stylizer, tmp_path / "1", max_pixels=100)
    signatures = tf.saved_model.load(str(tmp_path / "1")).signatures
    with pytest.raises(tf.errors.InvalidArgumentError, match="1 to 100 pixels"):
        signatures["serving_default"](images=images(1, 11, 10), style_weights=shares([1, 0]))
    with pytest.raises(tf.errors.InvalidArgumentError, match="(?i)unknown image file format"):
        signatures["image_bytes"](
            image_bytes=tf.constant([b"not a picture"]), style_weights=shares([1, 0])
        )
    fine = signatures["serving_default"](images=images(1, 10, 10), style_weights=shares([1, 0]))
    assert fine["pastiches"].shape == (1, 10, 10, 3)


def test_baked_in_style_needs_no_weights(stylizer, tmp_path):
    export.save(stylizer, tmp_path / "1", style={"wave": 1, "scream": 3})
    signatures = tf.saved_model.load(str(tmp_path / "1")).signatures
    assert set(signatures["serving_default"].structured_input_signature[1]) == {"images"}
    given = images(2, 20, 24)
    painted = signatures["serving_default"](images=given)["pastiches"]
    assert_allclose(painted, stylizer(given, style=[0.25, 0.75]), atol=1e-5)


def test_folder_that_exists_is_left_alone(stylizer, tmp_path):
    (tmp_path / "1").mkdir()
    with pytest.raises(ValueError, match="output must not exist yet"):
        export.save(stylizer, tmp_path / "1")
    assert list(tmp_path.iterdir()) == [tmp_path / "1"]


SESSION = """
import sys, numpy as np, tensorflow as tf
folder, given, out = sys.argv[1:]
with tf.compat.v1.Session(graph=tf.Graph()) as session:
    model = tf.compat.v1.saved_model.load(session, ["serve"], folder)
    signature = model.signature_def["serving_default"]
    feed = {signature.inputs["images"].name: np.load(given),
            signature.inputs["style_weights"].name: [[0.0, 1.0]]}
    np.save(out, session.run(signature.outputs["pastiches"].name, feed))
"""


def test_session_of_a_server_runs_it_without_tfstyle(stylizer, exported, tmp_path):
    given = images(1, 40, 28)
    np.save(tmp_path / "given.npy", given)
    arguments = [str(exported), str(tmp_path / "given.npy"), str(tmp_path / "out.npy")]
    subprocess.run(
        [sys.executable, "-c", SESSION, *arguments],
        check=True,
        capture_output=True,
        cwd=pathlib.Path(tmp_path),
    )
    expected = stylizer(given, style="scream")
    assert_allclose(np.load(tmp_path / "out.npy"), expected, atol=1e-5)
    assert_array_equal(expected.shape, given.shape)
