"""Each patch of a content's features exchanged for the nearest of a style's.

Reference: Chen and Schmidt (2016), "Fast patch-based style transfer of arbitrary style", section 3.
"""

import tensorflow as tf

from tfstyle.methods.style_swap.exchange import laying, patches
from tfstyle.networks.layers import mirror

SCORE_BYTES = 2**27
"""What patches that are compared at once may take, their scores included: more saves no time."""

TOGETHER = 4096
"""Patches of the style that are compared at once."""


def swap(features: tf.Tensor, bank: patches.PatchBank, score_bytes: int = SCORE_BYTES) -> tf.Tensor:
    """Returns the features with each patch exchanged for the style's nearest, overlaps averaged.

    Args:
        features: `[batch, rows, columns, channels]`, of any size: mirrored where patches do not
            reach the last position.
        bank: the style's patches.
        score_bytes: memory for the scores.

    Returns:
        The features' shape, float32.
    """
    rows, columns = tf.unstack(tf.shape(features)[1:3])
    # [batch, covering rows, covering columns, channels]
    grown = mirror.mirror_to(features, _covering(rows, bank), _covering(columns, bank))
    matches = nearest(bank.compared(grown), bank, score_bytes)
    return fold_back(matches, bank)[:, :rows, :columns]


def nearest(
    features: tf.Tensor, bank: patches.PatchBank, score_bytes: int = SCORE_BYTES
) -> tf.Tensor:
    """Returns which of the style's patches is most like each of the content's; of equals the first.

    The likeness is the cosine between patches, s.c / (|s| |c|): Chen and Schmidt (2016), eq. 1.

    Args:
        features: `[batch, rows, columns, components]`, no smaller than a patch, as
            `PatchBank.compared` returns them.
        bank: the style's patches.
        score_bytes: memory for the scores.

    Returns:
        `[batch, patches below each other, patches beside each other]`, int32.
    """
    batch, rows, columns, channels = tf.unstack(tf.shape(features))
    # [batch * rows * columns, channels]
    positions = tf.reshape(features, [-1, channels])
    pictures = rows * columns * tf.range(batch)[:, tf.newaxis]
    # [batch * patches]: where among the positions each patch begins.
    corners = tf.reshape(pictures + laying.corners_of(rows, columns, bank.size, bank.stride), [-1])
    # Of each patch: its scores, and itself.
    numbers = TOGETHER + bank.directions.shape[1]
    count = tf.maximum(score_bytes // (numbers * features.dtype.size), 1)

    def match(first: tf.Tensor, matches: tf.Tensor):
        some = corners[first : first + count]
        members = laying.members_of(some, tf.fill(tf.shape(some), columns), bank.size)
        # [some, size * size * channels]
        unfolded = tf.reshape(tf.gather(positions, members), [-1, bank.directions.shape[1]])
        return first + count, tf.concat([matches, _nearest_to(unfolded, bank.directions)], 0)

    _, matches = _loop(match, tf.size(corners), tf.zeros([0], tf.int32))
    down, across = ((side - bank.size) // bank.stride + 1 for side in (rows, columns))
    return tf.reshape(matches, [batch, down, across])


def _nearest_to(unfolded: tf.Tensor, directions: tf.Tensor) -> tf.Tensor:
    """Returns which direction has the greatest product with each patch, `[patches]`, int32."""

    def compare(first: tf.Tensor, best: tf.Tensor, match: tf.Tensor):
        # A patch's own norm alters no comparison.
        # Not the paper's convolution, which has all patches of the style for filters: its scores
        # would take patches times positions at once.
        # [patches, TOGETHER or fewer]
        scores = tf.matmul(unfolded, directions[first : first + TOGETHER], transpose_b=True)
        place = tf.argmax(scores, axis=1, output_type=tf.int32)
        highest = tf.gather(scores, place, batch_dims=1)
        # Strictly: of equals the first one stays.
        better = highest > best
        best = tf.where(better, highest, best)
        return first + TOGETHER, best, tf.where(better, first + place, match)

    count = tf.shape(unfolded)[:1]
    nothing = tf.fill(count, unfolded.dtype.min), tf.zeros(count, tf.int32)
    return _loop(compare, tf.shape(directions)[0], *nothing)[-1]


def _loop(body, end: tf.Tensor, *values: tf.Tensor) -> tuple[tf.Tensor, ...]:
    """Returns the loop's variables when the first, which begins as 0, has reached the end."""
    unknown = (tf.TensorShape([]), *(tf.TensorShape([None]) for _ in values))
    return tf.while_loop(
        lambda first, *_: first < end,
        body,
        (0, *values),
        shape_invariants=unknown,
        # Rounds at the same time would take memory at the same time.
        parallel_iterations=1,
    )


def fold_back(matches: tf.Tensor, bank: patches.PatchBank) -> tf.Tensor:
    """Returns the features that patches laid over one another give: at each position their mean.

    Args:
        matches: `[batch, down, across]`, int32: the number of the patch that lies there.
        bank: the style's patches.

    Returns:
        `[batch, rows, columns, channels]`, float32, as many positions as the patches cover.
    """
    batch, down, across = tf.unstack(tf.shape(matches))
    rows, columns = ((count - 1) * bank.stride + bank.size for count in (down, across))
    # [batch, down, across, size * size]: positions of the style.
    taken = laying.members_of(
        tf.gather(bank.corners, matches), tf.gather(bank.widths, matches), bank.size
    )
    corners = laying.corners_of(rows, columns, bank.size, bank.stride)
    pictures = rows * columns * tf.range(batch)[:, tf.newaxis]
    # [batch, down * across, size * size]: the positions of the result that these are laid on.
    laid = laying.members_of(
        pictures + corners, tf.fill([batch, down * across], columns), bank.size
    )
    # By position: the segments of a mean must follow one another.
    order = tf.argsort(tf.reshape(laid, [-1]), stable=True)
    # What the paper's code does by a transposed convolution of a one-hot map, divided by the
    # number of overlaps.
    # [batch * rows * columns, channels]
    means = tf.sparse.segment_mean(
        tf.cast(bank.positions, tf.float32),
        tf.gather(tf.reshape(taken, [-1]), order),
        tf.gather(tf.reshape(laid, [-1]), order),
    )
    return tf.reshape(means, [batch, rows, columns, bank.positions.shape[-1]])


def _covering(side: tf.Tensor, bank: patches.PatchBank) -> tf.Tensor:
    """Returns the next number of positions that patches cover to the last."""
    steps = (tf.maximum(side - bank.size, 0) + bank.stride - 1) // bank.stride
    return bank.size + steps * bank.stride
