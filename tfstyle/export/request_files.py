"""Image files that a request brings, checked and decoded inside the graph."""

from collections.abc import Callable

import tensorflow as tf

from tfstyle.export.image_bytes import formats, orientation, parts, profiles
from tfstyle.export.image_bytes.attempt import attempt
from tfstyle.export.request_checks import require, require_sentence

DAMAGED = "is damaged or cut short, or of a kind that is not decoded here; save it as PNG."


def decode(
    contents: tf.Tensor, index: tf.Tensor, max_pixels: int, name: str = "image_bytes"
) -> tf.Tensor:
    """Returns the pixels of a JPEG, PNG, BMP or GIF (its first frame) as the command line reads it.

    Upright and in sRGB, or the request is refused by a sentence that names the cause. The size is
    read and checked first: a file of some kilobytes can decode to gigabytes.

    Args:
        contents: of the file, a string.
        index: the file's place in the request, for what is said of a bad one.
        max_pixels: that it may have.
        name: of the input.

    Returns:
        `[height, width, 3]`, float32 in [0, 1].
    """
    which = formats.which(contents)
    with tf.control_dependencies([_few_pixels(contents, which, index, max_pixels, name)]):
        unknown = parts.Notes(DAMAGED, b"", b"", b"", False)
        notes = attempt(_each(which, "notes"), tf.identity(contents), unknown)
    other_colours = profiles.trouble(notes.profile, notes.is_grey)
    trouble = tf.where(notes.refusal == "", other_colours, notes.refusal)
    with tf.control_dependencies([_require_none(trouble, index, name)]):
        pixels = attempt(_each(which, "decode"), tf.identity(contents), tf.zeros([0, 0, 3]))
    whole = tf.where(tf.size(pixels) > 0, "", DAMAGED)
    with tf.control_dependencies([_require_none(whole, index, name)]):
        # A picture with damaged EXIF data is shown as it is by every viewer.
        as_it_is = tf.constant(1, tf.int64)
        turned = attempt(orientation.find, (notes.exif, notes.xmp), as_it_is)
        return orientation.turn(pixels, turned)


def _few_pixels(
    contents: tf.Tensor, which: tf.Tensor, index: tf.Tensor, max_pixels: int, name: str
) -> tf.Operation:
    """Returns an assertion that the file says its size, and that it is no more than may be."""
    size = attempt(_each(which, "size"), contents, tf.zeros([2], tf.int64))
    # A side alone: the product of two could be more than 64 bits hold.
    fits = tf.reduce_all(size <= max_pixels) & (tf.reduce_prod(size) <= max_pixels)
    unreadable = tf.strings.join(
        ["is no readable JPEG, PNG, GIF or BMP.", formats.name_of_other(contents)]
    )
    readable = _require_none(tf.where(tf.reduce_all(size > 0), "", unreadable), index, name)
    with tf.control_dependencies([readable]):
        return require(
            fits,
            f"{name}[{{}}] must have 1 to {max_pixels} pixels. Received: height and width {{}}",
            index,
            size,
        )


def _each(which: tf.Tensor, function: str) -> Callable[[tf.Tensor], tf.Tensor]:
    """Returns what calls that function of the file's own format."""

    def call(contents: tf.Tensor) -> tf.Tensor:
        branches = [lambda each=each: getattr(each, function)(contents) for each in formats.FORMATS]
        known = tf.debugging.Assert(which < len(branches), ["no format"])
        with tf.control_dependencies([known]):
            return tf.switch_case(tf.identity(which), branches)

    return call


def _require_none(trouble: tf.Tensor, index: tf.Tensor, name: str) -> tf.Operation:
    """Returns an assertion that fails with the trouble of that file, if there is any."""
    sentence = tf.strings.join([tf.strings.format(f"{name}[{{}}] ", index), trouble])
    return require_sentence(trouble == "", sentence)
