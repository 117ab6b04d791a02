"""Pillow's images as floats: colours in sRGB, and the alpha aside."""

import contextlib
import io

import numpy as np
from PIL import Image, ImageCms

from tfstyle.image import arrays, srgb
from tfstyle.image.arrays import ImageError
from tfstyle.image.decoding.tiff_page import Page

DEEP_GREY_MODES = ("I", "I;16", "I;16L", "I;16B", "F")
"""Pillow's modes of more than 8 bits, all of grey."""


def to_floats(
    image: Image.Image, page: Page | None, name: str
) -> tuple[np.ndarray, np.ndarray | None]:
    """Returns the colours, `[1, height, width, 3]`, and the alpha, `[height, width]`, if any.

    Args:
        image: the picture, loaded and upright.
        page: how a TIFF describes it.
        name: what messages call it.
    """
    if image.mode in DEEP_GREY_MODES:
        return _deep_grey(image, page, name)
    colours, alpha = _split_alpha(image)
    colours = _to_srgb(colours, image.info.get("icc_profile"))
    return _from_8_bit(colours)[np.newaxis], alpha


def _deep_grey(
    image: Image.Image, page: Page | None, name: str
) -> tuple[np.ndarray, np.ndarray | None]:
    levels = np.asarray(image)
    if not np.isfinite(levels).all():
        raise ImageError(
            "path must be an image of finite values; replace its NaN and infinite ones. "
            f"Received: path={name}"
        )
    if page is not None and page.is_unsigned and levels.dtype == np.int32:
        # Pillow has no mode for them, and takes the upper half for negative.
        levels = levels.view(np.uint32)
    grey = np.clip(levels / _white_level(levels, page), 0, 1).astype(np.float32)
    if page is not None and page.is_white_zero:
        # Pillow turns ink into light for 8 bits only.
        grey = 1 - grey
    pixels = np.repeat(grey[np.newaxis, :, :, np.newaxis], 3, axis=-1)
    clear_level = image.info.get("transparency")
    alpha = None if clear_level is None else (levels != clear_level).astype(np.float32)
    return pixels, alpha


def _white_level(levels: np.ndarray, page: Page | None) -> float:
    """Returns the level that stands for white: of the usual ones, the lowest that holds all."""
    if page is not None and levels.dtype.kind != "f" and page.bits < 32:
        return 2 ** (page.bits if page.is_unsigned else page.bits - 1) - 1
    if levels.dtype.itemsize == 2:
        return 65535
    usual = (1, 255, 65535) if levels.dtype.kind == "f" else (65535, 2**31 - 1, 2**32 - 1)
    brightest = levels.max()
    return next((level for level in usual if brightest <= level), brightest)


def _split_alpha(image: Image.Image) -> tuple[Image.Image, np.ndarray | None]:
    """Returns the colours, in mode L, RGB or CMYK as ICC profiles want them, and the alpha."""
    alpha = None
    if image.has_transparency_data:
        # Pillow turns the colours that were multiplied by their alpha back one mode at a time.
        image = image.convert("LA") if image.mode == "La" else image
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
    return image if image.mode == "RGB" else image.convert("RGB")


def _from_8_bit(image: Image.Image) -> np.ndarray:
    return arrays.from_bytes(np.asarray(image))
