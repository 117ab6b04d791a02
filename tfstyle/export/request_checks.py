"""What a request brings, checked inside the graph before anything is painted.

TF Serving compares no shape with the signature's (tensorflow/serving#1436), and TensorFlow's
convolution ends the process when it meets an image of the wrong rank: one bad request would bring
the server down.
"""

from collections.abc import Callable

import tensorflow as tf

TOLERANCE = 1e-3
"""By which floats may leave [0, 1]: rounding, but not bytes that were sent as floats."""

MAGIC = {
    "JPEG": b"\xff\xd8\xff",
    "PNG": b"\x89PNG\r\n\x1a\n",
    "GIF": b"GIF8",
    "BMP": b"BM",
}
"""How the files begin that every TF Serving can read; newer ones read more."""

HEADER = 26
"""Bytes within which PNG, GIF and BMP name their size."""


def images(given: tf.Tensor, max_pixels: int, name: str = "images") -> tf.Tensor:
    """Returns images of which rank, channels and number of pixels are right, of any type."""
    fitting = _of_shape(given, [None, None, None, 3], f"{name} must be [batch, height, width, 3].")
    pixels = tf.reduce_prod(tf.shape(fitting, out_type=tf.int64)[:3])
    few = _require(
        (pixels > 0) & (pixels <= max_pixels),
        f"{name} must have 1 to {max_pixels} pixels in all. Received: {{}}",
        pixels,
    )
    with tf.control_dependencies([few]):
        return tf.identity(fitting)


def unit_range(floats: tf.Tensor, name: str = "images") -> tf.Tensor:
    """Returns floats that lie in [0, 1], where they did but for rounding."""
    inside = _require(
        tf.reduce_all((floats >= -TOLERANCE) & (floats <= 1 + TOLERANCE)),  # False for a NaN.
        f"{name} must lie in [0, 1], without NaN; the signature uint8 takes 0 to 255. "
        "Received: values from {} to {}",
        tf.reduce_min(floats),
        tf.reduce_max(floats),
    )
    with tf.control_dependencies([inside]):
        return tf.clip_by_value(floats, 0.0, 1.0)


def shares(style_weights: tf.Tensor, styles: int, count: tf.Tensor) -> tf.Tensor:
    """Returns each style's share, `[1 or count, styles]`; each row sums to 1.

    Args:
        style_weights: what was sent; only the ratios within a row count.
        styles: how many the stylizer has.
        count: of images.
    """
    expected = f"style_weights must be [batch, {styles}]: a weight for each style."
    weights = _of_shape(style_weights, [None, styles], expected)
    rows, sums = tf.shape(weights)[0], tf.reduce_sum(weights, axis=1, keepdims=True)
    for_each = _require(
        (rows == 1) | (rows == count),
        "style_weights must have a row for each image, or one for all. Received: {} for {} images",
        rows,
        count,
    )
    valid = _require(
        tf.reduce_all(weights >= 0) & tf.reduce_all((sums > 0) & tf.math.is_finite(sums)),
        "style_weights must be 0 or more, and not all 0 in a row. Received: {}",
        weights,
    )
    with tf.control_dependencies([for_each, valid]):
        return weights / sums


def one_for_each(given: tf.Tensor, count: tf.Tensor, name: str, of: str) -> tf.Tensor:
    """Returns the tensor's first row for each of `count`, or its rows where there are so many."""
    rows = tf.shape(given)[0]
    fitting = _require(
        (rows == 1) | (rows == count),
        f"{name} must have a row for each of {of}, or one for all. Received: {{}} for {{}}",
        rows,
        count,
    )
    with tf.control_dependencies([fitting]):
        return tf.gather(given, tf.minimum(tf.range(count), rows - 1))


def files(given: tf.Tensor, name: str = "image_bytes") -> tf.Tensor:
    """Returns strings of which the rank is right."""
    return _of_shape(given, [None], f"{name} must be [batch]: a string for each file.")


def picture(
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
    is_picture = _require(
        declared > 0, f"{name}[{{}}] is no readable JPEG, PNG, GIF or BMP.", index
    )
    few = _require(
        declared <= max_pixels,
        f"{name}[{{}}] must have 1 to {max_pixels} pixels. Received: height and width {{}}",
        index,
        size,
    )
    with tf.control_dependencies([is_picture, few]):
        pixels = _attempt(_decode, tf.identity(contents), tf.zeros([0, 0, 3], tf.uint8))
    whole = _require(tf.size(pixels) > 0, f"{name}[{{}}] is damaged or cut short.", index)
    with tf.control_dependencies([whole]):
        return tf.identity(pixels)


def _decode(contents: tf.Tensor) -> tf.Tensor:
    return tf.io.decode_image(contents, channels=3, expand_animations=False)


def _declared_size(contents: tf.Tensor) -> tf.Tensor:
    """Returns [height, width] as the file's header says; zeros for an unknown format."""
    header = tf.strings.join([tf.strings.substr(contents, 0, HEADER), bytes(HEADER)])

    def two(first: int, kind: tf.DType, little_endian: bool) -> tf.Tensor:
        numbers = tf.strings.substr(header, first, 2 * kind.size)
        width_and_height = tf.io.decode_raw(numbers, kind, little_endian)
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


def _of_shape(given: tf.Tensor, shape: list[int | None], expected: str) -> tf.Tensor:
    """Returns the tensor, whose rank and last side are for certain those of `shape`."""
    # Its shape is forgotten first: the optimiser of graphs believes the signature, and would drop
    # a check that can never fail.
    unknown = tf.raw_ops.PlaceholderWithDefault(input=given, shape=tf.TensorShape(None))
    actual = tf.shape(unknown)
    fits = tf.size(actual) == len(shape)
    if shape[-1] is not None:
        fits &= tf.reduce_all(actual[-1:] == shape[-1])
    with tf.control_dependencies([_require(fits, f"{expected} Received: shape {{}}", actual)]):
        return tf.ensure_shape(unknown, shape)


def _require(condition: tf.Tensor, template: str, *values: tf.Tensor) -> tf.Operation:
    """Returns an assertion that fails with the template, in which {} stands for a value."""
    return tf.debugging.Assert(condition, [tf.strings.format(template, values)])
