"""What a served stylizer answers: a function for each signature, checks included."""

from collections.abc import Callable

import tensorflow as tf

from tfstyle.export import request_checks
from tfstyle.export.config import MAX_PIXELS
from tfstyle.export.endpoints import one_by_one, read_file, write_file
from tfstyle.image import tensors
from tfstyle.networks import transform_net

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
        max_pixels: int = MAX_PIXELS["apply"],
    ):
        """Takes what to serve, what style to bake in (None leaves the choice), and the limit."""
        self.stylizer, self.max_pixels = stylizer, max_pixels
        # A stylizer of one style leaves nothing to choose.
        baked_in = style is not None or len(stylizer.styles) == 1
        self.shares = stylizer.shares(style) if baked_in else None

    def input_signature(self, name: str) -> list[tf.TensorSpec]:
        """Returns what the signature takes."""
        # Last, as it has a default in the methods below.
        weights = tf.TensorSpec([None, len(self.stylizer.styles)], tf.float32, "style_weights")
        return [INPUTS[name]] + ([weights] if self.shares is None else [])

    def function(self, name: str) -> Callable[..., dict[str, tf.Tensor]]:
        """Returns what answers."""
        return getattr(self, name)

    def serving_default(
        self, images: tf.Tensor, style_weights: tf.Tensor | None = None
    ) -> dict[str, tf.Tensor]:
        """Paints floats in [0, 1]."""
        floats = request_checks.unit_range(request_checks.images(images, self.max_pixels))
        return {"pastiches": self._paint(floats, style_weights)}

    def uint8(
        self, images: tf.Tensor, style_weights: tf.Tensor | None = None
    ) -> dict[str, tf.Tensor]:
        """Paints bytes."""
        floats = tensors.from_bytes(request_checks.images(images, self.max_pixels))
        return {"pastiches": tensors.to_bytes(self._paint(floats, style_weights))}

    def image_bytes(
        self, image_bytes: tf.Tensor, style_weights: tf.Tensor | None = None
    ) -> dict[str, tf.Tensor]:
        """Paints files of any sizes, one after the other, so that they need the memory of one."""
        files = request_checks.files(image_bytes)
        count = tf.size(files)
        # [files, styles]: each file is painted by itself and takes its own row along.
        shares = tf.broadcast_to(
            self._shares(style_weights, count), [count, len(self.stylizer.styles)]
        )
        painted = one_by_one(self._paint_file, (tf.range(count), files, shares), tf.string)
        return {"pastiche_bytes": painted}

    def _paint_file(self, index: tf.Tensor, contents: tf.Tensor, shares: tf.Tensor) -> tf.Tensor:
        """Returns one file's PNG; `shares` are `[styles]`."""
        image = read_file(contents, index, self.max_pixels)
        return write_file(self.stylizer(image, style=shares[tf.newaxis]))

    def _paint(self, images: tf.Tensor, style_weights: tf.Tensor | None) -> tf.Tensor:
        return self.stylizer(images, style=self._shares(style_weights, tf.shape(images)[0]))

    def _shares(self, style_weights: tf.Tensor | None, count: tf.Tensor) -> tf.Tensor:
        if self.shares is not None:
            return self.shares
        return request_checks.shares(style_weights, len(self.stylizer.styles), count)
