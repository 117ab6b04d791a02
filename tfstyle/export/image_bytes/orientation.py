"""Pictures turned upright, by what EXIF or XMP data say of the camera.

References: Exif 3.0 (CIPA DC-008-2023), section 4.6; XMP part 2 (ISO 16684-2), "tiff".
"""

import tensorflow as tf

from tfstyle.export.image_bytes import parts

TAG = 0x0112

LENGTHS = {3: 2, 4: 4, 8: 2, 9: 4}
"""Bytes of a value by its type: short and long, without and with a sign."""

IN_XMP = r'^\C*?tiff:Orientation(?:="|>)([0-9])\C*$'


def find(exif: tf.Tensor, xmp: tf.Tensor) -> tf.Tensor:
    """Returns the orientation, 1 to 8 or a number that means nothing; 0 where there is none.

    Args:
        exif: a TIFF header and what follows, as EXIF data are; or nothing.
        xmp: a packet of XMP, asked where EXIF has no orientation; or nothing.
    """
    in_exif = tf.cond(exif == b"", lambda: tf.constant(0, tf.int64), lambda: _in_exif(exif))
    return tf.where(in_exif == 0, _in_xmp(xmp), in_exif)


def _in_exif(exif: tf.Tensor) -> tf.Tensor:
    order, number = parts.text(exif, 0, 2), parts.text(exif, 2, 2)
    big_endian = order == b"MM"
    # Some cameras write the number in the other order.
    is_tiff = tf.reduce_any(order == [b"MM", b"II"]) & tf.reduce_any(number == [b"\0*", b"*\0"])
    known = tf.debugging.Assert(is_tiff, ["no EXIF data"])
    with tf.control_dependencies([known]):
        first = parts.number(exif, 4, 4, big_endian)
    # Each entry: tag, type, count and value, of 2, 2, 4 and 4 bytes.
    entries = parts.table(exif, first + 2, parts.number(exif, first, 2, big_endian), 12)

    def column(start: int, length: int) -> tf.Tensor:
        return entries[:, start : start + length] @ parts.weights(length, big_endian)[:, tf.newaxis]

    kind, count = column(2, 2), column(4, 4)
    # A value of another type turns nothing, but says that there is one.
    value = tf.ones_like(kind)
    for type_number, length in LENGTHS.items():
        # Of several the first counts; four bytes are here, and more are elsewhere.
        is_here = (kind == type_number) & (count > 0) & (count * length <= 4)
        value = tf.where(is_here, column(8, length), value)
    # The first one counts, as for Pillow from 13 on.
    return tf.concat([value[column(0, 2) == TAG], tf.zeros([1], tf.int64)], axis=0)[0]


def _in_xmp(xmp: tf.Tensor) -> tf.Tensor:
    digit = tf.strings.regex_replace(xmp, IN_XMP, r"\1")
    found = tf.strings.regex_full_match(digit, "[0-9]")
    return tf.strings.to_number(tf.where(found, digit, "0"), tf.int64)


def turn(pixels: tf.Tensor, orientation: tf.Tensor) -> tf.Tensor:
    """Returns `[height, width, 3]` upright; the sides are exchanged from 5 on."""
    pixels = _where(orientation, (5, 6, 7, 8), lambda: tf.transpose(pixels, [1, 0, 2]), pixels)
    pixels = _where(orientation, (2, 3, 6, 7), lambda: pixels[:, ::-1], pixels)
    return _where(orientation, (3, 4, 7, 8), lambda: pixels[::-1], pixels)


def _where(orientation, those, turned, pixels):
    return tf.cond(tf.reduce_any(orientation == list(those)), turned, lambda: pixels)
