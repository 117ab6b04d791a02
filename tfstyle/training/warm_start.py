"""The start of a stylizer's training from a trained one, of the same or of other styles."""

import dataclasses
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from tfstyle.networks import pretrained
from tfstyle.networks.layers import norms
from tfstyle.networks.stylizers import transform_net
from tfstyle.networks.stylizers.stages import stages


def begin_from(stylizer: transform_net.Stylizer, earlier: transform_net.Stylizer) -> None:
    """Gives a stylizer an earlier one's weights; styles that are new get the mean of its styles'.

    Raises:
        ValueError: the networks' architectures differ.
    """
    wanted = dataclasses.asdict(stylizer.architecture)
    for key, value in dataclasses.asdict(earlier.architecture).items():
        # The photograph's scales and shifts are rows like a style's: left out or begun anew. Grain
        # is learned anew.
        if key not in ("identity", "grain") and value != wanted[key]:
            raise ValueError(f"start must have the same {key}. Received: {value} for {wanted[key]}")
    for own, given in zip(stylizer.weights, earlier.weights, strict=True):
        own.assign(_of_styles(given, stylizer, earlier) if own.name in norms.PER_STYLE else given)
    if stylizer.architecture.identity and not earlier.architecture.identity:
        begin_identity(stylizer)


def begin_identity(stylizer: transform_net.Stylizer) -> None:
    """Lets strengths begin nearly as a cross-fade: at 0 the net adds its last biases alone."""
    *_, last = (stage.modulate for stage in stages(stylizer.blocks) if stage.modulate)
    for weight in (last.scale, last.shift):
        values = np.array(weight)
        values[-1] = 0
        weight.assign(values)


def without_inner_norms(
    stylizer: transform_net.Stylizer, photographs: Sequence[np.ndarray]
) -> transform_net.Stylizer:
    """Returns a stylizer that does to all images what the inner norms do to these on average.

    It is to be trained further. Inner norms are what a net outwits with spots, which are seen as
    blobs (Karras et al. 2020, section 2).

    Args:
        stylizer: one with inner norms.
        photographs: `[1, height, width, 3]` each, as in its training.
    """
    made = transform_net.Stylizer(**{**pretrained.architecture(stylizer), "inner_norms": False})
    made.set_weights(stylizer.get_weights())
    affines = [stage.modulate for stage in stages(made.blocks) if stage.modulate is not None]
    # The photograph's row, where there is one, has what shares lack to 1: all.
    styles = len(stylizer.styles)
    for row, shares in enumerate(np.eye(stylizer.architecture.rows(styles), styles)):
        moments = _mean_moments(stylizer, photographs, shares)
        for affine, (mean, deviation) in zip(affines, moments, strict=True):
            # The first stages normalise still, and need no measured moments.
            if not isinstance(affine, norms.ConditionalInstanceNorm):
                _take_in(affine, row, mean, deviation)
    return made


def _mean_moments(
    stylizer: transform_net.Stylizer, photographs: Sequence[np.ndarray], shares: np.ndarray
) -> list[np.ndarray]:
    """Returns mean and deviation, `[2, channels]`, that each norm finds on average."""
    # One graph for photographs of all sizes.
    watch = tf.function(stylizer.watch(), reduce_retracing=True)
    given_shares, found = tf.constant(shares[np.newaxis], tf.float32), []
    for photograph in photographs:
        _, *given = watch(tf.constant(photograph), given_shares)
        moments = map(norms.moments, given)
        # What the norm itself adds before its square root.
        epsilon = norms.ConditionalInstanceNorm.EPSILON
        found.append([(mean, np.sqrt(variance + epsilon)) for mean, variance in moments])
    return [np.mean(pairs, axis=0) for pairs in zip(*found, strict=True)]


def _take_in(
    affine: norms.ConditionalAffine, row: int, mean: np.ndarray, deviation: np.ndarray
) -> None:
    """Lets a style's scale and shift do what they did to (x - mean) / deviation."""
    # scale * (x - mean) / deviation + shift = s * x + (shift - s * mean), s = scale / deviation
    scale, shift = (np.array(weight) for weight in (affine.scale, affine.shift))
    scale[row] /= deviation
    shift[row] -= scale[row] * mean
    affine.scale.assign(scale)
    affine.shift.assign(shift)


def _of_styles(
    given: keras.Variable, stylizer: transform_net.Stylizer, earlier: transform_net.Stylizer
) -> np.ndarray:
    """Returns scales or shifts, `[rows, channels]`, in the order of the stylizer's rows."""
    values = np.asarray(given)
    rows = dict(zip(_names(earlier), values, strict=True))
    mean = np.mean(values[: len(earlier.styles)], axis=0)
    return np.stack([rows[name] if name in rows else mean for name in _names(stylizer)])


def _names(stylizer: transform_net.Stylizer) -> list[str | None]:
    """Returns the name of each row of scales and shifts; the photograph's has none."""
    return [*stylizer.styles, *([None] if stylizer.architecture.identity else [])]
