"""The overlapping patches of feature maps, and what they are compared by.

Reference: Chen and Schmidt (2016), "Fast patch-based style transfer of arbitrary style", section 3.
"""

from collections.abc import Sequence
from typing import NamedTuple

import tensorflow as tf

from tfstyle.methods.style_swap.exchange import laying
from tfstyle.methods.style_swap.exchange.laying import Laid

SMALLEST_NORM = 1e-8
"""Keeps a patch that never fires from dividing by zero."""


class PatchBank(NamedTuple):
    """All patches of one or several style pictures, prepared once for any number of contents."""

    positions: tf.Tensor
    """`[positions, channels]`: the pictures' features, one after the other, row by row."""
    corners: tf.Tensor
    """`[patches]`, int32: which position is each patch's upper left."""
    widths: tf.Tensor
    """`[patches]`, int32: how many positions a row has in the picture that the patch is from."""
    size: int
    """A patch's side, in positions."""
    stride: int
    """Positions from one patch to the next, in the styles and in contents."""
    basis: tf.Tensor | None
    """`[channels, components]`: the directions in which patches are compared; None has all."""
    directions: tf.Tensor
    """`[patches, size * size * components]`: what contents are compared with; see `_directions`."""

    def compared(self, features: tf.Tensor) -> tf.Tensor:
        """Returns what of features is compared with the patches, in their type.

        `[..., channels]` to `[..., components]`.
        """
        return project(features, self.basis, self.directions.dtype)


def project(features: tf.Tensor, basis: tf.Tensor | None, dtype: tf.DType) -> tf.Tensor:
    """Returns features' components in a basis, `[..., components]`; without one, themselves."""
    return tf.cast(features if basis is None else tf.tensordot(features, basis, 1), dtype)


def prepare(
    maps: Sequence[tf.Tensor],
    size: int = 3,
    stride: int = 1,
    basis: tf.Tensor | None = None,
    dtype: tf.DType | None = None,
    weights: Sequence[tf.Tensor] | None = None,
) -> PatchBank:
    """Returns all patches of some pictures' features, or those of a region.

    Args:
        maps: features `[1, rows, columns, channels]` of any sizes.
        size: a patch's side, in positions.
        stride: positions from one patch to the next, at most `size`.
        basis: `[channels, components]`: the directions in which patches are compared; by default
            all channels.
        dtype: the type that patches are compared in; by default the maps'.
        weights: how far each position belongs to the region, `[rows, columns]` for each map; None
            takes every patch.

    Raises:
        ValueError: a map is smaller than a patch, where its size is known, or patches leave gaps.
    """
    channels = maps[0].shape[-1]
    corners, widths, first = [], [], 0
    if not 1 <= stride <= size:
        raise ValueError(
            f"stride must be from 1 to size, so that patches leave no gaps. "
            f"Received: stride={stride}, size={size}"
        )
    for features in maps:
        _check_size(features, size)
        _, rows, columns, _ = tf.unstack(tf.shape(features))
        corners.append(first + laying.corners_of(rows, columns, size, stride))
        # Pooled pictures differ in width, and with it in where a patch's next row lies.
        widths.append(tf.fill(tf.shape(corners[-1]), columns))
        first += rows * columns
    # [positions of all pictures, channels]
    positions = tf.concat([tf.reshape(features, [-1, channels]) for features in maps], axis=0)
    corners, widths = tf.concat(corners, axis=0), tf.concat(widths, axis=0)
    laid = Laid(positions, corners, widths, size, stride)
    if weights is not None:
        laid = laying.inside(laid, tf.concat([tf.reshape(each, [-1]) for each in weights], axis=0))
    return bank(laid, basis, dtype or positions.dtype)


def bank(laid: Laid, basis: tf.Tensor | None, dtype: tf.DType) -> PatchBank:
    """Returns the patches, ready to be compared in a basis and a type."""
    members = laying.members_of(laid.corners, laid.widths, laid.size)
    directions = _directions(project(laid.positions, basis, dtype), members)
    return PatchBank(*laid[:3], laid.size, laid.stride, basis, directions)


def _check_size(features: tf.Tensor, size: int) -> None:
    sides = [side for side in features.shape[1:3] if side is not None]
    if sides and min(sides) < size:
        raise ValueError(
            f"style must have at least {size} x {size} positions at the layer, one patch. "
            f"Received: size={' x '.join(map(str, sides))}"
        )


def _directions(positions: tf.Tensor, members: tf.Tensor) -> tf.Tensor:
    """Returns s / |s| for each patch s, less the mean of them all.

    The mean adds the same to every patch's score, so that it alters no comparison; without it
    bfloat16 would spend its few digits on what all patches share, and float16, in which scores
    stay below half its range so, might overflow.

    Args:
        positions: `[positions, channels]`.
        members: `[patches, size * size]`, int32: each patch's positions.

    Returns:
        `[patches, size * size * channels]`, in the positions' type.
    """
    # In float32 whatever the features' type: sums of squares leave float16's range.
    squares = tf.reduce_sum(tf.square(tf.cast(positions, tf.float32)), axis=1)
    # [patches, 1], the squares having been gathered as [patches, size * size].
    norms = tf.sqrt(tf.reduce_sum(tf.gather(squares, members), axis=1, keepdims=True))

    # Differs from Chen and Schmidt (2016), eq. 1: less the mean.
    # One position of every patch after the other: there is memory for no more.
    def part(member: tf.Tensor) -> tf.Tensor:
        units = tf.cast(tf.gather(positions, member), tf.float32) / tf.maximum(norms, SMALLEST_NORM)
        # Differs from Chen and Schmidt (2016), eq. 1: less the mean.
        return tf.cast(units - tf.reduce_mean(units, axis=0), positions.dtype)

    # Position after position, as `matching.nearest` unfolds the content's patches.
    return tf.concat([part(member) for member in tf.unstack(members, axis=1)], axis=1)
