"""Feature maps as overlapping patches: each matched with the nearest of a style's, and folded back.

Reference: Chen and Schmidt (2016), "Fast patch-based style transfer of arbitrary style", section 3.
"""

from collections.abc import Sequence
from typing import NamedTuple

import tensorflow as tf

from tfstyle.networks.layers import mirror

SCORE_BYTES = 2**27
"""What patches that are compared at once may take, their scores included: more saves no time."""

TOGETHER = 4096
"""Patches of the style that are compared at once."""

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
    directions: tf.Tensor
    """`[patches, size * size * channels]`: what contents are compared with; see `_directions`."""
    size: int
    """A patch's side, in positions."""
    stride: int
    """Positions from one patch to the next, in the styles and in contents."""


def prepare(maps: Sequence[tf.Tensor], size: int = 3, stride: int = 1) -> PatchBank:
    """Returns all patches of some pictures' features.

    Args:
        maps: features `[1, rows, columns, channels]` of any sizes, in the type that patches are
            to be compared in.
        size: a patch's side, in positions.
        stride: positions from one patch to the next, at most `size`.

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
        corners.append(first + _corners(rows, columns, size, stride))
        widths.append(tf.fill(tf.shape(corners[-1]), columns))
        first += rows * columns
    positions = tf.concat([tf.reshape(features, [-1, channels]) for features in maps], axis=0)
    corners, widths = tf.concat(corners, axis=0), tf.concat(widths, axis=0)
    directions = _directions(positions, _members(corners, widths, size))
    return PatchBank(positions, corners, widths, directions, size, stride)


def swap(features: tf.Tensor, bank: PatchBank, score_bytes: int = SCORE_BYTES) -> tf.Tensor:
    """Returns the features with each patch exchanged for the style's nearest, overlaps averaged.

    Args:
        features: `[batch, rows, columns, channels]`, in the bank's type, of any size: mirrored
            where patches do not reach the last position.
        bank: the style's patches.
        score_bytes: memory for the scores.

    Returns:
        The features' shape, float32.
    """
    rows, columns = tf.unstack(tf.shape(features)[1:3])
    grown = mirror.mirror_to(features, _covering(rows, bank), _covering(columns, bank))
    return fold_back(nearest(grown, bank, score_bytes), bank)[:, :rows, :columns]


def nearest(features: tf.Tensor, bank: PatchBank, score_bytes: int = SCORE_BYTES) -> tf.Tensor:
    """Returns which of the style's patches is most like each of the content's; of equals the first.

    The likeness is the cosine between patches, s.c / (|s| |c|): Chen and Schmidt (2016), eq. 1.

    Args:
        features: `[batch, rows, columns, channels]`, no smaller than a patch.
        bank: the style's patches.
        score_bytes: memory for the scores.

    Returns:
        `[batch, patches below each other, patches beside each other]`, int32.
    """
    batch, rows, columns, channels = tf.unstack(tf.shape(features))
    positions = tf.reshape(features, [-1, channels])
    pictures = rows * columns * tf.range(batch)[:, tf.newaxis]
    corners = tf.reshape(pictures + _corners(rows, columns, bank.size, bank.stride), [-1])
    numbers = TOGETHER + bank.directions.shape[1]  # Of each patch: its scores, and itself.
    count = tf.maximum(score_bytes // (numbers * features.dtype.size), 1)

    def match(first: tf.Tensor, matches: tf.Tensor):
        some = corners[first : first + count]
        members = _members(some, tf.fill(tf.shape(some), columns), bank.size)
        unfolded = tf.reshape(tf.gather(positions, members), [-1, bank.directions.shape[1]])
        return first + count, tf.concat([matches, _nearest_to(unfolded, bank.directions)], 0)

    _, matches = _loop(match, tf.size(corners), tf.zeros([0], tf.int32))
    down, across = ((side - bank.size) // bank.stride + 1 for side in (rows, columns))
    return tf.reshape(matches, [batch, down, across])


def _nearest_to(patches: tf.Tensor, directions: tf.Tensor) -> tf.Tensor:
    """Returns which direction has the greatest product with each patch, `[patches]`, int32."""

    def compare(first: tf.Tensor, best: tf.Tensor, match: tf.Tensor):
        # A patch's own norm alters no comparison.
        scores = tf.matmul(patches, directions[first : first + TOGETHER], transpose_b=True)
        place = tf.argmax(scores, axis=1, output_type=tf.int32)
        highest = tf.gather(scores, place, batch_dims=1)
        better = highest > best
        best = tf.where(better, highest, best)
        return first + TOGETHER, best, tf.where(better, first + place, match)

    count = tf.shape(patches)[:1]
    nothing = tf.fill(count, patches.dtype.min), tf.zeros(count, tf.int32)
    return _loop(compare, tf.shape(directions)[0], *nothing)[-1]


def _loop(body, end: tf.Tensor, *values: tf.Tensor) -> tuple[tf.Tensor, ...]:
    """Returns the loop's variables when the first, which begins as 0, has reached the end."""
    unknown = (tf.TensorShape([]), *(tf.TensorShape([None]) for _ in values))
    return tf.while_loop(
        lambda first, *_: first < end,
        body,
        (0, *values),
        shape_invariants=unknown,
        parallel_iterations=1,
    )


