"""Numbers and parts of a file, read inside a graph; a number that lies beyond the end is an error.

Positions and numbers are scalars, int64.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np
import tensorflow as tf

MOST = 2**16
"""Parts of a file that are walked through; files with more would keep a server busy."""


class Notes(NamedTuple):
    """What a file says of its picture; strings, empty where there is nothing."""

    refusal: tf.Tensor
    """A sentence's end, where the command line would paint the file otherwise."""
    exif: tf.Tensor = b""
    xmp: tf.Tensor = b""
    profile: tf.Tensor = b""
    """The ICC profile."""
    is_grey: tf.Tensor = False
    """Whether the picture has one channel."""


Place: TypeAlias = tf.Tensor | int


def text(contents: tf.Tensor, first: Place, length: Place) -> tf.Tensor:
    """Returns bytes as a string, fewer at the end of the file."""
    return tf.strings.substr(contents, tf.cast(first, tf.int64), tf.cast(length, tf.int64))


def levels(contents: tf.Tensor, first: Place, length: Place) -> tf.Tensor:
    """Returns bytes as numbers, `[length]`, fewer at the end of the file."""
    return tf.cast(tf.io.decode_raw(text(contents, first, length), tf.uint8), tf.int64)


def number(
    contents: tf.Tensor, first: Place, length: int, big_endian: tf.Tensor | bool = True
) -> tf.Tensor:
    """Returns the whole number of `length` bytes, without a sign, that begins there."""
    exactly = tf.ensure_shape(levels(contents, first, length), [length])
    return tf.reduce_sum(exactly * weights(length, big_endian))


def weights(length: int, big_endian: tf.Tensor | bool = True) -> tf.Tensor:
    """Returns what each of a number's bytes counts, `[length]`."""
    rising = 256 ** np.arange(length)
    return tf.where(big_endian, rising[::-1], rising)


def table(contents: tf.Tensor, first: Place, rows: tf.Tensor, columns: int) -> tf.Tensor:
    """Returns bytes as numbers, `[rows, columns]`, fewer rows at the end of the file."""
    given = levels(contents, first, rows * columns)
    whole = tf.size(given) // columns * columns
    # [rows, columns]
    return tf.reshape(given[:whole], [-1, columns])


def size(contents: tf.Tensor) -> tf.Tensor:
    """Returns the number of bytes."""
    return tf.cast(tf.strings.length(contents), tf.int64)


def walk(
    goes_on: Callable[..., tf.Tensor], step: Callable[..., list], start: list
) -> list[tf.Tensor]:
    """Returns a file's state after the steps from part to part: position first, then what is found.

    Raises, in the graph:
        tf.errors.InvalidArgumentError: the file has more than `MOST` parts.
    """
    position, *found = start
    state = [tf.cast(position, tf.int64), *map(tf.convert_to_tensor, found)]
    end = tf.while_loop(goes_on, step, state, maximum_iterations=MOST, parallel_iterations=1)
    with tf.control_dependencies([tf.debugging.Assert(~goes_on(*end), ["too many parts"])]):
        return [tf.identity(each) for each in end]
