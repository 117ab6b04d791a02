"""What a served stylizer answers: a function for each signature, checks included."""

import tensorflow as tf

from tfstyle.export import request_checks
from tfstyle.image import tensors
from tfstyle.networks import transform_net

MAX_PIXELS = 4096 * 4096
"""Of a request's images together, of each file for `image_bytes`: more would exhaust a server."""

INPUTS = {
    "serving_default": tf.TensorSpec([None, None, None, 3], tf.float32, "images"),
    "uint8": tf.TensorSpec([None, None, None, 3], tf.uint8, "images"),
    "image_bytes": tf.TensorSpec([None], tf.string, "image_bytes"),
}
"""What each signature takes, `style_weights` aside."""

SIGNATURES = tuple(INPUTS)


class Endpoints:
    """A stylizer's signatures, a method each; `style_weights` is None where a style is baked in."""

    names = SIGNATURES

    def __init__(
        self,
        stylizer: transform_net.Stylizer,
        style: transform_net.Style = None,
        max_pixels: int = MAX_PIXELS,
    ):
        """Takes what to serve, what style to bake in (None leaves the choice), and the limit."""
        self.stylizer, self.max_pixels = stylizer, max_pixels
        baked_in = style is not None or len(stylizer.styles) == 1
        self.shares = stylizer.shares(style) if baked_in else None

    def input_signature(self, name: str) -> list[tf.TensorSpec]:
        """Returns what the signature takes."""
        weights = tf.TensorSpec([None, len(self.stylizer.styles)], tf.float32, "style_weights")
        return [INPUTS[name]] + ([weights] if self.shares is None else [])

    def serving_default(self, images: tf.Tensor, style_weights=None) -> dict[str, tf.Tensor]:
        """Paints floats in [0, 1]."""
        floats = request_checks.unit_range(request_checks.images(images, self.max_pixels))
        return {"pastiches": self._paint(floats, style_weights)}

    def uint8(self, images: tf.Tensor, style_weights=None) -> dict[str, tf.Tensor]:
        """Paints bytes."""
        floats = tensors.from_bytes(request_checks.images(images, self.max_pixels))
        return {"pastiches": tensors.to_bytes(self._paint(floats, style_weights))}

    def image_bytes(self, image_bytes: tf.Tensor, style_weights=None) -> dict[str, tf.Tensor]:
        """Paints files of any sizes, one after the other, so that they need the memory of one."""
        files = request_checks.files(image_bytes)
        count = tf.size(files)
        shares = tf.broadcast_to(
            self._shares(style_weights, count), [count, len(self.stylizer.styles)]
        )
        each = (tf.range(count), files, shares)
        painted = tf.map_fn(
            self._paint_file, each, fn_output_signature=tf.string, parallel_iterations=1
        )
        return {"pastiche_bytes": painted}

    def _paint_file(self, file: tuple[tf.Tensor, tf.Tensor, tf.Tensor]) -> tf.Tensor:
        index, contents, shares = file
        pixels = request_checks.picture(contents, index, self.max_pixels)
        pastiche = self.stylizer(tensors.from_bytes(pixels[tf.newaxis]), style=shares[tf.newaxis])
        return tf.io.encode_png(tensors.to_bytes(pastiche)[0])

    def _paint(self, images: tf.Tensor, style_weights: tf.Tensor | None) -> tf.Tensor:
        return self.stylizer(images, style=self._shares(style_weights, tf.shape(images)[0]))

    def _shares(self, style_weights: tf.Tensor | None, count: tf.Tensor) -> tf.Tensor:
        if self.shares is not None:
            return self.shares
        return request_checks.shares(style_weights, len(self.stylizer.styles), count)
