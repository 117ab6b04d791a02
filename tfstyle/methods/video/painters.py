"""What paints one frame of a clip after another: in one pass, or by optimisation."""

import abc
import dataclasses
import functools
import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from tfstyle import image
from tfstyle.image import tensors
from tfstyle.methods.feed_forward import method as feed_forward
from tfstyle.methods.gatys import method as gatys
from tfstyle.methods.style_swap import method as style_swap
from tfstyle.methods.style_swap.style_bank import StyleBank
from tfstyle.methods.style_swap.styles import blending
from tfstyle.methods.video import temporal
from tfstyle.methods.video.config import Config, GatysConfig
from tfstyle.networks.stylizers import family, strips, styled, transform_net
from tfstyle.regions.matching import Regions

PaintFrame = Callable[[np.ndarray, Regions | None], np.ndarray | tf.Tensor]
"""From a frame `[height, width, 3]`, uint8, and its regions, None for none, to its pastiche
`[1, height, width, 3]`, float32."""


class Painter(abc.ABC):
    """Paints frames in order; it remembers what the next one needs, and nothing else."""

    def __init__(self, config: Config, size: int | None, preset: str):
        """Begins with nothing seen.

        Args:
            config: the settings of the clip.
            size: the longest side that frames are fitted to, in pixels; None leaves them.
            preset: how thoroughly the flow is searched; see `flow.estimate`.
        """
        self.memory = temporal.Memory(config.reach, config.cut, preset)
        self._longest = size

    def paint(self, frame: np.ndarray, regions: Regions | None = None) -> np.ndarray:
        """Returns the next frame's pastiche; both `[height, width, 3]`, uint8."""
        frame = self.fit(frame)
        return self.finish(frame, self.prepare(frame, regions))

    def fit(self, frame: np.ndarray) -> np.ndarray:
        """Returns the frame at the size that it is painted at, as the other methods take it.

        Raises:
            ValueError: it is not `[height, width, 3]`, uint8.
        """
        if np.ndim(frame) != 3 or frame.shape[2] != 3 or frame.dtype != np.uint8:
            raise ValueError(
                "a frame must be [height, width, 3], uint8. "
                f"Received: shape={np.shape(frame)}, dtype={np.asarray(frame).dtype}"
            )
        height, width = frame.shape[:2]
        if self._longest is None or image.fit_size(height, width, self._longest) == (height, width):
            return frame
        return image.to_bytes(image.fit(image.as_image(frame, "frame"), self._longest)[0])

    @abc.abstractmethod
    def prepare(self, frame: np.ndarray, regions: Regions | None = None) -> Any:
        """Returns what can be had of a fitted frame without those before it; from any thread.

        Args:
            frame: `[height, width, 3]`, uint8.
            regions: which part of it is painted like which parts of the styles; None has none but
                those that the method's settings name.
        """

    @abc.abstractmethod
    def finish(self, frame: np.ndarray, prepared: Any) -> np.ndarray:
        """Returns the next fitted frame's pastiche from what `prepare` returned."""


class OnePass(Painter):
    """Paints each frame by itself, and blends the last pastiche in where the flow is trusted."""

    def __init__(self, paint: PaintFrame, config: Config, size: int | None):
        """Takes what paints one frame by itself; the rest as of `Painter`."""
        # A network's pastiches differ by little from frame to frame: a rough flow is enough, and
        # the search must not take longer than the painting.
        super().__init__(config, size, preset="fast")
        self._paint, self._weight = paint, config.stabilize

    def prepare(self, frame: np.ndarray, regions: Regions | None = None) -> np.ndarray | tf.Tensor:
        """Returns the pastiche that the frame has by itself."""
        return self._paint(frame, regions)

    def finish(self, frame: np.ndarray, prepared: np.ndarray | tf.Tensor) -> np.ndarray:
        """Returns that pastiche, the last one blended in."""
        if self._weight == 0:
            return _to_bytes(prepared).numpy()
        held = self.memory.hold(frame)
        # Differs from Chen et al. (2017), who blend features by a network trained for it: pastiches
        # are blended, and no network is trained anew.
        steady = prepared if held is None else held.over(np.asarray(prepared), self._weight)
        pastiche = _to_bytes(steady).numpy()
        self.memory.remember(frame, pastiche)
        return pastiche


