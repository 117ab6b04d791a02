import io
import struct
import zlib

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image, ImageCms

from tfstyle import image
from tfstyle.image import reading

LEVELS = np.random.default_rng(0).integers(0, 256, [5, 7, 3], np.uint8)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "picture.png"


def save(path, levels, file_format=None, mode=None, **options):
    picture = Image.fromarray(np.asarray(levels))
    (picture.convert(mode) if mode else picture).save(path, file_format, **options)


def png_chunk(kind, data):
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def png(width, height, depth, color_type, rows):
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", zlib.compress(rows))
        + png_chunk(b"IEND", b"")
    )


# --- Formats and modes ---


@pytest.mark.parametrize("file_format", ["PNG", "TIFF", "BMP"])
def test_read_returns_levels_over_255(path, file_format):
    save(path, LEVELS, file_format)
    pixels = image.read(path)
    assert pixels.dtype == np.float32
    assert_array_equal(pixels, LEVELS[np.newaxis] / np.float32(255))


def test_read_accepts_a_string(path):
    save(path, LEVELS)
    assert image.read(str(path)).shape == (1, 5, 7, 3)


@pytest.mark.parametrize("file_format", ["JPEG", "WEBP", "GIF"])
def test_read_of_one_colour_in_lossy_formats(path, file_format):
    save(path, np.full([8, 8, 3], [200, 100, 50], np.uint8), file_format)
    assert_allclose(
        image.read(path)[0, 4, 4], np.array([200, 100, 50]) / 255, rtol=0, atol=2.5 / 255
    )


def test_read_takes_the_first_frame_of_a_gif(path):
    first, second = Image.new("L", (2, 2), 0), Image.new("L", (2, 2), 255)
    first.save(path, "GIF", save_all=True, append_images=[second])
    assert_array_equal(image.read(path), np.zeros([1, 2, 2, 3]))


@pytest.mark.parametrize("mode", ["1", "L"])
def test_read_of_grey_repeats_it_in_three_channels(path, mode):
    save(path, np.array([[0, 255]], np.uint8), mode=mode)
    assert_array_equal(image.read(path), [[[[0, 0, 0], [1, 1, 1]]]])


@pytest.mark.parametrize("file_format", ["PNG", "TIFF"])
def test_16_bit_grey_is_exact(path, file_format):
    levels = np.arange(65536, dtype=np.uint16).reshape([256, 256])
    save(path, levels, file_format)
    expected = (levels / 65535).astype(np.float32)
    assert_array_equal(image.read(path)[0], np.stack([expected] * 3, axis=-1))


def test_16_bit_big_endian_tiff(path):
    Image.frombytes("I;16B", (2, 1), struct.pack(">HH", 1, 65535)).save(path, "TIFF")
    assert_allclose(image.read(path)[0, 0, :, 0], [1 / 65535, 1], rtol=1e-6)


@pytest.mark.parametrize(
    ("dtype", "levels", "expected"),
    [
        (np.int32, [0, 13107, 65535], [0, 0.2, 1]),
        (np.int32, [-5, 2**30, 2**31 - 1], [0, 0.5, 1]),
        (np.float32, [-0.5, 0.25, 1], [0, 0.25, 1]),
        (np.float32, [0, 51, 255], [0, 0.2, 1]),
        (np.float32, [0, 13107, 65535], [0, 0.2, 1]),
        (np.float32, [0, 1e6, 4e6], [0, 0.25, 1]),
    ],
)
def test_32_bit_grey_is_scaled_by_the_white_level_that_holds_it(path, dtype, levels, expected):
    save(path, np.array([levels], dtype), "TIFF")
    assert_allclose(image.read(path)[0, 0, :, 1], expected, rtol=1e-6)


def test_float_tiff_of_nan_is_refused(path):
    save(path, np.array([[0, np.nan]], np.float32), "TIFF")
    with pytest.raises(image.ImageError, match="finite"):
        image.read(path)


def test_16_bit_rgb_png(path):
    path.write_bytes(png(1, 1, 16, 2, b"\0" + struct.pack(">HHH", 0, 0x8080, 0xFFFF)))
    assert_allclose(image.read(path)[0, 0, 0], [0, 0x80 / 255, 1], rtol=1e-6)


