"""Files of several pictures that are no TIFF: the first one, on the whole canvas."""

import struct

import numpy as np
import pytest
from numpy.testing import assert_allclose
from picture_files import encode
from PIL import Image

from tfstyle import image

RED, BLUE = Image.new("RGB", (16, 8), (254, 0, 0)), Image.new("RGB", (16, 8), (0, 0, 254))


@pytest.mark.parametrize("file_format", ["MPO", "GIF", "PNG", "WEBP", "AVIF", "TIFF"])
def test_the_first_picture_is_read(file_format):
    # Copies: saving leaves options of one format on a picture.
    data = encode(RED.copy(), file_format, save_all=True, append_images=[BLUE.copy()])
    read = image.read(data)
    assert read.shape == (1, 8, 16, 3)
    assert_allclose(read[0, 4, 8], [1, 0, 0], rtol=0, atol=5 / 255)


def test_the_picture_outside_of_an_animation_is_the_still():
    data = encode(
        RED.copy(),
        "PNG",
        save_all=True,
        append_images=[BLUE.copy(), RED.copy()],
        default_image=True,
    )
    assert_allclose(image.read(data)[0, 4, 8], [1, 0, 0], rtol=0, atol=2 / 255)


def test_a_first_frame_smaller_than_the_canvas_lies_in_its_place():
    # A frame of one pixel at (1, 1), on 4 x 3, whose clear colour fills the rest.
    data = (
        b"GIF89a" + struct.pack("<HH", 4, 3) + b"\x80\x00\x00" + b"\xff\0\0\0\xff\0"
        b"!\xf9\x04\x01\0\0\x01\0" + b"," + struct.pack("<HHHH", 1, 1, 1, 1) + b"\0"
        b"\x02\x02\x44\x01\0;"
    )
    picture = image.read_picture(data)
    assert picture.pixels.shape == (1, 3, 4, 3)
    opaque = np.zeros([3, 4])
    opaque[1, 1] = 1
    assert_allclose(picture.alpha, opaque)
    assert_allclose(picture.pixels[0, 1, 1], [1, 0, 0])
