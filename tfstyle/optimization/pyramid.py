"""The coarse-to-fine plan: small pictures first, where steps are cheap and strokes are large."""

import math
from collections.abc import Callable

from tfstyle import image
from tfstyle.result import Level

SMALLEST_AUTOMATIC = 128
"""Longest side in pixels below which `auto` adds no further level."""

GREATEST = 16384
"""Longest side in pixels that a level may have."""


def plan(
    size: tuple[int, int],
    levels: str | int,
    *,
    steps: int,
    coarse_steps: int,
    smallest_side: int = 1,
) -> tuple[Level, ...]:
    """Returns the levels from coarse to fine; the last has the full size.

    Reference: Gatys et al. (2016), "Controlling perceptual factors", section 6.

    Args:
        size: (height, width) of the result, in pixels.
        levels: "auto" halves the size while the longest side stays at 128 pixels or more; a
            number n from 1 to 10 halves it n - 1 times; "128,256,512" lists longest sides.
        steps: step limit of the last level.
        coarse_steps: step limit of each level before it.
        smallest_side: shorter side in pixels below which "auto" adds no further level.

    Raises:
        ValueError: `levels` has none of these forms, or its sizes do not rise to the result's.
    """
    # Differs from Gatys et al. (2016), who have two levels: by halving, any size begins where steps
    # are cheap and strokes are large.
    smallest = max(SMALLEST_AUTOMATIC, math.ceil(smallest_side * max(size) / min(size)))
    sides = _longest_sides(max(size), str(levels), smallest)
    coarse = [Level(image.fit_size(*size, side), coarse_steps) for side in sides[:-1]]
    return (*coarse, Level(size, steps))


def _longest_sides(longest: int, levels: str, smallest: int) -> list[int]:
    """Returns the levels' longest sides, coarse to fine."""
    if "," in levels:
        return _listed_sides(longest, levels)
    if levels == "auto":
        return _halvings(longest, lambda side, _: side >= smallest)
    if not levels.isdecimal() or not 1 <= int(levels) <= 10:
        raise ValueError(
            "levels must be auto, a number from 1 to 10, or rising sizes such as 128,256,512. "
            f"Received: levels={levels}"
        )
    return _halvings(longest, lambda side, count: count < int(levels) and side >= 1)


def _halvings(longest: int, wanted: Callable[[int, int], bool]) -> list[int]:
    """Returns halved sides, rising, while one of that length and number is wanted."""
    sides = [longest]
    while wanted(sides[0] // 2, len(sides)):
        sides.insert(0, sides[0] // 2)
    return sides


def _listed_sides(longest: int, levels: str) -> list[int]:
    parts = levels.split(",")
    sides = [int(part) for part in parts if part.strip().isdecimal()]
    rising = all(low < high for low, high in zip(sides, sides[1:], strict=False))
    if len(sides) < len(parts) or not rising or sides[0] < 1 or sides[-1] != longest:
        raise ValueError(
            f"levels must be rising longest sides that end at the result's, {longest} pixels. "
            f"Received: levels={levels}"
        )
    return sides
