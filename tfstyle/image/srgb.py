"""The colour space that every image is in."""

import functools

import numpy as np
from PIL import ImageCms


@functools.cache
def profile() -> ImageCms.ImageCmsProfile:
    """Returns sRGB as Pillow converts colours from and to it."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


@functools.cache
def profile_bytes() -> bytes:
    """Returns sRGB as files embed it, without its time of creation: same image, same file."""
    dated = profile().tobytes()
    # Bytes 24 to 35 of an ICC profile's header. Reference: ICC.1:2022, table 17.
    return dated[:24] + bytes(12) + dated[36:]


# Reference: IEC 61966-2-1:1999, sections 5.2 and 5.3.
def to_linear(levels: np.ndarray) -> np.ndarray:
    """Returns the light, from 0 to 1, of values in sRGB from 0 to 1; float32, the same shape."""
    curve = ((np.maximum(levels, 0.04045) + 0.055) / 1.055) ** 2.4
    return np.where(levels <= 0.04045, levels / 12.92, curve).astype(np.float32)


def from_linear(light: np.ndarray) -> np.ndarray:
    """Returns the values in sRGB of light; the inverse of `to_linear`."""
    curve = 1.055 * np.maximum(light, 0.0031308) ** (1 / 2.4) - 0.055
    return np.where(light <= 0.0031308, light * 12.92, curve).astype(np.float32)
