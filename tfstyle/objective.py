"""The weighted sum of losses that both roads minimise, against targets computed once."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from tfstyle import losses

GRADIENT_SCALE = {"float16": 2.0**10}
"""float16 gradients below 6e-8 vanish: the objective is multiplied on the way back."""


@dataclasses.dataclass(frozen=True)
class Weights:
    """How much each term and each layer counts, for a picture of `at_size` squared pixels."""

    content: float
    style: float
    total_variation: float
    content_layers: Mapping[str, float]
    style_layers: Mapping[str, float]
    at_size: int | None = 512
    """None switches the size-invariance off: the reference system's plain formula."""

    @property
    def layers(self) -> tuple[str, ...]:
        """Every layer that a term looks at, sorted."""
        return tuple(sorted({*self.content_layers, *self.style_layers}))


class Targets(NamedTuple):
    """What the image's features are compared with, by layer name."""

    content: dict[str, tf.Tensor]
    """`[1, height, width, channels]` features of the content image."""
    style: dict[str, tf.Tensor]
    """`[1, channels, channels]` Gram matrices, float32."""


class Objective:
    """`content`, `style` and `total_variation` of an image, weighted, and their gradient.

    One graph serves every image size: sizes are not known when it is traced.
    """

    def __init__(self, encoder: keras.Model, weights: Weights):
        """Takes a model from image to features by layer name, and the terms' weights."""
        self._encoder = encoder
        self._weights = weights
        self._gradient_scale = GRADIENT_SCALE.get(_precision(encoder), 1.0)
        image = tf.TensorSpec([None, None, None, 3], tf.float32)
        self.features = tf.function(encoder, input_signature=[image])
        self.value_and_gradient = tf.function(
            self._value_and_gradient, input_signature=[image, self._targets_signature()]
        )

    def targets(
        self, content: np.ndarray, styles: Sequence[np.ndarray], blend: Sequence[float]
    ) -> Targets:
        """Returns what an image is compared with.

        Args:
            content: `[1, height, width, 3]`, the size of the image to be judged.
            styles: images `[1, height, width, 3]` of any sizes.
            blend: one share per style; the target Gram matrix is their weighted sum.
        """
        content_features = self.features(tf.constant(content))
        grams = [self._style_grams(style) for style in styles]
        return Targets(
            content={layer: content_features[layer] for layer in self._weights.content_layers},
            style={
                layer: tf.add_n(
                    [share * gram[layer] for share, gram in zip(blend, grams, strict=True)]
                )
                for layer in self._weights.style_layers
            },
        )

    def terms(self, image: tf.Tensor, targets: Targets) -> dict[str, tf.Tensor]:
        """Returns each weighted term by name, float32 scalars; their sum is the objective.

        loss = w_content L_content + w_style L_style + w_tv L_tv, the reference system's;
        each times the power of H W / at_size^2 that makes it independent of the size.
        """
        features = self._encoder(image)
        weights = self._weights
        content = [
            weight * losses.content_loss(features[layer], targets.content[layer])
            for layer, weight in weights.content_layers.items()
        ]
        style = [
            weight * losses.style_loss(features[layer], targets.style[layer])
            for layer, weight in weights.style_layers.items()
        ]
        area = self._relative_area(image)
        return {
            "content": weights.content * tf.add_n(content),
            "style": weights.style * area * tf.add_n(style),
            "total_variation": weights.total_variation / area * losses.total_variation(image),
        }

    def _value_and_gradient(self, image: tf.Tensor, targets: Targets):
        """Returns the objective, its gradient `[batch, height, width, 3]`, and its terms."""
        with tf.GradientTape() as tape:
            tape.watch(image)
            terms = self.terms(image, targets)
            value = tf.add_n(list(terms.values()))
            scaled = value * self._gradient_scale
        return value, tape.gradient(scaled, image) / self._gradient_scale, terms

    def _style_grams(self, style: np.ndarray) -> dict[str, tf.Tensor]:
        features = self.features(tf.constant(style))
        return {layer: losses.gram_matrix(features[layer]) for layer in self._weights.style_layers}

    def _relative_area(self, image: tf.Tensor) -> tf.Tensor:
        """Returns H W / at_size^2, the image's area in units of the weights' own size."""
        if self._weights.at_size is None:
            return tf.constant(1.0)
        # Differs from the reference system: weights survive a change of size.
        height_times_width = tf.cast(tf.reduce_prod(tf.shape(image)[1:3]), tf.float32)
        return height_times_width / self._weights.at_size**2

    def _targets_signature(self) -> Targets:
        features = self._encoder.output
        content, style = self._weights.content_layers, self._weights.style_layers
        return Targets(
            content={
                layer: tf.TensorSpec(
                    [None, None, None, features[layer].shape[-1]], features[layer].dtype
                )
                for layer in content
            },
            style={
                layer: tf.TensorSpec(
                    [None, features[layer].shape[-1], features[layer].shape[-1]], tf.float32
                )
                for layer in style
            },
        )


def _precision(encoder: keras.Model) -> str:
    return next(iter(encoder.output.values())).dtype