@pytest.mark.parametrize("file_format", ["JPEG", "TIFF"])
def test_cmyk_inks_become_their_colours(path, file_format):
    Image.new("CMYK", (8, 8), (255, 255, 0, 0)).save(path, file_format, quality=100)
    assert_allclose(image.read(path)[0, 4, 4], [0, 0, 1], rtol=0, atol=2 / 255)


# --- Transparency ---


def test_alpha_is_kept_aside(path):
    alpha = np.arange(35, dtype=np.uint8).reshape([5, 7, 1])
    save(path, np.concatenate([LEVELS, alpha], axis=-1))
    picture = image.read_picture(path)
    assert_array_equal(picture.pixels, LEVELS[np.newaxis] / np.float32(255))
    assert_array_equal(picture.alpha, alpha[..., 0] / np.float32(255))


def test_alpha_of_grey(path):
    Image.new("LA", (3, 2), (51, 102)).save(path)
    picture = image.read_picture(path)
    assert_allclose(picture.pixels, np.full([1, 2, 3, 3], 0.2), rtol=1e-6)
    assert_allclose(picture.alpha, np.full([2, 3], 0.4), rtol=1e-6)


def test_opaque_files_have_no_alpha(path):
    save(path, LEVELS)
    assert image.read_picture(path).alpha is None


@pytest.mark.parametrize("file_format", ["PNG", "GIF"])
def test_clear_palette_entry(path, file_format):
    picture = Image.fromarray(np.array([[0, 1]], np.uint8), "P")
    picture.putpalette([255, 0, 0, 0, 0, 255])
    picture.save(path, file_format, transparency=1)
    read = image.read_picture(path)
    assert_array_equal(read.pixels, [[[[1, 0, 0], [0, 0, 1]]]])
    assert_array_equal(read.alpha, [[1, 0]])


def test_palette_with_an_alpha_for_each_entry(path):
    picture = Image.fromarray(np.array([[0, 1]], np.uint8), "P")
    picture.putpalette([255, 0, 0, 0, 0, 255])
    picture.save(path, transparency=bytes([51, 102]))
    assert_allclose(image.read_picture(path).alpha, [[0.2, 0.4]], rtol=1e-6)


def test_clear_level_of_16_bit_grey(path):
    save(path, np.array([[1000, 1001]], np.uint16), transparency=1000)
    assert_array_equal(image.read_picture(path).alpha, [[0, 1]])


# --- Orientation and colour profiles ---

UPRIGHT = {  # What EXIF says must be done to the stored rows and columns.
    1: lambda x: x,
    2: np.fliplr,
    3: lambda x: np.rot90(x, 2),
    4: np.flipud,
    5: lambda x: np.swapaxes(x, 0, 1),
    6: lambda x: np.rot90(x, -1),
    7: lambda x: np.swapaxes(np.rot90(x, 2), 0, 1),
    8: lambda x: np.rot90(x, 1),
}


@pytest.mark.parametrize("levels", [LEVELS, LEVELS[..., 0].astype(np.uint16) * 257])
@pytest.mark.parametrize("orientation", UPRIGHT)
def test_exif_orientation_is_applied(path, orientation, levels):
    exif = Image.Exif()
    exif[0x0112] = orientation
    save(path, levels, exif=exif)
    expected = UPRIGHT[orientation](levels.reshape([5, 7, -1]) / np.iinfo(levels.dtype).max)
    assert_allclose(
        image.read(path)[0], np.broadcast_to(expected, [*expected.shape[:2], 3]), rtol=1e-6
    )


@pytest.mark.parametrize("file_format", ["JPEG", "TIFF", "WEBP"])
def test_exif_orientation_is_applied_once_in_every_format(path, file_format):
    exif = Image.Exif()
    exif[0x0112] = 6  # A quarter turn to the right: the bottom left corner comes to the top left.
    levels = np.zeros([16, 32, 3], np.uint8)
    levels[8:, :8] = 255
    save(path, levels, file_format, exif=exif.tobytes())
    pixels = image.read(path)
    assert pixels.shape == (1, 32, 16, 3)
    assert pixels[0, :8, :8].mean() > 0.95 and pixels[0, 8:].mean() < 0.05


def srgb_profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def profile_with_red_and_blue_exchanged():
    profile = srgb_profile()
    for old, new in [(b"rXYZ", b"tXYZ"), (b"bXYZ", b"rXYZ"), (b"tXYZ", b"bXYZ")]:
        profile = profile.replace(old, new, 1)
    return profile


