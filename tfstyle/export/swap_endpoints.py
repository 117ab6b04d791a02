"""What a served style swap answers: a function for each signature, checks included."""

from collections.abc import Callable

import keras
import tensorflow as tf

from tfstyle.export import request_checks, stylizer_endpoints
from tfstyle.methods.style_swap import swap as feature_swap

MAX_PIXELS = 2**20
"""Of each picture: the work grows with the product of both pictures' pixels."""

PICTURES = [None, None, None, 3]

INPUTS = {
    "serving_default": ("contents", "styles", PICTURES, tf.float32),
    "uint8": ("contents", "styles", PICTURES, tf.uint8),
    "image_bytes": ("content_bytes", "style_bytes", [None], tf.string),
}
"""What each signature takes: two names, and the shape and type of both."""


class Endpoints:
    """The signatures of a style swap: each content with its own style, or all with one."""

    names = tuple(INPUTS)

    def __init__(
        self, swap: feature_swap.FeatureSwap, decoder: keras.Model, max_pixels: int = MAX_PIXELS
    ):
        """Takes what swaps, the inverse network, and the limit of a picture."""
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
        contents = stylizer_endpoints.to_floats(self._checked(contents, "contents"))
        styles = stylizer_endpoints.to_floats(self._checked(styles, "styles"))
        return {"pastiches": stylizer_endpoints.to_bytes(self._paint_all(contents, styles))}

    def image_bytes(self, content_bytes: tf.Tensor, style_bytes: tf.Tensor) -> dict[str, tf.Tensor]:
        """Paints files of any sizes."""
        contents = request_checks.files(content_bytes, "content_bytes")
        styles = request_checks.files(style_bytes, "style_bytes")

        def paint(index: tf.Tensor, content: tf.Tensor, style: tf.Tensor) -> tf.Tensor:
            pictures = (
                request_checks.picture(file, index, self.max_pixels, name)
                for file, name in ((content, "content_bytes"), (style, "style_bytes"))
            )
            content, style = (
                stylizer_endpoints.to_floats(pixels[tf.newaxis]) for pixels in pictures
            )
            return tf.io.encode_png(stylizer_endpoints.to_bytes(self._paint(content, style))[0])

        return {"pastiche_bytes": _each(paint, contents, styles, "style_bytes", tf.string)}

    def _checked(self, images: tf.Tensor, name: str) -> tf.Tensor:
        return request_checks.images(images, self.max_pixels, name)

    def _paint_all(self, contents: tf.Tensor, styles: tf.Tensor) -> tf.Tensor:
        def paint(index: tf.Tensor, content: tf.Tensor, style: tf.Tensor) -> tf.Tensor:
            return self._paint(content[tf.newaxis], style[tf.newaxis])[0]

        return _each(paint, contents, styles, "styles", tf.float32)

    def _paint(self, content: tf.Tensor, style: tf.Tensor) -> tf.Tensor:
        """Returns one content `[1, height, width, 3]` painted with one style's patches."""
        height, width = tf.unstack(tf.shape(content)[1:3])
        bank = self.swap.prepare([style])
        pastiche = self.decoder(self.swap.swap(self.swap.grid.grow(content), bank))
        return pastiche[:, :height, :width]


def _each(
    paint: Callable, contents: tf.Tensor, styles: tf.Tensor, name: str, dtype: tf.DType
) -> tf.Tensor:
    """Returns `paint` of each content's number, itself and its style, in the memory of one."""
    count = tf.shape(contents)[0]
    paired = request_checks.one_for_each(styles, count, name, "the contents")
    each = (tf.range(count), contents, paired)
    return tf.map_fn(
        lambda given: paint(*given), each, fn_output_signature=dtype, parallel_iterations=1
    )
