"""What a served style swap answers: a function for each signature, checks included."""

from collections.abc import Callable

import tensorflow as tf

from tfstyle.export import request_checks, swap_levels
from tfstyle.export.config import MAX_PIXELS
from tfstyle.export.endpoints import one_by_one, read_file, write_file
from tfstyle.image import tensors
from tfstyle.methods.style_swap import course

IMAGES = [None, None, None, 3]

INPUTS = {
    "serving_default": ("contents", "styles", IMAGES, tf.float32),
    "uint8": ("contents", "styles", IMAGES, tf.uint8),
    "image_bytes": ("content_bytes", "style_bytes", [None], tf.string),
}
"""What each signature takes, `strength` aside: two names, and the shape and type of both."""

STYLE_PIXELS = 4
"""Times the limit of pixels that a style may have beside its content: as long as a content whose
sides are 4 to 1, a square one has so many. Beside a line of one pixel's width, it would have
billions."""


class Endpoints:
    """The signatures of a style swap: each content with its own style, or all with one."""

    names = tuple(INPUTS)

    def __init__(self, painter: swap_levels.Painter, max_pixels: int = MAX_PIXELS["swap"]):
        """Takes what paints, and the limit of pixels."""
        self.painter, self.max_pixels = painter, max_pixels

    def input_signature(self, name: str) -> list[tf.TensorSpec]:
        """Returns what the signature takes."""
        content, style, shape, dtype = INPUTS[name]
        images = [tf.TensorSpec(shape, dtype, content), tf.TensorSpec(shape, dtype, style)]
        # Last, as it has a default in `function`.
        return [*images, tf.TensorSpec([None], tf.float32, "strength")]

    def function(self, name: str) -> Callable[..., dict[str, tf.Tensor]]:
        """Returns what answers; without a strength, by the settings' own."""
        answer = getattr(self, name)
        # A tensor is written into the signature, and TF Serving fills it in.
        default = tf.constant([course.strength_of(self.painter.config)])

        def answer_with_default(
            contents: tf.Tensor, styles: tf.Tensor, strength: tf.Tensor = default
        ) -> dict[str, tf.Tensor]:
            return answer(contents, styles, strength)

        return answer_with_default

    def serving_default(
        self, contents: tf.Tensor, styles: tf.Tensor, strength: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        """Paints floats in [0, 1]."""
        contents, styles = (
            request_checks.unit_range(self._checked(images, name), name)
            for images, name in ((contents, "contents"), (styles, "styles"))
        )
        return {"pastiches": self._paint_all(contents, styles, strength)}

    def uint8(
        self, contents: tf.Tensor, styles: tf.Tensor, strength: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        """Paints bytes."""
        contents = tensors.from_bytes(self._checked(contents, "contents"))
        styles = tensors.from_bytes(self._checked(styles, "styles"))
        return {"pastiches": tensors.to_bytes(self._paint_all(contents, styles, strength))}

    def image_bytes(
        self, content_bytes: tf.Tensor, style_bytes: tf.Tensor, strength: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        """Paints files of any sizes."""
        contents = request_checks.files(content_bytes, "content_bytes")
        styles = request_checks.files(style_bytes, "style_bytes")

        def paint(
            index: tf.Tensor, content: tf.Tensor, style: tf.Tensor, own: tf.Tensor
        ) -> tf.Tensor:
            content, style = (
                read_file(file, index, self.max_pixels, name)
                for file, name in ((content, "content_bytes"), (style, "style_bytes"))
            )
            return write_file(self._paint(content, style, own, "style_bytes"))

        painted = _each(paint, contents, styles, strength, "style_bytes", tf.string)
        return {"pastiche_bytes": painted}

    def _checked(self, images: tf.Tensor, name: str) -> tf.Tensor:
        return request_checks.images(images, self.max_pixels, name)

    def _paint_all(self, contents: tf.Tensor, styles: tf.Tensor, strength: tf.Tensor) -> tf.Tensor:
        def paint(_: tf.Tensor, content: tf.Tensor, style: tf.Tensor, own: tf.Tensor) -> tf.Tensor:
            return self._paint(content[tf.newaxis], style[tf.newaxis], own, "styles")[0]

        return _each(paint, contents, styles, strength, "styles", tf.float32)

    def _paint(
        self, content: tf.Tensor, style: tf.Tensor, strength: tf.Tensor, name: str
    ) -> tf.Tensor:
        """Returns one content `[1, height, width, 3]` painted in one style."""
        size, limit = self.painter.style_size(content, style), STYLE_PIXELS * self.max_pixels
        few = request_checks.require(
            # Before they become whole numbers, which the product may be too large for.
            size[0] * size[1] <= limit,
            f"{name} must have at most {limit} pixels at the longest side of their contents, at "
            "which they are taken. Received: height and width {}",
            tf.cast(tf.stack(size), tf.int64),
        )
        with tf.control_dependencies([few]):
            # Of a file, TensorFlow does not know how many channels it has.
            content, style = (
                tf.ensure_shape(image, swap_levels.ANY_SIZE) for image in (content, style)
            )
            return self.painter.paint(content, style, strength)


def _each(
    paint: Callable[..., tf.Tensor],
    contents: tf.Tensor,
    styles: tf.Tensor,
    strength: tf.Tensor,
    name: str,
    dtype: tf.DType,
) -> tf.Tensor:
    """Returns `paint` of each content's number, itself, its style and strength, one by one."""
    count, of = tf.shape(contents)[0], "the contents"
    # `map_fn` walks along tensors of as many rows: one style for all is repeated.
    paired = request_checks.one_for_each(styles, count, name, of)
    strengths = request_checks.strengths(strength, count, of)
    return one_by_one(paint, (tf.range(count), contents, paired, strengths), dtype)
