"""A clip painted frame after frame, by any of the methods, so that it does not flicker."""

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from tfstyle.methods import feed_forward
from tfstyle.methods.video import painters
from tfstyle.methods.video.config import Config, GatysConfig, Method
from tfstyle.methods.video.painters import Painter
from tfstyle.regions.matching import Regions


def stylize(
    frames: Iterable[np.ndarray],
    styles: Any,
    config: Config = Config(),  # noqa: B008 (frozen)
    method: Method = feed_forward.Config(),  # noqa: B008 (frozen)
    *,
    regions: Regions | Iterable[Regions] | None = None,
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
        regions: which part of every frame, or of each, is painted like which parts of the styles;
            `tfstyle.regions.seen_in` makes a later frame's.

    Raises:
        ValueError: a frame, a style or a setting cannot be used.
    """
    paint = painter(styles, config, method)
    each: Iterable[Regions | None]
    each = itertools.repeat(regions) if isinstance(regions, Regions | None) else regions
    for frame, found in zip(frames, each, strict=False):
        yield paint.paint(frame, found)


def painter(
    styles: Any,
    config: Config = Config(),  # noqa: B008 (frozen)
    method: Method = feed_forward.Config(),  # noqa: B008 (frozen)
) -> Painter:
    """Returns what paints one frame after another; see `stylize`."""
    if isinstance(method, GatysConfig):
        return painters.Optimizer(styles, config, method)
    if isinstance(method, feed_forward.Config):
        return painters.OnePass(painters.by_network(styles, method), config, method.size)
    return painters.OnePass(painters.by_style_swap(styles, method), config, method.size)
