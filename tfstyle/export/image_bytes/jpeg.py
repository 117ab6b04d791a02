"""JPEG, in a graph. References: ITU-T T.81, annex B; Exif 3.0; ICC.1:2022, annex B.4."""

import tensorflow as tf

from tfstyle.export.image_bytes import parts
from tfstyle.export.image_bytes.parts import Notes
from tfstyle.image import tensors

MAGIC = b"\xff\xd8\xff"

EXIF, XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"

PROFILE = b"ICC_PROFILE\0"

SCAN = 0xDA
"""The marker before the pixels, where what is looked for has been."""


def size(contents: tf.Tensor) -> tf.Tensor:
    """See `formats.Format`."""
    return tf.cast(tf.io.extract_jpeg_shape(contents)[:2], tf.int64)


def notes(contents: tf.Tensor) -> Notes:
    """See `formats.Format`: CMYK is refused, and profiles larger than sRGB's."""
    exif, xmp, profile, pieces = _walk(contents)
    channels = tf.io.extract_jpeg_shape(contents)[2]
    # sRGB's takes a few kilobytes, and one piece of at most 64.
    refusal = tf.where(
        (channels == 3) & (pieces > 1),
        "must be in sRGB; convert it first. Received: a colour profile in several pieces",
        "",
    )
    # TensorFlow makes RGB of it by other roundings, and without asking whose CMYK it is.
    cmyk = "must be RGB or grey; convert it first. Received: a JPEG in CMYK"
    refusal = tf.where(channels == 4, cmyk, refusal)
    return Notes(refusal, exif, xmp, tf.where(pieces == 1, profile, ""), channels == 1)


def decode(contents: tf.Tensor) -> tf.Tensor:
    """See `formats.Format`."""
    # By default TensorFlow saves time here, and is up to six grey levels off.
    return tensors.from_bytes(
        tf.io.decode_jpeg(contents, channels=3, dct_method="INTEGER_ACCURATE")
    )


def _walk(contents: tf.Tensor) -> list[tf.Tensor]:
    """Returns EXIF and XMP data, the last piece of the profile, and how many there are."""
    length = parts.size(contents)

    def goes_on(position: tf.Tensor, *_: tf.Tensor) -> tf.Tensor:
        marker = parts.text(contents, tf.minimum(position, length), 2)
        return (position + 4 <= length) & tf.not_equal(marker, bytes([0xFF, SCAN]))

    def step(position: tf.Tensor, *found: tf.Tensor) -> list[tf.Tensor]:
        marker, kind = tf.unstack(tf.ensure_shape(parts.levels(contents, position, 2), [2]))
        extent = parts.number(contents, position + 2, 2)
        # Fill bytes, and the start and restarts, which have no length.
        filling, alone = (marker != 0xFF) | (kind == 0xFF), (kind >= 0xD0) & (kind <= 0xD9)
        onward = tf.where(filling, tf.constant(1, tf.int64), tf.where(~alone, 2 + extent, 2))
        body = parts.text(contents, position + 4, tf.maximum(extent - 2, 0))
        return [position + onward, *_noted(tf.where(~filling, kind, 0), body, *found)]

    return parts.walk(goes_on, step, [2, b"", b"", b"", 0])[1:]


def _noted(kind, body, exif, xmp, profile, pieces):
    """Returns what was found, and what this segment adds."""

    def begins(marker: int, prefix: bytes) -> tf.Tensor:
        return (kind == marker) & (parts.text(body, 0, len(prefix)) == prefix)

    def rest(prefix: bytes) -> tf.Tensor:
        return parts.text(body, tf.minimum(len(prefix), tf.strings.length(body)), 2**16)

    is_profile = begins(0xE2, PROFILE)
    return [
        tf.where((exif == b"") & begins(0xE1, EXIF), rest(EXIF), exif),
        tf.where(begins(0xE1, XMP), rest(XMP), xmp),
        # Two bytes say which piece of how many it is.
        tf.where(is_profile, rest(PROFILE + bytes(2)), profile),
        pieces + tf.cast(is_profile, tf.int32),
    ]
