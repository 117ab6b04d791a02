"""The styles whose patches are taken: as pictures, or prepared once for many contents."""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from tfstyle import image
from tfstyle.methods import style_scaling
from tfstyle.methods.style_swap import course, strips, style_settings, whitening
from tfstyle.methods.style_swap.config import Config
from tfstyle.methods.style_swap.grid import Grid
from tfstyle.methods.style_swap.swap import FeatureSwap, LevelBank
from tfstyle.regions import layers


@dataclasses.dataclass(frozen=True)
class StyleBank:
    """A style that `prepare` has prepared once, for any number of contents."""

    levels: tuple[LevelBank, ...]
    """Coarse to fine."""
    colors: whitening.Statistics
    """Of the pictures' colours."""
    config: Config
    """The settings that it was prepared for."""


Styles = np.ndarray | StyleBank | Sequence[np.ndarray | StyleBank]
"""A style picture, several whose patches are pooled, a prepared style, or several to blend."""


def check_prepared(bank: StyleBank, config: Config) -> None:
    """Raises ValueError where a style was prepared for other settings."""
    check_colors(config)
    for name in style_settings.DEPENDED_ON:
        wanted, asked = getattr(bank.config, name), getattr(config, name)
        if asked != wanted:
            raise ValueError(
                f"{name} must be {wanted}, as the style was prepared. Received: {name}={asked}"
            )


def check_colors(config: Config) -> None:
    """Raises ValueError where the style's colours depend on the content's."""
    if config.preserve_color != "none":
        raise ValueError(
            "preserve_color must be none for a prepared style, since it depends on the content. "
            f"Received: preserve_color={config.preserve_color}"
        )


Masks = Sequence[np.ndarray] | None
"""Of each picture, how far its pixels belong to the region that is taken, `[height, width]` from 0
to 1 at any size; None takes all."""


def of(
    pictures: Sequence[np.ndarray],
    longest: int,
    swap: FeatureSwap,
    config: Config,
    masks: Masks = None,
) -> StyleBank:
    """Returns pictures, or a region of theirs, prepared for contents of that longest side."""
    # The square stands for every content of that longest side.
    stages = course.plan((longest, longest), config).stages
    levels = tuple(
        _level(pictures, max(stage.size), longest, swap, config, masks) for stage in stages
    )
    return StyleBank(levels, _colors(pictures, masks), config)


def _colors(pictures: Sequence[np.ndarray], masks: Masks) -> whitening.Statistics:
    if masks is None:
        return whitening.statistics(pictures)
    weights = [
        layers.resize(mask, picture.shape[1:3])
        for picture, mask in zip(pictures, masks, strict=True)
    ]
    return whitening.statistics(pictures, weights)


def _level(
    pictures: Sequence[np.ndarray],
    longest: int,
    full: int,
    swap: FeatureSwap,
    config: Config,
    masks: Masks,
) -> LevelBank:
    sizes = [style_size(picture, longest, full, config) for picture in pictures]
    resized = [image.resize(*pair) for pair in zip(pictures, sizes, strict=True)]
    weights = masks and [
        swap.grid.cover(mask[np.newaxis], size) for mask, size in zip(masks, sizes, strict=True)
    ]
    with_patches = longest <= config.match_size
    largest = max(math.prod(size) for size in sizes)
    if with_patches or not config.whiten or largest <= strips.STRIP_PIXELS:
        return swap.prepare(resized, with_patches, weights)
    grown = [swap.grid.grow(each) for each in resized]
    if weights is None:
        return LevelBank(None, strips.statistics(grown, swap.encode))
    (region,) = strips.statistics_of_regions(grown, swap.encode, weights)
    return LevelBank(None, region)


def style_size(picture: np.ndarray, longest: int, full: int, config: Config) -> tuple[int, int]:
    """Returns a style's (height, width) beside a content's longest side at a level.

    Args:
        picture: the style, `[1, height, width, 3]`.
        longest: the content's side at the level.
        full: that of the result.
        config: the settings.

    Raises:
        ValueError: the style itself is smaller than a patch.
    """
    size = picture.shape[1:3]
    wanted = style_scaling.side(config, max(size), longest, full)
    return Grid.of(config).style_size(size, wanted)
