"""What memory a style swap needs, asked before it starts."""

import math
from collections.abc import Sequence

from tfstyle.methods.style_swap.config import Config
from tfstyle.methods.style_swap.swap import Grid
from tfstyle.optimization import memory as optimization_memory
from tfstyle.optimization import options
from tfstyle.system import memory
from tfstyle.system.precision import resolve_precision

PER_SWAPPED_PIXEL = {"float32": 520, "bfloat16": 220, "float16": 220}
"""Bytes for each pixel of a content and of a style whose features are swapped, patches left out;
measured."""

COPIES_OF_PATCHES = 2
"""A style's patches exist this often while they are put together."""


def needed(content_pixels: float, style_pixels: float, precision: str, patch_bytes: float) -> float:
    """Returns the bytes that swapping features takes.

    Args:
        content_pixels: of the content.
        style_pixels: of all styles together.
        precision: of the arithmetic.
        patch_bytes: what the patches take for each pixel of a style, once.
    """
    pixels = content_pixels + style_pixels
    patches = style_pixels * patch_bytes * COPIES_OF_PATCHES
    return optimization_memory.BASE + pixels * PER_SWAPPED_PIXEL[precision] + patches


def check(
    size: tuple[int, int], style_sizes: Sequence[tuple[int, int]], grid: Grid, config: Config
) -> None:
    """Raises MemoryError, saying which longest side would fit, unless the content does.

    Args:
        size: of the content, (height, width) in pixels.
        style_sizes: of the styles, likewise, for this size; they grow with it.
        grid: how patches lie.
        config: the settings.
    """
    precision = resolve_precision(config.precision)
    patch_bytes = grid.patch_bytes(precision)

    def needed_at(longest: int) -> float:
        scale = (longest / max(size)) ** 2
        area, style_area = (scale * sum(map(math.prod, each)) for each in ([size], style_sizes))
        need = needed(area, style_area, precision, patch_bytes)
        if config.decode == "inverse":
            return need
        # First the swap, then the optimisation: the larger of the two counts.
        # The swap has no setting for the history: `optimize.paint` leaves it at its default.
        history = options.Options.history
        # As one long row: only the number of pixels counts.
        return max(need, optimization_memory.needed((1, round(area)), precision, history))

    memory.check_need(size, needed_at)
