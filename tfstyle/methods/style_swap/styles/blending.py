"""Styles as they were given, and as they are painted with: pooled, or blended by shares."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from tfstyle import image
from tfstyle.methods import shared_settings, style_scaling
from tfstyle.methods.style_swap import course, memory, style_bank
from tfstyle.methods.style_swap.config import Config
from tfstyle.methods.style_swap.grid import Grid
from tfstyle.methods.style_swap.style_bank import StyleBank, Styles
from tfstyle.methods.style_swap.styles import coloring, keeping
from tfstyle.methods.style_swap.styles.blend import Blend
from tfstyle.methods.style_swap.swap import FeatureSwap, LevelBank

ABREAST = 2
"""Patches that a style must have side by side: one alone, over and over, is painted as a mesh."""


class Part(NamedTuple):
    """One of the styles that are blended."""

    share: float
    """Above 0; those of all parts sum to 1."""
    style: StyleBank | list[np.ndarray]
    """Prepared, or pictures `[1, height, width, 3]` whose patches and statistics are pooled."""
    masks: style_bank.Masks = None
    """The region of each picture that is taken."""
    place: np.ndarray | None = None
    """The content's region that it is for, `[height, width]` from 0 to 1; None is everywhere."""
    region: int = 0
    """The number of that region."""


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
        ValueError: a style is smaller than a patch, by itself or by the settings.
        MemoryError: the size does not fit; the message says what would.
    """
    # A bank's patches are in memory already: with it, only the content's need is asked for.
    # Regions share pictures, each of which is there once.
    pictures = {
        id(each): each for part in given if isinstance(part.style, list) for each in part.style
    }.values()
    longest = max(size)
    sizes = [style_bank.style_size(picture, longest, longest, config) for picture in pictures]
    grid, coarsest = Grid.of(config), max(course.plan(size, config).stages[0].size)
    for picture in pictures:
        own, least = max(picture.shape[1:3]), ABREAST * grid.smallest_side
        needed_by = f"two patches of {grid.layer} side by side"
        style_scaling.check_room(config, own, coarsest, longest, least, needed_by)
    regions = len({part.region for part in given if part.place is not None})
    memory.check(size, sizes, grid, config, regions)


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
        coloring.of(part.style, content, config.preserve_color, part.masks, part.place)
        for part in given
        if isinstance(part.style, list)
    ]
    masks = [part.masks for part in given if isinstance(part.style, list)]

    def prepare() -> tuple[StyleBank, ...]:
        pairs = zip(colored, masks, strict=True)
        return tuple(style_bank.of(each, longest, swap, config, part) for each, part in pairs)

    if extractor is None:
        made = iter(prepare())
    else:
        key = keeping.key(colored, longest, config, extractor, masks)
        made = iter(keeping.kept(key, prepare))
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
