"""The signatures as a server runs them: in a process that knows a SavedModel and nothing else."""

import io
import pickle
import subprocess
import sys

import numpy as np
import pytest
import samples
from numpy.testing import assert_allclose
from PIL import Image

from tfstyle.export import savedmodel

MAX_PIXELS = 2000


def pixels(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, [height, width, 3], np.uint8)


def encoded(picture, file_format, **options):
    file = io.BytesIO()
    Image.fromarray(picture).save(file, file_format, **options)
    return file.getvalue()


def animated(*frames):
    first, *others = map(Image.fromarray, frames)
    file = io.BytesIO()
    first.save(file, "GIF", save_all=True, append_images=others)
    return file.getvalue()


def floats(*shape):
    return np.random.default_rng(0).random(shape, np.float32)


def with_value(value):
    images = floats(2, 9, 9, 3)
    images[1, 2, 3, 0] = value
    return images


def strings(*files):
    return np.array(files, object)


WAVE, SCREAM = [1.0, 0.0], [0.0, 1.0]
BOMB = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + 2 * (30000).to_bytes(4, "big") + bytes(100)
PNG = encoded(pixels(9, 7), "PNG")
JPEG = encoded(pixels(40, 30), "JPEG")
FIRST = np.indices([9, 8]).sum(0).astype(np.uint8) % 3 * 120
BLINKING = animated(FIRST, 255 - FIRST)


def request(images, *style_weights):
    """One to the signature that takes such images."""
    signature = {"f": "serving_default", "u": "uint8", "O": "image_bytes"}[images.dtype.kind]
    name = "image_bytes" if signature == "image_bytes" else "images"
    return signature, {name: images, "style_weights": np.array(style_weights, np.float32)}


FILES = pixels(9, 7), pixels(20, 31), pixels(14, 12)
GOOD = {
    "three images": request(floats(3, 25, 18, 3), SCREAM, WAVE, WAVE),
    "one row of weights": request(floats(2, 20, 17, 3), [1.0, 3.0]),
    "rounded a little beyond": request(1.0005 * floats(1, 20, 17, 3).round(), WAVE),
    "bytes": request(np.stack([pixels(19, 23), pixels(19, 23, 1)]), SCREAM, WAVE),
    "one pixel": request(pixels(1, 1)[np.newaxis], SCREAM),
    "files": request(
        strings(*map(encoded, FILES, ("PNG", "BMP", "PNG"))), WAVE, SCREAM, [2.0, 2.0]
    ),
    "grey": request(strings(encoded(pixels(9, 8)[..., 0], "PNG")), WAVE),
    "clear": request(strings(encoded(pixels(9, 8)[..., [0, 1, 2, 0]], "PNG")), WAVE),
    "JPEG": request(strings(JPEG), WAVE),
    "blinking": request(strings(BLINKING), WAVE),
    "no file": request(strings(), WAVE),
}
SHAPE, WEIGHTS = "images must be [batch, height, width, 3]", "style_weights must be"
LARGE = "must have 1 to 2000 pixels. Received: height and width [50 41]"
BAD = {
    "rank 3": (request(floats(25, 18, 3), WAVE), f"{SHAPE}. Received: shape [25 18 3]"),
    "rank 5": (request(floats(1, 1, 9, 9, 3), WAVE), f"{SHAPE}. Received: shape [1 1 9 9 3]"),
    "rank 0": (request(floats(), WAVE), f"{SHAPE}. Received: shape []"),
    "grey floats": (request(floats(1, 9, 9, 1), WAVE), f"{SHAPE}. Received: shape [1 9 9 1]"),
    "grey bytes": (request(pixels(25, 18)[..., 0], WAVE), f"{SHAPE}. Received: shape [25 18]"),
    "no image": (request(floats(0, 9, 9, 3), WAVE), "1 to 2000 pixels in all. Received: 0"),
    "large images": (
        request(floats(2, 40, 26, 3), WAVE),
        "1 to 2000 pixels in all. Received: 2080",
    ),
    "bytes as floats": (request(255 * floats(1, 9, 9, 3), WAVE), "images must lie in [0, 1]"),
    "NaN": (request(floats(1, 9, 9, 3) * np.nan, WAVE), "images must lie in [0, 1], without NaN"),
    "one NaN": (request(with_value(np.nan), WAVE), "Received: nan at [1 2 3 0]"),
    "infinite": (request(with_value(np.inf), WAVE), "Received: inf at [1 2 3 0]"),
    "below 0": (request(with_value(-0.25), WAVE), "Received: -0.25 at [1 2 3 0]"),
    "3 weights": (request(floats(1, 9, 9, 3), [1, 0, 0]), f"{WEIGHTS} [batch, 2]"),
    "flat weights": (request(floats(1, 9, 9, 3), 1, 0), f"{WEIGHTS} [batch, 2]"),
    "2 rows": (request(floats(3, 9, 9, 3), WAVE, WAVE), "Received: 2 for 3 images"),
    "negative": (request(floats(1, 9, 9, 3), [2, -1]), f"{WEIGHTS} 0 or more"),
    "all 0": (request(floats(2, 9, 9, 3), WAVE, [0, 0]), "not all 0 in a row"),
    "NaN weight": (request(floats(1, 9, 9, 3), [np.nan, 1]), f"{WEIGHTS} 0 or more"),
    "infinite weight": (request(floats(1, 9, 9, 3), [np.inf, 1]), f"{WEIGHTS} 0 or more"),
    "one NaN weight of many": (
        request(floats(3, 9, 9, 3), WAVE, [1, np.nan], WAVE),
        f"{WEIGHTS} 0 or more, finite, and not all 0 in a row. Received: nan at [1 1]",
    ),
    "one below 0": (request(floats(1, 9, 9, 3), [2, -0.5]), "Received: -0.5 at [0 1]"),
    "sum beyond float32": (
        request(floats(1, 9, 9, 3), [3e38, 3e38]),
        "Received: inf as the sum of row [0]",
    ),
    "sum of 0": (request(floats(2, 9, 9, 3), WAVE, [0, 0]), "Received: 0 as the sum of row [1]"),
    "negative, for a file": (request(strings(PNG), [2, -1]), f"{WEIGHTS} 0 or more"),
    "table of files": (request(strings([PNG], [PNG]), WAVE), "image_bytes must be [batch]"),
    "text": (request(strings(PNG, PNG, b"text"), WAVE), "image_bytes[2] is no readable JPEG"),
    "empty": (request(strings(b""), WAVE), "image_bytes[0] is no readable JPEG"),
    "JPEG's start": (request(strings(JPEG[:9]), WAVE), "image_bytes[0] is no readable JPEG"),
    "cut JPEG": (request(strings(PNG, JPEG[:-99]), WAVE), "image_bytes[1] is damaged"),
    "cut PNG": (request(strings(PNG, PNG[:-99]), WAVE), "image_bytes[1] is damaged"),
    "bomb": (request(strings(PNG, BOMB), WAVE), "image_bytes[1] must have 1 to 2000 pixels"),
    "large JPEG": (request(strings(encoded(pixels(50, 41), "JPEG")), WAVE), LARGE),
    "large BMP": (request(strings(encoded(pixels(50, 41), "BMP")), WAVE), LARGE),
    "large GIF": (request(strings(encoded(pixels(50, 41), "GIF")), WAVE), LARGE),
}


