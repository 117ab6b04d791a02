"""Image files that a request brings, checked and decoded inside the graph."""

from collections.abc import Callable

import tensorflow as tf

from tfstyle.export.request_checks import require

MAGIC = {
    "JPEG": b"\xff\xd8\xff",
    "PNG": b"\x89PNG\r\n\x1a\n",
    "GIF": b"GIF8",
    "BMP": b"BM",
}
"""How the files begin that every TF Serving can read; newer ones read more."""

HEADER = 26
"""Bytes within which PNG, GIF and BMP name their size."""


def decode(
    contents: tf.Tensor, index: tf.Tensor, max_pixels: int, name: str = "image_bytes"
) -> tf.Tensor:
    """Returns the pixels of a JPEG, PNG, BMP or GIF (its first frame), `[height, width, 3]` bytes.

    Its size is read and checked first: a file of some kilobytes can decode to gigabytes.

    Args:
        contents: of the file, a string.
        index: the file's place in the request, for what is said of a bad one.
        max_pixels: that it may have.
        name: of the input.
    """
    size = _attempt(_declared_size, contents, tf.zeros([2], tf.int64))
    declared = tf.reduce_prod(size)
    readable = require(declared > 0, f"{name}[{{}}] is no readable JPEG, PNG, GIF or BMP.", index)
    few = require(
        declared <= max_pixels,
        f"{name}[{{}}] must have 1 to {max_pixels} pixels. Received: height and width {{}}",
        index,
        size,
    )
    with tf.control_dependencies([readable, few]):
        pixels = _attempt(_decode, tf.identity(contents), tf.zeros([0, 0, 3], tf.uint8))
    whole = require(tf.size(pixels) > 0, f"{name}[{{}}] is damaged or cut short.", index)
    with tf.control_dependencies([whole]):
        return tf.identity(pixels)


def _decode(contents: tf.Tensor) -> tf.Tensor:
    return tf.io.decode_image(contents, channels=3, expand_animations=False)


def _declared_size(contents: tf.Tensor) -> tf.Tensor:
    """Returns [height, width] as the file's header says; zeros for an unknown format."""
    # With zeros behind it: a shorter file is read as far as the longest header, too.
    header = tf.strings.join([tf.strings.substr(contents, 0, HEADER), bytes(HEADER)])

    def two(first: int, kind: tf.DType, little_endian: bool) -> tf.Tensor:
        numbers = tf.strings.substr(header, first, 2 * kind.size)
        width_and_height = tf.io.decode_raw(numbers, kind, little_endian)
        # BMP stores a height below 0 for rows from top to bottom.
        return tf.abs(tf.cast(width_and_height, tf.int64))[::-1]

    readers = {
        "JPEG": lambda: tf.io.extract_jpeg_shape(contents, tf.int32)[:2],
        "PNG": lambda: two(16, tf.int32, little_endian=False),
        "GIF": lambda: two(6, tf.uint16, little_endian=True),
        "BMP": lambda: two(18, tf.int32, little_endian=True),
    }
    size = tf.zeros([2], tf.int64)
    for name, read in readers.items():
        begins_so = tf.strings.substr(contents, 0, len(MAGIC[name])) == MAGIC[name]
        size = tf.cond(begins_so, lambda: tf.cast(read(), tf.int64), lambda: size)  # noqa: B023
    return size


def _attempt(function: Callable, argument: tf.Tensor, otherwise: tf.Tensor) -> tf.Tensor:
    """Returns `function(argument)`, or `otherwise` where that fails: a graph's try and except."""
    done = tf.data.Dataset.from_tensors(argument).map(function).ignore_errors()
    either = done.concatenate(tf.data.Dataset.from_tensors(otherwise))
    return either.take(1).get_single_element()
