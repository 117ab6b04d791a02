"""What both ways to a picture begin with: the content's features, exchanged for the styles'."""

import dataclasses

import keras
import numpy as np
import tensorflow as tf

from tfstyle.image import color
from tfstyle.losses import objective, perceptual
from tfstyle.methods.style_swap import decoding, style_bank
from tfstyle.methods.style_swap.config import Config
from tfstyle.methods.style_swap.decoding import Decoder
from tfstyle.methods.style_swap.swap import FeatureSwap


@dataclasses.dataclass(frozen=True)
class Swapped:
    """A content whose features are swapped, and what is needed to make a picture of them."""

    content: np.ndarray
    """`[1, height, width, 3]`, at the result's size."""
    grown: tf.Tensor
    """The content as VGG19 saw it: mirrored to whole positions, grey where colours are kept."""
    target: tf.Tensor
    """`[1, rows, columns, channels]`: the swapped features."""
    loss: objective.Objective
    decoder: Decoder | None
    """None where the optimisation begins at the content."""
    weights: dict[str, str]
    """Names and digests of the networks that were used."""

    def decoded(self) -> np.ndarray:
        """Returns what the inverse network makes of the features; without one, the content.

        `[1, height, width, 3]`, of the grown content's size, in [0, 1].
        """
        if self.decoder is None:
            return self.grown.numpy()
        return np.clip(self.decoder(self.target), 0, 1)

    def finish(self, pixels: np.ndarray, config: Config) -> np.ndarray:
        """Returns the pastiche: what was mirrored is cut off, colours are kept if asked for."""
        height, width = self.content.shape[1:3]
        return color.restore(pixels[:, :height, :width], self.content, config.preserve_color)


def swap_features(
    content: np.ndarray,
    styles: style_bank.Styles,
    config: Config,
    features: keras.Model | None = None,
    decoder: Decoder | None = None,
) -> Swapped:
    """Returns a content with every patch of its features exchanged for the nearest of a style's.

    Args:
        content: `[1, height, width, 3]`, at the result's size.
        styles: to take patches from.
        config: the settings.
        features: a model from image to features by layer name instead of VGG19.
        decoder: from features to an image, instead of the settings' inverse network.
    """
    # Before the swap, which takes long: a network that does not fit is refused at once.
    network, inverse_used = decoding.find(config, decoder)
    loss, vgg_used = perceptual.build(config, features)
    swap = FeatureSwap.of(loss, config)
    grown = swap.grid.grow(color.prepare_content(content, config.preserve_color))
    bank = style_bank.patches_beside(content, styles, swap, config)
    return Swapped(
        content=content,
        grown=grown,
        target=swap.swap(grown, bank),
        loss=loss,
        decoder=network,
        weights=vgg_used | inverse_used,
    )