class Optimizer(Painter):
    """Optimises each frame's pixels, held to the pastiches of those before it."""

    def __init__(self, styles: Sequence[np.ndarray], config: Config, method: GatysConfig):
        """Takes the style pictures, the settings of the clip and those of the optimisation."""
        super().__init__(config, method.size, preset="medium")
        self._styles, self._first = styles, method
        # The warped pastiche, where such a frame starts, is painted already: coarser sizes would
        # only lose it.
        self._later = dataclasses.replace(method, steps=method.frame_steps, levels="1")

    def prepare(self, frame: np.ndarray, regions: Regions | None = None) -> Regions | None:
        """Returns the regions alone: a frame cannot be begun before the last one is painted."""
        return regions

    def finish(self, frame: np.ndarray, prepared: Regions | None) -> np.ndarray:
        """Returns the pastiche that the optimisation finds."""
        held = self.memory.hold(frame)
        if held is None:
            result = gatys.stylize(frame, self._styles, self._first, regions=prepared)
        else:
            weight = self._later.temporal_weight
            result = gatys.stylize(
                frame,
                self._styles,
                self._later,
                held=held,
                temporal_weight=weight,
                regions=prepared,
            )
        pastiche = _to_bytes(result.image).numpy()
        self.memory.remember(frame, pastiche)
        return pastiche


def by_network(style: styled.Style, method: feed_forward.Config) -> PaintFrame:
    """Returns what paints a frame by a trained network."""
    stylizer = feed_forward.load(os.fspath(method.model), method.precision)
    wanted = stylizer.shares(stylizer.at_strength(style, method.strength))
    net, shares = _single(stylizer, tuple(wanted.numpy()[0].tolist()))
    whole = _whole(net)

    def paint(frame: np.ndarray, regions: Regions | None = None) -> np.ndarray | tf.Tensor:
        if regions is not None:
            raise ValueError(
                "regions must be None for a trained network, which paints whole frames; gatys and "
                f"style_swap have regions. Received: regions={', '.join(regions.names)}"
            )
        if frame.shape[0] * frame.shape[1] <= strips.WHOLE_PIXELS:
            return whole(frame[np.newaxis], shares)
        image = tensors.from_bytes(frame[np.newaxis]).numpy()
        return strips.paint(net, image, shares, grained=False)

    return paint


# The next clip in the same style has the last one's net, and its graph.
@functools.lru_cache(maxsize=1)
def _single(
    stylizer: family.AnyStylizer, shares: tuple[float, ...]
) -> tuple[transform_net.Stylizer, tf.Tensor]:
    net, style = stylizer.single(tf.constant(shares))
    return net, net.shares(style)


# Tracing costs more than many frames: the next clip has the last one's graph, as it has its
# network.
@functools.lru_cache(maxsize=1)
def _whole(stylizer: family.AnyStylizer) -> Callable[[np.ndarray, tf.Tensor], tf.Tensor]:
    """Returns what paints a frame `[1, height, width, 3]`, uint8, in one go, by styles' shares."""

    def paint(frames: tf.Tensor, shares: tf.Tensor) -> tf.Tensor:
        # Grain lies still in the frame, and so would its strokes when what is seen moves.
        return stylizer(tensors.from_bytes(frames), style=shares, grained=False)

    # One graph for frames of any size, in any of the network's styles.
    frames = tf.TensorSpec([1, None, None, 3], tf.uint8)
    shares = tf.TensorSpec([1, len(stylizer.styles)], tf.float32)
    return tf.function(paint, input_signature=[frames, shares])


def by_style_swap(styles: Any, method: style_swap.Config) -> PaintFrame:
    """Returns what paints a frame by patches; the style is prepared at the first frame's size."""

    @functools.cache
    def prepared(longest: int) -> style_swap.Styles:
        # Where colours are kept, each frame asks for a style in colours of its own.
        if method.preserve_color != "none" or method.content_regions is not None:
            return styles
        alone = dataclasses.replace(method, size=method.size or longest, style_blend=None)
        if method.style_blend is None:
            return _prepared(styles, alone)
        return [_prepared(each, alone) for each in blending.as_list(styles)]

    def paint(frame: np.ndarray, regions: Regions | None = None) -> np.ndarray:
        if regions is None:
            return style_swap.stylize(frame, prepared(max(frame.shape[:2])), method).image
        # The last preparation by regions is kept from frame to frame.
        return style_swap.stylize(frame, styles, method, regions=regions).image

    return paint


def _prepared(styles: Any, method: style_swap.Config) -> Any:
    """Returns styles prepared, where they are not."""
    if any(isinstance(each, StyleBank) for each in blending.as_list(styles)):
        return styles
    return style_swap.prepare(styles, method)


@tf.function(input_signature=[tf.TensorSpec([1, None, None, 3], tf.float32)])
def _to_bytes(pastiches: tf.Tensor) -> tf.Tensor:
    """Returns the one picture in `[0, 1]` as `[height, width, 3]`, uint8, rounded."""
    return tensors.to_bytes(tf.clip_by_value(pastiches[0], 0, 1))
