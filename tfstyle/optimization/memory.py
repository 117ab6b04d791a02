"""What memory an optimisation of an image needs, asked before it starts."""

import dataclasses
import math
from collections.abc import Sequence

from tfstyle.system import memory

BASE = 900e6
"""Bytes of the libraries and the network's weights."""

PER_PIXEL = {"float32": 2200, "bfloat16": 1400, "float16": 1400}
"""Bytes that one evaluation keeps for each pixel of the image; measured, as BASE is."""

PER_STYLE_PIXEL = {"float32": 1300, "bfloat16": 800, "float16": 800}
"""Bytes for each pixel of a style picture while its Gram matrices are made; measured."""

PER_PIXEL_BY_REGION = 400
"""Bytes more for each pixel where styles are compared by region, one region after the other;
measured."""

PER_HISTOGRAM_PIXEL = 1200
"""Bytes that the histogram loss takes for each pixel of the image at VGG19's first layer, whatever
the precision; measured."""

PER_PIXEL_IN_TILES = {"float32": 230, "bfloat16": 180, "float16": 180}
"""Bytes for each pixel of an image that is evaluated in tiles: the lean optimiser's copies and the
content's features."""

GUIDES_PER_PIXEL = 40
"""Bytes more for each pixel of such an image whose style is compared by region: the masks and the
guides of four regions."""

COPIES_OF_HISTORY = 3
"""L-BFGS's pairs exist this often while a new one is pushed."""

BYTES_PER_PIXEL_OF_IMAGE = 3 * 4


def needed(
    size: tuple[int, int],
    precision: str,
    history: int,
    styles: Sequence[tuple[int, int]] = (),
    by_region: bool = False,
    with_histograms: bool = False,
) -> float:
    """Returns the bytes that optimising an image takes.

    The style pictures are looked at one by one, before the optimisation: the largest counts.

    Args:
        size: of the image, (height, width) in pixels.
        precision: of the arithmetic, a dtype's name.
        history: how many pairs of L-BFGS are kept.
        styles: of the style pictures, likewise.
        by_region: whether styles are compared by region.
        with_histograms: whether there is a histogram loss.
    """
    # A pair of L-BFGS is a move of all pixels and the change of the gradient, both float32.
    pair = 2 * BYTES_PER_PIXEL_OF_IMAGE
    per_pixel = PER_PIXEL[precision] + history * pair * COPIES_OF_HISTORY
    per_pixel += PER_PIXEL_BY_REGION * by_region + PER_HISTOGRAM_PIXEL * with_histograms
    style_pixels = max(map(math.prod, styles), default=0)
    return BASE + max(math.prod(size) * per_pixel, style_pixels * PER_STYLE_PIXEL[precision])


@dataclasses.dataclass(frozen=True)
class Tiles:
    """How an image is optimised in tiles."""

    shown: tuple[int, int]
    """(height, width) in pixels of the largest tile with its halo."""
    history: int
    """How many pairs of L-BFGS are kept."""


def needed_in_tiles(
    size: tuple[int, int],
    precision: str,
    tiles: Tiles,
    styles: Sequence[tuple[int, int]] = (),
    by_region: bool = False,
) -> float:
    """Returns the bytes that optimising an image takes whose network sees it in tiles.

    Args:
        size: of the image, (height, width) in pixels.
        precision: of the arithmetic, a dtype's name.
        tiles: how.
        styles: of the style pictures, likewise; they are looked at in tiles too.
        by_region: whether styles are compared by region.
    """
    # Both of a pair in bfloat16; the newest comes before the oldest goes.
    pairs = (tiles.history + 1) * BYTES_PER_PIXEL_OF_IMAGE
    per_pixel = PER_PIXEL_IN_TILES[precision] + pairs + GUIDES_PER_PIXEL * by_region
    style_pixels = max(map(math.prod, styles), default=0)
    resident = max(math.prod(size) * per_pixel, style_pixels * 3 * BYTES_PER_PIXEL_OF_IMAGE)
    shown = math.prod(map(min, size, tiles.shown))
    return BASE + resident + shown * (PER_PIXEL[precision] + PER_PIXEL_BY_REGION * by_region)


def check(
    size: tuple[int, int],
    precision: str,
    history: int,
    styles: Sequence[tuple[int, int]] = (),
    by_region: bool = False,
    with_histograms: bool = False,
    styles_grow: bool = True,
    tiles: Tiles | None = None,
) -> None:
    """Raises MemoryError, saying which longest side would fit, unless an optimisation does.

    Takes what `needed` takes, and how it may be done in tiles; the styles' sizes are those for this
    size, and grow with it or stay.
    """

    def needed_at(longest: int) -> float:
        scaled, *grown = [_scaled(each, longest / max(size)) for each in (size, *styles)]
        beside = grown if styles_grow else styles
        whole = needed(scaled, precision, history, beside, by_region, with_histograms)
        if tiles is None:
            return whole
        return min(whole, needed_in_tiles(scaled, precision, tiles, beside, by_region))

    memory.check_need(size, needed_at)


def _scaled(size: tuple[int, int], factor: float) -> tuple[int, int]:
    return int(size[0] * factor), int(size[1] * factor)
