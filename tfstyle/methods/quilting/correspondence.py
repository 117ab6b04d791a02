"""The correspondence map: the luminance by which a content and textures are compared.

Reference: Efros and Freeman (2001), "Image quilting for texture synthesis and transfer", section 3.
"""

import math
from collections.abc import Sequence

import numpy as np

from tfstyle.image import color


def of_texture(texture: np.ndarray, blur: float) -> np.ndarray:
    """Returns a texture's colours and, as the fourth plane, its blurred luminance.

    Args:
        texture: `[1, height, width, 3]`.
        blur: standard deviation in pixels; 0 leaves the luminance sharp.

    Returns:
        `[4, height, width]`, float32 in [0, 1].
    """
    luminance = blurred(color.luminance(texture)[0, :, :, 0], blur)
    return np.concatenate([as_planes(texture), luminance[np.newaxis]])


def of_content(
    content: np.ndarray, textures: Sequence[np.ndarray], blur: float, mode: str
) -> np.ndarray:
    """Returns a content's luminance, brought to the range of all textures together and blurred.

    Args:
        content: `[1, height, width, 3]`.
        textures: pictures, `[1, texture_height, texture_width, 3]` each, of any sizes.
        blur: standard deviation in pixels.
        mode: one of `color.RANGES`.

    Returns:
        `[1, height, width]`, float32 in [0, 1].
    """
    theirs = np.concatenate([color.luminance(texture).ravel() for texture in textures])
    luminance = color.match_luminance(color.luminance(content), theirs, mode)
    return blurred(luminance[0, :, :, 0], blur)[np.newaxis]


def as_planes(picture: np.ndarray) -> np.ndarray:
    """Returns `[1, height, width, planes]` as `[planes, height, width]`."""
    return np.ascontiguousarray(np.moveaxis(picture[0], -1, 0))


def as_picture(planes: np.ndarray) -> np.ndarray:
    """Returns `[planes, height, width]` as `[1, height, width, planes]`."""
    return np.ascontiguousarray(np.moveaxis(planes, 0, -1))[np.newaxis]


def blurred(values: np.ndarray, deviation: float) -> np.ndarray:
    """Returns values smoothed by a Gaussian of unit sum; the border's go on beyond it.

    Args:
        values: `[height, width]`, float32.
        deviation: in pixels; 0 returns a copy.
    """
    if deviation == 0:
        return values.copy()
    # Three deviations: beyond them lie 0.3 % of the Gaussian.
    reach = math.ceil(3 * deviation)
    kernel = np.exp(-0.5 * np.square(np.arange(-reach, reach + 1) / deviation))
    # Along columns, then along rows: each turn leaves the values transposed.
    for _ in range(2):
        padded = np.pad(values, [(reach, reach), (0, 0)], mode="edge")
        shifted = (padded[shift : shift + len(values)] for shift in range(2 * reach + 1))
        # SciPy's gaussian_filter adds up in float64: its last bits differ, and so may a block.
        pairs = zip((kernel / kernel.sum()).astype(np.float32), shifted, strict=True)
        values = sum(weight * part for weight, part in pairs).T
    return values
