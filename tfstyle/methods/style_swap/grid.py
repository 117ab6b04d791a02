"""How patches lie on pictures, and the sizes that they ask for."""

import dataclasses

import numpy as np
import tensorflow as tf

from tfstyle.image import scalars
from tfstyle.image.scalars import Scalar
from tfstyle.methods.style_swap.config import Config, swapped_layer
from tfstyle.networks import vgg19_layers
from tfstyle.networks.layers import mirror
from tfstyle.regions import layers

FEWEST = 2
"""Positions a side that mirrored borders need."""


@dataclasses.dataclass(frozen=True)
class Grid:
    """How patches lie on pictures."""

    layer: str
    """By Keras's name."""
    patch_size: int = 3
    """In positions of the layer, as `patch_stride` is."""
    patch_stride: int = 1

    @classmethod
    def of(cls, config: Config) -> "Grid":
        """Returns what the settings ask for."""
        return cls(swapped_layer(config), config.patch_size, config.patch_stride)

    @property
    def smallest_side(self) -> int:
        """How many pixels a side must have."""
        return max(self.patch_size, FEWEST) * vgg19_layers.stride(self.layer)

    def style_size(self, size: tuple[int, int], longest: int) -> tuple[int, int]:
        """Returns a style's (height, width) at that longest side, or larger for one patch.

        Raises:
            ValueError: the style itself, (height, width) in pixels, is smaller than a patch.
        """
        height, width = size
        least = self.smallest_side
        if min(size) < least:
            raise ValueError(
                f"style must be at least {least} pixels wide and high, for one patch. "
                f"Received: {width}x{height}"
            )
        return self.fit_style(size, longest)

    def fit_style(self, size: tuple[Scalar, Scalar], longest: Scalar) -> tuple[Scalar, Scalar]:
        """Returns `style_size` by numbers or tensors; smaller than a patch, a style is enlarged."""
        # The longest side at which the shorter one still holds a patch.
        enough = scalars.ceiling(
            self.smallest_side * scalars.greatest(*size) / scalars.least(*size)
        )
        return scalars.fit(*size, scalars.greatest(longest, enough))

    @property
    def channels(self) -> int:
        """How many VGG19 has at the layer."""
        return vgg19_layers.CHANNELS[vgg19_layers.LAYERS.index(self.layer)]

    @property
    def pixels(self) -> int:
        """How many pixels a position has."""
        return vgg19_layers.stride(self.layer) ** 2

    def patch_bytes(self, precision: str) -> float:
        """Returns what a style's patches take for each of its pixels."""
        # 1 / (patch_stride * stride)^2 patches a pixel, of patch_size^2 positions each.
        positions = self.patch_size / (self.patch_stride * vgg19_layers.stride(self.layer))
        return tf.as_dtype(precision).size * self.channels * positions**2

    def covering(self, side: tf.Tensor | int) -> tf.Tensor:
        """Returns the next side in pixels that is of whole positions, and enough of them."""
        pixels = vgg19_layers.stride(self.layer)
        # Rounded up: pooling would drop the pixels of a position that is not whole.
        return tf.maximum((side + pixels - 1) // pixels * pixels, self.smallest_side)

    def grow(self, images: tf.Tensor) -> tf.Tensor:
        """Returns the images with mirrored pixels more, so that each belongs to a position."""
        height, width = tf.unstack(tf.shape(images)[1:3])
        return mirror.mirror_to(images, self.covering(height), self.covering(width))

    def cover(self, masks: np.ndarray, size: tuple[int, int]) -> tf.Tensor:
        """Returns how much of each position masks cover, `[masks, rows, columns]`, from 0 to 1.

        Args:
            masks: `[masks, height, width]`, from 0 to 1, at any size.
            size: the picture's here, (height, width) in pixels, before it is grown.
        """
        pixels = vgg19_layers.stride(self.layer)
        # [1, height, width, masks]: as an image of so many channels.
        channels = np.moveaxis(layers.resize(masks, size), 0, -1)[np.newaxis]
        positions = tf.nn.avg_pool2d(self.grow(channels), pixels, pixels, "VALID")
        return tf.transpose(positions[0], [2, 0, 1])

    def spread(self, shares: tf.Tensor, size: tuple[int, int]) -> tf.Tensor:
        """Returns values of positions at each pixel of a picture, blended from one to the next.

        Args:
            shares: `[number, rows, columns]`.
            size: of the picture, (height, width) in pixels, before it is grown.

        Returns:
            `[number, height, width]`.
        """
        pixels, (height, width) = vgg19_layers.stride(self.layer), size
        grown = [side * pixels for side in shares.shape[1:]]
        return tf.image.resize(shares[..., tf.newaxis], grown)[:, :height, :width, 0]
