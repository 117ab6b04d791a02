"""GIF, in a graph: the first frame. Reference: CompuServe, GIF89a specification (1990)."""

import tensorflow as tf

from tfstyle.export.image_bytes import parts
from tfstyle.export.image_bytes.parts import Notes
from tfstyle.image import tensors

MAGIC = b"GIF8"

IMAGE, EXTENSION, CONTROL = 0x2C, 0x21, 0xF9

HEADER = 13
"""Bytes before the first table of colours."""


def size(contents: tf.Tensor) -> tf.Tensor:
    """See `formats.Format`."""
    return tf.stack([parts.number(contents, 8, 2, False), parts.number(contents, 6, 2, False)])


def notes(contents: tf.Tensor) -> Notes:
    """See `formats.Format`: a first frame that does not fill the picture is refused."""
    image, _, _ = _first_frame(contents)
    left, top, width, height = (parts.number(contents, image + at, 2, False) for at in (1, 3, 5, 7))
    fills = (left == 0) & (top == 0) & tf.reduce_all(tf.stack([height, width]) == size(contents))
    sentence = "must have a first frame that fills it; save it as PNG. Received: a GIF of height "
    frame = tf.strings.format("and width {} with one of {} x {}", (size(contents), height, width))
    return Notes(tf.where(fills, "", tf.strings.join([sentence, frame])))


def decode(contents: tf.Tensor) -> tf.Tensor:
    """See `formats.Format`."""
    image, control, end = _first_frame(contents)
    # Its flags say which colour is clear, and TensorFlow would paint that black.
    frame = tf.cond(
        control > 0,
        lambda: _joined(contents, [(0, control + 3), (control + 4, end)], b"\0"),
        lambda: parts.text(contents, 0, end),
    )
    # All frames would be decoded, in the memory of all.
    alone = tf.strings.join([frame, b";"])
    return tensors.from_bytes(tf.io.decode_gif(alone)[0])


def _joined(contents, pieces, between):
    return tf.strings.join(
        [parts.text(contents, first, end - first) for first, end in pieces], between
    )


def _first_frame(contents: tf.Tensor) -> list[tf.Tensor]:
    """Returns where the first image begins, where what controls it does (or 0), and its end."""
    start = HEADER + _colours(contents, tf.constant(10, tf.int64))

    def goes_on(position: tf.Tensor, *_: tf.Tensor) -> tf.Tensor:
        return parts.number(contents, position, 1) == EXTENSION

    def step(position: tf.Tensor, control: tf.Tensor) -> list[tf.Tensor]:
        is_control = parts.number(contents, position + 1, 1) == CONTROL
        control = tf.where(is_control, position, control)
        return [_after_blocks(contents, position + 2), control]

    image, control = parts.walk(goes_on, step, [start, tf.constant(0, tf.int64)])
    is_image = tf.debugging.Assert(parts.number(contents, image, 1) == IMAGE, ["no image"])
    with tf.control_dependencies([is_image]):
        # After its ten bytes, its colours and one byte more.
        data = image + 11 + _colours(contents, image + 9)
    return [image, control, _after_blocks(contents, data)]


def _colours(contents: tf.Tensor, flags: tf.Tensor) -> tf.Tensor:
    """Returns the bytes of the table of colours that the flags at that position announce."""
    given = parts.number(contents, flags, 1)
    entries = tf.bitwise.left_shift(tf.constant(2, tf.int64), given % 8)
    return tf.where(given >= 128, 3 * entries, 0)


def _after_blocks(contents: tf.Tensor, position: tf.Tensor) -> tf.Tensor:
    """Returns the position after blocks of up to 255 bytes, of which the last is empty."""

    def goes_on(position: tf.Tensor) -> tf.Tensor:
        return parts.number(contents, position, 1) > 0

    def step(position: tf.Tensor) -> list[tf.Tensor]:
        return [position + 1 + parts.number(contents, position, 1)]

    return parts.walk(goes_on, step, [position])[0] + 1
