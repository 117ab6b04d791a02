"""The formats that are decoded, and the names of those that are not."""

from collections.abc import Sequence
from typing import Protocol

import tensorflow as tf

from tfstyle.export.image_bytes import bmp, gif, jpeg, png
from tfstyle.export.image_bytes.parts import Notes


class Format(Protocol):
    """What is asked of a file whose first bytes are the format's; damage may raise, in the graph.

    Each function takes the file's contents, a string.
    """

    MAGIC: bytes
    """How the files begin that every TF Serving can read; newer ones read more."""

    def size(self, contents: tf.Tensor) -> tf.Tensor:
        """Returns [height, width] as the header says, before anything is turned; int64."""
        ...

    def notes(self, contents: tf.Tensor) -> Notes:
        """Returns what the file says of its picture, and whether it is refused."""
        ...

    def decode(self, contents: tf.Tensor) -> tf.Tensor:
        """Returns the pixels, `[height, width, 3]`, float32 in [0, 1], not yet upright."""
        ...


FORMATS: Sequence[Format] = (jpeg, png, gif, bmp)

OTHERS = {
    "WebP": r"RIFF\C{4}WEBP",
    "TIFF": r"II\*\x00\C*|MM\x00\*\C*",
    "HEIC or AVIF": r"\C{4}ftyp\C*",
}
"""How files begin, 12 bytes of them, whose names are told to those who send them."""


def which(contents: tf.Tensor) -> tf.Tensor:
    """Returns the format's number in `FORMATS`, or their count for none of them."""
    begins = [tf.strings.substr(contents, 0, len(each.MAGIC)) == each.MAGIC for each in FORMATS]
    return tf.argmax(tf.stack([*begins, True]), output_type=tf.int32)


def name_of_other(contents: tf.Tensor) -> tf.Tensor:
    """Returns " Received: a file in ...", or nothing where the format is not known either."""
    start, received = tf.strings.substr(contents, 0, 12), tf.constant("")
    for name, pattern in OTHERS.items():
        is_this = tf.strings.regex_full_match(start, pattern)
        received = tf.where(is_this, f" Received: a file in {name}", received)
    return received
