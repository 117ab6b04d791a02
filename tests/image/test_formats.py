"""Formats of telephones: AVIF by Pillow, HEIF by an extra."""

import io
import sys

import numpy as np
import pytest
from PIL import Image

from tfstyle import image
from tfstyle.image import formats

ROWS, COLUMNS = np.mgrid[0:48, 0:64].astype(np.uint8)
PIXELS = np.stack([4 * COLUMNS, 5 * ROWS, 0 * ROWS + 100], axis=-1)
"""Smooth in colour, which these formats keep at half the size."""


def near(found, expected=PIXELS):
    """Both formats lose a little; a turn or a wrong channel is far off."""
    found = image.to_bytes(found[0])
    return found.shape == expected.shape and np.abs(found - expected.astype(float)).mean() < 3


def write_heif(path, exif=None):
    heif = pytest.importorskip("pillow_heif")
    written = heif.from_pillow(Image.fromarray(PIXELS))
    written.save(path, quality=95, exif=exif)
    return path


def turned():
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif.tobytes()


@pytest.mark.skipif(not formats.HAS_AVIF, reason="this Pillow reads no AVIF")
@pytest.mark.parametrize("name", ["a.avif", "a.png"])
def test_avif_is_read_by_its_content(tmp_path, name):
    Image.fromarray(PIXELS).save(tmp_path / name, "AVIF", quality=95)
    assert near(image.read(tmp_path / name))


@pytest.mark.parametrize("name", ["a.heic", "a.HIF", "a.jpg"])
def test_heif_is_read_by_its_content(tmp_path, name):
    written = write_heif(tmp_path / "w.heic")
    assert near(image.read(written.rename(tmp_path / name)))


def test_heif_is_turned_once(tmp_path):
    found = image.read(write_heif(tmp_path / "a.heic", turned()))
    assert near(found, np.rot90(PIXELS, -1))


def test_heif_keeps_its_transparency(tmp_path):
    heif = pytest.importorskip("pillow_heif")
    alpha = np.full([48, 64, 1], 255, np.uint8)
    alpha[:, :32] = 0
    pixels = Image.fromarray(np.concatenate([PIXELS, alpha], axis=-1))
    heif.from_pillow(pixels).save(tmp_path / "a.heic", quality=95)
    found = image.read_picture(tmp_path / "a.heic").alpha
    assert found is not None and found[:, :24].max() < 0.1 and found[:, 40:].min() > 0.9


def test_heif_without_the_extra_is_one_sentence_that_names_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    (tmp_path / "a.jpg").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99))
    with pytest.raises(
        image.ImageError,
        match=r"^reading HEIC and HEIF needs pip .*tfstyle\[heif\].*path=.*a\.jpg$",
    ):
        image.read(tmp_path / "a.jpg")


@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_truncated_heif_is_refused(tmp_path, share):
    whole = write_heif(tmp_path / "a.heic").read_bytes()
    (tmp_path / "a.heic").write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(image.ImageError, match="path must be"):
        image.read(tmp_path / "a.heic")


def test_open_files_are_read_as_paths_are(tmp_path):
    """From their beginning, which looking at the heading does not use up."""
    buffer = io.BytesIO()
    Image.fromarray(PIXELS).save(buffer, "PNG")
    buffer.seek(0)
    assert (image.to_bytes(image.read(buffer))[0] == PIXELS).all()
