"""Prepared styles with their shares, and what they give together."""

import dataclasses
from collections.abc import Sequence

import tensorflow as tf

from tfstyle.methods.style_swap import whitening
from tfstyle.methods.style_swap.style_bank import StyleBank
from tfstyle.methods.style_swap.swap import LevelBank


@dataclasses.dataclass(frozen=True)
class Blend:
    """Prepared styles with their shares; mostly one with the share 1."""

    shares: tuple[float, ...]
    banks: tuple[StyleBank, ...]

    @property
    def levels(self) -> int:
        """How many levels they are prepared for."""
        return len(self.banks[0].levels)

    def at(self, level: int) -> list[LevelBank]:
        """Returns what each style gives a level."""
        return [bank.levels[level] for bank in self.banks]

    def colors(self) -> whitening.Statistics:
        """Returns the colours' statistics, blended linearly."""
        each = [bank.colors for bank in self.banks]
        return whitening.Statistics(*(self.mix(values) for values in zip(*each, strict=True)))

    def mix(self, values: Sequence[tf.Tensor]) -> tf.Tensor:
        """Returns the styles' values, blended linearly."""
        if len(values) == 1:
            return values[0]
        return tf.add_n([share * value for share, value in zip(self.shares, values, strict=True)])
