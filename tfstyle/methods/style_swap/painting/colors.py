"""The colours of a finished picture, carried to those of the style."""

from collections.abc import Sequence

import tensorflow as tf

from tfstyle.methods.style_swap import whitening


def carry_colors(
    pastiche: tf.Tensor, colors: whitening.Statistics, share: float | tf.Tensor
) -> tf.Tensor:
    """Returns the pastiche with a share of the style's mean colour and covariance.

    It restores the contrast that patches laid over each other, and the decoder, lose.
    """
    if isinstance(share, float) and share == 0:
        return pastiche
    carried = whitening.transport(pastiche, whitening.statistics([pastiche]), colors)
    return tf.clip_by_value(pastiche + share * (carried - pastiche), 0.0, 1.0)


def carry_by_region(
    pastiche: tf.Tensor,
    colors: Sequence[whitening.Statistics],
    masks: tf.Tensor,
    share: float,
) -> tf.Tensor:
    """Returns the pastiche, each region with a share of its style's mean colour and covariance.

    The regions are blended by their masks.

    Args:
        pastiche: `[1, height, width, 3]`, float32.
        colors: of each region's style.
        masks: how far each pixel belongs to each region, `[regions, height, width]`.
        share: from 0 to 1.
    """
    if share == 0:
        return pastiche
    total = tf.zeros_like(pastiche)
    for style, mask in zip(colors, masks, strict=True):
        # A frame of a clip may lack a region.
        if not tf.reduce_any(mask > 0):
            continue
        own = whitening.statistics([pastiche], [mask])
        carried = whitening.transport(pastiche, own, style)
        # Clipped before they are blended: what a region's map makes of its neighbour's colours may
        # lie far beyond white, and would shine through a share of a hundredth.
        total += mask[..., tf.newaxis] * tf.clip_by_value(
            pastiche + share * (carried - pastiche), 0.0, 1.0
        )
    return total
