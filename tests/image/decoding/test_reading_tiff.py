"""TIFFs of several pictures, and of kinds that Pillow does not write; values known by hand."""

import struct
import zlib

import numpy as np
import pytest
import tiff_files
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle import image

SIZE = (8, 6)
RANDOM = np.random.default_rng(0)
GREY = RANDOM.integers(0, 65536, SIZE[::-1], np.uint16)
COLORS = RANDOM.integers(0, 256, [*SIZE[::-1], 3], np.uint8)
SMALL = np.full([3, 4, 3], 200, np.uint8)


def colors(levels, **tags):
    return tiff_files.page(levels.shape[1::-1], levels.tobytes(), **tags)


def grey(data, photometric, bits, **tags):
    return tiff_files.page(SIZE, data, photometric, (bits,), **tags)


def read_grey(page, order="<"):
    return image.read(tiff_files.write(page, order=order))[0, ..., 0]


def refusal(page, order="<"):
    with pytest.raises(image.ImageError) as caught:
        image.read(tiff_files.write(page, order=order))
    return str(caught.value)


# --- Which picture ---


def read_levels(*pages, **options):
    return image.to_bytes(image.read(tiff_files.write(*pages, **options))[0])


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("flag", [0, 1])
def test_the_picture_is_read_and_not_the_thumbnail_before_it(order, flag):
    thumbnail = colors(SMALL, new_subfile_type=flag)
    assert_array_equal(read_levels(thumbnail, colors(COLORS), order=order), COLORS)


def test_the_picture_may_lie_in_a_directory_of_its_own():
    thumbnail = colors(SMALL, new_subfile_type=1)
    assert_array_equal(read_levels(thumbnail, subs=[colors(COLORS)]), COLORS)


def test_a_flagged_version_is_not_read_though_it_is_larger():
    enlarged = np.kron(COLORS, np.ones([2, 2, 1], np.uint8))
    for flag in (1, 4):
        read = read_levels(colors(COLORS), colors(enlarged, new_subfile_type=flag))
        assert_array_equal(read, COLORS)


def test_the_older_flag_counts_as_well():
    small = SMALL.repeat(2, axis=0)[:, :3]
    assert_array_equal(read_levels(colors(small, subfile_type=2), colors(COLORS)), COLORS)


def test_of_pages_of_about_one_size_the_first_is_read():
    larger = np.full([7, 9, 3], 9, np.uint8)
    assert_array_equal(read_levels(colors(COLORS), colors(larger)), COLORS)


def test_a_thumbnail_alone_is_read():
    assert_array_equal(read_levels(colors(SMALL, new_subfile_type=1)), SMALL)


