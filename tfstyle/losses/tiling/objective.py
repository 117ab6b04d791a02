"""An objective whose network sees one tile of the image at a time."""

import functools
import types
from collections.abc import Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf

from tfstyle.losses import objective, regional
from tfstyle.losses.guides import ByLayer
from tfstyle.losses.loss_weights import Weights
from tfstyle.losses.targets import IMAGE, Comparison, References, Tensors
from tfstyle.losses.terms import TERMS, Term
from tfstyle.losses.tiling import passes
from tfstyle.losses.tiling.graphs import Maps, Sums, sum_of

Size = tuple[int, int]
"""(height, width) in pixels."""


class TiledObjective(objective.Objective):
    """The same value and gradient as `Objective`'s, in the memory that one tile takes.

    A Gram matrix is a sum over positions, and so is the content's distance. A first pass over the
    tiles adds them up. The losses follow from these sums of the whole image, and so does how they
    change with each sum, which a second pass carries back to the pixels, tile by tile. Each tile
    comes with a halo as wide as the network sees, so no value knows of the tiles: there is no seam,
    and the result differs by rounding alone. The terms of the image itself look at all of it.

    The network runs forward twice and backward once, over the halos too. One image at a time.
    Reference: Galerne et al. (2024), "Scaling painting style transfer".
    """

    def __init__(
        self,
        encoder: keras.Model,
        weights: Weights,
        terms: Sequence[Term] = TERMS,
        *,
        side: int,
    ):
        """Prepares the terms that have anything to look at; computes nothing.

        Args:
            encoder: a model from image to features by layer name; its layers are VGG19's, or fewer.
            weights: how much each term and each layer counts.
            terms: the table of terms, in the order in which they are summed.
            side: longest side of a tile in pixels, its halo left out.

        Raises:
            ValueError: a term does not follow from sums over positions.
        """
        super().__init__(encoder, weights, terms)
        self._of_image = tuple(term for term in self._terms if IMAGE in term.layers(weights))
        self._of_features = tuple(term for term in self._terms if term not in self._of_image)
        for term in self._of_features:
            sum_of(term)
        signature = self._targets_signature()
        self._passes = passes.Passes(
            encoder, weights, self._of_features, self._maps(signature), side
        )
        image = tf.TensorSpec([1, None, None, 3], tf.float32)
        self._pulls = {
            term: tf.function(
                functools.partial(self._pull_image, term),
                input_signature=[image, signature[term.name]],
            )
            for term in self._of_image
        }
        self.value_and_gradient = self._value_and_gradient_in_tiles

    @classmethod
    def of(cls, whole: objective.Objective, side: int) -> "TiledObjective":
        """Returns the same objective in tiles of that side."""
        return cls(*whole.parts, side=side)

    # --- The targets ---

    def style_grams(self, style: np.ndarray) -> dict[str, tf.Tensor]:
        """Returns a style's Gram matrix `[1, channels, channels]` for each style layer."""
        size = style.shape[1:3]
        products = self._passes.products(style)
        return {layer: products[layer] / self._values(layer, size) for layer in products}

    def region_grams(self, style: np.ndarray, masks: ByLayer) -> dict[str, tf.Tensor]:
        """Returns a style's Gram matrices `[regions, channels, channels]` for each style layer."""
        sums = self._passes.region_sums(style, masks)
        return {layer: regional.averaged(sums[layer])[0] for layer in sums}

    def targets_from(
        self,
        content: tf.Tensor,
        grams: Mapping[str, tf.Tensor],
        held: objective.Held | None = None,
        quantiles: Mapping[str, tf.Tensor] = types.MappingProxyType({}),
        guides: Mapping[str, Tensors] | None = None,
    ) -> objective.Targets:
        """Returns what one image is compared with, the content's features as NumPy's arrays.

        Args:
            content: `[1, height, width, 3]`, the size of the image to be compared.
            grams: by style layer, `[1, channels, channels]`; see `style_grams`.
            held: as for `targets`.
            quantiles: none, since the histogram term is no sum.
            guides: see `References`; the Gram matrices are then those of regions.
        """
        pixels = np.asarray(content)
        references = References(
            self._passes.features(pixels),
            grams,
            objective.held_tensors(held),
            guides or {},
            self._relative_area(pixels),
            quantiles,
        )
        without = functools.partial(self._without_features, size=pixels.shape[1:3])
        return {term.name: term.compare(self._weights, references, without) for term in self._terms}

    def _without_features(self, term: Term, layer: str, target: Tensors, size: Size) -> tf.Tensor:
        """Returns a term's loss at a layer of an image that has no features, `[1]`."""
        maps, others = _parted(term, target)
        channels = self._passes.shape(layer, size)[-1]
        sums = []
        for tile in self._passes.tiles(size):
            box = passes.positions(layer, tile)
            nothing = tf.zeros([1, box.bottom - box.top, box.right - box.left, channels])
            sums.append(sum_of(term).over(nothing, *(passes.cut(each, box) for each in maps)))
        return sum_of(term).loss(passes.add_up(sums), self._values(layer, size), *others)

    # --- The value and the gradient ---

    def _value_and_gradient_in_tiles(
        self, image: tf.Tensor, targets: objective.Targets
    ) -> tuple[tf.Tensor, tf.Tensor, dict[str, tf.Tensor]]:
        """Returns what `Objective.value_and_gradient` does, of one image."""
        pixels, maps = np.asarray(image), self._maps(targets)
        of_image, gradient = self._image_terms_and_gradient(image, targets)
        sums = self._passes.sums(pixels, maps)
        of_features, changes = self._terms_and_changes(sums, targets, pixels.shape[1:3])
        found = {**of_image, **of_features}
        terms = {term.name: found[term.name] for term in self._terms}
        value = tf.add_n(list(terms.values()))
        scale = self._gradient_scale(value)
        self._passes.add_gradient(gradient, pixels, maps, changes, scale)
        return value, tf.convert_to_tensor(gradient), terms

    def _terms_and_changes(
        self, sums: Sums, targets: objective.Targets, size: Size
    ) -> tuple[dict[str, tf.Tensor], Sums]:
        """Returns the features' terms, and how their total changes with each of the sums."""
        with tf.GradientTape() as tape:
            tape.watch(sums)
            terms = {
                term.name: self._term(term, sums[term.name], targets[term.name], size)
                for term in self._of_features
            }
            total = tf.add_n(list(terms.values()))
        return terms, tape.gradient(total, sums)

    def _term(
        self,
        term: Term,
        sums: Mapping[str, tf.Tensor],
        comparisons: Mapping[str, Comparison],
        size: Size,
    ) -> tf.Tensor:
        """Returns a term of features, given the sums over all positions."""
        of_layers = []
        for layer, comparison in comparisons.items():
            _, others = _parted(term, comparison.target)
            loss = sum_of(term).loss(sums[layer], self._values(layer, size), *others)
            of_layers.append(comparison.weight * loss)
        return tf.reduce_mean(term.weight(self._weights) * tf.add_n(of_layers))

    def _image_terms_and_gradient(
        self, image: tf.Tensor, targets: objective.Targets
    ) -> tuple[dict[str, tf.Tensor], np.ndarray]:
        """Returns the terms that look at the image itself, and the gradient of their total."""
        terms, gradient = {}, np.zeros(image.shape, np.float32)
        # One by one: each of them needs room for several images.
        for term, pull in self._pulls.items():
            terms[term.name], slope = pull(image, targets[term.name])
            np.add(gradient, slope, out=gradient)
        return terms, gradient

    def _pull_image(
        self, term: Term, image: tf.Tensor, comparisons: Mapping[str, Comparison]
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns a term that looks at the image itself, and its gradient."""
        with tf.GradientTape() as tape:
            tape.watch(image)
            of_images = term.value(
                self._weights, {IMAGE: image}, comparisons, self._relative_area(image)
            )
            value = tf.reduce_mean(of_images)
        return value, tape.gradient(value, image)

    def _values(self, layer: str, size: Size) -> tf.Tensor:
        """Returns C * H * W of a layer's features of an image."""
        # As a float at once: of 33 million pixels they are more than 32-bit integers count.
        return tf.constant(float(np.prod(self._passes.shape(layer, size), dtype=np.int64)))

    def _maps(self, targets: objective.Targets) -> Maps:
        """Returns the targets of the features' terms that are maps."""
        return {
            term.name: {
                layer: _parted(term, comparison.target)[0]
                for layer, comparison in targets[term.name].items()
            }
            for term in self._of_features
        }


def _parted(term: Term, target: Tensors) -> tuple[Tensors, Tensors]:
    """Returns a target's maps, and what else there is of it."""
    return target[: term.target.maps], target[term.target.maps :]
