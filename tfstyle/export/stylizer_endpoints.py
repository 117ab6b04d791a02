"""What a served stylizer answers: a function for each signature, checks included."""

from collections.abc import Callable

import tensorflow as tf

from tfstyle.export import request_checks
from tfstyle.export.config import MAX_PIXELS
from tfstyle.export.endpoints import one_by_one, read_file, write_file
from tfstyle.image import tensors
from tfstyle.networks.stylizers import family, styled

INPUTS = {
    "serving_default": tf.TensorSpec([None, None, None, 3], tf.float32, "images"),
    "uint8": tf.TensorSpec([None, None, None, 3], tf.uint8, "images"),
    "image_bytes": tf.TensorSpec([None], tf.string, "image_bytes"),
}
"""What each signature takes, `style_weights` and `strength` aside."""

SIGNATURES = tuple(INPUTS)


class Endpoints:
    """A stylizer's signatures, a method each.

    `style_weights` is left out where a style is baked in, and `strength` where that is.
    """

    names = SIGNATURES

    def __init__(
        self,
        stylizer: family.AnyStylizer,
        style: styled.Style = None,
        max_pixels: int = MAX_PIXELS["apply"],
        strength: float | None = 1.0,
    ):
        """Takes what to serve, and what to bake in; None leaves the choice to each request.

        Raises:
            ValueError: the style is unknown, or the network has no strengths.
        """
        if strength is None and not stylizer.architecture.identity:
            raise ValueError(
                "strength must be 1 for a model that was trained at full strength only, which has "
                "none to choose. Received: strength=none"
            )
        if strength is not None:
            # Before a request asks for it.
            stylizer.at_strength(None, strength)
        # A stylizer of one style leaves nothing to choose.
        baked_in = style is not None or len(stylizer.styles) == 1
        self.stylizer, self.shares = stylizer, None
        if baked_in:
            self.stylizer, style = stylizer.single(style)
            self.shares = self.stylizer.shares(style)
        self.max_pixels = max_pixels
        self._strength = strength

    def input_signature(self, name: str) -> list[tf.TensorSpec]:
        """Returns what the signature takes."""
        weights = tf.TensorSpec([None, len(self.stylizer.styles)], tf.float32, "style_weights")
        # Last, as it has a default.
        strength = tf.TensorSpec([None], tf.float32, "strength")
        return [
            INPUTS[name],
            *([weights] if self.shares is None else []),
            *([strength] if self._strength is None else []),
        ]

    def function(self, name: str) -> Callable[..., dict[str, tf.Tensor]]:
        """Returns what answers; without a strength, in full."""
        answer = getattr(self, name)
        # A tensor is written into the signature, and TF Serving fills it in.
        full = tf.constant([1.0])

        def in_one_style(given: tf.Tensor, strength: tf.Tensor = full) -> dict[str, tf.Tensor]:
            return answer(given, None, strength)

        def in_a_blend(
            given: tf.Tensor, style_weights: tf.Tensor, strength: tf.Tensor = full
        ) -> dict[str, tf.Tensor]:
            return answer(given, style_weights, strength)

        if self._strength is not None:
            return answer
        return in_a_blend if self.shares is None else in_one_style

    def serving_default(
        self,
        images: tf.Tensor,
        style_weights: tf.Tensor | None = None,
        strength: tf.Tensor | None = None,
    ) -> dict[str, tf.Tensor]:
        """Paints floats in [0, 1]."""
        floats = request_checks.unit_range(request_checks.images(images, self.max_pixels))
        return {"pastiches": self._paint(floats, style_weights, strength)}

    def uint8(
        self,
        images: tf.Tensor,
        style_weights: tf.Tensor | None = None,
        strength: tf.Tensor | None = None,
    ) -> dict[str, tf.Tensor]:
        """Paints bytes."""
        floats = tensors.from_bytes(request_checks.images(images, self.max_pixels))
        return {"pastiches": tensors.to_bytes(self._paint(floats, style_weights, strength))}

    def image_bytes(
        self,
        image_bytes: tf.Tensor,
        style_weights: tf.Tensor | None = None,
        strength: tf.Tensor | None = None,
    ) -> dict[str, tf.Tensor]:
        """Paints files of any sizes, one after the other, so that they need the memory of one."""
        files = request_checks.files(image_bytes)
        count = tf.size(files)
        # [files, styles]: each file is painted by itself and takes its own row along.
        shares = tf.broadcast_to(
            self._shares(style_weights, strength, count), [count, len(self.stylizer.styles)]
        )
        painted = one_by_one(self._paint_file, (tf.range(count), files, shares), tf.string)
        return {"pastiche_bytes": painted}

    def _paint_file(self, index: tf.Tensor, contents: tf.Tensor, shares: tf.Tensor) -> tf.Tensor:
        """Returns one file's PNG; `shares` are `[styles]`."""
        image = read_file(contents, index, self.max_pixels)
        return write_file(self.stylizer(image, style=shares[tf.newaxis]))

    def _paint(
        self, images: tf.Tensor, style_weights: tf.Tensor | None, strength: tf.Tensor | None
    ) -> tf.Tensor:
        shares = self._shares(style_weights, strength, tf.shape(images)[0])
        return self.stylizer(images, style=shares)

    def _shares(
        self, style_weights: tf.Tensor | None, strength: tf.Tensor | None, count: tf.Tensor
    ) -> styled.Style:
        """Returns each style's share, `[1 or count, styles]`, at the strength of each."""
        shares = self.shares
        if shares is None:
            shares = request_checks.shares(style_weights, len(self.stylizer.styles), count)
        if self._strength is not None:
            return self.stylizer.at_strength(shares, self._strength)
        return self.stylizer.at_strength(
            shares, request_checks.strengths(strength, count, "the images")
        )
