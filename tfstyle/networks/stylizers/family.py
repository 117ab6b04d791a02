"""A network for each style in one model, whose weights are blended as styles are."""

import dataclasses
import types
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import keras
import numpy as np
import tensorflow as tf

from tfstyle.networks.layers import norms
from tfstyle.networks.stylizers.styled import Style, StyledModel
from tfstyle.networks.stylizers.transform_net import Stylizer

MEMBER = ("style",)
"""The one style that each network has by itself."""


@keras.saving.register_keras_serializable(package="tfstyle")
class StylizerFamily(StyledModel):
    """Paints images in one or a blend of styles, each of which has a transform net of its own.

    All were trained on from the same network, so that a blend of their weights paints a blend of
    their styles. The weights are zero until `join` or a file gives others. Reference: Wang et al.
    (2019), "Deep network interpolation".
    """

    def _make(self) -> None:
        # Out of Keras's sight: its weights are never its own.
        self._template = types.SimpleNamespace(net=self._new())
        for weight in self._template.net.weights:
            shape = (len(self.styles), *weight.shape)
            # Random ones take a tenth of a second, and `join` or a file gives others.
            self.add_weight(shape=shape, name=weight.name, initializer="zeros", autocast=False)
        self._compiled = tf.function(self._run, reduce_retracing=True)

    def _paint(
        self, images: tf.Tensor, shares: tf.Tensor, training: bool, grained: bool
    ) -> tf.Tensor:
        images = tf.convert_to_tensor(images)
        if shares.shape[0] == 1:
            return self._paint_alike(images, shares, training, grained)
        rows = tf.broadcast_to(shares, [tf.shape(images)[0], len(self.styles)])
        # Each image by networks of its own.
        return tf.map_fn(
            lambda row: self._paint_alike(
                row[0][tf.newaxis], row[1][tf.newaxis], training, grained
            )[0],
            (images, rows),
            fn_output_signature=tf.TensorSpec(images.shape[1:], tf.float32),
            parallel_iterations=1,
        )

    def single(self, style: Style) -> tuple[Stylizer, Style]:
        """Returns a net with the blended weights, and its style at the strength."""
        shares = self.shares(style)
        net = self._new()
        for own, blended in zip(net.weights, self._blended(shares[:1]), strict=True):
            own.assign(blended)
        return net, _strength(shares[:1])

    def averaged(self, wanted: Sequence[str]) -> Stylizer:
        """Returns the mean of the networks for the wanted styles that there are, or else of all."""
        styles = [style for style in self.styles if style in wanted] or list(self.styles)
        places = [self.styles.index(style) for style in styles]
        net = Stylizer(styles, **dataclasses.asdict(self.architecture))
        for own, given in zip(net.weights, self.weights, strict=True):
            chosen = np.asarray(given)[places]
            if own.name in norms.PER_STYLE:
                # [networks, rows, channels]: each network's style, and the mean photograph's.
                own.assign(np.stack([*chosen[:, 0], *chosen[:, 1:].mean(axis=0)]))
            else:
                own.assign(chosen.mean(axis=0))
        return net

    def _new(self) -> Stylizer:
        return Stylizer(MEMBER, **dataclasses.asdict(self.architecture), dtype=self.dtype_policy)

    def _blended(self, shares: tf.Tensor) -> list[tf.Tensor]:
        """Returns the mean of the networks' weights by shares `[1, styles]`, whatever their sum."""
        # Of no style at all there is nothing: with `identity` the photograph remains.
        portions = tf.math.divide_no_nan(shares[0], tf.reduce_sum(shares))
        mean = _mean_eagerly if tf.executing_eagerly() else _mean
        return [mean(portions, tf.convert_to_tensor(each)) for each in self.weights]

    def _paint_alike(
        self, images: tf.Tensor, shares: tf.Tensor, training: bool, grained: bool
    ) -> tf.Tensor:
        """Paints all images by the same shares, `[1, styles]`."""
        # Called eagerly, the net would keep a graph in which these weights are constants.
        run = self._compiled if tf.executing_eagerly() else self._run
        return run(self._blended(shares), images, _strength(shares), training, grained)

    def _run(
        self,
        weights: list[tf.Tensor],
        images: tf.Tensor,
        strength: tf.Tensor,
        training: bool,
        grained: bool,
    ) -> tf.Tensor:
        how = {"style": strength, "training": training, "grained": grained}
        return self._template.net.stateless_call(weights, [], images, **how)[0]


def _mean(portions: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
    """Returns the mean of `weights` `[networks, ...]` by `portions` `[networks]`."""
    return tf.tensordot(portions, weights, 1)


@tf.custom_gradient
def _mean_eagerly(
    portions: tf.Tensor, weights: tf.Tensor
) -> tuple[tf.Tensor, Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]]:
    """Returns `_mean`, whose gradient it has too; one network alone is taken as it is."""

    def gradient(upstream: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        to_portions = tf.tensordot(weights, upstream, upstream.shape.rank)
        return to_portions, tf.tensordot(portions, upstream, 0)

    alone = np.flatnonzero(portions)
    return weights[alone[0]] if len(alone) == 1 else _mean(portions, weights), gradient


def _strength(shares: tf.Tensor) -> tf.Tensor:
    """Returns how much of all styles there is, `[batch, 1]`, as a net of one style takes it."""
    return tf.reduce_sum(shares, axis=1, keepdims=True)


def join(stylizers: Mapping[str, Stylizer]) -> StylizerFamily:
    """Returns the family of networks of one style each, by the styles' names.

    Blends are worth looking at where all were trained on from the same network (`start`).

    Raises:
        ValueError: there are none, one has several styles or is a family, or their architectures
            differ.
    """
    members = list(stylizers.values())
    are_single = all(isinstance(each, Stylizer) and len(each.styles) == 1 for each in members)
    if not are_single or len({each.architecture for each in members}) != 1:
        shown = "; ".join(f"{name}: {_described(each)}" for name, each in stylizers.items())
        raise ValueError(
            "stylizers must be networks of one style each and of the same architecture. "
            f"Received: {shown or 'none'}"
        )
    made = StylizerFamily(tuple(stylizers), **dataclasses.asdict(members[0].architecture))
    for own, *given in zip(made.weights, *(each.weights for each in members), strict=True):
        own.assign(tf.stack([tf.convert_to_tensor(weight) for weight in given]))
    return made


def _described(stylizer: object) -> str:
    if not isinstance(stylizer, StyledModel):
        return f"no stylizer, {type(stylizer).__name__}"
    kind = "a family of " if isinstance(stylizer, StylizerFamily) else ""
    count = len(stylizer.styles)
    return f"{kind}{count} style{'s' * (count > 1)}, {stylizer.architecture}"


AnyStylizer: TypeAlias = Stylizer | StylizerFamily
"""What a trained network may be: one for all of its styles, or one for each."""
