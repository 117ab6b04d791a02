"""Styles as they are given where each region of the content has its own."""

import math

import numpy as np

from tfstyle import image
from tfstyle.image import ImageError
from tfstyle.methods import shared_settings
from tfstyle.methods.style_swap import course, style_bank
from tfstyle.methods.style_swap.config import Config
from tfstyle.methods.style_swap.grid import Grid
from tfstyle.methods.style_swap.style_bank import StyleBank, Styles
from tfstyle.methods.style_swap.styles.blending import Part, as_list
from tfstyle.regions import reading
from tfstyle.regions.matching import Regions


def find(
    given: Regions | None, content_size: tuple[int, int], styles: Styles, config: Config
) -> Regions | None:
    """Returns the regions that are given, or that the settings name; None where there are none.

    Raises:
        ImageError: a map is none, or does not fit its picture or the others.
    """
    if given is not None:
        given.check(content_size, _sizes(styles))
        return given
    if config.content_regions is None:
        return None
    maps = config.content_regions, config.style_regions
    return reading.read_regions(*maps, content_size, _sizes(styles))


def _sizes(styles: Styles) -> list[tuple[int, int]]:
    """Returns each style's (height, width); a prepared one has none, and one pixel fits any map."""
    return [
        (1, 1) if isinstance(style, StyleBank) else image.as_image(style, "style").shape[1:3]
        for style in as_list(styles)
    ]


def parts(
    content_size: tuple[int, int], styles: Styles, config: Config, regions: Regions
) -> list[Part]:
    """Returns the styles of each region, one region after the other, checked.

    Of a region's styles patches and statistics are pooled, or blended where there are shares.

    Args:
        content_size: (height, width) of the result in pixels.
        styles: as many as the regions are of.
        config: the settings.
        regions: the maps.

    Raises:
        ValueError: a style is no picture or was prepared for other settings, a prepared one is not
            all of its region's style, there are shares where no region has two styles, or a region
            is too small.
    """
    given = [_checked(style, config) for style in as_list(styles)]
    shares = _shares(len(given), config, regions)
    found: list[Part] = []
    for number in range(len(regions.names)):
        found += _of_region(given, regions, number, None if shares is None else shares[:, number])
    _check_room(content_size, found, regions, config)
    return found


def _shares(styles: int, config: Config, regions: Regions) -> np.ndarray | None:
    """Returns each style's share in each region, `[styles, regions]`; None pools them."""
    if config.style_blend is None:
        return None
    if not regions.are_blended:
        raise ValueError(
            "style_blend must be none where each region has one style alone. "
            f"Received: style_blend={config.style_blend}"
        )
    return regions.shares(shared_settings.shares(config.style_blend, styles))


def _checked(style: np.ndarray | StyleBank, config: Config) -> StyleBank | np.ndarray:
    if isinstance(style, StyleBank):
        style_bank.check_prepared(style, config)
        return style
    return image.as_image(style, "style")


def _of_region(
    given: list[StyleBank | np.ndarray], regions: Regions, number: int, shares: np.ndarray | None
) -> list[Part]:
    """Returns the parts of one region: one of all its styles, or one for each that has a share."""
    pairs = [
        (place, style, masks[number])
        for place, (style, masks) in enumerate(zip(given, regions.styles, strict=True))
        if masks[number].any()
    ]
    where = {"place": regions.content[number], "region": number}
    if shares is not None:
        return [
            _part(float(shares[place]), [(style, mask)], regions.names[number], where)
            for place, style, mask in pairs
            if shares[place]
        ]
    return [_part(1.0, [pair[1:] for pair in pairs], regions.names[number], where)]


def _part(share: float, pairs: list, name: str, where: dict) -> Part:
    is_whole = all((mask == 1).all() for _, mask in pairs)
    if not any(isinstance(style, StyleBank) for style, _ in pairs):
        pictures = [style for style, _ in pairs]
        masks = None if is_whole else [mask for _, mask in pairs]
        return Part(share, pictures, masks, **where)
    if len(pairs) > 1 or not is_whole:
        raise ImageError(
            "style must be pictures where a map says which part of them a region is like; a "
            f"prepared style is one region's as a whole. Received: a prepared style for {name}"
        )
    return Part(share, pairs[0][0], **where)


def _check_room(size: tuple[int, int], given: list[Part], regions: Regions, config: Config) -> None:
    """Raises ImageError, naming the least `first_size`, where a region is smaller than a position.

    Args:
        size: of the content, (height, width) in pixels.
        given: the styles of the regions.
        regions: the maps.
        config: the settings.
    """
    grid, coarsest = Grid.of(config), course.plan(size, config).stages[0].size
    covers = grid.cover(regions.content, coarsest)
    for part in given:
        room = {
            "content": float(np.sum(covers[part.region])),
            "style": _style_room(part, max(coarsest), max(size), grid, config),
        }
        for name, positions in room.items():
            if positions < 1:
                least = math.ceil(max(coarsest) / math.sqrt(positions or 1))
                # No level is larger than the result.
                larger = f"size={least} and " if least > max(size) else ""
                raise ImageError(
                    f"{name}_regions must give each region one position of {grid.layer} at least "
                    "at the coarsest level; draw the region larger, or take "
                    f"{larger}first_size={least}. "
                    f"Received: region {regions.names[part.region]}, first_size={max(coarsest)}"
                )


def _style_room(part: Part, longest: int, full: int, grid: Grid, config: Config) -> float:
    """Returns how many positions a region has in all its pictures; of whole ones, any number."""
    if isinstance(part.style, StyleBank) or part.masks is None:
        return math.inf
    sizes = [style_bank.style_size(picture, longest, full, config) for picture in part.style]
    covers = [
        grid.cover(mask[np.newaxis], size) for mask, size in zip(part.masks, sizes, strict=True)
    ]
    return float(sum(np.sum(cover) for cover in covers))