@pytest.mark.parametrize("file_format", ["PNG", "TIFF", "WEBP"])
def test_colours_are_converted_from_the_embedded_profile(path, file_format):
    options = {"lossless": True} if file_format == "WEBP" else {}
    profile = profile_with_red_and_blue_exchanged()
    save(path, LEVELS, file_format, icc_profile=profile, **options)
    expected = LEVELS[np.newaxis, ..., ::-1] / 255
    assert_allclose(image.read(path), expected, rtol=0, atol=1.01 / 255)


def test_profile_is_applied_beside_alpha(path):
    Image.new("RGBA", (1, 1), (255, 0, 0, 51)).save(
        path, icc_profile=profile_with_red_and_blue_exchanged()
    )
    picture = image.read_picture(path)
    assert_allclose(picture.pixels[0, 0, 0], [0, 0, 1], rtol=0, atol=1.01 / 255)
    assert_allclose(picture.alpha, [[0.2]], rtol=1e-6)


def test_srgb_profile_changes_nothing(path):
    levels = np.random.default_rng(1).integers(0, 256, [128, 128, 3], np.uint8)
    save(path, levels, icc_profile=srgb_profile())
    assert_array_equal(image.read(path), levels[np.newaxis] / np.float32(255))


def test_useless_profiles_are_ignored(path):
    for profile in [b"no profile", srgb_profile()[:300]]:
        save(path, LEVELS, icc_profile=profile)
        assert_array_equal(image.read(path), LEVELS[np.newaxis] / np.float32(255))
    save(path, LEVELS[..., 0], icc_profile=srgb_profile())  # A profile of RGB in a grey file.
    assert_array_equal(image.read(path)[0, ..., 0], LEVELS[..., 0] / np.float32(255))


# --- What is refused ---


def encoded(file_format):
    levels = np.random.default_rng(3).integers(0, 256, [64, 64, 3], np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(levels).save(buffer, file_format)
    return buffer.getvalue()


@pytest.mark.parametrize("file_format", image.READ_FORMATS)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_truncated_files_are_refused(path, file_format, share):
    data = encoded(file_format)
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(image.ImageError, match=r"path must be .*Received: path=.*picture\.png"):
        image.read(path)


@pytest.mark.parametrize("file_format", image.READ_FORMATS)
def test_damaged_files_are_read_or_refused_but_never_crash(path, file_format, monkeypatch):
    monkeypatch.setattr(reading, "MAX_PIXELS", 10**6)  # A damaged header may claim any size.
    random = np.random.default_rng(2)
    original = np.frombuffer(encoded(file_format), np.uint8)
    for _ in range(40):
        data = original.copy()
        data[random.integers(0, 200, 4)] = random.integers(0, 256, 4)
        path.write_bytes(data.tobytes())
        try:
            assert image.read(path).ndim == 4
        except image.ImageError:
            pass


@pytest.mark.parametrize(
    ("data", "message"), [(b"", "empty"), (b"just some text", "whole image file")]
)
def test_files_that_are_no_images_are_refused(path, data, message):
    path.write_bytes(data)
    with pytest.raises(image.ImageError, match=message):
        image.read(path)


def test_missing_files_and_folders_are_refused(tmp_path):
    with pytest.raises(image.ImageError, match="none of this name"):
        image.read(tmp_path / "missing.png")
    with pytest.raises(image.ImageError, match="folder"):
        image.read(tmp_path)


def test_names_too_long_are_refused(tmp_path):
    with pytest.raises(image.ImageError, match="too long for the file system"):
        image.read(tmp_path / ("a" * 300))


def test_formats_outside_the_list_are_refused(path):
    save(path, LEVELS, "PPM")
    with pytest.raises(image.ImageError, match="JPEG, PNG"):
        image.read(path)


@pytest.mark.parametrize("side", [13378, 60000])
def test_decompression_bombs_are_refused_by_their_header(path, side):
    path.write_bytes(png(side, side, 8, 2, b""))
    with pytest.raises(image.ImageError, match="at most 178956970 pixels"):
        image.read(path)


def test_only_our_own_pixel_limit_counts(path, monkeypatch):
    save(path, LEVELS)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 20)  # Beyond it Pillow warns.
    monkeypatch.setattr(reading, "MAX_PIXELS", 35)
    assert image.read(path).size == LEVELS.size
    monkeypatch.setattr(reading, "MAX_PIXELS", 34)
    with pytest.raises(image.ImageError, match="at most 34 pixels"):
        image.read(path)
