"""A picture of any size in one pass and in bounded memory: the same network, strip by strip.

Every layer sees a strip together with the rows around it that its kernel reaches, and every
norm has the mean and variance of the whole image, so there is no seam: the result is that of the
whole image at once. Features of the image's own size are computed anew for each use. Of the smaller
sizes what is convolved is kept, and after an addition what is finished.
"""

import dataclasses
from collections.abc import Callable, Iterator, Sequence

import keras
import numpy as np
import tensorflow as tf

from tfstyle.networks.layers import convolutions, grain, mirror, norms
from tfstyle.networks.stylizers import stages, transform_net
from tfstyle.networks.stylizers.family import AnyStylizer
from tfstyle.networks.stylizers.styled import Style

WHOLE_PIXELS = 4_000_000
"""Up to so many, an image is better painted at once: in half the time, with about 550 bytes a pixel
in float32. In strips it is 150, measured at a width of 32 channels."""

STRIP_PIXELS = 2**18
"""Pixels of the image in one strip: more takes memory and saves no time."""

LOWEST = 16
"""Rows of a strip, however wide: of a lower one, the neighbouring rows would be the most."""


@dataclasses.dataclass(frozen=True)
class Features:
    """What a layer makes of the whole image, of which any rows can be had."""

    height: int
    rows: Callable[[int, int], tf.Tensor]
    """From one row up to another, `[1, rows, width, channels]`."""

    def then(self, function: Callable[..., tf.Tensor], *beside: "Features") -> "Features":
        """Returns what a function of each position makes of these features and those beside."""
        return Features(
            self.height,
            lambda *ends: function(self.rows(*ends), *(other.rows(*ends) for other in beside)),
        )


