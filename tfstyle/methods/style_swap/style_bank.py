"""The styles whose patches are taken: as pictures, or prepared once for many contents."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from tfstyle import image
from tfstyle.image import color, scalars
from tfstyle.methods.style_swap import course, memory, whitening
from tfstyle.methods.style_swap.config import Config
from tfstyle.methods.style_swap.swap import FeatureSwap, Grid, LevelBank


@dataclasses.dataclass(frozen=True)
class StyleBank:
    """A style that `prepare` has prepared once, for any number of contents."""

    levels: tuple[LevelBank, ...]
    """Coarse to fine."""
    colors: whitening.Statistics
    """Of the pictures' colours."""
    config: Config
    """The settings that it was prepared for."""


# The strength, the shares, the number of swaps and the decoding concern contents alone.
PREPARED = (
    "whiten",
    "levels",
    "first_size",
    "match_size",
    "components",
    "layer",
    "patch_size",
    "patch_stride",
    "vgg_weights",
    "pooling",
    "padding",
    "precision",
)
"""The settings that a prepared style depends on, but for its size."""

Styles = np.ndarray | Sequence[np.ndarray] | StyleBank
"""A style picture, several whose patches are pooled, or a prepared style."""


def check(size: tuple[int, int], styles: Styles, config: Config) -> None:
    """Raises unless the styles fit the settings and all fits in memory.

    Args:
        size: of the content, (height, width) in pixels.
        styles: to take patches from.
        config: the settings.

    Raises:
        ValueError: a style is smaller than a patch, or was prepared for other settings.
        MemoryError: the size does not fit; the message says what would.
    """
    # A bank's patches are in memory already: with it, only the content's need is asked for.
    grid, pictures = Grid.of(config), []
    if isinstance(styles, StyleBank):
        _check_prepared(styles, config)
    else:
        pictures = image.as_images(styles, "style")
    sizes = [style_size(picture, max(size), config) for picture in pictures]
    memory.check(size, sizes, grid, config)


def _check_prepared(bank: StyleBank, config: Config) -> None:
    check_colors(config)
    for name in PREPARED:
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


def beside(content: np.ndarray, styles: Styles, swap: FeatureSwap, config: Config) -> StyleBank:
    """Returns the styles prepared for one content, in its colours where those are to be kept.

    Args:
        content: `[1, height, width, 3]`, at the result's size.
        styles: to take patches and statistics from.
        swap: the arithmetic of a level.
        config: the settings.
    """
    if isinstance(styles, StyleBank):
        return styles
    mode = config.preserve_color
    pictures = image.as_images(styles, "style")
    colored = [color.prepare_style(picture, content, mode) for picture in pictures]
    return of(colored, max(content.shape[1:3]), swap, config)


def of(
    pictures: Sequence[np.ndarray], longest: int, swap: FeatureSwap, config: Config
) -> StyleBank:
    """Returns pictures prepared for contents of that longest side in pixels."""
    # The square stands for every content of that longest side.
    stages = course.plan((longest, longest), config).stages
    levels = tuple(_level(pictures, max(stage.size), swap, config) for stage in stages)
    return StyleBank(levels, whitening.statistics(pictures), config)


def _level(
    pictures: Sequence[np.ndarray], longest: int, swap: FeatureSwap, config: Config
) -> LevelBank:
    sizes = [style_size(picture, longest, config) for picture in pictures]
    resized = [image.resize(*pair) for pair in zip(pictures, sizes, strict=True)]
    return swap.prepare(resized, with_patches=longest <= config.match_size)


def style_size(picture: np.ndarray, longest: int, config: Config) -> tuple[int, int]:
    """Returns a style's (height, width) beside a content's longest side.

    Raises:
        ValueError: the style itself is smaller than a patch.
    """
    return Grid.of(config).style_size(picture.shape[1:3], scaled(longest, config))


def scaled(longest: scalars.Scalar, config: Config) -> scalars.Scalar:
    """Returns the styles' longest side beside that of a content, in pixels."""
    return scalars.rounded(longest * config.style_scale)