def fold_back(matches: tf.Tensor, bank: PatchBank) -> tf.Tensor:
    """Returns the features that patches laid over one another give: at each position their mean.

    Args:
        matches: `[batch, down, across]`, int32: the number of the patch that lies there.
        bank: the style's patches.

    Returns:
        `[batch, rows, columns, channels]`, float32, as many positions as the patches cover.
    """
    batch, down, across = tf.unstack(tf.shape(matches))
    rows, columns = ((count - 1) * bank.stride + bank.size for count in (down, across))
    taken = _members(tf.gather(bank.corners, matches), tf.gather(bank.widths, matches), bank.size)
    corners = _corners(rows, columns, bank.size, bank.stride)
    pictures = rows * columns * tf.range(batch)[:, tf.newaxis]
    laid = _members(pictures + corners, tf.fill([batch, down * across], columns), bank.size)
    order = tf.argsort(tf.reshape(laid, [-1]), stable=True)
    means = tf.sparse.segment_mean(
        tf.cast(bank.positions, tf.float32),
        tf.gather(tf.reshape(taken, [-1]), order),
        tf.gather(tf.reshape(laid, [-1]), order),
    )
    return tf.reshape(means, [batch, rows, columns, bank.positions.shape[-1]])


def _check_size(features: tf.Tensor, size: int) -> None:
    sides = [side for side in features.shape[1:3] if side is not None]
    if sides and min(sides) < size:
        raise ValueError(
            f"style must have at least {size} x {size} positions at the layer, one patch. "
            f"Received: size={' x '.join(map(str, sides))}"
        )


def _covering(side: tf.Tensor, bank: PatchBank) -> tf.Tensor:
    """Returns the next number of positions that patches cover to the last."""
    steps = (tf.maximum(side - bank.size, 0) + bank.stride - 1) // bank.stride
    return bank.size + steps * bank.stride


def _corners(rows: tf.Tensor, columns: tf.Tensor, size: int, stride: int) -> tf.Tensor:
    """Returns each patch's first position in a picture of so many, `[patches]`, row by row."""
    down, across = (tf.range(0, side - size + 1, stride) for side in (rows, columns))
    return tf.reshape(down[:, tf.newaxis] * columns + across, [-1])


def _members(corners: tf.Tensor, widths: tf.Tensor, size: int) -> tf.Tensor:
    """Returns the positions of each patch, `[..., size * size]`, from its first position.

    Args:
        corners: `[...]`, int32.
        widths: the same shape: positions in a row of the picture that the patch is from.
        size: a patch's side.
    """
    down, across = tf.meshgrid(tf.range(size), tf.range(size), indexing="ij")
    down, across = tf.reshape(down, [-1]), tf.reshape(across, [-1])
    return corners[..., tf.newaxis] + down * widths[..., tf.newaxis] + across


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
    squares = tf.reduce_sum(tf.square(tf.cast(positions, tf.float32)), axis=1)
    norms = tf.sqrt(tf.reduce_sum(tf.gather(squares, members), axis=1, keepdims=True))

    def part(member: tf.Tensor) -> tf.Tensor:  # One position of every patch: memory for no more.
        units = tf.cast(tf.gather(positions, member), tf.float32) / tf.maximum(norms, SMALLEST_NORM)
        return tf.cast(units - tf.reduce_mean(units, axis=0), positions.dtype)

    return tf.concat([part(member) for member in tf.unstack(members, axis=1)], axis=1)
