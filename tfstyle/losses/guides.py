"""Regions as the layers see them: which position is compared with which part of a style."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf

from tfstyle.losses.regional import SMALLEST_AREA
from tfstyle.losses.targets import Tensors
from tfstyle.regions.layers import at_layer, inner, resize
from tfstyle.regions.matching import Regions

ByLayer = Mapping[str, np.ndarray]
"""By style layer `[regions, rows, columns]`, float32 from 0 to 1."""

SMALLEST_GRAM = 1e-30
"""What counts as no strength at all: a region of a style that never fires is left out."""


@dataclasses.dataclass(frozen=True)
class Guides:
    """The masks of a content and of its styles at the style layers."""

    content: ByLayer
    styles: Sequence[ByLayer]
    shares: np.ndarray
    """`[styles, regions]`: how much each style counts in a region; they sum to 1 over styles."""


def at_layers(
    regions: Regions,
    content_size: tuple[int, int],
    style_sizes: Sequence[tuple[int, int]],
    blend: Sequence[float],
    layers: Sequence[str],
    way: str,
) -> Guides:
    """Returns the guides of pictures of given sizes.

    By "simple", the edges of a style's regions have no say; see `inner`.

    Args:
        regions: the masks, of any sizes.
        content_size: (height, width) in pixels.
        style_sizes: likewise, of each style.
        blend: one share per style.
        layers: the style layers, by Keras's names.
        way: one of `tfstyle.regions.WAYS`.
    """
    content = resize(regions.content, content_size)
    of_content = {layer: at_layer(content, layer, way) for layer in layers}
    styles = map(resize, regions.styles, style_sizes)
    of_styles = [_of_style(masks, layers, way) for masks in styles]
    return Guides(of_content, of_styles, regions.shares(blend))


def _of_style(masks: np.ndarray, layers: Sequence[str], way: str) -> ByLayer:
    if way != "simple":
        return {layer: at_layer(masks, layer, way) for layer in layers}
    # Differs from the code of Gatys et al. (2016): there a region's target has the neighbours'
    # colours too, and they are painted along the picture's borders, where least is against them.
    return {layer: at_layer(inner(masks, layer), layer, way) for layer in layers}


@dataclasses.dataclass(frozen=True)
class Combined:
    """What the objective compares regions with; see `References`."""

    grams: Mapping[str, tf.Tensor]
    compared: Mapping[str, Tensors]


def combine(grams: Sequence[Mapping[str, tf.Tensor]], guides: Guides, relative: bool) -> Combined:
    """Returns the regions' targets, and how much each region counts at each layer.

    Args:
        grams: by layer, of each style.
        guides: the masks at the layers.
        relative: whether a region's loss is divided by that of an image without features.
    """
    targets, compared = {}, {}
    for layer, guide in guides.content.items():
        targets[layer], has_target = _blended([each[layer] for each in grams], guides, layer)
        shares = _shares(targets[layer], has_target, guide, relative)
        compared[layer] = (tf.constant(guide), shares)
    return Combined(targets, compared)


def _blended(
    grams: Sequence[tf.Tensor], guides: Guides, layer: str
) -> tuple[tf.Tensor, np.ndarray]:
    """Returns each region's target, `[regions, channels, channels]`, and which have one.

    A style in which nothing of a region is left at the layer leaves the region to the others.
    """
    # [styles, regions]
    areas = np.stack([style[layer].sum(axis=(1, 2)) for style in guides.styles])
    shares = guides.shares * (areas > SMALLEST_AREA)
    total = shares.sum(axis=0)
    weights = tf.constant(shares / np.maximum(total, SMALLEST_AREA), tf.float32)
    blended = tf.reduce_sum(weights[..., tf.newaxis, tf.newaxis] * tf.stack(grams), axis=0)
    return blended, total > 0


def _shares(
    grams: tf.Tensor, has_target: np.ndarray, guide: np.ndarray, relative: bool
) -> tf.Tensor:
    """Returns how much each region counts at a layer, `[regions]`, float32.

    It counts by its area, so that a position is painted as strongly as without regions.
    """
    # Differs from Gatys et al. (2016), whose regions count alike, so that small ones are painted
    # more strongly.
    areas = guide.sum(axis=(1, 2)) * has_target
    shares = tf.constant(areas / max(areas.sum(), SMALLEST_AREA), tf.float32)
    if not relative:
        return shares
    # Else the region of the stronger style would be all that counts.
    strength = tf.reduce_sum(tf.square(grams), axis=[1, 2])
    return tf.where(strength > SMALLEST_GRAM, shares / strength, 0.0)
