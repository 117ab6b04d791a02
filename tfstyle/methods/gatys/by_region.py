"""The regions of a run: found, checked, and what is done to styles region by region."""

from collections.abc import Sequence

import numpy as np

from tfstyle import regions as all_regions
from tfstyle.image import color
from tfstyle.losses import guides
from tfstyle.methods import shared_settings
from tfstyle.methods.gatys.config import Config
from tfstyle.regions import reading
from tfstyle.regions.matching import Regions
from tfstyle.result import Level

Size = tuple[int, int]
"""(height, width) in pixels."""


def find(
    given: Regions | None, content: Size, styles: Sequence[Size], config: Config
) -> Regions | None:
    """Returns the regions that are given, or that the settings name; None where there are none.

    Raises:
        ImageError: a map is none, or does not fit its picture or the others.
        ValueError: a setting does not go by regions.
    """
    if given is not None:
        config.check_regions(has_regions=True)
        given.check(content, styles)
        return given
    if config.content_regions is None:
        return None
    return reading.read_regions(config.content_regions, config.style_regions, content, styles)


def shares(regions: Regions | None, styles: int, config: Config) -> list[float]:
    """Returns each style's share; they sum to 1.

    Raises:
        ValueError: the shares do not fit the styles, or each region has one style alone.
    """
    blend = shared_settings.shares(config.style_blend or (1.0,) * styles, styles)
    if regions is not None and config.style_blend and not regions.are_blended:
        raise ValueError(
            "style_blend must be none where each region has one style alone. "
            f"Received: style_blend={config.style_blend}"
        )
    return blend


def check_room(regions: Regions, level: Level, style_sizes: Sequence[Size], config: Config) -> None:
    """Raises ImageError when a region is too small for the deepest layer at the full size."""
    layers, way = config.weights().style_layers, config.region_guides

    def check(masks: np.ndarray, size: Size, called: str) -> None:
        resized = all_regions.resize(masks, size)
        all_regions.check_room(resized, regions.names, layers, way, called)

    check(regions.content, level.size, reading.CONTENT)
    for masks, size in zip(regions.styles, style_sizes, strict=True):
        check(masks, size, reading.STYLES)


def at_level(
    regions: Regions | None,
    level: Level,
    style_sizes: Sequence[Size],
    blend: Sequence[float],
    config: Config,
) -> guides.Guides | None:
    """Returns the masks at the style layers of a level; None where there are none."""
    if regions is None:
        return None
    layers = tuple(config.weights().style_layers)
    return guides.at_layers(regions, level.size, style_sizes, blend, layers, config.region_guides)


def prepare_style(
    style: np.ndarray, masks: np.ndarray, content: np.ndarray, regions: Regions, mode: str
) -> np.ndarray:
    """Returns a style with each region's colours brought near those of the content's region.

    Args:
        style: `[1, style_height, style_width, 3]`.
        masks: the style's, `[regions, map_height, map_width]`.
        content: `[1, height, width, 3]`.
        regions: all masks.
        mode: one of `color.MODES`.

    Returns:
        A new image of the style's shape.
    """
    of_style = all_regions.resize(masks, style.shape[1:3]).argmax(axis=0)
    of_content = all_regions.resize(regions.content, content.shape[1:3]).argmax(axis=0)
    prepared = style.copy()
    for place in range(len(regions.names)):
        mine, theirs = of_style == place, of_content == place
        if mine.any() and theirs.any():
            pixels = color.prepare_style(_as_row(style[0, mine]), _as_row(content[0, theirs]), mode)
            prepared[0, mine] = pixels[0, 0]
    return prepared


def _as_row(pixels: np.ndarray) -> np.ndarray:
    """Returns pixels `[n, 3]` as an image of one row."""
    return pixels[np.newaxis, np.newaxis]
