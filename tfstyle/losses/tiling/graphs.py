"""The graphs that run on one tile: one trace of each serves tiles of every size."""

import functools
from collections.abc import Iterable, Mapping
from typing import Any

import keras
import tensorflow as tf

from tfstyle.losses import functional, regional
from tfstyle.losses.loss_weights import Weights
from tfstyle.losses.targets import FEATURES
from tfstyle.losses.terms import Sum, Term
from tfstyle.networks import vgg19_layers

ByLayer = Mapping[str, tf.Tensor]

Sums = dict[str, dict[str, Any]]
"""By term and layer: what `Term.sum` adds up over the positions."""

Maps = dict[str, dict[str, tuple[Any, ...]]]
"""By term and layer: the targets with a value for each position, all or those of a tile."""


class TileGraphs:
    """What the network and the terms make of a tile.

    Each takes the tile with its halo, `[1, height, width, 3]`, float32, and the box `[4]` of its
    own pixels within it (top, bottom, left, right), whose positions alone count.
    """

    def __init__(
        self, encoder: keras.Model, weights: Weights, terms: Iterable[Term], maps: Maps
    ) -> None:
        """Prepares the graphs; computes nothing.

        Args:
            encoder: a model from image to features by layer name.
            weights: how much each term and each layer counts.
            terms: those of features.
            maps: the shapes and types of their targets that are maps.
        """
        self._encoder, self._weights, self._terms = encoder, weights, tuple(terms)
        self._tile = [tf.TensorSpec([1, None, None, 3], tf.float32), tf.TensorSpec([4], tf.int32)]
        self._maps = maps
        self.content_layers = sorted(
            {
                layer
                for each in self._terms
                if each.target is FEATURES
                for layer in each.layers(weights)
            }
        )
        self.features = tf.function(self._features, input_signature=self._tile)
        self.products = tf.function(self._products, input_signature=self._tile)
        masks = {layer: tf.TensorSpec([None] * 3, tf.float32) for layer in weights.style_layers}
        self.region_sums = tf.function(self._region_sums, input_signature=[*self._tile, masks])
        self.sums = tf.function(self._sums, input_signature=[*self._tile, maps])

    @functools.cached_property
    def pull(self) -> tf.types.experimental.GenericFunction:
        """From a tile, its box, its maps and how the loss changes with each sum to its gradient.

        The gradient is that of the tile's own positions alone, by all pixels, the halo's included.
        """
        outputs = self.sums.get_concrete_function().structured_outputs
        changes = tf.nest.map_structure(lambda each: tf.TensorSpec(each.shape, each.dtype), outputs)
        return tf.function(self._pull, input_signature=[*self._tile, self._maps, changes])

    def _features(self, tile: tf.Tensor, box: tf.Tensor) -> ByLayer:
        """Returns the features that targets are made of, by layer."""
        features = self._inner(tile, box)
        return {layer: features[layer] for layer in self.content_layers}

    def _products(self, tile: tf.Tensor, box: tf.Tensor) -> ByLayer:
        """Returns F^T F of each style layer, `[1, channels, channels]`."""
        features = self._inner(tile, box)
        layers = self._weights.style_layers
        return {layer: functional.channel_products(features[layer]) for layer in layers}

    def _region_sums(
        self, tile: tf.Tensor, box: tf.Tensor, masks: ByLayer
    ) -> Mapping[str, tuple[tf.Tensor, tf.Tensor]]:
        """Returns `regional.region_sums` of each style layer."""
        features = self._inner(tile, box)
        return {layer: regional.region_sums(features[layer], masks[layer]) for layer in masks}

    def _sums(self, tile: tf.Tensor, box: tf.Tensor, maps: Maps) -> Sums:
        """Returns what a tile adds to the sums."""
        features = self._inner(tile, box)
        return {
            term.name: {
                layer: sum_of(term).over(features[layer], *maps[term.name][layer])
                for layer in term.layers(self._weights)
            }
            for term in self._terms
        }

    def _pull(self, tile: tf.Tensor, box: tf.Tensor, maps: Maps, changes: Sums) -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch(tile)
            sums = self._sums(tile, box, maps)
        return tape.gradient(sums, tile, output_gradients=changes)

    def _inner(self, tile: tf.Tensor, box: tf.Tensor) -> ByLayer:
        """Returns the features at a tile's own positions."""
        inner = {}
        for layer, features in self._encoder(tile).items():
            top, bottom, left, right = tf.unstack(box // vgg19_layers.stride(layer))
            inner[layer] = features[:, top:bottom, left:right]
        return inner


def sum_of(term: Term) -> Sum:
    """Returns how a term of features follows from sums.

    Raises:
        ValueError: it does not.
    """
    if term.sum is None:
        raise ValueError(
            f"tile must be none where the {term.name} term counts, which looks at all features "
            f"at once. Received: tile beside {term.name}"
        )
    return term.sum
