"""The weighted sum of losses that is minimised, against targets computed once."""

import dataclasses
import types
from collections.abc import Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf

from tfstyle.losses import functional, histograms, regional
from tfstyle.losses import guides as region_guides
from tfstyle.losses.guides import ByLayer, Guides
from tfstyle.losses.loss_weights import Weights
from tfstyle.losses.targets import IMAGE, Comparison, References, Tensors
from tfstyle.losses.terms import Term, table

FLOAT16_LOSS = 2.0**20
"""What the objective is scaled to before a float16 gradient is taken: below 6e-8 it vanishes."""

SMALLEST_LOSS = 1e-30
"""Keeps that scale finite."""


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


Targets = dict[str, dict[str, Comparison]]
"""By the term's name, and by layer; see `Objective.targets`."""


class Objective:
    """The weighted terms of an image, their sum, and its gradient.

    One graph serves every image size: sizes are not known when it is traced.
    """

    def __init__(
        self,
        encoder: keras.Model,
        weights: Weights,
        terms: Sequence[Term] | None = None,
        style_encoder: keras.Model | None = None,
    ):
        """Prepares the terms that have anything to look at; computes nothing.

        Args:
            encoder: a model from image to features by layer name.
            weights: how much each term and each layer counts.
            terms: the table of terms, in the order in which they are summed; None is `TERMS`.
            style_encoder: the same for styles, whose borders need not meet where the image's do;
                None is `encoder`.
        """
        terms = table(weights) if terms is None else terms
        self._encoder = encoder
        self._weights = weights
        self._terms = tuple(term for term in terms if term.layers(weights))
        # Sizes left open: tracing anew for each level would cost more than its steps.
        image = tf.TensorSpec([None, None, None, 3], tf.float32)
        self.features = tf.function(encoder, input_signature=[image])
        self._style_features = (
            tf.function(style_encoder, input_signature=[image]) if style_encoder else self.features
        )
        self.value_and_gradient = tf.function(
            self._value_and_gradient, input_signature=[image, self._targets_signature()]
        )

    @property
    def parts(self) -> tuple[keras.Model, Weights, tuple[Term, ...]]:
        """The network, the weights, and the terms in use: what another objective is made of."""
        return self._encoder, self._weights, self._terms

    def encode(self, images: tf.Tensor) -> dict[str, tf.Tensor]:
        """Returns `features`; in a graph as a part of it, where the number of images is known."""
        return self.features(images) if tf.executing_eagerly() else self._encoder(images)

    def targets(
        self,
        content: np.ndarray,
        styles: Sequence[np.ndarray],
        blend: Sequence[float],
        held: Held | None = None,
        guides: Guides | None = None,
    ) -> Targets:
        """Returns what an image is compared with.

        Args:
            content: `[1, height, width, 3]`, the size of the image to be compared.
            styles: images `[1, height, width, 3]` of any sizes.
            blend: one share per style; the target Gram matrix is their weighted sum, and so are
                the values by rank of the histogram term.
            held: for a frame of a video, its earlier pastiches; counts with a temporal weight only.
            guides: where the style is compared region by region, the masks at the style layers;
                they have the shares of the styles then.
        """
        if guides is not None:
            return self._targets_by_region(tf.constant(content), styles, guides, held)
        grams = _blended([self.style_grams(style) for style in styles], blend)
        quantiles = _blended([self.style_quantiles(style) for style in styles], blend)
        return self.targets_from(tf.constant(content), grams, held, quantiles)

    def targets_from(
        self,
        content: tf.Tensor,
        grams: Mapping[str, tf.Tensor],
        held: Held | None = None,
        quantiles: Mapping[str, tf.Tensor] = types.MappingProxyType({}),
        guides: Mapping[str, Tensors] | None = None,
    ) -> Targets:
        """Returns what images are compared with, given the styles' Gram matrices.

        Args:
            content: `[batch, height, width, 3]`, the size of the images to be compared.
            grams: by style layer, `[batch or 1, channels, channels]`; see `style_grams`.
            held: as for `targets`.
            quantiles: by layer of the histogram term; see `style_quantiles`.
            guides: see `References`; the Gram matrices are then those of regions.
        """
        return self._compare_with(
            References(
                self.encode(content),
                grams,
                held_tensors(held),
                guides or {},
                self._relative_area(content),
                quantiles,
            )
        )

    def targets_between(
        self, content: tf.Tensor, grams: Mapping[str, tf.Tensor], shares: tf.Tensor
    ) -> Targets:
        """Returns what images between their contents and the styles are compared with.

        The target Gram matrix is s G + (1 - s) G_c, with G the style's and G_c the content's own.

        Args:
            content: `[batch, height, width, 3]`, the size of the images to be compared.
            grams: by style layer, `[batch, channels, channels]`; see `style_grams`.
            shares: `[batch]`, s from 0 to 1.
        """
        features, share = self.encode(content), shares[:, tf.newaxis, tf.newaxis]
        own = self._grams_of(features)
        between = {layer: share * grams[layer] + (1 - share) * own[layer] for layer in grams}
        return self._compare_with(References(features, between, area=self._relative_area(content)))

    def targets_of(self, features: Mapping[str, tf.Tensor]) -> Targets:
        """Returns what images are compared with where only their features count, not their style.

        Args:
            features: by content layer, `[batch, rows, columns, channels]` in the encoder's type.
        """
        return self._compare_with(References(features, grams={}))

    def style_grams(self, style: np.ndarray) -> dict[str, tf.Tensor]:
        """Returns a style's Gram matrix `[1, channels, channels]` for each style layer."""
        return self._grams_of(self._style_features(tf.constant(style)))

    def _grams_of(self, features: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        return {
            layer: functional.gram_matrix(features[layer]) for layer in self._weights.style_layers
        }

    def style_quantiles(self, style: np.ndarray) -> dict[str, tf.Tensor]:
        """Returns a style's values by rank `[1, channels, KNOTS]`, where histograms count."""
        if not self._weights.histogram:
            return {}
        features = self._style_features(tf.constant(style))
        return {
            layer: histograms.quantiles(features[layer]) for layer in self._weights.histogram_layers
        }

    def region_grams(self, style: np.ndarray, masks: ByLayer) -> dict[str, tf.Tensor]:
        """Returns a style's Gram matrices `[regions, channels, channels]` for each style layer."""
        features = self._style_features(tf.constant(style))
        return {
            layer: regional.region_gram_matrices(features[layer], tf.constant(mask))[0]
            for layer, mask in masks.items()
        }

    def _targets_by_region(
        self, content: tf.Tensor, styles: Sequence[np.ndarray], guides: Guides, held: Held | None
    ) -> Targets:
        pairs = zip(styles, guides.styles, strict=True)
        grams = [self.region_grams(style, masks) for style, masks in pairs]
        combined = region_guides.combine(grams, guides, self._weights.relative)
        return self.targets_from(content, combined.grams, held, guides=combined.compared)

    def terms(self, image: tf.Tensor, targets: Targets) -> dict[str, tf.Tensor]:
        """Returns each weighted term by name, float32 scalars; their sum is the objective.

        Of a batch, the mean over its images. A term that looks at no layer is left out.
        """
        inputs = {**self._encoder(image), IMAGE: image}
        area = self._relative_area(image)
        return {
            term.name: tf.reduce_mean(term.value(self._weights, inputs, targets[term.name], area))
            for term in self._terms
        }

    def _value_and_gradient(
        self, image: tf.Tensor, targets: Targets
    ) -> tuple[tf.Tensor, tf.Tensor, dict[str, tf.Tensor]]:
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
        # Only float16 lacks the range: bfloat16 has float32's exponents.
        narrow = next(iter(self._encoder.output.values())).dtype == "float16"
        return FLOAT16_LOSS / tf.maximum(value, SMALLEST_LOSS) if narrow else None

    def _compare_with(self, references: References) -> Targets:
        return {term.name: term.compare(self._weights, references) for term in self._terms}

    def _relative_area(self, image: tf.Tensor) -> tf.Tensor:
        """Returns H W / at_size^2, the image's area in units of the weights' own size."""
        if self._weights.at_size is None:
            return tf.constant(1.0)
        area = tf.cast(tf.reduce_prod(tf.shape(image)[1:3]), tf.float32)
        return area / self._weights.at_size**2

    def _targets_signature(self) -> dict[str, dict[str, Comparison]]:
        """Returns the targets' shapes and types, with batch, height and width left open."""
        one_per_image = tf.TensorSpec([None], tf.float32)
        kinds = {name: (maps.shape[-1], maps.dtype) for name, maps in self._encoder.output.items()}
        kinds[IMAGE] = (3, "float32")
        return {
            term.name: {
                layer: Comparison(one_per_image, term.target.signature(*kinds[layer]))
                for layer in term.layers(self._weights)
            }
            for term in self._terms
        }


def _blended(
    styles: Sequence[Mapping[str, tf.Tensor]], blend: Sequence[float]
) -> dict[str, tf.Tensor]:
    """Returns by layer the weighted sum of what each style has there."""
    return {
        layer: tf.add_n([share * style[layer] for share, style in zip(blend, styles, strict=True)])
        for layer in styles[0]
    }


def held_tensors(held: Held | None) -> tuple[tf.Tensor, ...]:
    """Returns what `References` has of earlier pastiches."""
    return () if held is None else (tf.constant(held.image), tf.constant(held.trust))
