"""What memory a style swap needs, asked before it starts."""

import dataclasses
import math
from collections.abc import Sequence

import tensorflow as tf

from tfstyle.methods import style_scaling
from tfstyle.methods.style_swap import course, strips
from tfstyle.methods.style_swap.config import Config
from tfstyle.methods.style_swap.grid import Grid
from tfstyle.optimization import memory as optimization_memory
from tfstyle.optimization import options
from tfstyle.system import memory
from tfstyle.system.precision import resolve_precision

BASE = 700e6
"""Bytes of the libraries and the networks' weights; measured, as all below."""

PER_SWAPPED_PIXEL = {"float32": 520, "bfloat16": 220, "float16": 220}
"""Unwhitened: bytes for each pixel of a content and of a style whose features are swapped, patches
left out."""

PER_SEEN_PIXEL = {"float32": 1000, "bfloat16": 560, "float16": 560}
"""Whitened: bytes for each pixel that is encoded or decoded at once."""

COPIES_OF_FEATURES = 4
"""A level's features exist this often, in float32, while they are whitened and coloured."""

PER_PICTURE_PIXEL = 110
"""Bytes for each pixel of the content, for what is no feature: it, its query and its pastiche in
several copies."""

PER_STYLE_PIXEL = 30
"""Bytes for each pixel of a style picture at its level's size, features left out."""

MORE_COPIES_OF_FEATURES = 2
"""So many more, where regions are put together."""

PER_REGION_PIXEL = 16
"""Bytes for each pixel of the content and each region: its mask in several copies."""

COPIES_OF_PATCHES = 2
"""A style's patches exist this often while they are put together."""

MEGABYTE = 2**20


@dataclasses.dataclass(frozen=True)
class Need:
    """What a content and styles of given sizes need in bytes."""

    size: tuple[int, int]
    """Of the content, (height, width) in pixels."""
    style_pixels: float
    """Of all styles together, at the finest level."""
    grid: Grid
    config: Config
    regions: int = 0
    """How many have styles of their own."""

    @property
    def precision(self) -> str:
        """Returns the dtype's name of the arithmetic."""
        return resolve_precision(self.config.precision)

    def swap(self) -> float:
        """Returns what the swap takes."""
        if not self.config.whiten:
            return self._plain()
        stages = course.plan(self.size, self.config).stages
        pixels = math.prod(self.size)
        shares = [math.prod(stage.size) / pixels for stage in stages]
        finest = max(
            self._level(share * pixels, share * self.style_pixels, max(stage.size))
            for share, stage in zip(shares, stages, strict=True)
        )
        per_pixel = PER_PICTURE_PIXEL + self.regions * PER_REGION_PIXEL
        return BASE + pixels * per_pixel + finest

    def _plain(self) -> float:
        pixels = math.prod(self.size) + self.style_pixels
        patches = self.style_pixels * self.grid.patch_bytes(self.precision) * COPIES_OF_PATCHES
        return optimization_memory.BASE + pixels * PER_SWAPPED_PIXEL[self.precision] + patches

    def _level(self, pixels: float, style_pixels: float, longest: int) -> float:
        """Returns what a level takes beside the libraries and the picture."""
        is_whole = self.config.decode == "optimize"
        seen = max(pixels, style_pixels)
        need = style_pixels * PER_STYLE_PIXEL
        need += PER_SEEN_PIXEL[self.precision] * (seen if is_whole else min(seen, _most_seen()))
        has_patches = longest <= self.config.match_size
        if is_whole or has_patches or pixels <= strips.KEPT_PIXELS:
            copies = COPIES_OF_FEATURES + (MORE_COPIES_OF_FEATURES if self.regions else 0)
            need += pixels * self._feature_bytes(4) * copies
        if has_patches:
            need += self.config.score_memory * MEGABYTE + style_pixels * self._patch_bytes()
        return need

    def _feature_bytes(self, itemsize: int) -> float:
        """Returns what features take for each pixel."""
        return itemsize * self.grid.channels / self.grid.pixels

    def _patch_bytes(self) -> float:
        """Returns what a style's patches, and what they are compared by, take for each pixel."""
        itemsize = tf.as_dtype(self.precision).size
        components = min(self.config.components, self.grid.channels)
        each = itemsize * components * self.grid.patch_size**2 / self.grid.patch_stride**2
        return self._feature_bytes(4) + COPIES_OF_PATCHES * each / self.grid.pixels


def _most_seen() -> float:
    """Returns the pixels of the largest strip of a picture, about: margins add a quarter."""
    return 1.25 * strips.STRIP_PIXELS


def check(
    size: tuple[int, int],
    style_sizes: Sequence[tuple[int, int]],
    grid: Grid,
    config: Config,
    regions: int = 0,
) -> None:
    """Raises MemoryError, saying which longest side would fit, unless the content does.

    Args:
        size: of the content, (height, width) in pixels.
        style_sizes: of the styles, likewise, for this size; they grow with it, or stay.
        grid: how patches lie.
        config: the settings.
        regions: how many have styles of their own.
    """
    style_area = sum(map(math.prod, style_sizes))

    def needed_at(longest: int) -> float:
        scale = longest / max(size)
        scaled = (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
        growth = scale**2 if style_scaling.is_relative(config) else 1
        need = Need(scaled, style_area * growth, grid, config, regions).swap()
        if config.decode == "inverse":
            return need
        # First the swap, then the optimisation: the larger of the two counts.
        # The swap has no setting for the history: `optimize.paint` leaves it at its default.
        history = options.Options.history
        precision = resolve_precision(config.precision)
        painting = optimization_memory.Painting(scaled, precision, history)
        return max(need, optimization_memory.needed(painting))

    memory.check_need(size, needed_at)
