"""What memory an optimisation of an image needs, asked before it starts."""

import dataclasses
import math
from collections.abc import Callable, Sequence

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


Size = tuple[int, int]
"""(height, width) in pixels."""


@dataclasses.dataclass(frozen=True)
class Painting:
    """An image that is optimised: all that its memory depends on."""

    size: Size
    precision: str
    """Of the arithmetic, a dtype's name."""
    history: int
    """How many pairs of L-BFGS are kept."""
    styles: Sequence[Size] = ()
    """Of the style pictures."""
    by_region: bool = False
    """Whether styles are compared by region."""
    with_histograms: bool = False
    """Whether there is a histogram loss."""

    def scaled(self, factor: float, styles: float) -> "Painting":
        """Returns the same at a size that is a factor of this one, and styles by another."""
        return dataclasses.replace(
            self,
            size=_scaled(self.size, factor),
            styles=[_scaled(each, styles) for each in self.styles],
        )

    @property
    def style_pixels(self) -> int:
        """Of the largest style picture: they are looked at one by one, before the optimisation."""
        return max(map(math.prod, self.styles), default=0)


@dataclasses.dataclass(frozen=True)
class Tiles:
    """How an image is optimised in tiles."""

    shown: Size
    """(height, width) in pixels of the largest tile with its halo."""
    history: int
    """How many pairs of L-BFGS are kept."""


def needed(painting: Painting, tiles: Tiles | None = None) -> float:
    """Returns the bytes that optimising an image takes, whole or in tiles."""
    return _needed_whole(painting) if tiles is None else _needed_in_tiles(painting, tiles)


def _needed_whole(painting: Painting) -> float:
    precision = painting.precision
    # A pair of L-BFGS is a move of all pixels and the change of the gradient, both float32.
    pair = 2 * BYTES_PER_PIXEL_OF_IMAGE
    per_pixel = PER_PIXEL[precision] + painting.history * pair * COPIES_OF_HISTORY
    per_pixel += PER_PIXEL_BY_REGION * painting.by_region
    per_pixel += PER_HISTOGRAM_PIXEL * painting.with_histograms
    of_styles = painting.style_pixels * PER_STYLE_PIXEL[precision]
    return BASE + max(math.prod(painting.size) * per_pixel, of_styles)


def _needed_in_tiles(painting: Painting, tiles: Tiles) -> float:
    precision, by_region = painting.precision, painting.by_region
    # Both of a pair in bfloat16; the newest comes before the oldest goes.
    pairs = (tiles.history + 1) * BYTES_PER_PIXEL_OF_IMAGE
    per_pixel = PER_PIXEL_IN_TILES[precision] + pairs + GUIDES_PER_PIXEL * by_region
    # The styles are looked at in tiles too.
    of_styles = painting.style_pixels * 3 * BYTES_PER_PIXEL_OF_IMAGE
    resident = max(math.prod(painting.size) * per_pixel, of_styles)
    shown = math.prod(map(min, painting.size, tiles.shown))
    return BASE + resident + shown * (PER_PIXEL[precision] + PER_PIXEL_BY_REGION * by_region)


def check(
    painting: Painting,
    tiles: Tiles | None = None,
    *,
    styles_grow: bool = True,
    smaller_styles: Callable[[float], str] = lambda factor: "",
) -> None:
    """Raises MemoryError, saying what would fit, unless an optimisation does.

    Args:
        painting: what is to be optimised.
        tiles: how it may be done in tiles.
        styles_grow: whether the styles' sizes grow with the image's, or stay.
        smaller_styles: from a factor below 1 to the setting that makes the styles so much smaller,
            which is named where they are what takes the memory; or to nothing.
    """

    def fewest(factor: float, styles: float) -> float:
        scaled = painting.scaled(factor, styles)
        return min(needed(scaled), needed(scaled, tiles))

    def needed_at(longest: int) -> float:
        factor = longest / max(painting.size)
        return fewest(factor, factor if styles_grow else 1.0)

    def instead(limit: float) -> str:
        if fewest(1.0, 0.0) > limit:
            return ""
        factor = 1.0
        while fewest(1.0, factor) > limit:
            factor *= 0.95
        return smaller_styles(factor)

    memory.check_need(painting.size, needed_at, instead)


def _scaled(size: Size, factor: float) -> Size:
    return int(size[0] * factor), int(size[1] * factor)
