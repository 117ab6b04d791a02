"""From images to swapped features, of any sizes: what `style_swap` does and what is served."""

import dataclasses
from collections.abc import Callable, Sequence

import tensorflow as tf

from tfstyle import encoder, layers, patches


@dataclasses.dataclass(frozen=True)
class Swapper:
    """The arithmetic of Chen and Schmidt (2016), eagerly or in a graph, but for the decoding."""

    encode: Callable[[tf.Tensor], tf.Tensor]
    """From images `[batch, height, width, 3]` to their features at the layer."""
    layer: str
    """By Keras's name."""
    patch_size: int = 3
    patch_stride: int = 1
    num_swaps: int = 1
    strength: float = 1.0
    score_bytes: int = patches.SCORE_BYTES

    @property
    def pixels(self) -> int:
        """How many pixels a position of the layer is wide and high."""
        return encoder.stride(self.layer)

    @property
    def smallest_side(self) -> int:
        """How many pixels a side must have for one patch."""
        return self.patch_size * self.pixels

    def prepare(self, styles: Sequence[tf.Tensor]) -> patches.StyleBank:
        """Returns the patches of style images `[1, height, width, 3]`, one patch large at least."""
        maps = [self.encode(style) for style in styles]
        return patches.prepare(maps, self.patch_size, self.patch_stride)

    def swap(self, contents: tf.Tensor, bank: patches.StyleBank) -> tf.Tensor:
        """Returns strength * swapped + (1 - strength) * own features, in the features' type.

        Args:
            contents: `[batch, height, width, 3]`, as `grow` returns them.
            bank: the style's patches.
        """
        own = swapped = self.encode(contents)
        for _ in range(self.num_swaps):
            swapped = tf.cast(patches.swap(swapped, bank, self.score_bytes), own.dtype)
        strength = tf.cast(self.strength, own.dtype)
        return strength * swapped + (1 - strength) * own

    def grow(self, contents: tf.Tensor) -> tf.Tensor:
        """Returns the images with mirrored pixels more, so that each belongs to a position."""
        height, width = tf.unstack(tf.shape(contents)[1:3])
        return layers.mirror_to(contents, self.covering(height), self.covering(width))

    def covering(self, side: tf.Tensor | int) -> tf.Tensor:
        """Returns the next side that is of whole positions, and enough of them for a patch."""
        positions = (side + self.pixels - 1) // self.pixels
        return tf.maximum(positions, self.patch_size) * self.pixels
