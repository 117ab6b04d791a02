"""What every network that paints in trained styles has in common, whatever it is made of."""

import dataclasses
import numbers
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import keras
import numpy as np
import tensorflow as tf

from tfstyle.networks.architecture import Architecture, check_styles
from tfstyle.networks.layers import split_convolution
from tfstyle.networks.stylizers import blends

Style: TypeAlias = str | Mapping[str, float] | tf.Tensor | None
"""A style's name, names and shares as "great_wave:0.6,the_scream:0.4", shares by name, or shares as
a tensor `[styles]` or `[batch, styles]`."""


class StyledModel(keras.Model):
    """Paints images in one or a blend of the styles that it was trained for."""

    def __init__(
        self,
        styles: Sequence[str],
        *,
        width: int = Architecture.width,
        residual_blocks: int = Architecture.residual_blocks,
        outer_kernel: int = Architecture.outer_kernel,
        inner_norms: bool = Architecture.inner_norms,
        identity: bool = Architecture.identity,
        grain: float = Architecture.grain,
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
            grain: standard deviation of the grain that it sees in a photograph, which is the noise
                of its training; 1 is black to white.
            **kwargs: what Keras's models take; `dtype` is float32 by default.

        Raises:
            ValueError: the styles are not different names, or a measure is out of its range.
        """
        # Keras would round images and shares to the arithmetic's type; layers do so for themselves.
        super().__init__(**{"dtype": "float32", "autocast": False, **kwargs})
        self.styles = check_styles(styles)
        self.architecture = Architecture(
            width, residual_blocks, outer_kernel, inner_norms, identity, grain
        )
        self._make()
        self.built = True

    def _make(self) -> None:
        """Makes the weights."""
        raise NotImplementedError

    def call(
        self,
        images: tf.Tensor,
        style: Style = None,
        training: bool = False,
        grained: bool = True,
    ) -> tf.Tensor:
        """Returns the images painted, `[batch, height, width, 3]`, float32 in [0, 1].

        Args:
            images: the same shape, in [0, 1]; any height and width from one pixel up.
            style: a name, shares by name, or a tensor of shares; by default the first style.
            training: whether values beyond [0, 1] are left as they are, so that a loss sees them,
                and no grain is seen, since crops have noise of their own.
            grained: whether the network sees its grain, of which it makes strokes in flat areas.

        Raises:
            ValueError: the images are of another shape, there is no such style, or a tensor has
                neither one row of shares nor one for each image.
        """
        _check_images(images)
        shares = self.shares(style)
        _check_rows(images, shares)
        return self._paint(images, shares, training, grained)

    def _paint(
        self, images: tf.Tensor, shares: tf.Tensor, training: bool, grained: bool
    ) -> tf.Tensor:
        """Paints as `call` does, by shares `[batch or 1, styles]`."""
        raise NotImplementedError

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

    def at_strength(self, style: Style, strength: float | tf.Tensor) -> Style:
        """Returns the style at a strength from 0, the photograph, to 1, as `call` takes it.

        Args:
            style: as `call` takes it.
            strength: a number, or a tensor `[batch]`.

        Raises:
            ValueError: there is no such style, a number is not from 0 to 1, or the network has no
                strengths (no `identity`).
        """
        is_number = isinstance(strength, numbers.Real)
        # No number lies in the range, either.
        if isinstance(strength, str) or (is_number and not 0 <= strength <= 1):
            raise ValueError(f"strength must be from 0 to 1. Received: strength={strength}")
        if is_number and strength == 1:
            return style
        if not self.architecture.identity:
            raise ValueError(
                "strength must be 1 for a model that was trained at full strength only; train one "
                f"with weak_share above 0. Received: strength={strength}"
            )
        return self.shares(style) * tf.reshape(tf.cast(strength, tf.float32), [-1, 1])

    def _check_tensor(self, shares: tf.Tensor) -> None:
        """Raises ValueError unless a tensor is a share for each style, and one where that is known.

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
            wrong = values[~(np.isfinite(values) & (values >= 0))]
            if wrong.size:
                raise ValueError(
                    f"shares must be finite numbers of 0 or more. Received: {wrong[0]} among them"
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


def _check_rows(images: tf.Tensor, shares: tf.Tensor) -> None:
    rows, batch = shares.shape[0], images.shape[0]
    if rows != 1 and None not in (rows, batch) and rows != batch:
        raise ValueError(
            "shares must have one row, or one for each image. "
            f"Received: {rows} rows for {batch} images"
        )


def _check_images(images: tf.Tensor) -> None:
    rank = images.shape.rank
    if rank is not None and (rank != 4 or images.shape[-1] not in (None, 3)):
        raise ValueError(
            "images must be [batch, height, width, 3]; add the batch by images[None]. "
            f"Received: images of shape {images.shape}"
        )
