"""The weighted sum of losses that both roads minimise, against targets computed once."""

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from tfstyle.losses import functional, loss_weights

FLOAT16_LOSS = 2.0**20
"""What the objective is scaled to before a float16 gradient is taken: below 6e-8 it vanishes."""

SMALLEST_UNIT = 1e-30
"""Keeps a layer that never fires from dividing by zero."""


@dataclasses.dataclass(frozen=True)
class Held:
    """What a pastiche should look like where earlier ones show the same thing."""

    image: np.ndarray
    """`[1, height, width, 3]`, float32 in [0, 1]: earlier pastiches, warped to the frame."""
    trust: np.ndarray
    """`[1, height, width, 1]`, float32 from 0, was not seen before, to 1."""

    def over(self, image: np.ndarray, weight: float = 1.0) -> np.ndarray:
        """Returns an image with this one laid over it, `weight` of it where it is trusted."""
        return image + np.float32(weight) * self.trust * (self.image - image)


class Targets(NamedTuple):
    """What the image's features are compared with, by layer name."""

    content: dict[str, tf.Tensor]
    """`[1, height, width, channels]` features of the content image."""
    style: dict[str, tf.Tensor]
    """`[1, channels, channels]` Gram matrices, float32."""
    content_weights: dict[str, tf.Tensor]
    """`[batch or 1]`, float32, the layers' weights."""
    style_weights: dict[str, tf.Tensor]
    """The same."""
    held: dict[str, tf.Tensor] = {}
    """Where earlier frames count: `held` and `trust`; see `losses.temporal_loss`."""


