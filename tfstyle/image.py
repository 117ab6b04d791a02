"""Pictures in and out: reading, checking, resizing, start images, safe writing.

The convention everywhere inside: an image is `[1, height, width, 3]`, float32, RGB
in the sRGB space, with values in [0, 1].
"""

import contextlib
import dataclasses
import difflib
import errno
import functools
import io
import os
import secrets
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

MAX_PIXELS = 178_956_970
"""Largest picture that is decoded, height times width; Pillow's own limit."""

READ_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF")
"""What `read` opens, decided by a file's content and not by its name."""

WRITE_FORMATS = {
    ".jpeg": "JPEG",
    ".jpg": "JPEG",
    ".png": "PNG",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".webp": "WEBP",
}
"""What `write` makes of each file name suffix."""

_RANGE_TOLERANCE = 1e-3
_DEEP_GREY_MODES = ("I", "I;16", "I;16L", "I;16B", "F")


class ImageError(ValueError):
    """A picture that cannot be read, written or used; the message says why and what to do."""


@dataclasses.dataclass(frozen=True, eq=False)
class Picture:
    """What a file holds: its colours, and its transparency kept aside."""

    pixels: np.ndarray
    """`[1, height, width, 3]`, float32 in [0, 1]."""
    alpha: np.ndarray | None = None
    """`[height, width]`, float32 from 0 (clear) to 1 (opaque); None when the file has none."""


# --- Reading ---


def read(path: str | os.PathLike) -> np.ndarray:
    """Returns the colours of an image file, as `read_picture` does, without its transparency.

    Returns:
        `[1, height, width, 3]`, float32 in [0, 1].
    """
    return read_picture(path).pixels


def read_picture(path: str | os.PathLike) -> Picture:
    """Reads the first frame of a JPEG, PNG, WebP, TIFF, BMP or GIF file.

    The EXIF orientation is applied, and colours are converted to sRGB when the file
    embeds a usable ICC profile. Grey of 16 or 32 bits keeps its precision and its tone
    curve; Pillow cuts 16-bit colour down to 8 bits.

    Args:
        path: the file; its content decides the format, not its name.

    Returns:
        The upright picture.

    Raises:
        ImageError: there is no such file, or it is not a whole image of allowed size.
    """
    path = Path(path)
    _check_readable(path)
    try:
        # Pillow warns of oddities in files that it reads all the same.
        with warnings.catch_warnings(action="ignore"):
            return _to_picture(_decode(path))
    except ImageError:
        raise
    except UnidentifiedImageError as error:
        raise ImageError(
            f"path must be a whole image file, one of {', '.join(READ_FORMATS)}; convert it first. "
            f"Received: path={path}"
        ) from error
    except Image.DecompressionBombError as error:
        raise _too_large(path) from error
    except Exception as error:  # Pillow's decoders raise anything on damaged files.
        raise ImageError(
            f"path must be an undamaged image file; get a new copy ({error}). Received: path={path}"
        ) from error


def _check_readable(path: Path) -> None:
    if os.path.isdir(path):
        trouble = "this is a folder; name one file"
    elif is_name_too_long(path):
        trouble = "its name is too long for the file system; shorten it"
    elif not os.path.exists(path):
        trouble = "there is none of this name; check it"
    elif not os.access(path, os.R_OK):
        trouble = "you may not read this one; change its permissions"
    elif os.path.getsize(path) == 0:
        trouble = "this one is empty; get a new copy"
    else:
        return
    raise ImageError(f"path must be an image file, but {trouble}. Received: path={path}")


def is_name_too_long(path: str | os.PathLike) -> bool:
    """Returns whether the file system refuses `path` for its length alone."""
    try:
        os.lstat(path)
    except OSError as error:
        return error.errno == errno.ENAMETOOLONG
    return False


def _decode(path: Path) -> Image.Image:
    with Image.open(path, formats=READ_FORMATS) as file:
        if file.width * file.height > MAX_PIXELS:
            raise _too_large(path)
        return ImageOps.exif_transpose(file)


