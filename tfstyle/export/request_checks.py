"""What a request brings, checked inside the graph before anything is painted.

TF Serving compares no shape with the signature's (tensorflow/serving#1436), and TensorFlow's
convolution ends the process when it meets an image of the wrong rank: one bad request would bring
the server down.
"""

import tensorflow as tf

TOLERANCE = 1e-3
"""By which floats may leave [0, 1]: rounding, but not bytes that were sent as floats."""


def images(given: tf.Tensor, max_pixels: int, name: str = "images") -> tf.Tensor:
    """Returns images of which rank, channels and number of pixels are right, of any type."""
    fitting = _of_shape(given, [None, None, None, 3], f"{name} must be [batch, height, width, 3].")
    # In 64 bits: the limit may be 2^31 - 1, and 32 would hold no more.
    pixels = tf.reduce_prod(tf.shape(fitting, out_type=tf.int64)[:3])
    few = require(
        (pixels > 0) & (pixels <= max_pixels),
        f"{name} must have 1 to {max_pixels} pixels in all. Received: {{}}",
        pixels,
    )
    # What follows waits for the assertion: a graph has no other order.
    with tf.control_dependencies([few]):
        return tf.identity(fitting)


def unit_range(floats: tf.Tensor, name: str = "images") -> tf.Tensor:
    """Returns floats that lie in [0, 1], where they did but for rounding."""
    inside = _require_each(
        # False for a NaN, of which neither comparison holds.
        (floats >= -TOLERANCE) & (floats <= 1 + TOLERANCE),
        floats,
        f"{name} must lie in [0, 1], without NaN; the signature uint8 takes 0 to 255. "
        "Received: {} at {}",
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
    rows = tf.shape(weights)[0]
    for_each = require(
        (rows == 1) | (rows == count),
        "style_weights must have a row for each image, or one for all. Received: {} for {} images",
        rows,
        count,
    )
    wanted = "style_weights must be 0 or more, finite, and not all 0 in a row. Received: {} "
    valid = _require_each((weights >= 0) & tf.math.is_finite(weights), weights, wanted + "at {}")
    with tf.control_dependencies([for_each, valid]):
        sums = tf.reduce_sum(weights, axis=1)
    # Of finite weights, too, a sum may be more than float32 holds.
    fitting = (sums > 0) & tf.math.is_finite(sums)
    with tf.control_dependencies([_require_each(fitting, sums, wanted + "as the sum of row {}")]):
        # [rows, 1] sums, so that they divide row by row.
        return weights / sums[:, tf.newaxis]


def one_for_each(given: tf.Tensor, count: tf.Tensor, name: str, of: str) -> tf.Tensor:
    """Returns the tensor's first row for each of `count`, or its rows where there are so many."""
    rows = tf.shape(given)[0]
    fitting = require(
        (rows == 1) | (rows == count),
        f"{name} must have a row for each of {of}, or one for all. Received: {{}} for {{}}",
        rows,
        count,
    )
    with tf.control_dependencies([fitting]):
        # Row 0 for all where there is but one.
        return tf.gather(given, tf.minimum(tf.range(count), rows - 1))


def strengths(given: tf.Tensor, count: tf.Tensor, of: str) -> tf.Tensor:
    """Returns a strength from 0 to 1 for each of `count`, from as many or from one for all."""
    strength = _of_shape(
        given, [None], f"strength must be [batch]: a number for each of {of}, or one for all."
    )
    inside = _require_each(
        # False for a NaN, of which neither comparison holds.
        (strength >= 0) & (strength <= 1),
        strength,
        "strength must lie in [0, 1], without NaN. Received: {} at {}",
    )
    with tf.control_dependencies([inside]):
        return one_for_each(tf.identity(strength), count, "strength", of)


def files(given: tf.Tensor, name: str = "image_bytes") -> tf.Tensor:
    """Returns strings of which the rank is right."""
    return _of_shape(given, [None], f"{name} must be [batch]: a string for each file.")


def _of_shape(given: tf.Tensor, shape: list[int | None], expected: str) -> tf.Tensor:
    """Returns the tensor, whose rank and last side are for certain those of `shape`."""
    # Its shape is forgotten first: the optimiser of graphs believes the signature, and would drop
    # a check that can never fail.
    unknown = tf.raw_ops.PlaceholderWithDefault(input=given, shape=tf.TensorShape(None))
    actual = tf.shape(unknown)
    fits = tf.size(actual) == len(shape)
    if shape[-1] is not None:
        fits &= tf.reduce_all(actual[-1:] == shape[-1])
    with tf.control_dependencies([require(fits, f"{expected} Received: shape {{}}", actual)]):
        return tf.ensure_shape(unknown, shape)


def _require_each(valid: tf.Tensor, values: tf.Tensor, template: str) -> tf.Operation:
    """Returns an assertion that fails with the first value that is not valid and its place."""
    places = tf.where(tf.logical_not(valid))[:1]
    # The sum of one value, so that it is shown without brackets.
    value = tf.reduce_sum(tf.gather_nd(values, places))
    return require(tf.reduce_all(valid), template, value, tf.reshape(places, [-1]))


def require(condition: tf.Tensor, template: str, *values: tf.Tensor) -> tf.Operation:
    """Returns an assertion that fails with the template, in which {} stands for a value."""
    return require_sentence(condition, tf.strings.format(template, values))


def require_sentence(condition: tf.Tensor, sentence: tf.Tensor) -> tf.Operation:
    """Returns an assertion that fails with the sentence."""
    # TF Serving hands it on to whoever sent the request.
    return tf.debugging.Assert(condition, [sentence])
