"""Whole images looked at tile by tile: what the tiles give is added up, or put side by side."""

import functools
from collections.abc import Iterable, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfstyle.losses.loss_weights import Weights
from tfstyle.losses.terms import Term
from tfstyle.losses.tiling import grid
from tfstyle.losses.tiling.graphs import Maps, Sums, TileGraphs
from tfstyle.networks import vgg19_layers


class Passes:
    """The passes over an image's tiles, each with as wide a halo as the network sees."""

    def __init__(
        self, encoder: keras.Model, weights: Weights, terms: Iterable[Term], maps: Maps, side: int
    ) -> None:
        """Prepares the graphs; computes nothing.

        Args:
            encoder: a model from image to features by layer name; its layers are VGG19's, or fewer.
            weights: how much each term and each layer counts.
            terms: those of features.
            maps: the shapes and types of their targets that are maps.
            side: longest side of a tile in pixels, its halo left out.
        """
        self._features = encoder.output
        self._graphs = TileGraphs(encoder, weights, terms, maps)
        self.tiles = functools.partial(
            grid.tiles,
            side=side,
            stride=max(map(vgg19_layers.stride, weights.layers)),
            halo=vgg19_layers.halo(weights.layers),
        )

    def products(self, image: np.ndarray) -> dict[str, tf.Tensor]:
        """Returns F^T F of an image `[1, height, width, 3]`, for each style layer."""
        tiles = self.tiles(image.shape[1:3])
        return add_up(self._graphs.products(*_shown(image, tile)) for tile in tiles)

    def region_sums(
        self, image: np.ndarray, masks: Mapping[str, np.ndarray]
    ) -> dict[str, tuple[tf.Tensor, tf.Tensor]]:
        """Returns `regional.region_sums` of an image, for each style layer.

        Args:
            image: `[1, height, width, 3]`.
            masks: by style layer, `[regions, rows, columns]`.
        """
        return add_up(
            self._graphs.region_sums(
                *_shown(image, tile),
                {layer: cut(mask, positions(layer, tile)) for layer, mask in masks.items()},
            )
            for tile in self.tiles(image.shape[1:3])
        )

    def features(self, image: np.ndarray) -> dict[str, np.ndarray]:
        """Returns an image's features, `[1, rows, columns, channels]`, in the network's type.

        Of the layers alone whose features are a target: they are kept as long as it is.
        """
        size = image.shape[1:3]
        whole = {layer: self._room(layer, size) for layer in self._graphs.content_layers}
        for tile in self.tiles(size):
            for layer, features in self._graphs.features(*_shown(image, tile)).items():
                cut(whole[layer], positions(layer, tile))[:] = features
        return whole

    def sums(self, image: np.ndarray, maps: Maps) -> Sums:
        """Returns the sums over all positions of an image, of which the losses follow."""
        tiles = self.tiles(image.shape[1:3])
        return add_up(
            self._graphs.sums(*_shown(image, tile), _cut_maps(maps, tile)) for tile in tiles
        )

    def add_gradient(
        self,
        gradient: np.ndarray,
        image: np.ndarray,
        maps: Maps,
        changes: Sums,
        scale: tf.Tensor | None,
    ) -> None:
        """Adds to a gradient `[1, height, width, 3]` what the terms of features have to it.

        Args:
            gradient: it is written to.
            image: of the same shape.
            maps: as for `sums`.
            changes: how the objective changes with each of `sums`.
            scale: what the gradient is multiplied by while it is in the network's type, if need be.
        """
        if scale is not None:
            changes = tf.nest.map_structure(lambda change: change * scale, changes)
        for tile in self.tiles(image.shape[1:3]):
            pulled = self._graphs.pull(*_shown(image, tile), _cut_maps(maps, tile), changes)
            part = cut(gradient, tile.outer)
            np.add(part, pulled if scale is None else pulled / scale, out=part)

    def shape(self, layer: str, size: tuple[int, int]) -> tuple[int, int, int, int]:
        """Returns the shape of a layer's features of an image of (height, width) pixels."""
        stride = vgg19_layers.stride(layer)
        return 1, size[0] // stride, size[1] // stride, self._features[layer].shape[-1]

    def _room(self, layer: str, size: tuple[int, int]) -> np.ndarray:
        dtype = tf.as_dtype(self._features[layer].dtype).as_numpy_dtype
        return np.empty(self.shape(layer, size), dtype)


def positions(layer: str, tile: grid.Tile) -> grid.Box:
    """Returns a tile's own positions at a layer."""
    return tile.inner.scaled(vgg19_layers.stride(layer))


def cut(values: Any, box: grid.Box) -> Any:
    """Returns that part of `[batch, height, width, channels]`."""
    return values[:, box.top : box.bottom, box.left : box.right]


def add_up(parts: Iterable[Any]) -> Any:
    """Returns the sum of dictionaries of tensors, however deep, as one."""
    return functools.reduce(functools.partial(tf.nest.map_structure, tf.add), parts)


def _shown(image: np.ndarray, tile: grid.Tile) -> tuple[np.ndarray, np.ndarray]:
    """Returns a tile with its halo, and where in it its own pixels are."""
    return cut(image, tile.outer), np.array(tile.inner.within(tile.outer), np.int32)


def _cut_maps(maps: Mapping[str, Mapping[str, tuple[Any, ...]]], tile: grid.Tile) -> Maps:
    """Returns the maps at a tile's own positions."""
    return {
        name: {
            layer: tuple(cut(each, positions(layer, tile)) for each in of_layer)
            for layer, of_layer in of_term.items()
        }
        for name, of_term in maps.items()
    }
