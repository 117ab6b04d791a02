"""Masks: where a picture is painted, and how pastiche and photograph are laid over each other.

A mask is `[height, width]`, float32 from 0, the photograph, to 1, the pastiche.
"""

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from tfstyle.image import arrays, color, scalars, srgb
from tfstyle.image.arrays import ImageError
from tfstyle.image.decoding.source import Source
from tfstyle.image.reading import Picture, read_picture


def read_mask(path: Source) -> np.ndarray:
    """Returns the mask in a picture file; see `of_picture`.

        image.composite(pastiche, photograph, image.read_mask("subject.png"))

    Args:
        path: as for `image.read_picture`.

    Raises:
        ImageError: it is no picture that can be read.
    """
    return of_picture(read_picture(path))


def of_picture(picture: Picture) -> np.ndarray:
    """Returns a picture's greys as a mask, `[height, width]`; what is transparent counts as black.

    A grey of 128 is about half of the pastiche, whatever a screen makes of it.
    """
    greys = color.luminance(picture.pixels)[0, ..., 0]
    return greys if picture.alpha is None else greys * picture.alpha


def as_mask(array: ArrayLike, name: str = "mask") -> np.ndarray:
    """Returns `array` as a mask of its own, or raises ImageError that names the argument.

    Args:
        array: `[height, width]`, `[height, width, 1]` or `[1, height, width, 1]`: bools, uint8 or
            floats in [0, 1].
        name: what the caller calls it.
    """
    values = np.asarray(array)
    shape = values.shape[1:] if values.ndim == 4 and values.shape[0] == 1 else values.shape
    shape = shape[:2] if len(shape) == 3 and shape[-1] == 1 else shape
    if len(shape) != 2 or 0 in shape:
        raise ImageError(
            f"{name} must be one grey image, [height, width], [height, width, 1] or "
            f"[1, height, width, 1]. Received: {name}.shape={list(values.shape)}"
        )
    values = values.astype(np.float32) if values.dtype == bool else values
    return arrays.as_unit_range(values, name).reshape(shape)


def check(
    mask: np.ndarray,
    size: tuple[int, int] | None,
    name: str,
    received: str,
    may_be_black: bool = False,
) -> None:
    """Raises ImageError unless a mask is of a picture's aspect, and lets something be painted.

    Args:
        mask: `[height, width]`.
        size: of the picture, (height, width) in pixels; None where that is not known yet.
        name: what the caller calls the mask.
        received: what stands for it in the error, such as its path.
        may_be_black: whether it is right that nothing is painted.
    """
    if not may_be_black and not mask.any():
        raise ImageError(
            f"{name} must be white or grey where the style goes, and is black all over. "
            f"Received: {name}={received}"
        )
    if size is not None and not _is_of_aspect(mask.shape, size):
        (height, width), (own_height, own_width) = size, mask.shape
        raise ImageError(
            f"{name} must have the photograph's aspect, {width}x{height} or any size like it. "
            f"Received: {name}={received}, {own_width}x{own_height}"
        )


def _is_of_aspect(own: tuple[int, ...], other: tuple[int, int]) -> bool:
    # Beside the smaller one, a pixel of which is the most that rounding makes of a difference.
    longest = min(max(own), max(other))
    fitted = [scalars.fit(height, width, longest) for height, width in (own, other)]
    return all(abs(side - beside) <= 1 for side, beside in zip(*fitted, strict=True))


def fit(mask: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Returns the mask at another size, (height, width) in pixels; the same size is a copy."""
    if mask.shape == tuple(size):
        return mask.copy()
    height, width = size
    # Not by `arrays.resize`: Lanczos overshoots beside an edge, where black would be a little grey.
    resized = Image.fromarray(mask).resize((width, height), Image.Resampling.BILINEAR)
    return np.clip(np.asarray(resized), 0, 1)


def composite(pastiche: ArrayLike, content: ArrayLike, mask: ArrayLike) -> np.ndarray:
    """Returns the pastiche where the mask is white and the content where it is black.

    Greys mix the two in linear light: P = m P_pastiche + (1 - m) P_content, where P is the light
    of a pixel and not its level in sRGB, so that a soft edge has no dark fringe.
    Reference: Porter and Duff (1984), "Compositing digital images", the operator `over`.

    Args:
        pastiche: `[height, width, 3]` or `[1, height, width, 3]`, in [0, 1], or uint8.
        content: likewise; it is brought to the pastiche's size.
        mask: `[height, width]`, bools, uint8 or floats in [0, 1], of any size and the content's
            aspect; see `read_mask`.

    Returns:
        `[1, height, width, 3]`, float32 in [0, 1], of the pastiche's size.

    Raises:
        ImageError: an array cannot be used, the mask is black all over or of another aspect.
    """
    pastiche = arrays.as_image(pastiche, "pastiche")
    content = arrays.as_image(content, "content")
    mask = as_mask(mask)
    height, width = content.shape[1:3]
    check(mask, (height, width), "mask", "an array")
    return lay_over(pastiche, content, mask)


def lay_over(pastiche: np.ndarray, content: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Returns what `composite` does, of images and a mask that are checked."""
    height, width = pastiche.shape[1:3]
    under, share = arrays.resize(content, (height, width)), fit(mask, (height, width))
    # Chosen and not computed where the mask is plain: both pictures stay what they are, bit for
    # bit.
    result = np.where(share[..., np.newaxis] == 1, pastiche, under)
    soft = (share > 0) & (share < 1)
    light, below = srgb.to_linear(pastiche[0, soft]), srgb.to_linear(under[0, soft])
    mixed = below + share[soft][:, np.newaxis] * (light - below)
    result[0, soft] = np.clip(srgb.from_linear(mixed), 0, 1)
    return result
