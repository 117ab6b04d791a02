"""What both ways to a picture begin with: the coarse levels, painted, and the finest's query."""

import dataclasses
import math
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from tfstyle import image
from tfstyle.image import color
from tfstyle.losses import objective, perceptual
from tfstyle.methods.style_swap import course, decoding, strips, whitening
from tfstyle.methods.style_swap.config import Config
from tfstyle.methods.style_swap.decoding import Decoder
from tfstyle.methods.style_swap.styles import blending
from tfstyle.methods.style_swap.swap import FeatureSwap, LevelBank


@dataclasses.dataclass(frozen=True)
class LevelPainter:
    """Paints the levels of a picture, by number."""

    blend: blending.Blend
    way: course.Course
    swap: FeatureSwap
    decoder: Decoder

    def target(self, grown: tf.Tensor, number: int) -> tf.Tensor:
        """Returns a level's features in the style, `[1, rows, columns, channels]`.

        Args:
            grown: what VGG19 sees: the query, mirrored to whole positions.
            number: the level's.
        """
        return self._in_style(self.swap.encode(grown), number)

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
            target = self._in_style(features, number)
            return np.clip(strips.decode(target, size, self.decoder), 0, 1)
        own = strips.statistics([grown], self.swap.encode)

        def paint_strip(seen: tf.Tensor) -> tf.Tensor:
            return self.decoder(self._in_style(self.swap.encode(seen), number, own))

        return np.clip(strips.paint(grown, paint_strip), 0, 1)

    def decode(self, target: tf.Tensor) -> np.ndarray:
        """Returns what the inverse network makes of features."""
        return np.clip(self.decoder(target), 0, 1)

    def _in_style(
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


@dataclasses.dataclass(frozen=True)
class Prepared:
    """A content whose coarse levels are painted, and what is needed to paint the finest."""

    content: np.ndarray
    """`[1, height, width, 3]`, at the result's size."""
    grown: tf.Tensor
    """What VGG19 sees at the finest level: mirrored to whole positions, grey where colours are
    kept."""
    painter: LevelPainter
    loss: objective.Objective
    weights: dict[str, str]
    """Names and digests of the networks that were used."""

    def target(self) -> tf.Tensor:
        """Returns the finest level's features in the style, `[1, rows, columns, channels]`."""
        return self.painter.target(self.grown, self._finest)

    def painted(self) -> np.ndarray:
        """Returns the finest level decoded, `[1, height, width, 3]`, as large as `grown`."""
        return self.painter.paint(self.grown, self._finest)

    def finish(self, pixels: np.ndarray, config: Config) -> np.ndarray:
        """Returns the pastiche: cut to its size, in the style's colours or the content's."""
        height, width = self.content.shape[1:3]
        cut, painter = pixels[:, :height, :width], self.painter
        pastiche = carry_colors(cut, painter.blend.colors(), painter.way.color_share)
        return color.restore(np.asarray(pastiche), self.content, config.preserve_color)

    @property
    def _finest(self) -> int:
        return len(self.painter.way.stages) - 1


def prepare(
    content: np.ndarray,
    styles: Sequence[blending.Part],
    config: Config,
    features: keras.Model | None = None,
    decoder: Decoder | None = None,
) -> Prepared:
    """Returns a content whose levels but the finest are painted.

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
    # What a model of the caller's own was prepared for is the caller's to keep.
    extractor = loss if features is None else None
    blend = blending.beside(content, styles, swap, config, extractor)
    # A style that was prepared for another size has its own number of levels.
    way = course.plan(content.shape[1:3], dataclasses.replace(config, levels=blend.levels))
    painter = LevelPainter(blend, way, swap, network)
    seen = color.prepare_content(content, config.preserve_color)
    return Prepared(content, _refine(seen, painter), painter, loss, vgg_used | inverse_used)


def _refine(content: np.ndarray, painter: LevelPainter) -> tf.Tensor:
    """Returns what VGG19 sees at the finest level, those before it painted.

    The query of a level is the content with a share of what the last level changed:
    content + mixture * enlarged(pastiche - content). It keeps the content's finest band.
    Reference: Kolkin et al. (2022), section 3.4.
    """
    change, stages = None, painter.way.stages
    for number, (height, width) in enumerate(stage.size for stage in stages):
        here = tf.constant(image.resize(content, (height, width)))
        query = here if change is None else carry_on(here, change, painter.way.mixture)
        grown = painter.swap.grid.grow(query)
        if number < len(stages) - 1:
            change = painter.paint(grown, number)[:, :height, :width] - here
    return grown


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
