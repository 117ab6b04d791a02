"""The networks that paint in one pass: Keras models with images in [0, 1] in and out."""

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import keras
import numpy as np
import tensorflow as tf

from tfstyle.networks import architecture, blends, stages
from tfstyle.networks.architecture import Architecture
from tfstyle.networks.layers import mirror, split_convolution
from tfstyle.networks.stages import STRIDE

SMALLEST = 16
"""Least side in pixels that the widest kernel's mirrored border needs; less is grown to it."""

Style: TypeAlias = str | Mapping[str, float] | tf.Tensor | None
"""A style's name, names and shares as "great_wave:0.6,the_scream:0.4", shares by name, or shares as
a tensor `[styles]` or `[batch, styles]`."""


@keras.saving.register_keras_serializable(package="tfstyle")
class Stylizer(keras.Model):
    """Paints images in one or a blend of the styles that it was trained for.

    Johnson et al.'s (2016) transform net with conditional instance norm (Dumoulin et al. 2017).
    """

    # Differs from Johnson et al. (2016): mirrored borders at every convolution and enlarging by
    # repetition instead of by transposed convolutions, against frames and checkerboards; the
    # output is linear, for a saturated tanh leaves dead blobs. A net whose stages all normalise
    # learns to set its features' size past the norms: by a spot that has nearly all of a
    # channel's variance, and is seen as a blob (Karras et al. 2020, section 2). Without norms
    # after the image was shrunk, there is nothing to be had by it.

    def __init__(
        self,
        styles: Sequence[str],
        *,
        width: int = Architecture.width,
        residual_blocks: int = Architecture.residual_blocks,
        outer_kernel: int = Architecture.outer_kernel,
        inner_norms: bool = Architecture.inner_norms,
        identity: bool = Architecture.identity,
        **kwargs: Any,
    ) -> None:
        """Takes what the network is.

        Args:
            styles: their names.
            width: channels of the first layer, from 1 to 512.
            residual_blocks: how many there are, up to 64.
            outer_kernel: side of the first and the last layer's kernels, odd, from 1 to 9.
            inner_norms: whether all stages normalise, or those only that shrink the image.
            identity: whether the photograph is among what is blended: it has what shares lack to 1.
            **kwargs: what Keras's models take; `dtype` is float32 by default.

        Raises:
            ValueError: the styles are not different names, or a measure is out of its range.
        """
        super().__init__(**{"dtype": "float32", **kwargs})
        self.styles = architecture.check_styles(styles)
        self.architecture = Architecture(
            width, residual_blocks, outer_kernel, inner_norms, identity
        )
        rows = self.architecture.rows(len(styles))
        self.blocks = stages.blocks(rows, self.architecture, self.dtype_policy)
        self.net = stages.connect(self.blocks, rows, self.dtype_policy)
        self._compiled_net = tf.function(self.net, reduce_retracing=True)
        self.built = True

    def call(self, images: tf.Tensor, style: Style = None, training: bool = False) -> tf.Tensor:
        """Returns the images painted, `[batch, height, width, 3]`, float32 in [0, 1].

        Args:
            images: the same shape, in [0, 1]; any height and width from one pixel up.
            style: a name, shares by name, or a tensor of shares; by default the first style.
            training: whether values beyond [0, 1] are left as they are, so that a loss sees them.

        Raises:
            ValueError: the images are of another shape, or there is no such style.
        """
        _check_images(images)
        # Called eagerly, Keras's functional models keep every layer's output until the end.
        net = self._compiled_net if tf.executing_eagerly() else self.net
        pastiches = self._run(net, images, style)[0]
        return pastiches if training else tf.clip_by_value(pastiches, 0.0, 1.0)

    def watch(self) -> Callable[[tf.Tensor, Style], list[tf.Tensor]]:
        """Returns what paints as `call` does in training, and gives what each norm is given too.

        The pastiches come first; the others are `[batch, rows, columns, channels]`.
        """
        given = [
            stage.modulate.input[0]
            for stage in stages.stages(self.blocks)
            if stage.modulate and stage.measures
        ]
        return functools.partial(self._run, keras.Model(self.net.inputs, [self.net.output, *given]))

    def _run(self, net: Callable[..., Any], images: tf.Tensor, style: Style) -> list[tf.Tensor]:
        """Returns the net's outputs for images of any size; the first is cut to theirs."""
        height, width = tf.unstack(tf.shape(images)[1:3])
        # Grown to a side that can be halved twice; what the growth has painted is cut away again.
        grown = mirror.mirror_to(images, fitting(height), fitting(width))
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

    def shares(self, style: Style) -> tf.Tensor:
        """Returns each style's share, `[batch or 1, styles]`, float32, as `call` takes it.

        Raises:
            ValueError: a name is unknown, a share is not finite or below 0, the shares by name sum
                to zero, or a tensor has another shape.
        """
        if style is None or isinstance(style, (str, Mapping)):
            style = blends.shares(self.styles[0] if style is None else style, self.styles)
        given = tf.convert_to_tensor(style)
        if not (given.dtype.is_floating or given.dtype.is_integer):
            raise ValueError(
                "style must be a name, shares by name, or a tensor of shares. "
                f"Received: style={style!r}"
            )
        shares = tf.cast(given, tf.float32)
        self._check_tensor(shares)
        return shares[tf.newaxis] if shares.shape.rank == 1 else shares

    def rows(self, style: Style) -> tf.Tensor:
        """Returns each style's share and, with `identity`, the photograph's, which is the rest.

        `[batch or 1, rows]`, float32; raises ValueError as `shares` does.
        """
        shares = self.shares(style)
        if not self.architecture.identity:
            return shares
        rest = 1 - tf.reduce_sum(shares, axis=1, keepdims=True)
        return tf.concat([shares, rest], axis=1)

    def at_strength(self, style: Style, strength: float | tf.Tensor) -> Style:
        """Returns the style at a strength from 0, the photograph, to 1, as `call` takes it.

        Args:
            style: as `call` takes it.
            strength: a number, or a tensor `[batch]`.

        Raises:
            ValueError: the style is none, or the network has no strengths (no `identity`).
        """
        if isinstance(strength, (int, float)) and strength == 1:
            return style
        if not self.architecture.identity:
            raise ValueError(
                "strength must be 1 for a model that was trained at full strength only; train one "
                f"with weak_share above 0. Received: strength={strength}"
            )
        return self.shares(style) * tf.reshape(tf.cast(strength, tf.float32), [-1, 1])

    def _check_tensor(self, shares: tf.Tensor) -> None:
        """Raises ValueError unless a tensor is a share for each style, finite where that is known.

        In a graph the values are not known yet: `export` checks them there.
        """
        rank, styles = shares.shape.rank, len(self.styles)
        if rank is not None and (rank not in (1, 2) or shares.shape[-1] not in (None, styles)):
            raise ValueError(
                f"shares must be [{styles}] or [batch, {styles}], one for each style. "
                f"Received: shares of shape {shares.shape}"
            )
        if tf.executing_eagerly():
            values = shares.numpy()
            if not np.isfinite(values).all():
                raise ValueError(
                    "shares must be finite numbers. "
                    f"Received: {values[~np.isfinite(values)][0]} among the shares"
                )

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...], **_: Any
    ) -> tuple[int | None, ...]:
        """Returns the images' own shape."""
        return input_shape

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> keras.KerasTensor:
        """Returns the pastiches' shape and type, for models that have this one in them."""
        # Keras takes the arithmetic's type for the output's.
        return keras.KerasTensor(super().compute_output_spec(*args, **kwargs).shape, "float32")

    # What a processor is fastest with must not be written: another one is going to run it.
    @split_convolution.for_any_processor()
    def export(self, filepath: Any, *args: Any, input_signature: Any = None, **kwargs: Any) -> None:
        """Writes as Keras's models do; by default for any batch and size, in the first style."""
        signature = input_signature or [keras.InputSpec("float32", [None, None, None, 3])]
        super().export(filepath, *args, input_signature=signature, **kwargs)

    def get_config(self) -> dict[str, Any]:
        """Returns what `__init__` takes."""
        own = dataclasses.asdict(self.architecture)
        return {**super().get_config(), "styles": self.styles, **own}


def _check_images(images: tf.Tensor) -> None:
    if images.shape.rank not in (None, 4):
        raise ValueError(
            "images must be [batch, height, width, 3]; add the batch by images[None]. "
            f"Received: images of shape {images.shape}"
        )


def fitting(side: tf.Tensor) -> tf.Tensor:
    """Returns the next side that the net can halve twice and mirror at its borders."""
    # Not -(-side // STRIDE): in ONNX, whole numbers are divided towards zero.
    return tf.maximum((side + STRIDE - 1) // STRIDE * STRIDE, SMALLEST)
