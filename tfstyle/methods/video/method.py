"""A clip painted frame after frame, by any of the methods, so that it does not flicker."""

import abc
import dataclasses
import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from tfstyle import image
from tfstyle.image import tensors
from tfstyle.methods import feed_forward, gatys, style_swap
from tfstyle.methods.video import temporal
from tfstyle.methods.video.config import Config, GatysConfig, Method, _HeldConfig
from tfstyle.networks import strips, transform_net


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

    def paint(self, frame: np.ndarray) -> np.ndarray:
        """Returns the next frame's pastiche; both `[height, width, 3]`, uint8."""
        frame = self.fit(frame)
        return self.finish(frame, self.prepare(frame))

    def fit(self, frame: np.ndarray) -> np.ndarray:
        """Returns the frame at the size that it is painted at, as the other methods take it."""
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
    def prepare(self, frame: np.ndarray) -> Any:
        """Returns what can be had of a fitted frame without those before it; from any thread."""

    @abc.abstractmethod
    def finish(self, frame: np.ndarray, prepared: Any) -> np.ndarray:
        """Returns the next fitted frame's pastiche from what `prepare` returned."""


def stylize(
    frames: Iterable[np.ndarray],
    styles: Any,
    config: Config = Config(),  # noqa: B008 (frozen)
    method: Method = feed_forward.Config(),  # noqa: B008 (frozen)
) -> Iterator[np.ndarray]:
    """Yields each frame's pastiche, in order, as soon as it is painted.

    References: Ruder et al. (2016), "Artistic style transfer for videos", for the optimisation.
    For the methods of one pass, the warped last pastiche is blended in where the flow is trusted,
    without training, as Chen et al. (2017), "Coherent online video style transfer", blend features.

    Args:
        frames: each `[height, width, 3]`, uint8, all of one size; fitted to the method's `size`.
        styles: what the method takes: a style's name or shares, or pictures.
        config: the settings of the clip.
        method: those of the method, whose type says which.

    Raises:
        ValueError: a frame, a style or a setting cannot be used.
    """
    paint = painter(styles, config, method)
    for frame in frames:
        yield paint.paint(frame)


def painter(
    styles: Any,
    config: Config = Config(),  # noqa: B008 (frozen)
    method: Method = feed_forward.Config(),  # noqa: B008 (frozen)
) -> Painter:
    """Returns what paints one frame after another; see `stylize`."""
    if isinstance(method, GatysConfig):
        return _Optimizer(styles, config, method)
    make = _in_one_pass if isinstance(method, feed_forward.Config) else _swapping
    return _OnePass(make(styles, method), config, method.size)


class _OnePass(Painter):
    """Paints each frame by itself, and lays what is held of it over that."""

    def __init__(
        self,
        paint: Callable[[np.ndarray], np.ndarray | tf.Tensor],
        config: Config,
        size: int | None,
    ):
        super().__init__(config, size, preset="fast")
        self._paint, self._weight = paint, config.stabilize

    def prepare(self, frame: np.ndarray) -> np.ndarray | tf.Tensor:
        return self._paint(frame)

    def finish(self, frame: np.ndarray, prepared: np.ndarray | tf.Tensor) -> np.ndarray:
        if self._weight == 0:
            return _to_bytes(prepared).numpy()
        held = self.memory.hold(frame)
        steady = prepared if held is None else held.over(np.asarray(prepared), self._weight)
        pastiche = _to_bytes(steady).numpy()
        self.memory.remember(frame, pastiche)
        return pastiche


class _Optimizer(Painter):
    """Moves each frame's pixels, held to the pastiches of those before it."""

    def __init__(self, styles: Sequence[np.ndarray], config: Config, method: GatysConfig):
        super().__init__(config, method.size, preset="medium")
        fields = {field.name: getattr(method, field.name) for field in dataclasses.fields(method)}
        self._styles, self._first = styles, method
        self._later = _HeldConfig(**fields | {"steps": method.frame_steps, "levels": "1"})

    def prepare(self, frame: np.ndarray) -> None:
        return None

    def finish(self, frame: np.ndarray, prepared: None) -> np.ndarray:
        held = self.memory.hold(frame)
        config = self._first if held is None else self._later
        result = gatys.stylize(frame, self._styles, config, held=held)
        pastiche = _to_bytes(result.image).numpy()
        self.memory.remember(frame, pastiche)
        return pastiche


def _in_one_pass(style: transform_net.Style, method: feed_forward.Config):
    """Returns what paints a frame by a trained network."""
    stylizer = feed_forward.load(method.model, method.precision)
    shares = stylizer.shares(style)
    whole = tf.function(
        lambda frames: stylizer(tensors.from_bytes(frames), style=shares),
        input_signature=[tf.TensorSpec([1, None, None, 3], tf.uint8)],
    )

    def paint(frame: np.ndarray):
        if frame.shape[0] * frame.shape[1] <= strips.WHOLE_PIXELS:
            return whole(frame[np.newaxis])
        return strips.paint(stylizer, tensors.from_bytes(frame[np.newaxis]).numpy(), shares)

    return paint


def _swapping(styles: Any, method: style_swap.Config):
    """Returns what paints a frame by patches; the style is prepared at the first frame's size."""

    @functools.cache
    def prepared(longest: int) -> style_swap.Styles:
        if method.preserve_color != "none":
            return styles
        return style_swap.prepare(styles, dataclasses.replace(method, size=method.size or longest))

    return lambda frame: style_swap.stylize(frame, prepared(max(frame.shape[:2])), method).image


@tf.function(input_signature=[tf.TensorSpec([1, None, None, 3], tf.float32)])
def _to_bytes(pastiches: tf.Tensor) -> tf.Tensor:
    """Returns the one picture in `[0, 1]` as `[height, width, 3]`, uint8, rounded."""
    return tensors.to_bytes(tf.clip_by_value(pastiches[0], 0, 1))
