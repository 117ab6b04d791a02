"""Files of any format, by way of Pillow's images: of a size that is allowed, upright."""

import contextlib
import dataclasses
import io
from typing import BinaryIO

import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError

from tfstyle.image.arrays import ImageError
from tfstyle.image.decoding import limits, pixels, png, quiet, raw, tiff
from tfstyle.image.decoding.tiff_page import Page

SHRUNK_PIXELS = 10**8
"""A picture of more is shrunk before it becomes floats, where a small one is wanted anyway."""

_SPARE = 2
"""How many times what is wanted it has then left, so that resizing does the rest."""

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture of that EXIF orientation upright."""


@dataclasses.dataclass(frozen=True)
class Wanted:
    """What is asked of a file, and what messages call it."""

    name: str
    formats: tuple[str, ...]
    most_pixels: int
    longest: int | None = None
    """Longest side in pixels that the caller will shrink the picture to, if any."""


def decode(file: BinaryIO, wanted: Wanted) -> tuple[np.ndarray, np.ndarray | None]:
    """Returns the picture that a file is opened for, as `pixels.to_floats` does, upright.

    Args:
        file: one that can be read from any place, at its beginning.
        wanted: what may come back.

    Raises:
        ImageError: it is of no such format or kind, too large, damaged, or a camera's raw file.
    """
    page = None
    try:
        file, page = tiff.find_page(file, wanted.name)
        if page is not None:
            quiet.silence_libtiff()
            tiff.check_kind(page, wanted.name)
        return pixels.to_floats(_decode_or_repair(file, wanted), page, wanted.name)
    except ImageError:
        raise
    except UnidentifiedImageError as error:
        raise _unidentified(file, page, wanted) from error
    except Image.DecompressionBombError as error:
        raise limits.too_many_pixels(wanted.most_pixels, wanted.name) from error
    except MemoryError as error:
        raise limits.out_of_memory(wanted.name) from error
    # Pillow's decoders raise anything on damaged files.
    except Exception as error:
        raise _damaged(str(error), wanted.name) from error


def may_have_alpha(file: BinaryIO, formats: tuple[str, ...]) -> bool:
    """Returns whether a picture's header leaves room for transparency, or cannot be read as it is.

    Args:
        file: one that can be read from any place, at its beginning.
        formats: those that it may be opened as.
    """
    try:
        return Image.open(file, formats=formats).has_transparency_data
    # What is to be repaired first, or cannot be, is told by decoding it.
    except Exception:
        return True


def _decode_or_repair(file: BinaryIO, wanted: Wanted) -> Image.Image:
    try:
        return _decode(file, wanted)
    except ImageError:
        raise
    except (ValueError, OSError):
        file.seek(0)
        if file.read(len(png.SIGNATURE)) != png.SIGNATURE:
            raise
        file.seek(0)
        data = file.read()
        sound = png.without_remarks(data)
        if sound == data:
            raise
    image = _decode(io.BytesIO(sound), wanted)
    image.info["icc_profile"] = png.profile(data)
    return image


def _decode(file: BinaryIO, wanted: Wanted) -> Image.Image:
    file.seek(0)
    image = Image.open(file, formats=wanted.formats)
    limits.check_content(image, file)
    is_huge = (
        image.width * image.height > SHRUNK_PIXELS and image.mode not in pixels.DEEP_GREY_MODES
    )
    longest = wanted.longest if is_huge else None
    if longest:
        # JPEG is decoded at a half, a quarter or an eighth; other formats know nothing of it.
        image.draft(None, (_SPARE * longest, _SPARE * longest))
    # Before a pixel is decoded. Pillow itself refuses only what has twice as many.
    limits.check_size(image, bool(longest), wanted.most_pixels, wanted.name)
    if image.format == "PNG":
        png.scale_clear_color(image)
    image.load()
    return _upright(_shrunk(image, longest) if longest else image)


def _shrunk(image: Image.Image, longest: int) -> Image.Image:
    """Returns the means of squares of pixels, so large that enough is left for `longest`."""
    factor = max(image.size) // (_SPARE * longest)
    if factor < 2:
        return image
    # Means of a palette's numbers or of ones that stand for clear mean nothing.
    if image.has_transparency_data:
        image = image.convert("RGBA")
    elif image.mode not in ("L", "RGB", "CMYK"):
        image = image.convert("RGB")
    return image.reduce(factor)


def _upright(image: Image.Image) -> Image.Image:
    """Returns the picture turned as its EXIF says; where that is damaged, as it is."""
    turn = None
    # Readers of damaged EXIF raise anything.
    with contextlib.suppress(Exception):
        turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    return image if turn is None else image.transpose(turn)


def _unidentified(file: BinaryIO, page: Page | None, wanted: Wanted) -> ImageError:
    file.seek(0)
    start = file.read(32)
    if page is not None and all(page.size):
        return tiff.kind_refusal(page, wanted.name)
    if raw.is_raw(start):
        return raw.refusal(wanted.name)
    for name in wanted.formats:
        accepts = Image.OPEN[name][1]
        if accepts is not None and accepts(start) is True:
            return ImageError(
                f"path must be an undamaged {name} file of a usual kind; get a new copy or convert "
                f"it. Received: path={wanted.name}"
            )
    return ImageError(
        f"path must be a whole image file, one of {', '.join(wanted.formats)}; convert it first. "
        f"Received: path={wanted.name}"
    )


def _damaged(reason: str, name: str) -> ImageError:
    # Reasons quote what files hold.
    printable = "".join(sign if sign.isprintable() else " " for sign in reason)
    return ImageError(
        f"path must be an undamaged image file; get a new copy ({printable}). Received: path={name}"
    )
