"""The style swap in a graph: a picture of any size painted level by level, coarse to fine.

`style_swap.stylize` has as many levels as Python counts; here a loop goes through them.
"""

import dataclasses
import os
from collections.abc import Callable

import keras
import tensorflow as tf

from tfstyle.image import scalars, tensors
from tfstyle.methods import style_scaling
from tfstyle.methods.style_swap import course, preparation, whitening
from tfstyle.methods.style_swap import swap as feature_swap
from tfstyle.methods.style_swap.config import Config
from tfstyle.methods.style_swap.painting import colors, haloes
from tfstyle.networks import inverse_net, vgg19, vgg19_weights

PLAIN = Config(whiten=False, levels=1, color_share=0.0)
"""The style swap of Chen and Schmidt (2016) as it stands."""

SERVED = {"decode": "inverse", "preserve_color": "none", "content_regions": None}
"""The settings that a graph has no others of."""

ANY_SIZE = tf.TensorShape([1, None, None, 3])


@dataclasses.dataclass(frozen=True)
class Painter:
    """What paints; images are `[1, height, width, 3]`, float32 in [0, 1]."""

    swap: feature_swap.FeatureSwap
    decoder: Callable[[tf.Tensor], tf.Tensor]
    config: Config

    def style_size(self, content: tf.Tensor, style: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the (height, width) that the style has at the finest level, float64."""
        longest = scalars.greatest(*_sides(content))
        return self._style_size(_sides(style), longest, longest)

    def _style_size(self, size, longest, full):
        own = scalars.greatest(*size)
        wanted = style_scaling.side(self.config, own, longest, full)
        return self.swap.grid.fit_style(size, wanted)

    def paint(self, content: tf.Tensor, style: tf.Tensor, strength: tf.Tensor) -> tf.Tensor:
        """Returns the content in the style.

        Args:
            content: of any size.
            style: of any size; smaller than a patch, it is enlarged.
            strength: a scalar from 0 to 1.
        """
        way = course.Formulas(_sides(content), tf.cast(strength, tf.float64), self.config)

        def level(number: tf.Tensor, here: tf.Tensor, painted: tf.Tensor):
            stage = way.stage(number)
            now = tensors.resize(content, _pixels(stage.size))
            query = preparation.carry_on(now, painted - here, _share(way.mixture))
            seen = self._style_at(style, scalars.greatest(*stage.size), way.longest)
            return number + 1, now, self._paint_level(query, seen, stage, way)

        _, _, painted = tf.while_loop(
            lambda number, *_: number < way.count,
            level,
            # Nothing has changed before the first level.
            (tf.constant(0.0, tf.float64), content, content),
            shape_invariants=(tf.TensorShape([]), ANY_SIZE, ANY_SIZE),
            # Levels at the same time would take memory at the same time.
            parallel_iterations=1,
        )
        of_style = whitening.statistics([style])
        even = haloes.take_out(painted, content, _share(way.halo_share))
        return colors.carry_colors(even, of_style, _share(way.color_share))

    def _style_at(
        self, style: tf.Tensor, longest: scalars.Scalar, full: scalars.Scalar
    ) -> tf.Tensor:
        return tensors.resize(style, _pixels(self._style_size(_sides(style), longest, full)))

    def _paint_level(
        self, query: tf.Tensor, style: tf.Tensor, stage: course.Stage, way: course.Formulas
    ) -> tf.Tensor:
        """Returns the query painted, in its size."""
        grid = self.swap.grid
        own, other = (self.swap.encode(grid.grow(images)) for images in (query, style))

        def target(with_patches: bool) -> tf.Tensor:
            bank = self.swap.bank([other], with_patches)
            patch_share, style_share = _share(stage.patch_share), _share(way.style_share)
            return self.swap.exchange(own, bank, patch_share, style_share)

        if self.config.whiten:
            has_patches = tf.convert_to_tensor(stage.patch_share > 0)
            features = tf.cond(has_patches, lambda: target(True), lambda: target(False))
        else:
            features = target(True)
        height, width = tf.unstack(tf.shape(query)[1:3])
        # The decoder paints whole positions of the layer: what was grown is cut off again.
        return tf.clip_by_value(self.decoder(features), 0.0, 1.0)[:, :height, :width]


def _sides(image: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns the image's height and width as numbers that formulas take."""
    height, width = tf.unstack(tf.cast(tf.shape(image)[1:3], tf.float64))
    return height, width


def _pixels(size: tuple[scalars.Scalar, scalars.Scalar]) -> tf.Tensor:
    return tf.cast(tf.stack(size), tf.int32)


def _share(value: scalars.Scalar) -> scalars.Scalar:
    """Returns a share as images and features take it; numbers stay numbers."""
    return tf.cast(value, tf.float32) if tf.is_tensor(value) else float(value)


def build(
    net: inverse_net.InverseNet,
    config: Config,
    vgg_weights: str | os.PathLike,
    features: keras.Model | None = None,
) -> Painter:
    """Returns what paints by an inverse network.

    Args:
        net: the inverse network; its layer, pooling, padding and precision go before the settings'.
        config: the settings.
        vgg_weights: see `vgg19_weights.load`.
        features: a model from image to features by layer name instead of VGG19.

    Raises:
        ValueError: the settings ask for what no graph does.
    """
    _check(config)
    features = features or vgg19.build(
        [net.layer],
        vgg19_weights.load(vgg_weights),
        pooling=net.pooling,
        padding=net.padding,
        precision=net.dtype_policy.compute_dtype,
    )
    config = dataclasses.replace(config, layer=net.layer, pooling=net.pooling, padding=net.padding)
    return Painter(feature_swap.FeatureSwap.by(features, config), net, config)


def _check(config: Config) -> None:
    for name, wanted in SERVED.items():
        asked = getattr(config, name)
        if asked != wanted:
            raise ValueError(
                f"{name} must be {wanted} for what is served. Received: {name}={asked}"
            )
