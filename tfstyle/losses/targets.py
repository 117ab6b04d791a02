"""What the terms of the objective compare an image with: the kinds of targets."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import NamedTuple

import tensorflow as tf

from tfstyle.losses import histograms

IMAGE = "image"
"""In the place of a layer: the image itself."""

Tensors = tuple[tf.Tensor, ...]


class Comparison(NamedTuple):
    """What a term compares one layer with, and how much that layer counts."""

    weight: tf.Tensor
    """`[batch or 1]`, float32."""
    target: Tensors
    """What the term's loss takes after the features."""


@dataclasses.dataclass(frozen=True)
class References:
    """What targets are made from; only what the terms in use ask for is needed."""

    features: Mapping[str, tf.Tensor]
    """The content's by layer, `[batch or 1, height, width, channels]`, in the extractor's type."""
    grams: Mapping[str, tf.Tensor]
    """The styles' Gram matrices by layer, `[batch or 1, channels, channels]`, float32."""
    held: Tensors = ()
    """Earlier pastiches of a video's frame, `[1, height, width, 3]`, and how far each position is
    trusted, `[1, height, width, 1]`; float32 in [0, 1]. Empty for a picture."""
    guides: Mapping[str, Tensors] = dataclasses.field(default_factory=dict)
    """By style layer what `grams`, then `[regions, channels, channels]`, is compared by: guides,
    `[regions, height, width]`, and the regions' shares, `[regions]`; float32. Empty where the
    whole picture is compared."""
    area: tf.Tensor | None = None
    """The content's, in units of the weights' own size; None where only features are given."""
    quantiles: Mapping[str, tf.Tensor] = dataclasses.field(default_factory=dict)
    """The styles' values by rank by layer, `[batch or 1, channels, KNOTS]`, float32; see
    `histograms.quantiles`. Empty where there is no histogram term."""


@dataclasses.dataclass(frozen=True)
class Target:
    """A kind of target: how it is made, and of which tensors it consists."""

    of: Callable[[References, str], Tensors]
    """From the references and a layer's name to what the loss takes after the features."""
    signature: Callable[[int, str], tuple[tf.TensorSpec, ...]]
    """From the layer's channels and type to the tensors' shapes and types, sizes left open."""
    maps: int = 0
    """How many of the tensors, which come first, have a value for each position."""


def _held(references: References, _: str) -> Tensors:
    if not references.held:
        raise ValueError(
            "a temporal weight needs the earlier pastiches that the frame is held to; give held, "
            "or let the weight be 0. Received: held=None"
        )
    return references.held


def _maps(channels: int, dtype: str) -> tf.TensorSpec:
    return tf.TensorSpec([None, None, None, channels], dtype)


NOTHING = Target(lambda *_: (), lambda *_: ())
"""No target, for a loss of the image alone."""

FEATURES = Target(
    lambda references, layer: (references.features[layer],),
    lambda channels, dtype: (_maps(channels, dtype),),
    maps=1,
)
"""The content's features."""

GRAM_MATRIX = Target(
    lambda references, layer: (references.grams[layer],),
    lambda channels, _: (tf.TensorSpec([None, channels, channels], "float32"),),
)
"""The styles' Gram matrix."""

REGION_GRAM_MATRICES = Target(
    lambda references, layer: (
        references.guides[layer][0],
        references.grams[layer],
        references.guides[layer][1],
    ),
    lambda channels, _: (
        tf.TensorSpec([None, None, None], "float32"),
        tf.TensorSpec([None, channels, channels], "float32"),
        tf.TensorSpec([None], "float32"),
    ),
    maps=1,
)
"""Which positions belong to which region, the styles' Gram matrices by region, and their shares."""

QUANTILES = Target(
    lambda references, layer: (references.quantiles[layer],),
    lambda channels, _: (tf.TensorSpec([None, channels, histograms.KNOTS], "float32"),),
)
"""The styles' values by rank."""

HELD = Target(_held, lambda *_: (_maps(3, "float32"), _maps(1, "float32")), maps=2)
"""Earlier pastiches of a video, and how far they are trusted."""
