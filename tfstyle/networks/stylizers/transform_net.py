"""The network that paints in one pass: a Keras model with images in [0, 1] in and out."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

from tfstyle.networks.layers import grain, mirror
from tfstyle.networks.stylizers import stages
from tfstyle.networks.stylizers.stages import STRIDE
from tfstyle.networks.stylizers.styled import Style, StyledModel

SMALLEST = 16
"""Least side in pixels that the widest kernel's mirrored border needs; less is grown to it."""


@keras.saving.register_keras_serializable(package="tfstyle")
class Stylizer(StyledModel):
    """Paints images in one or a blend of the styles that it was trained for.

    Johnson et al.'s (2016) transform net with conditional instance norm (Dumoulin et al. 2017).
    """

    # Differs from Johnson et al. (2016): mirrored borders at every convolution and enlarging by
    # repetition instead of by transposed convolutions, against frames and checkerboards; the
    # output is linear, for a saturated tanh leaves dead blobs. A net whose stages all normalise
    # learns to set its features' size past the norms: by a spot that has nearly all of a
    # channel's variance, and is seen as a blob (Karras et al. 2020, section 2). Without norms
    # after the image was shrunk, there is nothing to be had by it.

    def _make(self) -> None:
        rows = self.architecture.rows(len(self.styles))
        self.blocks = stages.blocks(rows, self.architecture, self.dtype_policy)
        self.net = stages.connect(self.blocks, rows, self.dtype_policy)
        self._compiled_net = tf.function(self.net, reduce_retracing=True)

    def _paint(
        self, images: tf.Tensor, shares: tf.Tensor, training: bool, grained: bool
    ) -> tf.Tensor:
        # Called eagerly, Keras's functional models keep every layer's output until the end.
        net = self._compiled_net if tf.executing_eagerly() else self.net
        seen = self.seen(images) if grained and not training else images
        pastiches = self._run(net, images, seen, shares)[0]
        return pastiches if training else tf.clip_by_value(pastiches, 0.0, 1.0)

    def single(self, style: Style) -> "tuple[Stylizer, Style]":
        """Returns itself, and the shares."""
        return self, self.shares(style)

    def averaged(self, wanted: Sequence[str]) -> "Stylizer":
        """Returns itself: its styles share their net."""
        return self

    def watch(self) -> Callable[[tf.Tensor, Style], list[tf.Tensor]]:
        """Returns what paints as `call` does, unclipped, and gives what each norm is given too.

        The pastiches come first; the others are `[batch, rows, columns, channels]`.
        """
        given = [
            stage.modulate.input[0]
            for stage in stages.stages(self.blocks)
            if stage.modulate and stage.measures
        ]
        net = keras.Model(self.net.inputs, [self.net.output, *given])
        return lambda images, style: self._run(net, images, self.seen(images), style)

    def seen(self, images: tf.Tensor) -> tf.Tensor:
        """Returns images with the grain that the network sees in them, in their own type."""
        deviation = self.architecture.grain
        if not deviation:
            return images
        return images + tf.cast(deviation * grain.over(images), images.dtype)

    def _run(
        self, net: Callable[..., Any], images: tf.Tensor, seen: tf.Tensor, style: Style
    ) -> list[tf.Tensor]:
        """Returns the net's outputs for images of any size; the first is cut to theirs."""
        height, width = tf.unstack(tf.shape(images)[1:3])
        # Grown to a side that can be halved twice; what the growth has painted is cut away again.
        grown = mirror.mirror_to(seen, fitting(height), fitting(width))
        rows = self.rows(style)
        pastiches, *others = tf.nest.flatten(net([tf.cast(grown, tf.float32), rows]))
        # By sizes: computed ends would become floats in ONNX, too short ones in float16.
        cut = tf.slice(pastiches, [0, 0, 0, 0], [-1, height, width, -1])
        # Not by tf.ensure_shape, which LiteRT does not know.
        cut.set_shape(images.shape)
        return [self.over_photograph(cut, images, rows), *others]

    def over_photograph(
        self, pastiches: tf.Tensor, images: tf.Tensor, rows: tf.Tensor
    ) -> tf.Tensor:
        """Returns what the net has painted, with the photograph's share of the photograph under it.

        Args:
            pastiches: what the net returns, `[batch, height, width, 3]`, float32.
            images: the photographs, the same shape, in [0, 1].
            rows: as `rows` returns them.
        """
        if not self.architecture.identity:
            return pastiches
        rest = tf.reshape(rows[:, -1], [-1, 1, 1, 1])
        # The norms have taken the photograph's own colours away; its share brings them back.
        return pastiches + rest * (tf.cast(images, tf.float32) - stages.GREY)

    def rows(self, style: Style) -> tf.Tensor:
        """Returns each style's share and, with `identity`, the photograph's, which is the rest.

        `[batch or 1, rows]`, float32; raises ValueError as `shares` does.
        """
        shares = self.shares(style)
        if not self.architecture.identity:
            return shares
        rest = 1 - tf.reduce_sum(shares, axis=1, keepdims=True)
        return tf.concat([shares, rest], axis=1)


def fitting(side: tf.Tensor) -> tf.Tensor:
    """Returns the next side that the net can halve twice and mirror at its borders."""
    # Not -(-side // STRIDE): in ONNX, whole numbers are divided towards zero.
    return tf.maximum((side + STRIDE - 1) // STRIDE * STRIDE, SMALLEST)
