"""The levels of a picture, painted from features to pixels."""

import dataclasses
import math

import numpy as np
import tensorflow as tf

from tfstyle.methods.style_swap import course, strips, whitening
from tfstyle.methods.style_swap.decoding import Decoder
from tfstyle.methods.style_swap.painting import colors
from tfstyle.methods.style_swap.styles import blending
from tfstyle.methods.style_swap.styles.blend import Blend
from tfstyle.methods.style_swap.swap import FeatureSwap, LevelBank


@dataclasses.dataclass(frozen=True)
class LevelPainter:
    """Paints the levels of a picture, by number."""

    blend: Blend
    way: course.Course
    swap: FeatureSwap
    decoder: Decoder

    def target(self, grown: tf.Tensor, number: int) -> tf.Tensor:
        """Returns a level's features in the style, `[1, rows, columns, channels]`.

        Args:
            grown: what VGG19 sees: the query, mirrored to whole positions.
            number: the level's.
        """
        return self.in_style(self.swap.encode(grown), number)

    def paint(self, grown: tf.Tensor, number: int) -> np.ndarray:
        """Returns a level decoded: float32, of the shape of what VGG19 sees."""
        levels, size = self._levels(number), grown.shape[1:3]
        is_plain = levels[0].statistics is None
        if math.prod(size) <= strips.STRIP_PIXELS or is_plain:
            return self.decode(self.target(grown, number))
        # Patches are compared across the whole picture.
        has_patches = any(level.patches is not None for level in levels)
        if math.prod(size) <= strips.KEPT_PIXELS or has_patches:
            features = strips.features(grown, self.swap.encode)
            target = self.in_style(features, number)
            return np.clip(strips.decode(target, size, self.decoder), 0, 1)
        return np.clip(self._paint_by_strips(grown, number), 0, 1)

    def decode(self, target: tf.Tensor) -> np.ndarray:
        """Returns what the inverse network makes of features."""
        return np.clip(self.decoder(target), 0, 1)

    def carry_colors(self, pastiche: tf.Tensor) -> tf.Tensor:
        """Returns the finished picture with the style's colours, `[1, height, width, 3]`."""
        return colors.carry_colors(pastiche, self.blend.colors(), self.way.color_share)

    def _paint_by_strips(self, grown: tf.Tensor, number: int) -> np.ndarray:
        own = strips.statistics([grown], self.swap.encode)

        def paint_strip(seen: tf.Tensor) -> tf.Tensor:
            return self.decoder(self.in_style(self.swap.encode(seen), number, own))

        return strips.paint(grown, paint_strip)

    def in_style(
        self, features: tf.Tensor, number: int, own: whitening.Statistics | None = None
    ) -> tf.Tensor:
        """Returns features in each style, blended; `own` where they are not all of the picture."""
        share, style_share, levels = (
            self.way.stages[number].patch_share,
            self.way.style_share,
            self._levels(number),
        )
        blending.check_channels(features.shape[-1], levels)
        return self.blend.mix(
            [self.swap.exchange(features, each, share, style_share, own) for each in levels]
        )

    def _levels(self, number: int) -> list[LevelBank]:
        """Returns what a level takes from each style, patches only where they have a share."""
        levels = self.blend.at(number)
        if levels[0].statistics is None or self.way.stages[number].patch_share:
            return levels
        return [LevelBank(None, level.statistics) for level in levels]
