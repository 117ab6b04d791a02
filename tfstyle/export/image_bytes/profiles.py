"""ICC profiles: those of sRGB are taken, others are named. Reference: ICC.1:2022."""

import numpy as np
import tensorflow as tf

from tfstyle.export.image_bytes import parts
from tfstyle.export.image_bytes.attempt import attempt

COLORANTS = {
    "rXYZ": (0.4361, 0.2225, 0.0139),
    "gXYZ": (0.3851, 0.7169, 0.0971),
    "bXYZ": (0.1431, 0.0606, 0.7141),
}
"""sRGB's red, green and blue as XYZ, by the D50 white of profiles."""

CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
"""sRGB's curve as a parametric one: (a x + b)^g from d on, c x below. IEC 61966-2-1."""

TOLERANCE = 0.002
"""Of colorants and of the curve's parameters."""

LEVEL = 1 / 255
"""By which a curve given as a table may be off: tables are coarse."""


def trouble(profile: tf.Tensor, grey: tf.Tensor) -> tf.Tensor:
    """Returns a sentence's end where a profile means other colours than sRGB, else nothing.

    Profiles that are none, or for grey in a picture in colour and the other way round, are left
    out of account, as the command line does.

    Args:
        profile: the contents, a string; empty where there is none.
        grey: whether the picture has one channel.
    """
    usable = tf.where(grey, "GRAY", "RGB ") == _text(profile, 16)
    usable &= _text(profile, 36) == "acsp"
    return tf.cond(usable, lambda: _other_than_srgb(profile, grey), lambda: "")


def _other_than_srgb(profile: tf.Tensor, grey: tf.Tensor) -> tf.Tensor:
    no = tf.constant(False)
    is_srgb = tf.where(grey, attempt(_is_grey, profile, no), attempt(_is_rgb, profile, no))
    name = attempt(_description, profile, tf.constant("without a name"))
    sentence = "must be in sRGB; convert it first. Received: other colours, by the profile "
    return tf.where(is_srgb, "", tf.strings.join([sentence, name]))


def _text(profile: tf.Tensor, first: int) -> tf.Tensor:
    # Of an empty profile, too.
    return parts.text(tf.strings.join([profile, bytes(128)]), first, 4)


def _is_grey(profile: tf.Tensor) -> tf.Tensor:
    tags = _Tags(profile)
    return ~tags.has("A2B0") & _is_curve(tags.body("kTRC"))


def _is_rgb(profile: tf.Tensor) -> tf.Tensor:
    tags = _Tags(profile)
    # A table, where there is one, is what counts.
    right = ~tags.has("A2B0")
    for name, expected in COLORANTS.items():
        right &= _near(_fixed(tags.body(name), 8, 3), expected)
    for name in ("rTRC", "gTRC", "bTRC"):
        right &= _is_curve(tags.body(name))
    return right


def _is_curve(tag: tf.Tensor) -> tf.Tensor:
    """Returns whether a tag of a curve is near sRGB's."""
    return tf.cond(
        parts.text(tag, 0, 4) == "para",
        # Type 3 of the parametric ones is sRGB's.
        lambda: (parts.number(tag, 8, 2) == 3) & _near(_fixed(tag, 12, 5), CURVE),
        lambda: _is_table(tag),
    )


def _is_table(tag: tf.Tensor) -> tf.Tensor:
    count = parts.number(tag, 8, 4)
    # [count]
    values = parts.table(tag, 12, count, 2) @ parts.weights(2)[:, tf.newaxis]
    values = tf.cast(values[:, 0], tf.float64) / 65535
    inputs = tf.cast(tf.linspace(0.0, 1.0, tf.size(values)), tf.float64)
    above = values >= _linear(inputs - LEVEL)
    # Fewer points than that are no table but an exponent, or straight lines.
    return tf.reduce_all(above & (values <= _linear(inputs + LEVEL))) & (tf.size(values) >= 16)


def _linear(encoded: tf.Tensor) -> tf.Tensor:
    exponent, slope, offset, shallow, knee = CURVE
    curved = tf.maximum(slope * encoded + offset, 0) ** exponent
    return tf.where(encoded >= knee, curved, shallow * encoded)


def _near(values: tf.Tensor, expected: tuple[float, ...]) -> tf.Tensor:
    return tf.reduce_all(tf.abs(values - np.array(expected)) <= TOLERANCE)


def _fixed(tag: tf.Tensor, first: int, count: int) -> tf.Tensor:
    """Returns numbers of 16 bits before and 16 after the point, `[count]`, float64."""
    numbers = parts.table(tag, first, tf.constant(count, tf.int64), 4) @ parts.weights(4)[:, None]
    return tf.ensure_shape(tf.cast(numbers[:, 0], tf.float64) / 65536, [count])


def _description(profile: tf.Tensor) -> tf.Tensor:
    tag = _Tags(profile).body("desc")
    text = tf.cond(
        parts.text(tag, 0, 4) == "mluc",
        lambda: tf.strings.unicode_transcode(
            parts.text(tag, parts.number(tag, 24, 4), parts.number(tag, 20, 4)),
            "UTF-16-BE",
            "UTF-8",
        ),
        lambda: parts.text(tag, 12, parts.number(tag, 8, 4)),
    )
    # A server's answer is no place for control codes.
    return parts.text(tf.strings.regex_replace(text, "[^ -~]", ""), 0, 80)


class _Tags:
    """What a profile consists of."""

    def __init__(self, profile: tf.Tensor):
        entries = parts.table(profile, 132, parts.number(profile, 128, 4), 12)
        self.profile = profile
        # [tags, 3]: name, offset and size, as numbers.
        self.entries = tf.reduce_sum(tf.reshape(entries, [-1, 3, 4]) * parts.weights(4), axis=-1)

    def has(self, name: str) -> tf.Tensor:
        """Returns whether there is a tag of that name."""
        return tf.reduce_any(self._is(name))

    def body(self, name: str) -> tf.Tensor:
        """Returns the tag's contents; an error where there is none."""
        _, first, length = tf.unstack(self.entries[self._is(name)][0])
        return parts.text(self.profile, first, length)

    def _is(self, name: str) -> tf.Tensor:
        return self.entries[:, 0] == int.from_bytes(name.encode(), "big")