def _too_large(path: Path) -> ImageError:
    return ImageError(
        f"path must be an image of at most {MAX_PIXELS} pixels; scale it down first. "
        f"Received: path={path}"
    )


def _to_picture(image: Image.Image) -> Picture:
    if image.mode in _DEEP_GREY_MODES:
        return _deep_grey_picture(image)
    colours, alpha = _split_alpha(image)
    colours = _to_srgb(colours, image.info.get("icc_profile"))
    return Picture(_from_8_bit(colours)[np.newaxis], alpha)


def _deep_grey_picture(image: Image.Image) -> Picture:
    levels = np.asarray(image)
    if not np.isfinite(levels).all():
        raise ImageError(
            "path must be an image of finite values; replace its NaN and infinite ones. "
            f"Received: mode={image.mode}"
        )
    grey = np.clip(levels / _white_level(levels, image.mode), 0, 1).astype(np.float32)
    pixels = np.repeat(grey[np.newaxis, :, :, np.newaxis], 3, axis=-1)
    clear_level = image.info.get("transparency")
    alpha = None if clear_level is None else (levels != clear_level).astype(np.float32)
    return Picture(pixels, alpha)


def _white_level(levels: np.ndarray, mode: str) -> float:
    """Returns the level that stands for white: of the usual ones, the lowest that holds all."""
    if mode.startswith("I;16"):
        return 65535
    usual = (1, 255, 65535) if mode == "F" else (65535, 2**31 - 1)
    brightest = levels.max()
    return next((level for level in usual if brightest <= level), brightest)


