"""Damaged or long remarks in sound pictures, clear colours of PNG, a quiet standard error."""

import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from picture_files import encode
from PIL import Image, ImageCms

from tfstyle import image

LEVELS = np.random.default_rng(0).integers(0, 256, [5, 7, 3], np.uint8)
PICTURE = Image.fromarray(LEVELS)
DAMAGED_EXIF = (b"garbage", b"Exif\0\0garbage", b"Exif\0\0II*\0\x08\0\0\0\xff\xff")


def chunk(kind, data, checksum=None):
    checksum = zlib.crc32(kind + data) if checksum is None else checksum
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def png(*chunks, before=b"IDAT"):
    """Returns the picture with `chunks` before one of its own."""
    data = encode(PICTURE, "PNG")
    at = data.index(before) - 4
    return data[:at] + b"".join(chunks) + data[at:]


def raw_png(width, depth, color_type, row, clear):
    header = struct.pack(">IIBBBBB", width, 1, depth, color_type, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"tRNS", clear)
        + chunk(b"IDAT", zlib.compress(b"\0" + row))
        + chunk(b"IEND", b"")
    )


def assert_is_read(data):
    assert_array_equal(image.to_bytes(image.read(data)[0]), LEVELS)


@pytest.mark.parametrize("exif", DAMAGED_EXIF)
def test_damaged_exif_is_ignored(exif):
    assert_is_read(encode(PICTURE, "PNG", exif=exif))
    assert_is_read(encode(PICTURE, "WEBP", exif=exif, lossless=True))
    assert image.read(encode(PICTURE, "JPEG", exif=exif)).shape == (1, 5, 7, 3)


def test_an_orientation_that_means_nothing_is_ignored():
    exif = Image.Exif()
    exif[0x0112] = 99
    assert_is_read(encode(PICTURE, "PNG", exif=exif))


@pytest.mark.parametrize("before", [b"IDAT", b"IEND"])
@pytest.mark.parametrize(
    "remark",
    [
        chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(2 * 2**20))),
        chunk(b"iTXt", b"a\0\1\0\0\0" + zlib.compress(bytes(2 * 2**20))),
        chunk(b"tEXt", b"a\0" + b"b" * (65 * 2**20)),
        chunk(b"tEXt", b"a\0wrong checksum", 0),
        chunk(b"eXIf", b"wrong checksum", 0),
        chunk(b"tIME", b"wrong checksum", 0),
        chunk(b"pHYs", b"short"),
    ],
    ids=["zTXt", "iTXt", "tEXt", "checksum", "exif", "time", "short"],
)
def test_long_or_damaged_remarks_in_png_are_ignored(remark, before):
    assert_is_read(png(remark, before=before))


def test_exif_beside_a_long_text_still_turns():
    exif = Image.Exif()
    exif[0x0112] = 6
    text = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(2 * 2**20)))
    data = png(text, chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0")))
    assert_array_equal(image.to_bytes(image.read(data)[0]), np.rot90(LEVELS, -1))


def test_a_long_profile_is_applied():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for old, new in [(b"rXYZ", b"tXYZ"), (b"bXYZ", b"rXYZ"), (b"tXYZ", b"bXYZ")]:
        profile = profile.replace(old, new, 1)
    data = png(chunk(b"iCCP", b"a\0\0" + zlib.compress(profile + bytes(2 * 2**20))))
    assert_allclose(image.read(data)[0], LEVELS[..., ::-1] / 255, rtol=0, atol=1.01 / 255)


def test_a_palette_that_is_missing_is_damage():
    palette = encode(PICTURE.convert("P"), "PNG")
    at = palette.index(b"PLTE") - 4
    end = palette.index(b"IDAT") - 4
    with pytest.raises(image.ImageError, match="undamaged"):
        image.read(palette[:at] + palette[end:])


def test_damage_of_the_picture_itself_stays_damage():
    data = png(chunk(b"tEXt", b"a\0wrong checksum", 0))
    with pytest.raises(image.ImageError, match="undamaged"):
        image.read(data[: data.index(b"IDAT") + 20])


# --- Clear colours, in the depth of the file ---


@pytest.mark.parametrize(
    ("png_of", "alpha"),
    [
        ((4, 2, 0, bytes([0b00011011]), struct.pack(">H", 1)), [1, 0, 1, 1]),
        ((2, 4, 0, bytes([0x5F]), struct.pack(">H", 5)), [0, 1]),
        ((2, 1, 0, bytes([0b01000000]), struct.pack(">H", 1)), [1, 0]),
        ((2, 8, 0, bytes([5, 6]), struct.pack(">H", 5)), [0, 1]),
        (
            (
                2,
                16,
                2,
                struct.pack(">6H", 1000, 2000, 3000, 4000, 0, 0),
                b"\x03\xe8\x07\xd0\x0b\xb8",
            ),
            [0, 1],
        ),
    ],
)
def test_the_clear_colour_of_each_depth(png_of, alpha):
    assert_array_equal(image.read_picture(raw_png(*png_of)).alpha, [alpha])


# --- Standard error ---

QUIET = """
import sys, threading
from tfstyle import image
def read():
    for path in sys.argv[1:]:
        try:
            image.read(path)
        except image.ImageError:
            pass
read()
thread = threading.Thread(target=read)
thread.start()
thread.join()
"""


def test_libtiff_says_nothing_on_standard_error(tmp_path):
    paths = []
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits"):
        data = bytearray(encode(PICTURE.resize((64, 64)), "TIFF", compression=compression))
        data[100:400] = b"\xff" * 300
        paths.append(tmp_path / f"{compression}.tif")
        paths[-1].write_bytes(data)
    done = subprocess.run([sys.executable, "-c", QUIET, *paths], capture_output=True, check=True)
    assert done.stderr == b""
