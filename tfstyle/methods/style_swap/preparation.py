"""What both ways to a picture begin with: the coarse levels, painted, and the finest's query."""

import dataclasses
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from tfstyle import image
from tfstyle.image import color
from tfstyle.losses import objective, perceptual
from tfstyle.methods.style_swap import course, decoding
from tfstyle.methods.style_swap.config import Config
from tfstyle.methods.style_swap.decoding import Decoder
from tfstyle.methods.style_swap.painting import haloes
from tfstyle.methods.style_swap.painting import regions as region_painting
from tfstyle.methods.style_swap.painting.levels import LevelPainter
from tfstyle.methods.style_swap.styles import blending
from tfstyle.methods.style_swap.swap import FeatureSwap
from tfstyle.regions.matching import Regions


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
        painted = tf.constant(pixels[:, :height, :width])
        even = haloes.take_out(painted, tf.constant(self.content), self.painter.way.halo_share)
        pastiche = self.painter.carry_colors(even)
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
    regions: Regions | None = None,
) -> Prepared:
    """Returns a content whose levels but the finest are painted.

    Args:
        content: `[1, height, width, 3]`, at the result's size.
        styles: to take patches and statistics from.
        config: the settings.
        features: a model from image to features by layer name instead of VGG19.
        decoder: from features to an image, instead of the settings' inverse network.
        regions: those of the content that the styles are for; None has them everywhere.
    """
    # Before the swap, which takes long: a network that does not fit is refused at once.
    network, inverse_used = decoding.find(config, content.shape[1:3], decoder)
    # Without the maps' names: the pictures of a folder share what is built.
    unmapped = dataclasses.replace(config, content_regions=None, style_regions=None)
    loss, vgg_used = perceptual.build(unmapped, features)
    swap = FeatureSwap.of(loss, config)
    # What a model of the caller's own was prepared for is the caller's to keep.
    extractor = loss if features is None else None
    blend = blending.beside(content, styles, swap, config, extractor)
    # A style that was prepared for another size has its own number of levels.
    way = course.plan(content.shape[1:3], dataclasses.replace(config, levels=blend.levels))
    painter = LevelPainter(blend, way, swap, network)
    if regions is not None:
        painter = region_painting.of(painter, styles, regions.content)
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
