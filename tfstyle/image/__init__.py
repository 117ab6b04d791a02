"""Pictures in and out: the public names of the rooms behind this one.

The convention everywhere inside: an image is `[1, height, width, 3]`, float32, RGB
in the sRGB space, with values in [0, 1].
"""

from tfstyle.image.arrays import (
    ImageError,
    as_image,
    as_images,
    fit,
    fit_size,
    from_bytes,
    noise,
    resize,
    resize_tile,
    to_bytes,
)
from tfstyle.image.formats import READ_FORMATS
from tfstyle.image.masks import composite, read_mask
from tfstyle.image.reading import MAX_PIXELS, Picture, read, read_picture
from tfstyle.image.writing import WRITE_FORMATS, check_writable, write

__all__ = [
    "MAX_PIXELS",
    "READ_FORMATS",
    "WRITE_FORMATS",
    "ImageError",
    "Picture",
    "as_image",
    "as_images",
    "check_writable",
    "composite",
    "fit",
    "fit_size",
    "from_bytes",
    "noise",
    "read",
    "read_mask",
    "read_picture",
    "resize",
    "resize_tile",
    "to_bytes",
    "write",
]
