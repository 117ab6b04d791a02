"""BMP, in a graph. Reference: Microsoft, BITMAPINFOHEADER and BITMAPV5HEADER."""

import tensorflow as tf

from tfstyle.export.image_bytes import parts
from tfstyle.export.image_bytes.parts import Notes
from tfstyle.image import tensors

MAGIC = b"BM"

HEADERS = (40, 52, 56, 64, 108, 124)
"""Bytes of the headers that name sides in four bytes each."""

USUAL_MASKS = (0xFF0000, 0xFF00, 0xFF)
"""Where red, green and blue lie in files that say it, if they lie where they do in all others."""


def size(contents: tf.Tensor) -> tf.Tensor:
    """See `formats.Format`."""
    width_and_height = tf.io.decode_raw(parts.text(contents, 18, 8), tf.int32)
    # A height below 0 stands for rows from top to bottom.
    return tf.abs(tf.cast(tf.ensure_shape(width_and_height, [2]), tf.int64))[::-1]


def notes(contents: tf.Tensor) -> Notes:
    """See `formats.Format`: all but 8, 24 and 32 bits a pixel, uncompressed, is refused."""
    header, bits, compression = (_number(contents, *place) for place in ((14, 4), (28, 2), (30, 4)))
    # Compression 3 says where the colours lie.
    masked = (bits >= 24) & (compression == 3) & _has_usual_masks(contents)
    known = tf.reduce_any(header == list(HEADERS)) & tf.reduce_any(bits == [8, 24, 32])
    received = tf.strings.format(
        "must be a BMP of 8, 24 or 32 bits a pixel, uncompressed; save it as PNG. "
        "Received: {} bits, compression {}, a header of {} bytes",
        (bits, compression, header),
    )
    return Notes(tf.where(known & ((compression == 0) | masked), "", received))


def _has_usual_masks(contents: tf.Tensor) -> tf.Tensor:
    masks = (
        parts.table(contents, 54, tf.constant(3, tf.int64), 4) @ parts.weights(4, False)[:, None]
    )
    return tf.reduce_all(masks[:, 0] == list(USUAL_MASKS))


def decode(contents: tf.Tensor) -> tf.Tensor:
    """See `formats.Format`."""
    pixels = tf.io.decode_bmp(contents)
    palette = tf.cond(
        tf.shape(pixels)[-1] == 1,
        lambda: tf.gather(_palette(contents), tf.cast(pixels[..., 0], tf.int32)),
        lambda: pixels[..., :3],
    )
    return tensors.from_bytes(palette)


def _palette(contents: tf.Tensor) -> tf.Tensor:
    """Returns the colours, `[colours, 3]`, uint8; they are blue, green, red and nothing."""
    named = _number(contents, 46, 4)
    colours = tf.where(named == 0, tf.constant(256, tf.int64), named)
    first = 14 + _number(contents, 14, 4)
    apart = tf.debugging.Assert(
        (colours <= 256) & (first + 4 * colours <= _number(contents, 10, 4)), ["no palette"]
    )
    with tf.control_dependencies([apart]):
        entries = parts.table(contents, first, colours, 4)
    return tf.cast(entries[:, 2::-1], tf.uint8)


def _number(contents: tf.Tensor, first: tf.Tensor | int, length: int) -> tf.Tensor:
    return parts.number(contents, first, length, big_endian=False)