def test_pages_in_a_circle_are_read():
    data = bytearray(tiff_files.write(colors(COLORS)))
    (start,) = struct.unpack_from("<L", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    struct.pack_into("<L", data, start + 2 + 12 * count, start)
    assert_array_equal(image.to_bytes(image.read(bytes(data))[0]), COLORS)


@pytest.mark.parametrize("photometric", [32803, 34892])
def test_raw_files_are_named(photometric):
    sensor = grey(GREY.tobytes(), photometric, 16)
    thumbnail = colors(SMALL, new_subfile_type=1)
    for data in (
        tiff_files.write(sensor),
        tiff_files.write(thumbnail, sensor),
        tiff_files.write(thumbnail, subs=[colors(COLORS), sensor]),
    ):
        with pytest.raises(image.ImageError, match="this is a camera's raw file"):
            image.read(data)


@pytest.mark.parametrize(
    "start", [b"FUJIFILMCCD-RAW 0201", b"IIRO\x08\0\0\0", b"IIU\0\x18\0\0\0", b"\0\0\0\x18ftypcrx "]
)
def test_raw_files_that_are_no_tiff_are_named(start):
    with pytest.raises(image.ImageError, match="this is a camera's raw file"):
        image.read(start + bytes(100))


def test_the_older_raw_files_of_canon_are_named():
    data = bytearray(tiff_files.write(colors(COLORS)))
    data[8:8] = b"CR\x02\0\0\0\0\0"
    struct.pack_into("<L", data, 4, 16)
    with pytest.raises(image.ImageError, match="this is a camera's raw file"):
        image.read(bytes(data))


# --- Which kinds ---


@pytest.mark.parametrize(
    "compress", [lambda data: (data, 1), lambda data: (zlib.compress(data), 8)]
)
def test_grey_whose_white_is_zero(compress):
    data, compression = compress(GREY.tobytes())
    read = read_grey(grey(data, 0, 16, compression=compression))
    assert_allclose(read, 1 - GREY / 65535, rtol=0, atol=1e-6)


@pytest.mark.parametrize("order", ["<", ">"])
def test_floats_whose_white_is_zero(order):
    data = (GREY / 65535).astype(f"{order}f4").tobytes()
    read = read_grey(grey(data, 0, 32, sample_format=3), order)
    assert_allclose(read, 1 - GREY / 65535, rtol=0, atol=1e-6)


def test_grey_of_12_bits():
    # 0, half, white: 000 800 fff 123.
    page = tiff_files.page((4, 1), b"\x00\x08\x00\xff\xf1\x23", 1, (12,))
    assert_allclose(read_grey(page), [[0, 0x800 / 4095, 1, 0x123 / 4095]], rtol=1e-6)


@pytest.mark.parametrize("order", ["<", ">"])
def test_signed_grey_of_16_bits(order):
    data = (GREY // 2).astype(f"{order}i2").tobytes()
    read = read_grey(grey(data, 1, 16, sample_format=2), order)
    assert_allclose(read, (GREY // 2) / 32767, rtol=1e-6)


def test_unsigned_grey_of_32_bits():
    data = (GREY.astype(np.uint32) * 65537).tobytes()
    assert_allclose(read_grey(grey(data, 1, 32)), GREY / 65535, rtol=1e-6)


def test_grey_multiplied_by_its_alpha():
    page = tiff_files.page((2, 1), bytes([51, 102, 204, 204]), 1, (8, 8), extra_samples=1)
    picture = image.read_picture(tiff_files.write(page))
    assert_allclose(picture.pixels[0, 0, :, 0], [0.5, 1], rtol=0, atol=0.5 / 255)
    assert_allclose(picture.alpha, [[0.4, 0.8]], rtol=1e-6)


def test_colours_of_16_bits_are_cut_to_8():
    levels = RANDOM.integers(0, 65536, [6, 8, 3], np.uint16)
    page = tiff_files.page(SIZE, levels.tobytes(), 2, (16, 16, 16))
    assert_array_equal(read_levels(page), levels >> 8)


def test_lab():
    # By CIE L*a*b* of D50: 50, 0, 0 is grey of 119 in sRGB, and 54.3, 80.8, 69.9 its red.
    page = tiff_files.page((2, 1), bytes([128, 0, 0, 138, 81, 70]), 8)
    read = image.read(tiff_files.write(page))[0, 0] * 255
    assert_allclose(read, [[119, 119, 119], [255, 0, 0]], rtol=0, atol=6)


def ycbcr(compression, subsampling):
    # Blocks of 2 x 2: four luminances, then both colour differences.
    blocks = bytes([77] * 4 + [128, 128]) * 12
    data = blocks if compression == 1 else zlib.compress(blocks)
    return tiff_files.page(SIZE, data, 6, compression=compression, **subsampling)


def test_colour_differences_at_half_resolution():
    assert_array_equal(read_levels(ycbcr(8, {"subsampling": (2, 2)})), np.full([6, 8, 3], 77))
    # Pillow reads these uncompressed as if they were whole.
    for subsampling in ({"subsampling": (2, 2)}, {}):
        assert "usual kind; save this one (YCbCr, 3 x 8 bits" in refusal(ycbcr(1, subsampling))


@pytest.mark.parametrize(
    ("kind", "page"),
    [
        ("RGB, 3 x 32 bits, float", (2, (32,) * 3, {"sample_format": (3, 3, 3)})),
        ("RGB, 3 x 32 bits, unsigned", (2, (32,) * 3, {})),
        ("CMYK, 4 x 32 bits, float", (5, (32,) * 4, {"sample_format": (3,) * 4})),
        ("CieLAB, 3 x 16 bits", (8, (16,) * 3, {})),
        ("BlackIsZero, 1 x 64 bits, float", (1, (64,), {"sample_format": 3})),
        ("BlackIsZero, 1 x 8 bits, signed", (1, (8,), {"sample_format": 2})),
        ("RGB, 3 x 8 bits, unsigned, compression 50", (2, (8,) * 3, {"compression": 50})),
        ("Transparency Mask", (4, (1,), {})),
        ("RGB, 9 x 8 bits", (2, (8,) * 9, {"extra_samples": (0,) * 6})),
    ],
)
def test_other_kinds_are_named(kind, page, capfd):
    photometric, bits, tags = page
    data = bytes(8 * 6 * 9 * 8)
    sentence = refusal(tiff_files.page(SIZE, data, photometric, bits, **tags))
    assert f"path must be a TIFF of a usual kind; save this one ({kind}" in sentence
    assert ") as 8-bit RGB. Received: path=" in sentence
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(("photometric", "bits"), [(2, (16, 16, 16)), (0, (8,)), (1, (16,))])
def test_planes_that_pillow_takes_for_others_are_named(photometric, bits):
    planes = [bytes(8 * 6 * 2)] * len(bits)
    page = tiff_files.page(SIZE, planes, photometric, bits, planar=2)
    assert "in separate planes" in refusal(page)


def test_planes_of_8_bits_are_read():
    planes = [COLORS[..., channel].tobytes() for channel in range(3)]
    assert_array_equal(read_levels(tiff_files.page(SIZE, planes, planar=2)), COLORS)
