"""The colours of a finished picture, carried to those of the style."""

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