@pytest.fixture(scope="module")
def answers(stylizer, tmp_path_factory):
    """What one process answers; the good requests come after all the bad ones."""
    folder = tmp_path_factory.mktemp("served") / "1"
    savedmodel.save(stylizer, folder, max_pixels=MAX_PIXELS)
    requests = {name: bad for name, (bad, _) in BAD.items()} | GOOD
    server = samples.ROOT / "tests" / "support" / "processes" / "model_server.py"
    done = subprocess.run(
        [sys.executable, server, folder], input=pickle.dumps(requests), capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
    return pickle.loads(done.stdout)


def painted(stylizer, name):
    """What Keras makes of the images of a good request, in [0, 1]."""
    _, inputs = GOOD[name]
    images = inputs["images"]
    if images.dtype == np.uint8:
        images = images.astype(np.float32) / 255
    weights = inputs["style_weights"]
    return stylizer(images, style=weights / weights.sum(1, keepdims=True)).numpy()


def painted_file(stylizer, picture, share_of_wave):
    """What Keras makes of a picture in bytes, in bytes."""
    images = picture[np.newaxis].astype(np.float32) / 255
    return 255 * stylizer(images, style=[share_of_wave, 1 - share_of_wave])[0].numpy()


def files_of(answer):
    return [np.asarray(Image.open(io.BytesIO(file))) for file in answer["pastiche_bytes"]]


# --- Good requests ---


@pytest.mark.parametrize("name", ["three images", "one row of weights"])
def test_floats_are_painted_as_by_keras(stylizer, answers, name):
    assert_allclose(answers[name]["pastiches"], painted(stylizer, name), atol=1e-5)


def test_values_rounded_a_little_beyond_are_clipped(stylizer, answers):
    name = "rounded a little beyond"
    expected = stylizer(GOOD[name][1]["images"].clip(0, 1), style="wave")
    assert_allclose(answers[name]["pastiches"], expected, atol=1e-5)


def test_bytes_are_the_same_rounded(stylizer, answers):
    assert answers["bytes"]["pastiches"].dtype == np.uint8
    expected = 255 * painted(stylizer, "bytes")
    assert_allclose(answers["bytes"]["pastiches"], expected, atol=0.51)


def test_one_pixel_is_served(answers):
    # Which colour is not told: the norms of a flat picture have nothing but rounding to divide.
    pastiche = answers["one pixel"]["pastiches"]
    assert (pastiche.shape, pastiche.dtype) == ((1, 1, 1, 3), np.uint8)


def test_files_of_several_sizes_and_kinds_are_painted_each_in_its_style(stylizer, answers):
    for answer, picture, wave in zip(files_of(answers["files"]), FILES, (1, 0, 0.5), strict=True):
        assert_allclose(answer, painted_file(stylizer, picture, wave), atol=0.51)


def test_grey_is_three_channels_and_transparency_is_dropped(stylizer, answers):
    grey = pixels(9, 8)[..., :1].repeat(3, axis=2)
    for name, picture in (("grey", grey), ("clear", pixels(9, 8))):
        (answer,) = files_of(answers[name])
        assert_allclose(answer, painted_file(stylizer, picture, 1), atol=0.51)


def test_jpeg_is_taken(answers):
    (answer,) = files_of(answers["JPEG"])
    assert answer.shape == (40, 30, 3)


def test_first_frame_of_an_animation_is_painted(stylizer, answers):
    (answer,) = files_of(answers["blinking"])
    first = FIRST[..., np.newaxis].repeat(3, axis=2)
    assert_allclose(answer, painted_file(stylizer, first, 1), atol=0.51)


def test_no_file_is_no_pastiche(answers):
    assert answers["no file"]["pastiche_bytes"].shape == (0,)


# --- Bad requests ---


@pytest.mark.parametrize("name", BAD)
def test_bad_request_is_an_error_that_names_the_cause(answers, name):
    assert isinstance(answers[name], str)
    assert BAD[name][1] in answers[name]
