"""Random square crops of the style images, which are few and stay in memory."""

import functools
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from tfstyle import image
from tfstyle.training import photographs


class StyleCrops:
    """Square crops by number: another one for every number, and the same one again."""

    def __init__(self, styles: Sequence[np.ndarray], longest_side: int, crop: int, seed: int):
        """Takes the style images, `[1, height, width, 3]` in [0, 1], and how they are cut.

        Args:
            styles: whatever their sizes.
            longest_side: what they are fitted to beforehand; more where that is too narrow.
            crop: the squares' side in pixels.
            seed: of the choice, the squares and the flips.
        """
        self._crop, self._seed = crop, seed
        self._styles = [tf.constant(_fitted(style, longest_side, crop)[0]) for style in styles]

    def at(self, numbers: tf.Tensor) -> tf.Tensor:
        """Returns the squares with these numbers, half of them flipped.

        Args:
            numbers: `[batch]`, int64.

        Returns:
            `[batch, crop, crop, 3]`, float32.
        """
        square = tf.TensorSpec([self._crop, self._crop, 3], tf.float32)
        return tf.map_fn(self._at, numbers, fn_output_signature=square)

    def middles(self, count: int) -> tf.Tensor:
        """Returns the middles of the first `count` styles, or of all, as `at` does squares."""
        side = self._crop
        middles = [
            tf.image.resize_with_crop_or_pad(one, side, side) for one in self._styles[:count]
        ]
        return tf.stack(middles)

    def _at(self, number: tf.Tensor) -> tf.Tensor:
        seed = tf.stack([tf.constant(self._seed, tf.int64), number])
        # One seed for all three would have each style cut at places of its own.
        of_choice, of_place, of_flip = tf.unstack(tf.random.split(seed, 3))
        count = len(self._styles)
        chosen = tf.random.stateless_uniform([], of_choice, 0, count, tf.int32)
        # A branch for each style: their sizes differ, so that no tensor holds them all.
        cuts = [functools.partial(self._cut, one, of_place) for one in self._styles]
        return tf.image.stateless_random_flip_left_right(tf.switch_case(chosen, cuts), of_flip)

    def _cut(self, style: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        return tf.image.stateless_random_crop(style, [self._crop, self._crop, 3], seed)


def _fitted(style: np.ndarray, longest_side: int, crop: int) -> np.ndarray:
    height, width = style.shape[1:3]
    return image.resize(style, photographs.fitted_size(height, width, longest_side, crop))
