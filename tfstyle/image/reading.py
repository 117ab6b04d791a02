"""Pictures in: the files that `formats` lists, upright, in sRGB, alpha aside."""

import contextlib
import dataclasses
import io
import os
import threading
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from tfstyle.image import arrays, formats, srgb
from tfstyle.image.arrays import ImageError
from tfstyle.image.formats import READ_FORMATS
from tfstyle.system import files

MAX_PIXELS = 178_956_970
"""Largest picture that is decoded, height times width; Pillow's own limit."""

_DEEP_GREY_MODES = ("I", "I;16", "I;16L", "I;16B", "F")


@dataclasses.dataclass(frozen=True, eq=False)
class Picture:
    """What a file holds: its colours, and its transparency kept aside."""

    pixels: np.ndarray
    """`[1, height, width, 3]`, float32 in [0, 1]."""
    alpha: np.ndarray | None = None
    """`[height, width]`, float32 from 0 (clear) to 1 (opaque); None when the file has none."""


def read(path: str | os.PathLike[str]) -> np.ndarray:
    """Returns the colours of an image file, as `read_picture` does, without its transparency.

    Returns:
        `[1, height, width, 3]`, float32 in [0, 1].
    """
    return read_picture(path).pixels


def read_picture(path: str | os.PathLike[str]) -> Picture:
    """Reads the first picture of a JPEG, PNG, WebP, TIFF, BMP, GIF, AVIF or HEIF file.

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
        with _without_warnings():
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
    # Pillow's decoders raise anything on damaged files.
    except Exception as error:
        raise ImageError(
            f"path must be an undamaged image file; get a new copy ({error}). Received: path={path}"
        ) from error


def _without_warnings() -> contextlib.AbstractContextManager[object]:
    """Silences Pillow, which warns of oddities in files that it reads all the same.

    On the main thread only: Python keeps one list of filters for all threads, and one thread
    would put back what another has changed.
    """
    if threading.current_thread() is threading.main_thread():
        return warnings.catch_warnings(action="ignore")
    return contextlib.nullcontext()


def _check_readable(path: Path) -> None:
    if os.path.isdir(path):
        trouble = "this is a folder; name one file"
    elif files.is_name_too_long(path):
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


def _decode(path: Path) -> Image.Image:
    with formats.open_heading(path) as file:
        # Before a pixel is decoded. Pillow itself refuses only what has twice as many.
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
        # Grey stays grey: a profile of grey does not apply to RGB.
        opaque_mode = "L" if image.mode in ("L", "LA") else "RGB"
        # By way of RGBA, as transparency may also be a palette's entry or one colour.
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
            converted = ImageCms.profileToProfile(image, source, srgb.profile(), outputMode="RGB")
            # Nothing comes back of a conversion in place alone, which this is not.
            if converted is not None:
                return converted
    return image.convert("RGB")


def _from_8_bit(image: Image.Image) -> np.ndarray:
    return arrays.from_bytes(np.asarray(image))
