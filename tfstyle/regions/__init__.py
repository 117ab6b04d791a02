"""Regions: which part of a photograph is painted like which part of a style picture.

    from tfstyle import gatys, image, regions

    drawn = regions.from_colors(image.read("map.png"))
    found = regions.match(drawn, styles=2)
    gatys.stylize(content, [sky, ground], regions=found)

Masks are `[regions, height, width]`, float32 from 0, outside, to 1, inside.
"""

import typing

import lazy_loader

if typing.TYPE_CHECKING:
    from tfstyle.regions.checks import check_fits as check_fits
    from tfstyle.regions.checks import check_room as check_room
    from tfstyle.regions.colors import from_colors as from_colors
    from tfstyle.regions.frames import seen_in as seen_in
    from tfstyle.regions.layers import at_layer as at_layer
    from tfstyle.regions.layers import resize as resize
    from tfstyle.regions.maps import Map as Map
    from tfstyle.regions.masks import from_masks as from_masks
    from tfstyle.regions.matching import Regions as Regions
    from tfstyle.regions.matching import match as match
    from tfstyle.regions.reading import parse as parse
    from tfstyle.regions.reading import read as read
    from tfstyle.regions.reading import read_regions as read_regions
    from tfstyle.regions.ways import WAYS as WAYS

# Lazily: flags ask for the ways alone, and the rest loads SciPy.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "checks": ["check_fits", "check_room"],
        "colors": ["from_colors"],
        "frames": ["seen_in"],
        "layers": ["at_layer", "resize"],
        "maps": ["Map"],
        "masks": ["from_masks"],
        "matching": ["Regions", "match"],
        "reading": ["parse", "read", "read_regions"],
        "ways": ["WAYS"],
    },
)
