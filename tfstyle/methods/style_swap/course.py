"""From coarse to fine: the sizes of a picture, and what one strength stands for at each.

References: Kolkin et al. (2022), "Neural neighbor style transfer", section 3.4, for the course from
coarse to fine; Sheng et al. (2018), "Avatar-Net", for patches exchanged among whitened features.
"""

import dataclasses

from tfstyle.image import scalars
from tfstyle.methods.style_swap.config import Config

DEFAULT_STRENGTH = 0.5
"""By eye on twelve photographs and as many paintings: each style told at a glance, faces kept."""

FINEST = 0.6
"""The finest level's share of patches beside the coarsest's: large pieces of the style please more
than small ones, which eat windows and eyes."""


@dataclasses.dataclass(frozen=True)
class Stage:
    """One level."""

    size: tuple[scalars.Scalar, scalars.Scalar]
    """Of the content there, (height, width) in pixels."""
    patch_share: scalars.Scalar
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
    halo_share: float
    """Share of the light beside the photograph's dark shapes that is taken out."""


def plan(size: tuple[int, int], config: Config) -> Course:
    """Returns the course of a picture of (height, width) pixels."""
    formulas = Formulas(size, strength_of(config), config)
    return Course(
        stages=tuple(map(formulas.stage, range(formulas.count))),
        mixture=formulas.mixture,
        style_share=formulas.style_share,
        color_share=formulas.color_share,
        halo_share=formulas.halo_share,
    )


def strength_of(config: Config) -> float:
    """Returns the strength that was asked for, or the default's."""
    # Chen and Schmidt (2016) exchange every patch.
    return _given(config.strength, DEFAULT_STRENGTH if config.whiten else 1.0)


@dataclasses.dataclass(frozen=True)
class Formulas:
    """What a course is computed by: numbers from numbers, or float64 tensors from such tensors."""

    size: tuple[scalars.Scalar, scalars.Scalar]
    """Of the picture, (height, width) in pixels."""
    strength: scalars.Scalar
    config: Config
    """The settings; `strength` goes before theirs."""

    @property
    def longest(self) -> scalars.Scalar:
        """Returns the finest level's longest side."""
        return scalars.greatest(*self.size)

    @property
    def first(self) -> scalars.Scalar:
        """Returns the coarsest level's longest side."""
        return scalars.least(
            _given(self.config.first_size, first_size(self.strength)), self.longest
        )

    @property
    def count(self) -> scalars.Scalar:
        """Returns how many levels there are."""
        # Each about twice as large as the last.
        doublings = scalars.log2(self.longest / self.first)
        return _given(self.config.levels, 1 + scalars.rounded(doublings))

    @property
    def mixture(self) -> scalars.Scalar:
        """Returns `Course.mixture`."""
        return _given(self.config.mixture, ramp(self.strength, 5 / 6))

    @property
    def style_share(self) -> scalars.Scalar:
        """Returns `Course.style_share`."""
        return ramp(self.strength, 1 / 2)

    @property
    def color_share(self) -> scalars.Scalar:
        """Returns `Course.color_share`."""
        return _given(self.config.color_share, 0.8 * ramp(self.strength, 1 / 2))

    @property
    def halo_share(self) -> scalars.Scalar:
        """Returns `Course.halo_share`."""
        # Chen and Schmidt (2016) paint what they decode.
        own = ramp(self.strength, 1 / 2) if self.config.whiten else 0.0
        return _given(self.config.halo_share, own)

    def stage(self, number: scalars.Scalar) -> Stage:
        """Returns a level, the coarsest being number 0."""
        steps = scalars.greatest(self.count - 1, 1)
        # 0 at the finest, which is the picture itself and the only one where there is but one.
        ratio = (self.count - 1 - number) / steps
        side = scalars.rounded(self.longest * (self.first / self.longest) ** ratio)
        return Stage(scalars.fit(*self.size, side), self._patch_share(number / steps, side))

    def _patch_share(self, progress: scalars.Scalar, side: scalars.Scalar) -> scalars.Scalar:
        strength, config = self.strength, self.config
        if not config.whiten:
            return _given(config.patch_share, strength)
        coarsest = _given(config.patch_share, ramp(strength, 1 / 2) * (0.2 + 0.6 * strength))
        share = coarsest * (1 + progress * (FINEST - 1))
        return scalars.choose((side > config.match_size) & (self.count > 1), 0.0, share)


def first_size(strength: scalars.Scalar) -> scalars.Scalar:
    """Returns the coarsest level's longest side in pixels: the smaller, the larger the pieces."""
    return scalars.rounded(160 - 64 * strength)


def ramp(strength: scalars.Scalar, full: float) -> scalars.Scalar:
    """Returns a share that grows from 0 to 1 until the strength is `full`."""
    return scalars.least(1.0, strength / full)


def _given(value, default):
    return default if value is None else value