def paint(
    stylizer: AnyStylizer,
    image: np.ndarray,
    style: Style = None,
    strip_rows: int | None = None,
    grained: bool = True,
) -> np.ndarray:
    """Returns the image painted, as `stylizer(image, style=style)` does.

    Args:
        stylizer: the network.
        image: `[1, height, width, 3]`, in [0, 1].
        style: a name, or shares by name.
        strip_rows: how many rows are computed at once; by default few enough for any memory.
        grained: as the stylizer takes it.

    Returns:
        `[1, height, width, 3]`, float32 in [0, 1].
    """
    width = image.shape[2]
    net, style = stylizer.single(style)
    deviation = net.architecture.grain if grained else 0.0
    grown, rows = _grown(image), net.rows(style)
    strips = _StripRunner(
        height=grown.height,
        strip_rows=strip_rows or max(STRIP_PIXELS // width, LOWEST),
        shares=rows,
    )
    centred = _grown(image, deviation).then(net.net.get_layer("centred"))
    painted = stages.run_blocks(net.blocks, centred, strips.run)
    finished = painted.then(
        lambda pastiche, photograph: net.over_photograph(pastiche, photograph, rows), grown
    )
    clipped = finished.then(lambda pastiche: tf.clip_by_value(pastiche[:, :, :width], 0.0, 1.0))
    return strips.compute(clipped, np.empty(image.shape, np.float32))


def _grown(image: np.ndarray, deviation: float = 0.0) -> Features:
    """Returns the image with the mirrored rows and columns more that the net's strides need.

    Args:
        image: `[1, height, width, 3]`.
        deviation: that of the grain which is added to it.
    """
    height, width = image.shape[1:3]
    rows = mirror.mirrored(transform_net.fitting(height), height).numpy()
    columns = mirror.mirrored(transform_net.fitting(width), width).numpy()

    def grown(top: int, bottom: int) -> np.ndarray:
        pixels = image[:, rows[top:bottom]][:, :, columns]
        return pixels + deviation * grain.at(rows[top:bottom], columns) if deviation else pixels

    return Features(len(rows), grown)


@dataclasses.dataclass(frozen=True)
class _StripRunner:
    """Runs stages strip by strip."""

    height: int
    strip_rows: int
    shares: tf.Tensor

    def run(self, stage: stages.Stage, given: Features, *beside: Features) -> Features:
        """Returns the stage's features: convolved, measured, and finished as they are used."""
        convolved = _convolve(stage.convolve, given)
        if stage.modulate is None:
            return convolved.then(stage.finish)
        # The image's own size: computed anew for each use, as keeping them is what takes memory.
        if convolved.height == self.height:
            moments = self._measure(convolved) if stage.measures else None
            return convolved.then(self._ending(stage.modulate, stage.finish, moments), *beside)
        kept, moments = self._kept(convolved, stage.measures)
        finished = _from(kept).then(self._ending(stage.modulate, stage.finish, moments), *beside)
        # In place, as each position depends on itself alone from here on. Otherwise each block
        # would finish those before it anew. A stage that adds nothing is used twice at most.
        return _from(self.compute(finished, kept)) if beside else finished

    def _ending(
        self,
        modulate: norms.ConditionalAffine,
        finish: keras.layers.Layer,
        moments: norms.Moments | None,
    ) -> Callable[..., tf.Tensor]:
        """Returns what a stage does with each position, given the whole image's moments."""
        whole = {"moments": moments} if moments else {}

        def end(features: tf.Tensor, *others: tf.Tensor) -> tf.Tensor:
            modulated = modulate(features, self.shares, **whole)
            return finish([modulated, *others] if others else modulated)

        return end

    def _kept(self, features: Features, measures: bool) -> tuple[np.ndarray, norms.Moments | None]:
        """Returns all rows, and the whole image's moments where they are wanted."""
        of_strips: list[norms.Moments] = []

        def rows(top: int, bottom: int) -> tf.Tensor:
            strip = features.rows(top, bottom)
            # While it is at hand: to read it once more takes time.
            if measures:
                of_strips.append(norms.moments(strip))
            return strip

        kept = self.compute(Features(features.height, rows))
        return kept, self._of_whole(of_strips, features.height) if measures else None

    def _measure(self, features: Features) -> norms.Moments:
        """Returns the whole image's moments."""
        strips = self._strips(features.height)
        of_strips = [norms.moments(features.rows(*strip)) for strip in strips]
        return self._of_whole(of_strips, features.height)

    def _of_whole(self, of_strips: Sequence[norms.Moments], height: int) -> norms.Moments:
        """Returns the whole image's moments from those of its strips, each with its share.

        mean = sum_s p_s mean_s; variance = sum_s p_s (variance_s + (mean_s - mean)^2).
        Reference: Chan et al. (1979).
        """
        # In float64: the strips' means are close, and their differences are what counts.
        means, variances = np.moveaxis(np.array(of_strips, np.float64), 1, 0)
        parts = np.array([bottom - top for top, bottom in self._strips(height)]) / height
        mean = parts @ means
        variance = parts @ (variances + (means - mean) ** 2)
        return tf.constant(mean, tf.float32), tf.constant(variance, tf.float32)

    def compute(self, features: Features, into: np.ndarray | None = None) -> np.ndarray:
        """Returns all rows, in `into` where it is given; the features may be made of it.

        Each strip is asked for once, from the top down.
        """
        height = features.height if into is None else into.shape[1]
        first, *others = self._strips(height)
        rows = np.asarray(features.rows(*first))
        if into is None:
            into = np.empty([1, height, *rows.shape[2:]], rows.dtype)
        into[:, : first[1]] = rows
        for top, bottom in others:
            into[:, top:bottom] = np.asarray(features.rows(top, bottom))
        return into

    def _strips(self, height: int) -> Iterator[tuple[int, int]]:
        for top in range(0, height, self.strip_rows):
            yield top, min(top + self.strip_rows, height)


def _from(kept: np.ndarray) -> Features:
    return Features(kept.shape[1], lambda top, bottom: tf.constant(kept[:, top:bottom]))


def _convolve(layer: convolutions.ReflectConv2D, given: Features) -> Features:
    """Returns the convolved features, of whose rows each takes those that the kernel reaches."""
    times, stride = layer.enlarge, layer.strides[0]

    def rows(top: int, bottom: int) -> tf.Tensor:
        first = top * stride // times - layer.reach
        last = -(-bottom * stride // times) + layer.reach
        above, below = max(0, -first), max(0, last - given.height)
        outputs = layer(given.rows(first + above, last - below), above=above, below=below)
        # Rows that repeat the same one may begin before the strip does.
        skipped = top % times
        return outputs[:, skipped : skipped + bottom - top]

    return Features(given.height * times // stride, rows)
