"""Styles as they were given, and as they are painted with: pooled, or blended by shares."""

import dataclasses
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from tfstyle import image
from tfstyle.image import color
from tfstyle.methods import shared_settings
from tfstyle.methods.style_swap import memory, style_bank, whitening
from tfstyle.methods.style_swap.config import Config
from tfstyle.methods.style_swap.grid import Grid
from tfstyle.methods.style_swap.style_bank import StyleBank, Styles
from tfstyle.methods.style_swap.styles import keeping
from tfstyle.methods.style_swap.swap import FeatureSwap, LevelBank


class Part(NamedTuple):
    """One of the styles that are blended."""

    share: float
    """Above 0; those of all parts sum to 1."""
    style: StyleBank | list[np.ndarray]
    """Prepared, or pictures `[1, height, width, 3]` whose patches and statistics are pooled."""


@dataclasses.dataclass(frozen=True)
class Blend:
    """Prepared styles with their shares; mostly one with the share 1."""

    shares: tuple[float, ...]
    banks: tuple[StyleBank, ...]

    @property
    def levels(self) -> int:
        """How many levels they are prepared for."""
        return len(self.banks[0].levels)

    def at(self, level: int) -> list[LevelBank]:
        """Returns what each style gives a level."""
        return [bank.levels[level] for bank in self.banks]

    def colors(self) -> whitening.Statistics:
        """Returns the colours' statistics, blended linearly."""
        each = [bank.colors for bank in self.banks]
        return whitening.Statistics(*(self.mix(values) for values in zip(*each, strict=True)))

    def mix(self, values: Sequence[tf.Tensor]) -> tf.Tensor:
        """Returns the styles' values, blended linearly."""
        if len(values) == 1:
            return values[0]
        return tf.add_n([share * value for share, value in zip(self.shares, values, strict=True)])


def parts(styles: Styles, config: Config) -> list[Part]:
    """Returns the styles that are blended, checked; those without a share are left out.

    Raises:
        ValueError: there is none, one is no picture or was prepared for other settings, or there
            is not a share for each.
    """
    given = as_list(styles)
    banks = [each for each in given if isinstance(each, StyleBank)]
    for bank in banks:
        style_bank.check_prepared(bank, config)
    if config.style_blend is not None:
        shares = shared_settings.shares(config.style_blend, len(given))
        pairs = zip(shares, given, strict=True)
        return [Part(share, _checked(each)) for share, each in pairs if share]
    if not banks:
        return [Part(1.0, image.as_images(given, "style"))]
    if len(given) > 1:
        raise ValueError(
            "style_blend must say each style's share where one is prepared: patches are pooled of "
            f"pictures alone. Received: style_blend=None for {len(given)} styles"
        )
    return [Part(1.0, banks[0])]


def as_list(styles: Styles) -> list[Any]:
    """Returns the styles one by one: pictures, of any form that is taken, and prepared ones."""
    return list(styles) if isinstance(styles, (list, tuple)) else [styles]


def _checked(style: np.ndarray | StyleBank) -> StyleBank | list[np.ndarray]:
    return style if isinstance(style, StyleBank) else [image.as_image(style, "style")]


def check(size: tuple[int, int], given: Sequence[Part], config: Config) -> None:
    """Raises unless styles and content fit in memory.

    Args:
        size: of the content, (height, width) in pixels.
        given: the styles.
        config: the settings.

    Raises:
        ValueError: a style is smaller than a patch.
        MemoryError: the size does not fit; the message says what would.
    """
    # A bank's patches are in memory already: with it, only the content's need is asked for.
    pictures = [each for part in given if isinstance(part.style, list) for each in part.style]
    longest = max(size)
    sizes = [style_bank.style_size(picture, longest, longest, config) for picture in pictures]
    memory.check(size, sizes, Grid.of(config), config)


def beside(
    content: np.ndarray,
    given: Sequence[Part],
    swap: FeatureSwap,
    config: Config,
    extractor: object | None = None,
) -> Blend:
    """Returns the styles prepared for one content, in its colours where those are to be kept.

    Args:
        content: `[1, height, width, 3]`, at the result's size.
        given: the styles to take patches and statistics from.
        swap: the arithmetic of a level.
        config: the settings.
        extractor: what features are of, by which the preparation is kept for the next content;
            None keeps none.

    Raises:
        ValueError: prepared styles are of unlike numbers of levels.
    """
    longest = max(content.shape[1:3])
    colored = [
        [color.prepare_style(picture, content, config.preserve_color) for picture in part.style]
        for part in given
        if isinstance(part.style, list)
    ]

    def prepare() -> tuple[StyleBank, ...]:
        return tuple(style_bank.of(pictures, longest, swap, config) for pictures in colored)

    if extractor is None:
        made = iter(prepare())
    else:
        made = iter(keeping.kept(keeping.key(colored, longest, config, extractor), prepare))
    banks = tuple(part.style if isinstance(part.style, StyleBank) else next(made) for part in given)
    _check_levels(banks)
    return Blend(tuple(part.share for part in given), banks)


def _check_levels(banks: Sequence[StyleBank]) -> None:
    counts = {len(bank.levels) for bank in banks}
    if len(counts) > 1:
        raise ValueError(
            "styles that are blended must be prepared for as many levels, as they are at one size. "
            f"Received: levels={', '.join(map(str, sorted(counts)))}"
        )


def check_channels(channels: int, levels: Sequence[LevelBank]) -> None:
    """Raises ValueError where styles were prepared of features of another kind."""
    for level in levels:
        prepared = level.channels
        if prepared != channels:
            raise ValueError(
                f"style must be prepared of the same features, which have {channels} channels; "
                f"prepare it anew. Received: channels={prepared}"
            )
