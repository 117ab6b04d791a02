"""The terms of the objective, a row each: name, weight, layers, loss and target.

A new term is one row of `TERMS` and one pure function in `functional`.
"""

import dataclasses
from collections.abc import Callable, Mapping
from operator import attrgetter as get
from typing import Any

import tensorflow as tf

from tfstyle.losses.functional import (
    channel_products,
    content_loss,
    content_loss_of,
    out_of_range,
    squared_distance,
    style_loss,
    style_loss_of,
    temporal_loss,
    total_variation,
    wrapped_total_variation,
)
from tfstyle.losses.histograms import histogram_loss
from tfstyle.losses.loss_weights import Weights
from tfstyle.losses.regional import region_style_loss, region_style_loss_of, region_sums
from tfstyle.losses.targets import (
    FEATURES,
    GRAM_MATRIX,
    HELD,
    IMAGE,
    NOTHING,
    QUANTILES,
    REGION_GRAM_MATRICES,
    Comparison,
    References,
    Target,
    Tensors,
)

SMALLEST_UNIT = 1e-30
"""Keeps a layer that never fires from dividing by zero."""


@dataclasses.dataclass(frozen=True)
class Sum:
    """How a loss of features follows from a sum over their positions.

    Parts of an image may then be looked at one by one: loss = f(sum_p s(F_p)).
    """

    over: Callable[..., Any]
    """s, summed over the positions at hand: from their features and the targets that are maps, cut
    to the same positions, to a float32 tensor, or a tuple of them."""
    loss: Callable[..., tf.Tensor]
    """f: from the sum over all positions, the number C * H * W of the features, float32, and the
    targets that are no maps, to `[batch]`."""


Without = Callable[["Term", str, Tensors], tf.Tensor]
"""From a term, a layer and a target to the loss of an image without any features, `[batch]`."""


@dataclasses.dataclass(frozen=True)
class Term:
    """One weighted loss: w sum_l w_l loss(F_l, target_l), F_l the image's features at layer l."""

    name: str
    """As curves and records have it."""
    weight: Callable[[Weights], float]
    layers: Callable[[Weights], Mapping[str, float]]
    """Where it looks, and how much each layer counts; where that is nowhere, it is left out."""
    loss: Callable[..., tf.Tensor]
    """From `[batch, height, width, channels]` and the target's tensors to `[batch]`, float32."""
    target: Target = NOTHING
    growth: int = 0
    """The power of the image's area that the loss grows with, -1, 0 or 1. It is divided out, so
    that weights hold at every size."""
    sum: Sum | None = None
    """How it follows from sums over positions; None where it does not, or looks at the image."""

    def compare(
        self, weights: Weights, references: References, without_features: Without | None = None
    ) -> dict[str, Comparison]:
        """Returns each layer's target and weight.

        Args:
            weights: how much each term and each layer counts.
            references: what the targets are made from.
            without_features: where the references' features are not whole.
        """
        without = without_features or _without(references)
        return {
            layer: self._comparison(layer, weight, weights.relative, references, without)
            for layer, weight in self.layers(weights).items()
        }

    def value(
        self,
        weights: Weights,
        inputs: Mapping[str, tf.Tensor],
        comparisons: Mapping[str, Comparison],
        area: tf.Tensor,
    ) -> tf.Tensor:
        """Returns the weighted loss of each image, `[batch]`, float32.

        Args:
            weights: how much each term and each layer counts.
            inputs: the images by `IMAGE`, and their features by layer.
            comparisons: what `compare` returned.
            area: the images', in units of the weights' own size.
        """
        layers = self.layers(weights)
        of_layers = [
            comparisons[layer].weight * self.loss(inputs[layer], *comparisons[layer].target)
            for layer in layers
        ]
        weight = self.weight(weights)
        if IMAGE in layers:
            weight = _at_every_size(weight, self.growth, area)
        return weight * tf.add_n(of_layers)

    def _comparison(
        self,
        layer: str,
        weight: float,
        relative: bool,
        references: References,
        without: Without,
    ) -> Comparison:
        target = self.target.of(references, layer)
        if layer == IMAGE:
            return Comparison(tf.constant([weight]), target)
        if not relative:
            # Differs from the reference system: weights survive a change of size.
            weight = _at_every_size(weight, self.growth, references.area)
            return Comparison(weight * tf.ones([1]), target)
        # Differs from the reference system: a layer counts as much as its target is strong. Such a
        # quotient of two losses does not grow with the size.
        unit = tf.maximum(without(self, layer, target), SMALLEST_UNIT)
        return Comparison(weight / unit, target)


def _without(references: References) -> Without:
    """Returns what computes the loss of no features in the place of the references'."""
    return lambda term, layer, target: term.loss(tf.zeros_like(references.features[layer]), *target)


def _at_every_size(weight: float, growth: int, area: tf.Tensor) -> tf.Tensor | float:
    """Returns the weight of a loss that grows with area^growth, so that the product does not."""
    if growth == 0:
        return weight
    return weight / area if growth > 0 else weight * area


def _image(_: Weights) -> Mapping[str, float]:
    return {IMAGE: 1.0}


def _histogram_layers(weights: Weights) -> Mapping[str, float]:
    return weights.histogram_layers if weights.histogram else {}


def _held_image(weights: Weights) -> Mapping[str, float]:
    """Returns the image for a frame that is held to earlier ones; the others have no such term."""
    return {IMAGE: 1.0} if weights.temporal else {}


# Content, style and total variation are the reference system's; Ruder et al. (2016), section 4.2,
# add the temporal term, and Risser et al. (2017) the histogram term.
# Differs from the reference system: values beyond black and white are penalised.
# No lambdas: of two on a line, AutoGraph warns the user that it cannot tell them apart.
TERMS = (
    Term(
        "content",
        get("content"),
        get("content_layers"),
        content_loss,
        FEATURES,
        sum=Sum(squared_distance, content_loss_of),
    ),
    Term(
        "style",
        get("style"),
        get("style_layers"),
        style_loss,
        GRAM_MATRIX,
        growth=-1,
        sum=Sum(channel_products, style_loss_of),
    ),
    Term("histogram", get("histogram"), _histogram_layers, histogram_loss, QUANTILES),
    Term("temporal", get("temporal"), _held_image, temporal_loss, HELD),
    Term("total_variation", get("total_variation"), _image, total_variation, growth=1),
    Term("range", get("out_of_range"), _image, out_of_range, growth=1),
)
"""In the order of the sum, since another one rounds differently."""

BY_REGION = tuple(
    dataclasses.replace(
        term,
        loss=region_style_loss,
        target=REGION_GRAM_MATRICES,
        sum=Sum(region_sums, region_style_loss_of),
    )
    if term.loss is style_loss
    else term
    for term in TERMS
)
"""The terms where the style is compared region by region."""

WRAPPED = {total_variation: wrapped_total_variation}
"""The losses of the image itself that look across its borders where it tiles."""


def table(weights: Weights, by_region: bool = False) -> tuple[Term, ...]:
    """Returns the terms of an image that tiles, or that does not.

    Args:
        weights: how much each term counts, and whether the image tiles.
        by_region: whether the style is compared region by region.
    """
    terms = BY_REGION if by_region else TERMS
    if not weights.tileable:
        return terms
    return tuple(
        dataclasses.replace(term, loss=WRAPPED.get(term.loss, term.loss)) for term in terms
    )