class Objective:
    """`content`, `style`, `total_variation` and `range` of an image, weighted, and the gradient.

    One graph serves every image size: sizes are not known when it is traced.
    """

    def __init__(self, encoder: keras.Model, weights: loss_weights.Weights):
        """Takes a model from image to features by layer name, and the terms' weights."""
        self._encoder = encoder
        self._weights = weights
        image = tf.TensorSpec([None, None, None, 3], tf.float32)
        self.features = tf.function(encoder, input_signature=[image])
        self.value_and_gradient = tf.function(
            self._value_and_gradient, input_signature=[image, self._targets_signature()]
        )

    def encode(self, images: tf.Tensor) -> dict[str, tf.Tensor]:
        """Returns `features`; in a graph as a part of it, where the number of images is known."""
        return self.features(images) if tf.executing_eagerly() else self._encoder(images)

    def targets(
        self, content: np.ndarray, styles: Sequence[np.ndarray], blend: Sequence[float]
    ) -> Targets:
        """Returns what an image is compared with.

        Args:
            content: `[1, height, width, 3]`, the size of the image to be judged.
            styles: images `[1, height, width, 3]` of any sizes.
            blend: one share per style; the target Gram matrix is their weighted sum.
        """
        grams = [self.style_grams(style) for style in styles]
        blended = {
            layer: tf.add_n([share * gram[layer] for share, gram in zip(blend, grams, strict=True)])
            for layer in self._weights.style_layers
        }
        return self.targets_from(tf.constant(content), blended)

    def targets_from(self, content: tf.Tensor, grams: dict[str, tf.Tensor]) -> Targets:
        """Returns what images are compared with, given the styles' Gram matrices.

        Args:
            content: `[batch, height, width, 3]`, the size of the images to be judged.
            grams: by style layer, `[batch or 1, channels, channels]`; see `style_grams`.
        """
        features = self.encode(content)
        content_targets = {layer: features[layer] for layer in self._weights.content_layers}
        return Targets(
            content=content_targets,
            style=grams,
            content_weights=self._content_weights(content_targets),
            style_weights=self._style_weights(features, grams, _area(content)),
        )

    def targets_of(self, features: dict[str, tf.Tensor]) -> Targets:
        """Returns what images are compared with where only their features count, not their style.

        Args:
            features: by content layer, `[batch, rows, columns, channels]` in the encoder's type.
        """
        return Targets(features, {}, self._content_weights(features), {})

    def style_grams(self, style: np.ndarray) -> dict[str, tf.Tensor]:
        """Returns a style's Gram matrix `[1, channels, channels]` for each style layer."""
        features = self.features(tf.constant(style))
        return {
            layer: functional.gram_matrix(features[layer]) for layer in self._weights.style_layers
        }

    def terms(self, image: tf.Tensor, targets: Targets) -> dict[str, tf.Tensor]:
        """Returns each weighted term by name, float32 scalars; their sum is the objective.

        Of a batch, the mean over its images. For each of them
        loss = w_content L_content + w_style L_style + w_tv L_tv, the reference system's, and
        w_range L_range; the last two grow with the image's area, which is divided out. A frame of a
        video also has w_temporal L_temporal. A term that looks at no layer is left out.
        """
        features = self._encoder(image)
        weights, area = self._weights, self._relative_area(_area(image))
        terms = {}
        if weights.content_layers:
            terms["content"] = weights.content * self._content(features, targets)
        if weights.style_layers:
            terms["style"] = weights.style * self._style(features, targets)
        if weights.temporal:
            terms["temporal"] = weights.temporal * functional.temporal_loss(image, **targets.held)
        terms["total_variation"] = (
            weights.total_variation / area * functional.total_variation(image)
        )
        terms["range"] = weights.range / area * functional.out_of_range(image)
        return {name: tf.reduce_mean(term) for name, term in terms.items()}

    def _content(self, features: dict[str, tf.Tensor], targets: Targets) -> tf.Tensor:
        """Returns the layers' weighted content losses, `[batch]`."""
        of_layers = [
            targets.content_weights[layer]
            * functional.content_loss(features[layer], targets.content[layer])
            for layer in self._weights.content_layers
        ]
        return tf.add_n(of_layers)

    def _style(self, features: dict[str, tf.Tensor], targets: Targets) -> tf.Tensor:
        """Returns the layers' weighted style losses, `[batch]`."""
        of_layers = [
            targets.style_weights[layer]
            * functional.style_loss(features[layer], targets.style[layer])
            for layer in self._weights.style_layers
        ]
        return tf.add_n(of_layers)

    def _value_and_gradient(self, image: tf.Tensor, targets: Targets):
        """Returns the objective, its gradient `[batch, height, width, 3]`, and its terms."""
        with tf.GradientTape() as tape:
            tape.watch(image)
            terms = self.terms(image, targets)
            value = tf.add_n(list(terms.values()))
        scale = self._gradient_scale(value)
        gradient = tape.gradient(value, image, output_gradients=scale)
        return value, gradient if scale is None else gradient / scale, terms

    def _gradient_scale(self, value: tf.Tensor) -> tf.Tensor | None:
        """Returns what float16 gradients are multiplied by on the way; None for wider types."""
        narrow = next(iter(self._encoder.output.values())).dtype == "float16"
        return FLOAT16_LOSS / tf.maximum(value, SMALLEST_UNIT) if narrow else None

    def _content_weights(self, targets: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        return {
            layer: weight / self._unit(functional.content_loss, targets[layer], targets[layer])
            for layer, weight in self._weights.content_layers.items()
        }

    def _style_weights(
        self, features: dict[str, tf.Tensor], targets: dict[str, tf.Tensor], area: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        """Returns the layers' weights, with the power of the area that keeps them size-invariant.

        The style loss falls with the area; relative to another style loss it does not.
        """
        growth = 1.0 if self._weights.relative else self._relative_area(area)
        return {
            layer: weight
            * growth
            / self._unit(functional.style_loss, features[layer], targets[layer])
            for layer, weight in self._weights.style_layers.items()
        }

    def _unit(self, loss, features: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
        """Returns what a layer's loss is measured in: itself without any features, or 1."""
        if not self._weights.relative:
            return tf.ones([1])
        return tf.maximum(loss(tf.zeros_like(features), target), SMALLEST_UNIT)

    def _relative_area(self, area: tf.Tensor) -> tf.Tensor:
        """Returns H W / at_size^2, the image's area in units of the weights' own size."""
        if self._weights.at_size is None:
            return tf.constant(1.0)
        # Differs from the reference system: weights survive a change of size.
        return area / self._weights.at_size**2

    def _targets_signature(self) -> Targets:
        features = self._encoder.output
        one_per_image = tf.TensorSpec([None], tf.float32)
        content, style = self._weights.content_layers, self._weights.style_layers
        channels = {layer: features[layer].shape[-1] for layer in self._weights.layers}
        return Targets(
            content={
                layer: tf.TensorSpec([None, None, None, channels[layer]], features[layer].dtype)
                for layer in content
            },
            style={
                layer: tf.TensorSpec([None, channels[layer], channels[layer]], tf.float32)
                for layer in style
            },
            content_weights=dict.fromkeys(content, one_per_image),
            style_weights=dict.fromkeys(style, one_per_image),
            held=self._held_signature() if self._weights.temporal else {},
        )

    def _held_signature(self) -> dict[str, tf.TensorSpec]:
        channels = {"held": 3, "trust": 1}
        return {
            name: tf.TensorSpec([None, None, None, last], tf.float32)
            for name, last in channels.items()
        }


def _area(image: tf.Tensor) -> tf.Tensor:
    return tf.cast(tf.reduce_prod(tf.shape(image)[1:3]), tf.float32)
