"""Files that a served model decodes: as the command line reads them, or refused by name."""

import numpy as np
import odd_pictures
import picture_parts
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose
from PIL import Image

from tfstyle import image
from tfstyle.export import request_files

MAX_PIXELS = 30_000

DECODED = {**odd_pictures.turned(), **odd_pictures.decoded_here(), **odd_pictures.of_srgb()}
REFUSED = odd_pictures.refused()


@pytest.fixture(scope="module")
def decode():
    """What a served model makes of a file, in grey levels, traced once."""

    @tf.function(input_signature=[tf.TensorSpec([], tf.string)], autograph=False)
    def decode(contents):
        return 255 * request_files.decode(contents, tf.constant(3), MAX_PIXELS)

    return decode


@pytest.fixture
def read(tmp_path):
    """What the command line makes of it."""

    def read(contents):
        (tmp_path / "picture").write_bytes(contents)
        return 255 * image.read(tmp_path / "picture")[0]

    return read


@pytest.mark.parametrize("name", DECODED)
def test_file_is_decoded_as_the_command_line_reads_it(name, decode, read):
    assert_allclose(decode(DECODED[name]), read(DECODED[name]), atol=0.01)


@pytest.mark.parametrize("name", REFUSED)
def test_file_that_would_come_out_otherwise_is_refused_by_name(name, decode):
    contents, cause = REFUSED[name]
    with pytest.raises(tf.errors.InvalidArgumentError) as error:
        decode(contents)
    assert "image_bytes[3] " in error.value.message
    assert cause in error.value.message


@pytest.mark.parametrize("value", range(1, 9))
def test_orientation_is_what_exif_says(value, decode):
    """By hand: where the picture's upper left corner, row 0 and column 0, is to be seen."""
    # Exif 3.0: which side of the scene rows and columns begin at; 5 to 8 exchange the two.
    corners = {1: (0, 0), 2: (0, -1), 3: (-1, -1), 4: (-1, 0)}
    corners |= {5: (0, 0), 6: (0, -1), 7: (-1, -1), 8: (-1, 0)}
    pixels = np.zeros([8, 12, 3], np.uint8)
    pixels[0, 0] = 255
    file = picture_parts.encoded("PNG", Image.fromarray(pixels))
    turned = decode(picture_parts.in_png([(b"eXIf", picture_parts.exif(value))], file)).numpy()
    assert turned.shape == ((8, 12, 3) if value <= 4 else (12, 8, 3))
    assert_allclose(turned[corners[value]], 255)


def test_of_two_orientations_the_first_counts(decode):
    # By hand, since Pillow before 13 has the last.
    entry = picture_parts.exif(6).index(b"\x12\1\3\0")
    data = bytearray(picture_parts.exif(6))
    data[entry + 12 : entry + 24] = data[entry : entry + 8] + b"\3\0\0\0"
    turned = decode(picture_parts.in_png([(b"eXIf", bytes(data))])).numpy()
    once = decode(picture_parts.in_png([(b"eXIf", picture_parts.exif(6))])).numpy()
    assert_allclose(turned, once)


def test_file_of_more_parts_than_any_picture_has_is_refused(decode):
    comments = picture_parts.in_jpeg([(0xFE, b"")] * 2**17)
    with pytest.raises(tf.errors.InvalidArgumentError, match="of a kind that is not decoded here"):
        decode(comments)
