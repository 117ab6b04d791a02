"""Pictures out: PNG, JPEG, WebP and TIFF files in sRGB, whole or not at all."""

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from tfstyle import settings
from tfstyle.image import arrays, srgb
from tfstyle.image.arrays import ImageError
from tfstyle.system import destinations, files

WRITE_FORMATS = {
    ".jpeg": "JPEG",
    ".jpg": "JPEG",
    ".png": "PNG",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".webp": "WEBP",
}
"""What `write` makes of each file name suffix."""


def write(
    path: str | os.PathLike[str],
    image: ArrayLike,
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
    picture = _to_pillow(arrays.as_image(image, "image")[0], alpha, opaque=file_format == "JPEG")
    options = _encoder_options(file_format, quality)
    try:
        with files.atomically(path) as file:
            picture.save(file, file_format, icc_profile=srgb.profile_bytes(), **options)
    except (OSError, ValueError) as error:
        # Such as a full disk's, which names the file already.
        if isinstance(error, OSError) and error.errno:
            raise ImageError(str(error)) from error
        # More pixels than the format allows.
        raise ImageError(
            f"path must take an image of {picture.width} x {picture.height} pixels, but writing "
            f"failed ({error}). Received: path={path}"
        ) from error


def check_writable(path: str | os.PathLike[str]) -> None:
    """Raises ImageError when `write` could not write to `path`; ask before a long run."""
    path = Path(path)
    # A folder is told so, whatever its name ends in.
    if not os.path.isdir(path):
        _check_suffix(path)
    problem = destinations.why_no_file(path)
    if problem:
        raise ImageError(f"path must {problem}. Received: path={path}")


def _check_suffix(path: Path) -> None:
    suffix = path.suffix.lower()
    if suffix in WRITE_FORMATS:
        return
    raise ImageError(
        f"path must end in one of {', '.join(WRITE_FORMATS)}."
        f"{settings.suggest(suffix, WRITE_FORMATS)} Received: path={path}"
    )


def _check_quality(quality: int) -> None:
    if not 1 <= quality <= 100:
        raise ImageError(f"quality must be from 1 to 100. Received: quality={quality}")


def _to_pillow(colours: np.ndarray, alpha: np.ndarray | None, opaque: bool) -> Image.Image:
    """Returns `colours`, `[height, width, 3]`, with `alpha` beside them or laid onto white."""
    if alpha is None:
        return Image.fromarray(arrays.to_bytes(colours))
    alpha = _as_alpha(alpha, colours.shape[:2])[..., np.newaxis]
    if opaque:
        return Image.fromarray(arrays.to_bytes(alpha * colours + (1 - alpha)))
    return Image.fromarray(arrays.to_bytes(np.concatenate([colours, alpha], axis=-1)))


def _as_alpha(alpha: ArrayLike, shape: tuple[int, int]) -> np.ndarray:
    values = np.asarray(alpha)
    if values.shape != shape:
        raise ImageError(
            f"alpha must be [height, width] of the image, {list(shape)}. "
            f"Received: alpha.shape={list(values.shape)}"
        )
    return arrays.as_unit_range(values, "alpha")


def _encoder_options(file_format: str, quality: int) -> dict[str, Any]:
    options: dict[str, dict[str, Any]] = {
        "PNG": {},
        # Brush strokes are full of colour edges, which the usual 4:2:0 sampling smears.
        "JPEG": {"quality": quality, "subsampling": "4:4:4"},
        # Colours under clear pixels are kept, as in the other formats.
        "WEBP": {"quality": quality, "exact": True},
        # Lossless.
        "TIFF": {"compression": "tiff_adobe_deflate"},
    }
    return options[file_format]
