"""From coarse to fine: the sizes of a picture, and what one strength stands for at each.

References: Kolkin et al. (2022), "Neural neighbor style transfer", section 3.4, for the course from
coarse to fine; Sheng et al. (2018), "Avatar-Net", for patches exchanged among whitened features.
"""

import dataclasses
import math

from tfstyle import image
from tfstyle.methods.style_swap.config import Config

DEFAULT_STRENGTH = 0.5
"""By eye on twelve photographs and as many paintings: each style told at a glance, faces kept."""

FINEST = 0.6
"""The finest level's share of patches beside the coarsest's: large pieces of the style please more
than small ones, which eat windows and eyes."""


@dataclasses.dataclass(frozen=True)
class Stage:
    """One level."""

    size: tuple[int, int]
    """Of the content there, (height, width) in pixels."""
    patch_share: float
    """Share of exchanged patches in the whitened features; at 0 none are compared."""


@dataclasses.dataclass(frozen=True)
class Course:
    """The levels of a picture, and what all of them share."""

    stages: tuple[Stage, ...]
    mixture: float
    """Share of the last level's picture in what the next one sees, the content being the rest."""
    style_share: float
    """Share of the style's statistics in the features, the query's own being the rest."""
    color_share: float
    """Share of the style's colours in the finished picture."""


def plan(size: tuple[int, int], config: Config) -> Course:
    """Returns the course of a picture of (height, width) pixels."""
    strength = strength_of(config)
    return Course(
        stages=_stages(size, config),
        mixture=_given(config.mixture, ramp(strength, 5 / 6)),
        style_share=ramp(strength, 1 / 2),
        color_share=_given(config.color_share, 0.8 * ramp(strength, 1 / 2)),
    )


def strength_of(config: Config) -> float:
    """Returns the strength that was asked for, or the default's."""
    # Chen and Schmidt (2016) exchange every patch.
    return _given(config.strength, DEFAULT_STRENGTH if config.whiten else 1.0)


def _stages(size: tuple[int, int], config: Config) -> tuple[Stage, ...]:
    longest = max(size)
    first = min(_given(config.first_size, first_size(strength_of(config))), longest)
    # Each about twice as large as the last.
    count = _given(config.levels, 1 + round(math.log2(longest / first)))
    # 0 at the finest, which is the picture itself and the only one where there is but one.
    ratios = [(count - 1 - number) / max(count - 1, 1) for number in range(count)]
    sides = [round(longest * (first / longest) ** ratio) for ratio in ratios]
    shares = [_patch_share(n, count, side, config) for n, side in enumerate(sides)]
    return tuple(
        Stage(image.fit_size(*size, side), share) for side, share in zip(sides, shares, strict=True)
    )


def first_size(strength: float) -> int:
    """Returns the coarsest level's longest side in pixels: the smaller, the larger the pieces."""
    return round(160 - 64 * strength)


def _patch_share(number: int, count: int, side: int, config: Config) -> float:
    strength = strength_of(config)
    if not config.whiten:
        return _given(config.patch_share, strength)
    if side > config.match_size and count > 1:
        return 0.0
    coarsest = _given(config.patch_share, ramp(strength, 1 / 2) * (0.2 + 0.6 * strength))
    progress = number / max(count - 1, 1)
    return coarsest * (1 + progress * (FINEST - 1))


def ramp(strength: float, full: float) -> float:
    """Returns a share that grows from 0 to 1 until the strength is `full`."""
    return min(1.0, strength / full)


def _given(value, default):
    return default if value is None else value
