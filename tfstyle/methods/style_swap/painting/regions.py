"""The levels of a picture whose regions have styles of their own, blended over soft edges.

Reference: Gatys et al. (2016), "Controlling perceptual factors in neural style transfer", section
4, where guides give each region statistics of its own.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from tfstyle.methods.style_swap import strips, whitening
from tfstyle.methods.style_swap.painting import colors
from tfstyle.methods.style_swap.painting.levels import LevelPainter
from tfstyle.methods.style_swap.styles import blending
from tfstyle.methods.style_swap.styles.blend import Blend


@dataclasses.dataclass(frozen=True)
class RegionPainter(LevelPainter):
    """Paints levels, each region in a style of its own."""

    regions: tuple[LevelPainter, ...]
    """What paints each region."""
    shares: tuple[tf.Tensor, ...]
    """How far each position belongs to each region, `[regions, rows, columns]`, for each level."""

    def carry_colors(self, pastiche: tf.Tensor) -> tf.Tensor:
        """Returns the finished picture, each region with its style's colours."""
        of_styles = [region.blend.colors() for region in self.regions]
        shares = self.swap.grid.spread(self.shares[-1], pastiche.shape[1:3])
        return colors.carry_by_region(pastiche, of_styles, shares, self.way.color_share)

    def in_style(
        self, features: tf.Tensor, number: int, own: whitening.Statistics | None = None
    ) -> tf.Tensor:
        """Returns features of the whole picture, each region's in its style."""
        shares = self.shares[number]
        measured = [whitening.statistics([features], [share]) for share in shares]
        return self._by_region(features, number, shares, measured)

    def _paint_by_strips(self, grown: tf.Tensor, number: int) -> np.ndarray:
        shares = self.shares[number]
        own = strips.statistics_of_regions([grown], self.swap.encode, [shares])

        def paint_strip(seen: tf.Tensor, places: tf.Tensor) -> tf.Tensor:
            return self.decoder(self._by_region(self.swap.encode(seen), number, places, own))

        return strips.paint(grown, paint_strip, shares)

    def _by_region(
        self,
        features: tf.Tensor,
        number: int,
        shares: tf.Tensor,
        own: Sequence[whitening.Statistics],
    ) -> tf.Tensor:
        """Returns sum_r share_r F_r, F_r being the features in the style of region r.

        Args:
            features: `[1, rows, columns, channels]`, of the picture or a strip.
            number: the level's.
            shares: `[regions, rows, columns]`.
            own: each region's statistics in the whole picture.
        """
        total = tf.zeros_like(features, tf.float32)
        for region, share, measured in zip(self.regions, shares, own, strict=True):
            # Elsewhere patches would be compared in vain.
            box = _box(share.numpy(), self.swap.reach, self.swap.grid.patch_stride)
            part = features[:, box[0], box[1]]
            if not tf.size(part):
                continue
            painted = tf.cast(region.in_style(part, number, measured), tf.float32)
            total += _padded(painted * share[box][..., tf.newaxis], box, share.shape)
        return tf.cast(total, features.dtype)


def of(painter: LevelPainter, parts: Sequence[blending.Part], masks: np.ndarray) -> RegionPainter:
    """Returns what paints the content's regions.

    Args:
        painter: of the whole, its blend's styles in the order of the parts.
        parts: the styles that are painted with, each for a region.
        masks: the regions, `[regions, height, width]`, which sum to 1, at any size.
    """
    blends: list[tuple[list[float], list]] = [([], []) for _ in masks]
    for part, bank in zip(parts, painter.blend.banks, strict=True):
        blends[part.region][0].append(part.share)
        blends[part.region][1].append(bank)
    return RegionPainter(
        **vars(painter),
        regions=tuple(
            dataclasses.replace(painter, blend=Blend(tuple(shares), tuple(banks)))
            for shares, banks in blends
        ),
        shares=tuple(painter.swap.grid.cover(masks, stage.size) for stage in painter.way.stages),
    )


def _box(share: np.ndarray, margin: int, stride: int) -> tuple[slice, slice]:
    """Returns the rows and columns that a region lies in, and a margin; none where it has none.

    They begin where a patch does, so that patches lie as they do on the whole picture.
    """
    sides = (_side(np.any(share > 0, axis=axis), margin) for axis in (1, 0))
    rows, columns = (slice(side.start - side.start % stride, side.stop) for side in sides)
    return rows, columns


def _side(has_some: np.ndarray, margin: int) -> slice:
    (places,) = np.nonzero(has_some)
    if not places.size:
        return slice(0, 0)
    first, last = int(places[0]), int(places[-1])
    return slice(max(first - margin, 0), min(last + 1 + margin, len(has_some)))


def _padded(part: tf.Tensor, box: tuple[slice, slice], shape: Sequence[int]) -> tf.Tensor:
    """Returns a part of a map, `[1, rows, columns, channels]`, with zeros around it."""
    margins = [[side.start, count - side.stop] for side, count in zip(box, shape, strict=True)]
    return tf.pad(part, [[0, 0], *margins, [0, 0]])
