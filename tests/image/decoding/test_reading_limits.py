"""How large pictures may be, asked before a pixel is decoded, and how large ones are shrunk."""

import io
import struct

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from picture_files import encode
from PIL import Image

from tfstyle import image
from tfstyle.image.decoding import limits, opening
from tfstyle.jobs import inputs
from tfstyle.system import memory

GIF = (
    b"GIF89a" + struct.pack("<HH", 13377, 13377) + b"\x80\0\0" + b"\0\0\0\xff\xff\xff"
    b"," + struct.pack("<HHHH", 0, 0, 1, 1) + b"\0" + b"\x02\x02\x44\x01\0;"
)
"""35 bytes, which say that they are 13377 x 13377 pixels."""


@pytest.fixture
def undecoded(monkeypatch):
    """Fails the test when a pixel is decoded."""

    def load(self):
        raise AssertionError("decoded")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", load)


def ramp(width, height):
    """A picture whose levels rise from left to right, which shrinking keeps."""
    levels = np.linspace(0, 255, width).astype(np.uint8)
    return Image.fromarray(np.broadcast_to(levels[np.newaxis, :, np.newaxis], [height, width, 3]))


def test_a_picture_is_read_where_its_floats_fit(monkeypatch):
    data = encode(ramp(40, 30), "PNG")
    need = limits.BYTES_PER_PIXEL * 40 * 30
    monkeypatch.setattr(memory, "available", lambda: need)
    assert image.read(data).shape == (1, 30, 40, 3)
    monkeypatch.setattr(memory, "available", lambda: need - 1)
    with pytest.raises(image.ImageError, match="fits in memory"):
        image.read(data)
    # A system that does not say how much it has.
    monkeypatch.setattr(memory, "available", lambda: None)
    assert image.read(data).shape == (1, 30, 40, 3)


def test_the_sentence_says_what_is_needed_and_what_is_free(monkeypatch, undecoded):
    monkeypatch.setattr(memory, "available", lambda: 1e9)
    with pytest.raises(image.ImageError) as caught:
        image.read(GIF)
    assert str(caught.value) == (
        "path must be an image that fits in memory; scale it down first, as 13377x13377 pixels "
        "need about 5.0 GB and 1.0 GB are free. Received: path=35 bytes"
    )


def test_running_out_of_memory_after_all_is_one_sentence(monkeypatch):
    def load(self):
        raise MemoryError

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", load)
    with pytest.raises(image.ImageError, match="fits in memory; scale it down first. Received"):
        image.read(encode(ramp(8, 8), "BMP"))


def test_a_jpeg_too_short_for_its_size_is_refused_before_decoding(undecoded):
    data = bytearray(encode(ramp(64, 64), "JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 13000, 13000)
    with pytest.raises(image.ImageError, match="undamaged.* cannot hold 13000x13000 pixels"):
        image.read(bytes(data))


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"optimize": True, "quality": 1}])
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_the_plainest_jpegs_are_long_enough(mode, options):
    data = encode(Image.new(mode, (2000, 1600)), "JPEG", **options)
    assert image.read(data).shape == (1, 1600, 2000, 3)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "GIF", "WEBP", "TIFF"])
def test_a_huge_picture_is_shrunk_where_a_small_one_is_wanted(file_format, monkeypatch):
    monkeypatch.setattr(opening, "SHRUNK_PIXELS", 640 * 480 - 1)
    data = encode(ramp(640, 480), file_format)
    assert image.read(data).shape == (1, 480, 640, 3)
    shrunk = image.read(data, longest=70)
    assert shrunk.shape == (1, 120, 160, 3)
    assert_allclose(shrunk[0, 60, :, 1], np.linspace(0, 1, 160), rtol=0, atol=4 / 255)


def test_other_pictures_are_the_same_whatever_is_wanted():
    data = encode(ramp(640, 480), "JPEG")
    assert_array_equal(image.read(data, longest=10), image.read(data))


def test_clear_parts_of_a_huge_picture_stay_clear(monkeypatch):
    monkeypatch.setattr(opening, "SHRUNK_PIXELS", 1)
    picture = Image.fromarray(np.repeat([[0, 1]], 32, axis=1).repeat(32, 0).astype(np.uint8), "P")
    picture.putpalette([255, 0, 0, 0, 0, 255])
    read = image.read_picture(encode(picture, "PNG", transparency=1), longest=8)
    assert read.alpha.shape == read.pixels.shape[1:3] == (8, 16)
    assert_array_equal(read.alpha[0], [1] * 8 + [0] * 8)
    assert_array_equal(read.pixels[0, 0, :8], [[1, 0, 0]] * 8)


def test_deep_grey_is_not_shrunk(monkeypatch):
    monkeypatch.setattr(opening, "SHRUNK_PIXELS", 1)
    levels = np.arange(64 * 64, dtype=np.uint16).reshape([64, 64])
    data = encode(Image.fromarray(levels), "PNG")
    assert_array_equal(image.read(data, longest=4)[0, ..., 0], (levels / 65535).astype(np.float32))


def test_a_shrunk_picture_needs_less_memory(monkeypatch):
    monkeypatch.setattr(opening, "SHRUNK_PIXELS", 1)
    monkeypatch.setattr(memory, "available", lambda: limits.BYTES_PER_PIXEL * 640 * 480 - 1)
    data = encode(ramp(640, 480), "PNG")
    assert image.read(data, longest=70).shape == (1, 120, 160, 3)
    with pytest.raises(image.ImageError, match="fits in memory"):
        image.read(data)


def test_jobs_read_contents_so(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "SHRUNK_PIXELS", 1)
    path = tmp_path / "in.jpg"
    ramp(640, 480).save(path)
    assert inputs.read_input(path, longest=70).picture.pixels.shape == (1, 120, 160, 3)
    assert inputs.read_input(path).picture.pixels.shape == (1, 480, 640, 3)


def test_the_limit_holds_of_the_first_frame_beyond_its_canvas(monkeypatch):
    # Pillow enlarges the canvas to what the frame says.
    data = io.BytesIO(GIF).getvalue()
    data = data.replace(struct.pack("<HH", 13377, 13377), struct.pack("<HH", 1, 1), 1)
    data = data.replace(struct.pack("<HHHH", 0, 0, 1, 1), struct.pack("<HHHH", 0, 0, 20000, 20000))
    with pytest.raises(image.ImageError, match="at most 178956970 pixels"):
        image.read(data)
