import io
import os
import struct
import zlib

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


# --- Reading: formats and modes ---


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


# --- Reading: transparency ---


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


# --- Reading: orientation and colour profiles ---

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


# --- Reading: what is refused ---


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
    monkeypatch.setattr(image, "MAX_PIXELS", 10**6)  # A damaged header may claim any size.
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


def test_own_pixel_limit(path, monkeypatch):
    save(path, LEVELS)
    monkeypatch.setattr(image, "MAX_PIXELS", 35)
    assert image.read(path).size == 35 * 3
    monkeypatch.setattr(image, "MAX_PIXELS", 34)
    with pytest.raises(image.ImageError, match="at most 34 pixels"):
        image.read(path)


def test_pillow_warning_about_size_does_not_escape(path, monkeypatch):
    save(path, LEVELS)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 20)
    assert image.read(path).size == 35 * 3


# --- Writing ---


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


def test_atomically_replaces_on_success(path):
    path.write_bytes(b"old")
    with image.atomically(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_atomically_keeps_the_old_file_on_an_error(path, error):
    path.write_bytes(b"old")
    with pytest.raises(error), image.atomically(path) as file:
        file.write(b"half of the ne")
        raise error
    assert path.read_bytes() == b"old"
    assert os.listdir(path.parent) == [path.name]


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


def test_atomically_follows_links(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    with image.atomically(link) as file:
        file.write(b"new")
    assert link.is_symlink() and target.read_bytes() == b"new"


# --- Checking ---


@pytest.mark.parametrize("shape", [[2, 3, 3], [1, 2, 3, 3], [3, 3, 3], [1, 1, 3]])
def test_as_image_adds_the_batch_dimension(shape):
    result = image.as_image(np.full(shape, 0.25), "content")
    assert result.dtype == np.float32
    assert_array_equal(result, np.full([1, *shape[-3:]], 0.25))


def test_as_image_divides_uint8_by_255():
    assert_allclose(image.as_image([[[0.0, 0.2, 1.0]]], "x"), [[[[0, 0.2, 1]]]], rtol=1e-6)
    eight_bit = np.array([[[0, 51, 255]]], np.uint8)
    assert_allclose(image.as_image(eight_bit, "x"), [[[[0, 0.2, 1]]]], rtol=1e-6)


def test_as_image_clips_small_overshoot():
    result = image.as_image([[[-0.0009, 0.5, 1.0009]]], "content")
    assert_array_equal(result, [[[[0, 0.5, 1]]]])


def test_as_image_is_no_view():
    array = np.zeros([1, 2, 2, 3], np.float32)
    image.as_image(array, "content")[:] = 1
    assert_array_equal(array, np.zeros([1, 2, 2, 3]))


def test_as_image_takes_eager_tensors():
    tf = pytest.importorskip("tensorflow")
    for dtype in (tf.float32, tf.float16, tf.bfloat16):
        result = image.as_image(tf.fill([2, 2, 3], tf.cast(0.5, dtype)), "content")
        assert_array_equal(result, np.full([1, 2, 2, 3], 0.5, np.float32))


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros([2, 2]), r"content\.shape=\[2, 2\]"),
        (np.zeros([2, 2, 4]), r"content\.shape=\[2, 2, 4\]"),
        (np.zeros([2, 2, 2, 3]), r"one RGB image.*content\.shape=\[2, 2, 2, 3\]"),
        (np.zeros([1, 0, 2, 3]), "not empty"),
        (np.zeros([2, 2, 3], bool), "content.dtype=bool"),
        (np.zeros([2, 2, 3], np.int64), "content.dtype=int64"),
        (np.full([1, 1, 3], np.nan), "3 NaN"),
        (np.array([[[0, 0, np.inf]]]), "1 NaN or infinite"),
        (np.array([[[0, 0, 1e300]]]), "1 NaN or infinite"),
        (np.array([[[0, 0, 255.0]]]), r"divide 8-bit levels by 255.*content\.max\(\)=255"),
        (np.array([[[-0.002, 0, 1]]]), r"content\.min\(\)=-0\.002"),
        ("photo.jpg", r"content\.shape=\[\]"),
    ],
)
def test_as_image_refuses_and_names_the_argument(array, message):
    with pytest.raises(image.ImageError, match="content must .*" + message):
        image.as_image(array, "content")


# --- Sizes and start images ---


