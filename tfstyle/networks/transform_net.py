"""The networks that paint in one pass: Keras models with images in [0, 1] in and out."""

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import keras
import tensorflow as tf

from tfstyle import settings
from tfstyle.networks import stages
from tfstyle.networks.layers import mirror
from tfstyle.networks.stages import STRIDE, Architecture

OUTER_KERNELS = range(1, 10, 2)
"""Sides that the first and the last layer's kernels may have."""

SMALLEST = 16
"""Least side in pixels that the widest kernel's mirrored border needs; less is grown to it."""

Style: TypeAlias = str | Mapping[str, float] | tf.Tensor | None
"""A style's name, shares by name, or shares as a tensor `[styles]` or `[batch, styles]`."""


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
        width: int = 32,
        residual_blocks: int = 5,
        outer_kernel: int = 9,
        inner_norms: bool = True,
        **kwargs: Any,
    ) -> None:
        """Takes what the network is.

        Args:
            styles: their names.
            width: channels of the first layer.
            residual_blocks: how many there are.
            outer_kernel: side of the first and the last layer's kernels, odd, from 1 to 9.
            inner_norms: whether all stages normalise, or those only that shrink the image.
            **kwargs: what Keras's models take; `dtype` is float32 by default.
        """
        super().__init__(**{"dtype": "float32", **kwargs})
        if not styles or len(set(styles)) != len(styles):
            raise ValueError(f"styles must be different names. Received: styles={styles}")
        if outer_kernel not in OUTER_KERNELS:
            raise ValueError(
                f"outer_kernel must be odd, from 1 to 9. Received: outer_kernel={outer_kernel}"
            )
        self.styles = tuple(styles)
        self.architecture = Architecture(width, residual_blocks, outer_kernel, inner_norms)
        self.blocks = stages.blocks(len(styles), self.architecture, self.dtype_policy)
        self.net = stages.connect(self.blocks, len(styles), self.dtype_policy)
        self._compiled_net = tf.function(self.net, reduce_retracing=True)
        self.built = True

    def call(self, images: tf.Tensor, style: Style = None, training: bool = False) -> tf.Tensor:
        """Returns the images painted, `[batch, height, width, 3]`, float32 in [0, 1].

        Args:
            images: the same shape, in [0, 1]; any height and width from one pixel up.
            style: a name, shares by name, or a tensor of shares; by default the first style.
            training: whether values beyond [0, 1] are left as they are, so that a loss sees them.
        """
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
        pastiches, *others = tf.nest.flatten(net([tf.cast(grown, tf.float32), self.shares(style)]))
        return [tf.ensure_shape(pastiches[:, :height, :width], images.shape), *others]

    def shares(self, style: Style) -> tf.Tensor:
        """Returns each style's share, `[batch or 1, styles]`, float32, as `call` takes it.

        Raises:
            ValueError: a name is unknown, or the shares by name sum to zero.
        """
        if style is None or isinstance(style, (str, Mapping)):
            style = self._shares_by_name(style or self.styles[0])
        shares = tf.cast(tf.convert_to_tensor(style), tf.float32)
        return shares[tf.newaxis] if shares.shape.rank == 1 else shares

    def _shares_by_name(self, style: str | Mapping[str, float]) -> list[float]:
        given = {style: 1.0} if isinstance(style, str) else dict(style)
        for name in given:
            settings.check_choice("style", name, self.styles)
        total = sum(given.values())
        if not total > 0 or min(given.values()) < 0:
            raise ValueError(f"shares must be 0 or more, not all 0. Received: style={style}")
        return [given.get(name, 0.0) / total for name in self.styles]

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...], **_: Any
    ) -> tuple[int | None, ...]:
        """Returns the images' own shape."""
        return input_shape

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> keras.KerasTensor:
        """Returns the pastiches' shape and type, for models that have this one in them."""
        # Keras takes the arithmetic's type for the output's.
        return keras.KerasTensor(super().compute_output_spec(*args, **kwargs).shape, "float32")

    def get_config(self) -> dict[str, Any]:
        """Returns what `__init__` takes."""
        own = dataclasses.asdict(self.architecture)
        return {**super().get_config(), "styles": self.styles, **own}


def parse_style(text: str) -> dict[str, float]:
    """Returns shares by name from "great_wave" or "great_wave:0.6,the_scream:0.4".

    Raises:
        ValueError: a share is no number.
    """
    shares = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, share = part.partition(":")
        try:
            shares[name] = float(share or 1)
        except ValueError as error:
            raise ValueError(
                f"style must be a name, or names with shares as a:0.6,b:0.4. Received: style={text}"
            ) from error
    return shares


def fitting(side: tf.Tensor) -> tf.Tensor:
    """Returns the next side that the net can halve twice and mirror at its borders."""
    # Not -(-side // STRIDE): in ONNX, whole numbers are divided towards zero.
    return tf.maximum((side + STRIDE - 1) // STRIDE * STRIDE, SMALLEST)