def _split_alpha(image: Image.Image) -> tuple[Image.Image, np.ndarray | None]:
    """Returns the colours, in mode L, RGB or CMYK as ICC profiles want them, and the alpha."""
    alpha = None
    if image.has_transparency_data:
        opaque_mode = "L" if image.mode in ("L", "LA") else "RGB"
        rgba = image.convert("RGBA")
        alpha = _from_8_bit(rgba.getchannel("A"))
        image = rgba.convert(opaque_mode)
    if image.mode not in ("L", "RGB", "CMYK"):
        image = image.convert("RGB")
    return image, alpha


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Returns the colours in sRGB; a profile that is broken or for another mode is ignored."""
    if profile:
        with contextlib.suppress(ImageCms.PyCMSError, OSError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(image, source, _srgb_profile(), outputMode="RGB")
    return image.convert("RGB")


@functools.cache
def _srgb_profile() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _from_8_bit(image: Image.Image) -> np.ndarray:
    return np.asarray(image, np.float32) / np.float32(255)


# --- Writing ---


def write(
    path: str | os.PathLike,
    image: Any,
    alpha: np.ndarray | None = None,
    quality: int = 95,
) -> None:
    """Writes an image as the format that the path's suffix names, whole or not at all.

    Values are rounded to the nearest of 256 levels, and an sRGB profile is embedded.

    Args:
        path: ends in .png, .jpg, .jpeg, .webp, .tif or .tiff.
        image: anything that `as_image` accepts.
        alpha: `[height, width]` in [0, 1], 1 being opaque. JPEG has no transparency: there
            the image is laid onto white.
        quality: of JPEG and WebP, from 1 (small file) to 100 (near the original).

    Raises:
        ImageError: the image or the path cannot be used, or the disk refused the file.
    """
    path = Path(path)
    check_writable(path)
    _check_quality(quality)
    file_format = WRITE_FORMATS[path.suffix.lower()]
    picture = _to_pillow(as_image(image, "image")[0], alpha, opaque=file_format == "JPEG")
    options = _encoder_options(file_format, quality)
    try:
        with atomically(path) as file:
            picture.save(file, file_format, icc_profile=_srgb_bytes(), **options)
    except (OSError, ValueError) as error:  # Disk full; more pixels than the format allows.
        raise ImageError(
            f"path must take an image of {picture.width} x {picture.height} pixels, but writing "
            f"failed ({error}). Received: path={path}"
        ) from error


def check_writable(path: str | os.PathLike) -> None:
    """Raises ImageError when `write` could not write to `path`; ask before a long run."""
    path = Path(path)
    if os.path.isdir(path):
        raise ImageError(f"path must be a file name, not a folder. Received: path={path}")
    _check_suffix(path)
    if not os.path.isdir(path.parent):
        raise ImageError(
            f"path must lie in an existing folder; create {path.parent} first. "
            f"Received: path={path}"
        )
    if is_name_too_long(path):
        raise ImageError(
            f"path must have a name that the file system takes; shorten it. Received: path={path}"
        )
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise ImageError(
            f"path must lie in a folder that you may write to; change the permissions of "
            f"{path.parent} or choose another. Received: path={path}"
        )


def _check_suffix(path: Path) -> None:
    suffix = path.suffix.lower()
    if suffix in WRITE_FORMATS:
        return
    nearest = difflib.get_close_matches(suffix, WRITE_FORMATS, n=1)
    suggestion = f" Did you mean {nearest[0]}?" if nearest else ""
    raise ImageError(
        f"path must end in one of {', '.join(WRITE_FORMATS)}.{suggestion} Received: path={path}"
    )


def _check_quality(quality: int) -> None:
    if not 1 <= quality <= 100:
        raise ImageError(f"quality must be from 1 to 100. Received: quality={quality}")


def _to_pillow(colours: np.ndarray, alpha: np.ndarray | None, opaque: bool) -> Image.Image:
    """Returns `colours`, `[height, width, 3]`, with `alpha` beside them or laid onto white."""
    if alpha is None:
        return Image.fromarray(_to_8_bit(colours))
    alpha = _as_alpha(alpha, colours.shape[:2])[..., np.newaxis]
    if opaque:
        return Image.fromarray(_to_8_bit(alpha * colours + (1 - alpha)))
    return Image.fromarray(_to_8_bit(np.concatenate([colours, alpha], axis=-1)))


def _as_alpha(alpha: Any, shape: tuple[int, int]) -> np.ndarray:
    alpha = np.asarray(alpha)
    if alpha.shape != shape:
        raise ImageError(
            f"alpha must be [height, width] of the image, {list(shape)}. "
            f"Received: alpha.shape={list(alpha.shape)}"
        )
    return _as_unit_range(alpha, "alpha")


def _to_8_bit(values: np.ndarray) -> np.ndarray:
    return np.rint(values * 255).astype(np.uint8)


def _encoder_options(file_format: str, quality: int) -> dict[str, Any]:
    return {
        "PNG": {},
        # Brush strokes are full of colour edges, which the usual 4:2:0 sampling smears.
        "JPEG": {"quality": quality, "subsampling": "4:4:4"},
        # Colours under clear pixels are kept, as in the other formats.
        "WEBP": {"quality": quality, "exact": True},
        "TIFF": {"compression": "tiff_adobe_deflate"},
    }[file_format]


def _srgb_bytes() -> bytes:
    """Returns the sRGB profile without its time of creation: same image, same file."""
    profile = _srgb_profile().tobytes()
    return profile[:24] + bytes(12) + profile[36:]


@contextlib.contextmanager
def atomically(path: str | os.PathLike) -> Iterator[BinaryIO]:
    """Yields a binary file that takes the place of `path` at the end, if no error came.

    Readers see the old file or the whole new one. On an error, Ctrl-C included, the old
    file stays as it was and nothing is left behind. Links are followed.
    """
    path = Path(os.path.realpath(path))
    temporary = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with open(temporary, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


# --- Checking ---


def as_image(array: Any, name: str) -> np.ndarray:
    """Returns `array` as an image of its own, or raises ImageError that names the argument.

    Args:
        array: one RGB image, `[height, width, 3]` or `[1, height, width, 3]`: floats in
            [0, 1], a thousandth of overshoot forgiven, or uint8.
        name: what the caller calls the array, such as "content".

    Returns:
        `[1, height, width, 3]`, float32 in [0, 1]; never a view of `array`.
    """
    array = np.asarray(array)
    shape = array.shape[1:] if array.ndim == 4 and array.shape[0] == 1 else array.shape
    if len(shape) != 3 or shape[-1] != 3 or 0 in shape:
        raise ImageError(
            f"{name} must be one RGB image that is not empty, [height, width, 3] or "
            f"[1, height, width, 3]. Received: {name}.shape={list(array.shape)}"
        )
    return _as_unit_range(array, name).reshape([1, *shape])


def _as_unit_range(array: np.ndarray, name: str) -> np.ndarray:
    """Returns a float32 copy in [0, 1] of floats or uint8; bfloat16 counts as a float."""
    if array.dtype == np.uint8:
        return array.astype(np.float32) / np.float32(255)
    if array.dtype.kind != "f" and array.dtype.name != "bfloat16":
        raise ImageError(
            f"{name} must hold floats in [0, 1] or uint8; convert it first. "
            f"Received: {name}.dtype={array.dtype}"
        )
    with np.errstate(over="ignore"):  # What float32 cannot hold becomes infinite: caught below.
        values = array.astype(np.float32)
    _check_unit_range(values, name)
    return np.clip(values, 0, 1)


def _check_unit_range(values: np.ndarray, name: str) -> None:
    if not np.isfinite(values).all():
        raise ImageError(
            f"{name} must hold finite values only. "
            f"Received: {name} with {np.sum(~np.isfinite(values))} NaN or infinite values"
        )
    lowest, highest = values.min(), values.max()
    if lowest < -_RANGE_TOLERANCE or highest > 1 + _RANGE_TOLERANCE:
        raise ImageError(
            f"{name} must be in [0, 1]; divide 8-bit levels by 255. "
            f"Received: {name}.min()={lowest}, {name}.max()={highest}"
        )


# --- Sizes and start images ---


def resize(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Returns the image at another size, by a Lanczos filter in floating point.

    When shrinking, the filter widens to the area that each new pixel covers, so nothing
    aliases. The same size returns an exact copy.

    Args:
        image: `[1, height, width, 3]`, float32 in [0, 1].
        size: (height, width) of the result, in pixels.

    Returns:
        `[1, *size, 3]`, float32, clipped to [0, 1].
    """
    height, width = _check_size(size)
    if image.shape[1:3] == (height, width):
        return image.copy()
    channels = [Image.fromarray(image[0, :, :, channel]) for channel in range(3)]
    resized = [
        channel.resize((width, height), Image.Resampling.LANCZOS)  # Pillow: (width, height).
        for channel in channels
    ]
    return np.clip(np.stack(resized, axis=-1)[np.newaxis], 0, 1)


