"""PNG, in a graph. Reference: Portable Network Graphics, third edition (W3C 2025)."""

import tensorflow as tf

from tfstyle.export.image_bytes import parts
from tfstyle.export.image_bytes.attempt import attempt
from tfstyle.export.image_bytes.parts import Notes
from tfstyle.image import tensors

MAGIC = b"\x89PNG\r\n\x1a\n"

GREYS = (0, 4)
"""Colour types of grey, without and with transparency."""

LARGEST_PROFILE = 2**16
"""Bytes of a profile, compressed; it could unpack to a thousand times as much."""

XMP = b"XML:com.adobe.xmp\0"

EXIF_AS_TEXT = b"Raw profile type exif\0"


def size(contents: tf.Tensor) -> tf.Tensor:
    """See `formats.Format`."""
    return tf.stack([parts.number(contents, 20, 4), parts.number(contents, 16, 4)])


def notes(contents: tf.Tensor) -> Notes:
    """See `formats.Format`: EXIF data as text are refused, and profiles larger than sRGB's.

    So are XMP data of a kind that the standard of XMP forbids, and that Pillow reads.
    """
    exif, xmp, packed, as_text, odd_xmp = _walk(contents)
    depth, kind = _kind(contents)
    # Grey of 16 bits is read as it is, and one bit is black or white by any profile.
    packed = tf.where((kind == 0) & ((depth == 16) | (depth == 1)), "", packed)
    refusal = tf.where(
        tf.strings.length(packed) > LARGEST_PROFILE,
        "must be in sRGB; convert it first. Received: a large colour profile",
        "",
    )
    in_text = "must have its EXIF data in a chunk eXIf; save it anew. Received: EXIF as text"
    refusal = tf.where((as_text > 0) & (exif == b""), in_text, refusal)
    in_chunk = "must have its XMP data uncompressed in a chunk iTXt; save it anew. Received: others"
    refusal = tf.where((odd_xmp > 0) & (exif == b""), in_chunk, refusal)
    # A profile that is damaged is left out of account, as the command line does.
    profile = attempt(_unpacked, packed, tf.constant(""))
    return Notes(refusal, exif, xmp, profile, tf.reduce_any(kind == list(GREYS)))


def decode(contents: tf.Tensor) -> tf.Tensor:
    """See `formats.Format`."""
    depth, kind = _kind(contents)
    return tf.cond(
        (depth == 16) & (kind == 0),
        lambda: _deep_grey(contents),
        lambda: tensors.from_bytes(tf.io.decode_png(contents, channels=3)),
    )


def _deep_grey(contents: tf.Tensor) -> tf.Tensor:
    grey = tf.io.decode_png(contents, channels=1, dtype=tf.uint16)
    return tf.repeat(tf.cast(grey, tf.float32) / 65535, 3, axis=-1)


def _kind(contents: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns the bits of a channel, and the colour type."""
    return parts.number(contents, 24, 1), parts.number(contents, 25, 1)


def _unpacked(profile: tf.Tensor) -> tf.Tensor:
    """Returns the contents of a chunk iCCP: a name, a zero, a method, and what is compressed."""
    name = tf.argmax(parts.levels(profile, 0, 80) == 0)
    packed = parts.text(profile, name + 2, LARGEST_PROFILE)
    return tf.io.decode_compressed(packed, "ZLIB")


def _walk(contents: tf.Tensor) -> list[tf.Tensor]:
    """Returns EXIF and XMP data, the packed profile, and how often these data are there otherwise.

    EXIF data as text, and XMP data that are not as they should be.
    """
    length = parts.size(contents)

    def goes_on(position: tf.Tensor, *_: tf.Tensor) -> tf.Tensor:
        kind = parts.text(contents, tf.minimum(position + 4, length), 4)
        return (position + 12 <= length) & tf.not_equal(kind, b"IEND")

    def step(position: tf.Tensor, *found: tf.Tensor) -> list[tf.Tensor]:
        extent = parts.number(contents, position, 4)
        kind = parts.text(contents, position + 4, 4)
        taken = tf.where(kind == b"IDAT", tf.constant(0, tf.int64), extent)
        body = parts.text(contents, position + 8, taken)
        return [position + 12 + extent, *_noted(kind, body, *found)]

    return parts.walk(goes_on, step, [len(MAGIC), b"", b"", b"", 0, 0])[1:]


def _noted(kind, body, exif, xmp, profile, as_text, odd_xmp):
    """Returns what was found, and what this chunk adds."""

    def begins(prefix: bytes) -> tf.Tensor:
        return parts.text(body, 0, len(prefix)) == prefix

    is_text = tf.reduce_any(kind == [b"tEXt", b"zTXt", b"iTXt"])
    # Behind the name stands whether it is compressed.
    is_plain = (kind == b"iTXt") & begins(XMP + b"\0")
    return [
        tf.where(kind == b"eXIf", body, exif),
        tf.where(is_plain, body, xmp),
        tf.where(kind == b"iCCP", body, profile),
        as_text + tf.cast(is_text & begins(EXIF_AS_TEXT), tf.int32),
        odd_xmp + tf.cast(is_text & ~is_plain & begins(XMP), tf.int32),
    ]