@pytest.mark.parametrize("size", [(1, 1), (3, 40), (40, 3), (9, 8), (100, 100)])
def test_resize_of_a_constant_is_constant(size):
    resized = image.resize(np.full([1, 9, 11, 3], 0.3, np.float32), size)
    assert resized.dtype == np.float32
    assert_allclose(resized, np.full([1, *size, 3], 0.3), rtol=1e-6)


def test_resize_of_two_by_two_to_one_is_the_mean():
    block = np.array([[0, 0.25], [0.5, 0.75]], np.float32)
    colours = np.stack([block, block / 3, np.ones([2, 2])], axis=-1).astype(np.float32)
    resized = image.resize(colours[np.newaxis], (1, 1))
    assert_allclose(resized, [[[[0.375, 0.125, 1]]]], rtol=1e-6)


def test_resize_does_not_alias():
    stripes = np.tile(np.array([0, 1], np.float32), 32)
    picture = np.broadcast_to(stripes[:, np.newaxis], [1, 64, 64, 3]).astype(np.float32)
    inside = image.resize(picture, (16, 16))[:, :, 2:-2]
    assert_allclose(inside, np.full([1, 16, 12, 3], 0.5), atol=0.01)


def test_resize_does_not_round_to_8_bits():
    ramp = np.linspace(0.5, 0.501, 64, dtype=np.float32)
    picture = np.broadcast_to(ramp[:, np.newaxis], [1, 8, 64, 3]).astype(np.float32)
    row = image.resize(picture, (8, 128))[0, 0, :, 0]
    assert np.all(np.diff(row[8:-8]) > 0)


def test_resize_clips_the_overshoot_at_an_edge():
    edge = np.zeros([1, 8, 8, 3], np.float32)
    edge[:, :, 4:] = 1
    resized = image.resize(edge, (32, 32))
    assert resized.min() == 0 and resized.max() == 1


def test_resize_weighs_by_the_lanczos_window():
    line = np.zeros([1, 1, 15, 3], np.float32)
    line[:, :, 7] = 1
    enlarged = image.resize(line, (1, 45))[0, 0, :, 0]  # Three new pixels to an old one.
    distances = (np.arange(45) - 22) / 3
    window = np.where(abs(distances) < 3, np.sinc(distances) * np.sinc(distances / 3), 0)
    assert_allclose(enlarged, np.clip(window, 0, 1), atol=0.01)


def test_resize_to_the_same_size_is_an_exact_copy():
    picture = image.noise((5, 7), seed=0)
    resized = image.resize(picture, (5, 7))
    assert_array_equal(resized, picture)
    assert not np.shares_memory(resized, picture)


def test_resize_of_one_pixel():
    pixel = np.array([[[[0.1, 0.2, 0.3]]]], np.float32)
    assert_allclose(image.resize(pixel, (2, 3)), np.broadcast_to(pixel, [1, 2, 3, 3]), rtol=1e-6)


@pytest.mark.parametrize("size", [(0, 4), (4, -1)])
def test_sizes_below_one_pixel_are_refused(size):
    with pytest.raises(image.ImageError, match="size must be at least 1 x 1"):
        image.resize(np.zeros([1, 2, 2, 3], np.float32), size)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((600, 800, 400), (300, 400)),
        ((800, 600, 400), (400, 300)),
        ((10, 10, 25), (25, 25)),
        ((1, 1000, 10), (1, 10)),
        ((3, 7, 5), (2, 5)),
        ((1, 1, 1), (1, 1)),
    ],
)
def test_fit_size(arguments, expected):
    assert image.fit_size(*arguments) == expected


def test_fit():
    assert image.fit(np.zeros([1, 6, 8, 3], np.float32), 4).shape == (1, 3, 4, 3)
    with pytest.raises(image.ImageError, match="longest=0"):
        image.fit(np.zeros([1, 6, 8, 3], np.float32), 0)


def test_noise_has_the_mean_and_deviation_asked_for():
    picture = image.noise((200, 300), seed=3, deviation=0.05)
    assert picture.shape == (1, 200, 300, 3) and picture.dtype == np.float32
    assert_allclose([picture.mean(), picture.std()], [0.5, 0.05], rtol=0.01)


def test_noise_follows_its_seed():
    assert_array_equal(image.noise((4, 5), seed=1), image.noise((4, 5), seed=1))
    assert np.any(image.noise((4, 5), seed=1) != image.noise((4, 5), seed=2))


def test_noise_stays_in_range():
    picture = image.noise((64, 64), seed=0, deviation=2)
    assert picture.min() == 0 and picture.max() == 1
    assert_array_equal(image.noise((2, 2), seed=0, deviation=0), np.full([1, 2, 2, 3], 0.5))
