import io
import os

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image, ImageCms

from tfstyle import image

LEVELS = np.random.default_rng(0).integers(0, 256, [5, 7, 3], np.uint8)
LOSSLESS = [".png", ".tif", ".tiff"]
LOSSY = [".jpg", ".jpeg", ".webp"]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "picture.png"


@pytest.mark.parametrize("suffix", [*LOSSLESS, ".PNG"])
def test_write_then_read_is_exact_without_loss(tmp_path, suffix):
    path = tmp_path / f"out{suffix}"
    image.write(path, LEVELS)
    assert_array_equal(image.read(path), LEVELS[np.newaxis] / np.float32(255))


@pytest.mark.parametrize("suffix", LOSSY)
def test_write_then_read_is_close_with_loss(tmp_path, suffix):
    path = tmp_path / f"out{suffix}"
    ramp = np.linspace(0, 1, 16, dtype=np.float32)
    gradient = np.stack(np.broadcast_arrays(ramp, ramp[:, np.newaxis], 0.5), axis=-1)
    image.write(path, gradient)
    assert_allclose(image.read(path)[0], gradient, rtol=0, atol=0.06)


@pytest.mark.parametrize(
    ("suffix", "file_format"),
    [(".png", "PNG"), (".jpeg", "JPEG"), (".tif", "TIFF"), (".webp", "WEBP")],
)
def test_suffix_decides_the_format_and_srgb_is_embedded(tmp_path, suffix, file_format):
    path = tmp_path / f"out{suffix}"
    image.write(path, LEVELS)
    with Image.open(path) as file:
        assert file.format == file_format
        profile = ImageCms.ImageCmsProfile(io.BytesIO(file.info["icc_profile"]))
    assert "sRGB" in ImageCms.getProfileDescription(profile)


def test_write_rounds_to_the_nearest_level(path):
    image.write(path, np.array([0, 0.4, 0.6, 254.4, 254.6, 255]).reshape([1, 2, 3]) / 255)
    assert_array_equal(np.asarray(Image.open(path)), [[[0, 0, 1], [254, 255, 255]]])


def test_same_image_gives_the_same_file(tmp_path):
    for suffix in image.WRITE_FORMATS:
        first, second = tmp_path / f"first{suffix}", tmp_path / f"second{suffix}"
        image.write(first, LEVELS)
        image.write(second, LEVELS)
        assert first.read_bytes() == second.read_bytes()


def test_embedded_profile_carries_no_time(path):
    image.write(path, LEVELS)
    with Image.open(path) as file:
        assert file.info["icc_profile"][24:36] == bytes(12)


@pytest.mark.parametrize("suffix", [*LOSSLESS, ".webp"])
def test_alpha_is_put_back(tmp_path, suffix):
    path = tmp_path / f"out{suffix}"
    alpha = np.array([[0, 0.2], [0.4, 1]], np.float32)
    image.write(path, np.full([2, 2, 3], 0.6), alpha)
    picture = image.read_picture(path)
    assert_allclose(picture.alpha, alpha, rtol=1e-6)
    assert_allclose(picture.pixels, np.full([1, 2, 2, 3], 0.6), rtol=0, atol=1.01 / 255)


def test_webp_keeps_the_colours_of_clear_pixels(tmp_path):
    path = tmp_path / "out.webp"
    halves = np.full([32, 32, 3], 0.2)
    halves[:, 16:] = 0.8
    image.write(path, halves, np.zeros([32, 32]))
    assert_allclose(image.read(path)[0], halves, rtol=0, atol=0.05)


def test_jpeg_is_laid_onto_white(tmp_path):
    path = tmp_path / "out.jpg"
    image.write(path, np.zeros([8, 8, 3]), np.full([8, 8], 0.4))
    assert_allclose(image.read(path), np.full([1, 8, 8, 3], 0.6), rtol=0, atol=1.01 / 255)


def test_quality_costs_bytes(tmp_path):
    for suffix in LOSSY:
        low, high = tmp_path / f"low{suffix}", tmp_path / f"high{suffix}"
        image.write(low, LEVELS, quality=10)
        image.write(high, LEVELS, quality=95)
        assert os.path.getsize(low) < os.path.getsize(high)


def test_jpeg_keeps_full_colour_resolution(tmp_path):
    path = tmp_path / "out.jpg"
    image.write(path, LEVELS)
    with Image.open(path) as file:
        assert [layer[1:3] for layer in file.layer] == [(1, 1)] * 3


def test_write_refuses_bad_arguments(path):
    with pytest.raises(image.ImageError, match="image must be one RGB image"):
        image.write(path, np.zeros([2, 2]))
    with pytest.raises(image.ImageError, match=r"alpha must be .*\[5, 7\].*\[7, 5\]"):
        image.write(path, LEVELS, np.ones([7, 5]))
    with pytest.raises(image.ImageError, match="quality must be from 1 to 100"):
        image.write(path, LEVELS, quality=0)
    assert not path.exists()


def test_write_reports_what_the_format_cannot_hold(tmp_path):
    path = tmp_path / "wide.webp"  # WebP ends at 16383 pixels a side.
    with pytest.raises(image.ImageError, match="16384 x 1 pixels, but writing failed"):
        image.write(path, np.zeros([1, 16384, 3]))
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["a.png", "a.JPG", "a.jpeg", "a.webp", "a.tif", "a.tiff"])
def test_check_writable_accepts_and_leaves_nothing(tmp_path, name):
    image.check_writable(tmp_path / name)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a.pgn", r"\.jpg, \.png.*Did you mean \.png\? Received: path=.*a\.pgn"),
        ("a", "must end in one of"),
        ("missing/a.png", "create .*missing first"),
        ("file/a.png", "existing folder"),
        ("folder.png", "not a folder"),
        ("a" * 300 + ".png", "name that the file system takes; shorten it"),
    ],
)
def test_check_writable_refuses(tmp_path, name, message):
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(image.ImageError, match=message):
        image.check_writable(tmp_path / name)


def test_check_writable_asks_for_permission(path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)  # Root may write everywhere.
    with pytest.raises(image.ImageError, match="may write to"):
        image.check_writable(path)


def test_failed_write_keeps_the_old_file(path, monkeypatch):
    image.write(path, LEVELS)
    old = path.read_bytes()

    def fail(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(Image.Image, "save", fail)
    with pytest.raises(image.ImageError, match="disk full"):
        image.write(path, 255 - LEVELS)
    assert path.read_bytes() == old
    assert os.listdir(path.parent) == [path.name]
