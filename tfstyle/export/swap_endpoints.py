"""What a served style swap answers: a function for each signature, checks included."""

from collections.abc import Callable

import keras
import tensorflow as tf

from tfstyle.export import request_checks
from tfstyle.export.config import MAX_PIXELS
from tfstyle.export.endpoints import one_by_one, read_file, write_file
from tfstyle.image import tensors
from tfstyle.methods.style_swap import swap as feature_swap

IMAGES = [None, None, None, 3]

INPUTS = {
    "serving_default": ("contents", "styles", IMAGES, tf.float32),
    "uint8": ("contents", "styles", IMAGES, tf.uint8),
    "image_bytes": ("content_bytes", "style_bytes", [None], tf.string),
}
"""What each signature takes: two names, and the shape and type of both."""


class Endpoints:
    """The signatures of a style swap: each content with its own style, or all with one."""

    names = tuple(INPUTS)

    def __init__(
        self,
        swap: feature_swap.FeatureSwap,
        decoder: keras.Model,
        max_pixels: int = MAX_PIXELS["swap"],
    ):
        """Takes what swaps, the inverse network, and the limit of pixels."""
        self.swap, self.decoder, self.max_pixels = swap, decoder, max_pixels

    def input_signature(self, name: str) -> list[tf.TensorSpec]:
        """Returns what the signature takes."""
        content, style, shape, dtype = INPUTS[name]
        return [tf.TensorSpec(shape, dtype, content), tf.TensorSpec(shape, dtype, style)]

    def serving_default(self, contents: tf.Tensor, styles: tf.Tensor) -> dict[str, tf.Tensor]:
        """Paints floats in [0, 1]."""
        contents, styles = (
            request_checks.unit_range(self._checked(images, name), name)
            for images, name in ((contents, "contents"), (styles, "styles"))
        )
        return {"pastiches": self._paint_all(contents, styles)}

    def uint8(self, contents: tf.Tensor, styles: tf.Tensor) -> dict[str, tf.Tensor]:
        """Paints bytes."""
        contents = tensors.from_bytes(self._checked(contents, "contents"))
        styles = tensors.from_bytes(self._checked(styles, "styles"))
        return {"pastiches": tensors.to_bytes(self._paint_all(contents, styles))}

    def image_bytes(self, content_bytes: tf.Tensor, style_bytes: tf.Tensor) -> dict[str, tf.Tensor]:
        """Paints files of any sizes."""
        contents = request_checks.files(content_bytes, "content_bytes")
        styles = request_checks.files(style_bytes, "style_bytes")

        def paint(index: tf.Tensor, content: tf.Tensor, style: tf.Tensor) -> tf.Tensor:
            images = (
                read_file(file, index, self.max_pixels, name)
                for file, name in ((content, "content_bytes"), (style, "style_bytes"))
            )
            return write_file(self._paint(*images))

        return {"pastiche_bytes": _each(paint, contents, styles, "style_bytes", tf.string)}

    def _checked(self, images: tf.Tensor, name: str) -> tf.Tensor:
        return request_checks.images(images, self.max_pixels, name)

    def _paint_all(self, contents: tf.Tensor, styles: tf.Tensor) -> tf.Tensor:
        def paint(index: tf.Tensor, content: tf.Tensor, style: tf.Tensor) -> tf.Tensor:
            return self._paint(content[tf.newaxis], style[tf.newaxis])[0]

        return _each(paint, contents, styles, "styles", tf.float32)

    def _paint(self, content: tf.Tensor, style: tf.Tensor) -> tf.Tensor:
        """Returns one content `[1, height, width, 3]` painted with one style's patches."""
        # The decoder paints whole positions of the layer: what was grown is cut off again.
        height, width = tf.unstack(tf.shape(content)[1:3])
        bank = self.swap.prepare([style])
        pastiche = self.decoder(self.swap.swap(self.swap.grid.grow(content), bank))
        return pastiche[:, :height, :width]


def _each(
    paint: Callable[..., tf.Tensor],
    contents: tf.Tensor,
    styles: tf.Tensor,
    name: str,
    dtype: tf.DType,
) -> tf.Tensor:
    """Returns `paint` of each content's number, itself and its style, in the memory of one."""
    count = tf.shape(contents)[0]
    # `map_fn` walks along tensors of as many rows: one style for all is repeated.
    paired = request_checks.one_for_each(styles, count, name, "the contents")
    return one_by_one(paint, (tf.range(count), contents, paired), dtype)
