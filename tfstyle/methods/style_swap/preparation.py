"""What both ways to a picture begin with: features in the style, from coarse to fine."""

import dataclasses

import keras
import numpy as np
import tensorflow as tf

from tfstyle import image
from tfstyle.image import color
from tfstyle.losses import objective, perceptual
from tfstyle.methods.style_swap import course, decoding, style_bank, whitening
from tfstyle.methods.style_swap.config import Config
from tfstyle.methods.style_swap.decoding import Decoder
from tfstyle.methods.style_swap.swap import FeatureSwap


@dataclasses.dataclass(frozen=True)
class Swapped:
    """A content whose features are in the style, and what is needed to make a picture of them."""

    content: np.ndarray
    """`[1, height, width, 3]`, at the result's size."""
    grown: tf.Tensor
    """What VGG19 saw at the finest level: mirrored to whole positions, grey where colours are
    kept."""
    target: tf.Tensor
    """`[1, rows, columns, channels]`: the features in the style."""
    colors: whitening.Statistics
    """The style's."""
    color_share: float
    loss: objective.Objective
    decoder: Decoder | None
    """None where the optimisation begins at what VGG19 saw."""
    weights: dict[str, str]
    """Names and digests of the networks that were used."""

    def decoded(self) -> np.ndarray:
        """Returns what the inverse network makes of the features; without one, what VGG19 saw.

        `[1, height, width, 3]`, of the grown content's size, in [0, 1].
        """
        if self.decoder is None:
            return self.grown.numpy()
        return np.clip(self.decoder(self.target), 0, 1)

    def finish(self, pixels: np.ndarray, config: Config) -> np.ndarray:
        """Returns the pastiche: cut to its size, in the style's colours or the content's."""
        height, width = self.content.shape[1:3]
        pastiche = carry_colors(pixels[:, :height, :width], self.colors, self.color_share)
        return color.restore(np.asarray(pastiche), self.content, config.preserve_color)


def swap_features(
    content: np.ndarray,
    styles: style_bank.Styles,
    config: Config,
    features: keras.Model | None = None,
    decoder: Decoder | None = None,
) -> Swapped:
    """Returns a content's features in the style, every level but the finest decoded on the way.

    Args:
        content: `[1, height, width, 3]`, at the result's size.
        styles: to take patches and statistics from.
        config: the settings.
        features: a model from image to features by layer name instead of VGG19.
        decoder: from features to an image, instead of the settings' inverse network.
    """
    # Before the swap, which takes long: a network that does not fit is refused at once.
    network, inverse_used = decoding.find(config, content.shape[1:3], decoder)
    loss, vgg_used = perceptual.build(config, features)
    swap = FeatureSwap.of(loss, config)
    bank = style_bank.beside(content, styles, swap, config)
    # A style that was prepared for another size has its own number of levels.
    way = course.plan(content.shape[1:3], dataclasses.replace(config, levels=len(bank.levels)))
    seen = color.prepare_content(content, config.preserve_color)
    grown, target = _refine(seen, bank, way, swap, network)
    return Swapped(
        content=content,
        grown=grown,
        target=target,
        colors=bank.colors,
        color_share=way.color_share,
        loss=loss,
        decoder=network if decoding.begins(config) else None,
        weights=vgg_used | inverse_used,
    )


def _refine(
    content: np.ndarray,
    bank: style_bank.StyleBank,
    way: course.Course,
    swap: FeatureSwap,
    decoder: Decoder | None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns what VGG19 saw at the finest level, and the features in the style there.

    The query of a level is the content with a share of what the last level changed:
    content + mixture * enlarged(pastiche - content). It keeps the content's finest band.
    Reference: Kolkin et al. (2022), section 3.4.
    """
    change = None
    for stage, level in zip(way.stages, bank.levels, strict=True):
        here = tf.constant(image.resize(content, stage.size))
        query = here if change is None else carry_on(here, change, way.mixture)
        grown = swap.grid.grow(query)
        if stage.patch_share == 0:
            level = level._replace(patches=None)
        target = swap.swap(grown, level, stage.patch_share, way.style_share)
        if stage is not way.stages[-1]:
            height, width = stage.size
            change = tf.cast(decoder(target), tf.float32)[:, :height, :width] - here
    return grown, target


def carry_on(content: tf.Tensor, change: tf.Tensor, mixture: float | tf.Tensor) -> tf.Tensor:
    """Returns content + mixture * change, the change enlarged; `[1, height, width, 3]`."""
    enlarged = tf.image.resize(change, tf.shape(content)[1:3], "bicubic")
    return tf.clip_by_value(content + mixture * enlarged, 0.0, 1.0)


def carry_colors(
    pastiche: tf.Tensor, colors: whitening.Statistics, share: float | tf.Tensor
) -> tf.Tensor:
    """Returns the pastiche with a share of the style's mean colour and covariance.

    It restores the contrast that patches laid over each other, and the decoder, lose.
    """
    if isinstance(share, float) and share == 0:
        return pastiche
    carried = whitening.transport(pastiche, whitening.statistics([pastiche]), colors)
    return tf.clip_by_value(pastiche + share * (carried - pastiche), 0.0, 1.0)
