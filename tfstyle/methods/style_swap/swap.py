"""From images to features in a style, at one level: what `style_swap` does and what is served."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import tensorflow as tf

from tfstyle.losses import objective
from tfstyle.methods.style_swap import whitening
from tfstyle.methods.style_swap.config import Config, swapped_layer
from tfstyle.methods.style_swap.exchange import matching, patches
from tfstyle.methods.style_swap.grid import Grid

FADED = 0.9
"""What a style's features are multiplied by beyond its border. A patch there is the mirror image of
one inside, and where the content is mirrored too the two would be alike to the last digit."""


class LevelBank(NamedTuple):
    """What one level takes from the styles."""

    patches: patches.PatchBank | None
    """None where none are compared."""
    statistics: whitening.Statistics | None
    """None where features are not whitened."""

    @property
    def channels(self) -> int | None:
        """How many the features have that it is of."""
        if self.statistics is not None:
            return self.statistics.mean.shape[0]
        return None if self.patches is None else self.patches.positions.shape[-1]


@dataclasses.dataclass(frozen=True)
class FeatureSwap:
    """The arithmetic of one level, eagerly or in a graph, but for the decoding.

    Without whitening that of Chen and Schmidt (2016).
    """

    # Differs from Chen and Schmidt (2016): what patches do not reach is mirrored, not cut off, so
    # that a pastiche has its content's size.

    encode: Callable[[tf.Tensor], tf.Tensor]
    """From images `[batch, height, width, 3]` to their features at the grid's layer."""
    grid: Grid
    num_swaps: int = 1
    components: int | None = None
    """Of the whitened features, in which patches are compared; None does not whiten."""
    score_bytes: int = matching.SCORE_BYTES

    @classmethod
    def of(cls, loss: objective.Objective, config: Config) -> "FeatureSwap":
        """Returns what the settings ask for, by the objective's feature extractor."""
        return cls.by(loss.features, config)

    @classmethod
    def by(
        cls, features: Callable[[tf.Tensor], Mapping[str, tf.Tensor]], config: Config
    ) -> "FeatureSwap":
        """Returns what the settings ask for, by what has features by layer name."""
        layer = swapped_layer(config)
        return cls(
            encode=lambda images: features(images)[layer],
            grid=Grid.of(config),
            num_swaps=config.num_swaps,
            components=config.components if config.whiten else None,
            score_bytes=config.score_memory * 2**20,
        )

    @property
    def reach(self) -> int:
        """How many positions away an exchanged feature depends on others."""
        return self.num_swaps * (self.grid.patch_size - 1)

    def prepare(
        self,
        styles: Sequence[tf.Tensor],
        with_patches: bool = True,
        weights: Sequence[tf.Tensor] | None = None,
    ) -> LevelBank:
        """Returns what style images `[1, height, width, 3]`, of any sizes, give a level."""
        maps = [self.encode(self.grid.grow(style)) for style in styles]
        return self.bank(maps, with_patches, weights)

    def bank(
        self,
        maps: Sequence[tf.Tensor],
        with_patches: bool = True,
        weights: Sequence[tf.Tensor] | None = None,
    ) -> LevelBank:
        """Returns what features give a level.

        Args:
            maps: each `[1, rows, columns, channels]`, of any sizes.
            with_patches: whether patches are compared there.
            weights: how far each position belongs to the region that is taken, from 0 to 1,
                `[rows, columns]` for each map; None takes all.
        """
        if self.components is None:
            return LevelBank(self._patches(maps, weights), None)
        own = whitening.statistics(maps, weights)
        if not with_patches:
            return LevelBank(None, own)
        # White features are ranked by what they explain before whitening.
        basis = whitening.main_directions(own, self.components)
        white = [
            whitening.whiten(tf.cast(each, tf.float32), own, own.regulariser()) for each in maps
        ]
        # As the content's patches lie, so that a picture in its own style stays as it is.
        around = [self._with_margin(each, FADED) for each in white]
        shares = weights and [
            self._with_margin(tf.reshape(share, [1, *each.shape[1:3], 1]))
            for share, each in zip(weights, maps, strict=True)
        ]
        return LevelBank(self._patches(around, shares, basis, maps[0].dtype), own)

    def _patches(
        self,
        maps: Sequence[tf.Tensor],
        weights: Sequence[tf.Tensor] | None,
        basis: tf.Tensor | None = None,
        dtype: tf.DType | None = None,
    ) -> patches.PatchBank:
        size, stride = self.grid.patch_size, self.grid.patch_stride
        return patches.prepare(maps, size, stride, basis, dtype, weights)

    def exchange(
        self,
        own: tf.Tensor,
        bank: LevelBank,
        patch_share: float | tf.Tensor = 1.0,
        style_share: float | tf.Tensor = 1.0,
        measured: whitening.Statistics | None = None,
    ) -> tf.Tensor:
        """Returns features in the style, in their type.

        Plain: patch_share * exchanged + (1 - patch_share) * own. Whitened: the same mixture of
        white features, coloured by the style's statistics, and of that style_share.

        Args:
            own: `[batch, rows, columns, channels]`. Whitened, all of a batch have common
                statistics.
            bank: the style's.
            patch_share: from 0 to 1.
            style_share: from 0 to 1; without whitening it counts for nothing.
            measured: the statistics of the whole that the features are a part of; their own by
                default.
        """
        if bank.statistics is None:
            return self._exchanged(own, bank, patch_share)
        features, style = tf.cast(own, tf.float32), bank.statistics
        measured = measured or whitening.statistics([features])
        white = whitening.whiten(features, measured, style.regulariser())
        mixed = self._exchanged(white, bank, patch_share)
        # Features come from behind a ReLU, and the decoder knows none below 0.
        colored = tf.nn.relu(whitening.color(mixed, style, style.regulariser()))
        return tf.cast(style_share * colored + (1 - style_share) * features, own.dtype)

    def _exchanged(self, own: tf.Tensor, bank: LevelBank, share: float | tf.Tensor) -> tf.Tensor:
        """Returns share * swapped + (1 - share) * own; without patches the features as they are."""
        if bank.patches is None:
            return own
        # Plain patches lie inside the map alone, as Chen and Schmidt (2016) have them.
        swap = self._swapped if bank.statistics is None else self._swapped_with_margin
        swapped = own
        for _ in range(self.num_swaps):
            swapped = tf.cast(swap(swapped, bank.patches), own.dtype)
        share = tf.cast(share, own.dtype)
        return share * swapped + (1 - share) * own

    def _swapped(self, own: tf.Tensor, bank: patches.PatchBank) -> tf.Tensor:
        return matching.swap(own, bank, self.score_bytes)

    def _swapped_with_margin(self, own: tf.Tensor, bank: patches.PatchBank) -> tf.Tensor:
        """Returns swapped features of which as many patches meet at the border as elsewhere.

        Fewer would keep more of each one's contrast there: a frame around a flat picture, stronger
        from level to level.
        """
        rows, columns = tf.unstack(tf.shape(own)[1:3])
        first = self.grid.patch_size - 1
        swapped = self._swapped(self._with_margin(own), bank)
        return swapped[:, first : first + rows, first : first + columns]

    def _with_margin(self, maps: tf.Tensor, strength: float = 1.0) -> tf.Tensor:
        """Returns maps `[batch, rows, columns, channels]` with a mirrored margin of a strength."""
        margin = [self.grid.patch_size - 1] * 2
        sides = [[0, 0], margin, margin, [0, 0]]
        inside = tf.ones_like(maps[..., :1])
        strengths = tf.pad(inside, sides, constant_values=tf.cast(strength, maps.dtype))
        return tf.pad(maps, sides, "REFLECT") * strengths