def fit(image: np.ndarray, longest: int) -> np.ndarray:
    """Returns the image, aspect kept, resized so that its longest side has `longest` pixels."""
    return resize(image, fit_size(*image.shape[1:3], longest))


def fit_size(height: int, width: int, longest: int) -> tuple[int, int]:
    """Returns the (height, width) of that aspect with `longest` as its longest side, in pixels.

    The other side is rounded to the nearest pixel, and is at least 1.
    """
    _check_size((height, width))
    if longest < 1:
        raise ImageError(f"longest must be at least 1 pixel. Received: longest={longest}")
    height, width = (max(1, round(side * longest / max(height, width))) for side in (height, width))
    return height, width


def noise(size: tuple[int, int], seed: int, deviation: float = 0.1) -> np.ndarray:
    """Returns a start image of Gaussian noise around mid-grey.

    Args:
        size: (height, width), in pixels.
        seed: the same seed gives the same noise.
        deviation: standard deviation of each value before clipping; 0 is plain grey.

    Returns:
        `[1, height, width, 3]`, float32, clipped to [0, 1].
    """
    height, width = _check_size(size)
    random = np.random.default_rng(seed)
    values = random.standard_normal([1, height, width, 3], np.float32)
    return np.clip(0.5 + np.float32(deviation) * values, 0, 1)


def _check_size(size: tuple[int, int]) -> tuple[int, int]:
    height, width = size
    if height < 1 or width < 1:
        raise ImageError(f"size must be at least 1 x 1 pixel. Received: size={tuple(size)}")
    return height, width
