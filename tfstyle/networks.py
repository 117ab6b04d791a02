"""The networks that paint in one pass: Keras models with images in [0, 1] in and out."""

from collections.abc import Mapping, Sequence

import keras
import tensorflow as tf

from tfstyle import layers, settings

OUTPUT_SCALE = 0.1
"""What the last convolution's output is multiplied by: it sums thousands of values, and without
the scale its first steps throw the image far beyond black and white."""

STRIDE = 4
"""The transform net halves the image's sides twice."""

SMALLEST = 16
"""Least side in pixels that the widest kernel's mirrored border needs; less is grown to it."""

Style = str | Mapping[str, float] | tf.Tensor | None
"""A style's name, shares by name, or shares as a tensor `[styles]` or `[batch, styles]`."""


@keras.saving.register_keras_serializable(package="tfstyle")
class Stylizer(keras.Model):
    """Paints images in one or a blend of the styles that it was trained for.

    Johnson et al.'s (2016) transform net with conditional instance norm (Dumoulin et al. 2017).
    """

    # Differs from Johnson et al. (2016): mirrored borders at every convolution and enlarging by
    # repetition instead of by transposed convolutions, against frames and checkerboards; the
    # output is linear, for a saturated tanh leaves dead blobs.

    def __init__(
        self, styles: Sequence[str], *, width: int = 32, residual_blocks: int = 5, **kwargs
    ):
        """Takes the styles' names, the channels of the first layer, and the depth."""
        super().__init__(**kwargs)
        if not styles or len(set(styles)) != len(styles):
            raise ValueError(f"styles must be different names. Received: styles={styles}")
        self.styles = tuple(styles)
        self.width, self.residual_blocks = width, residual_blocks
        self.net = _transform_net(len(styles), width, residual_blocks, self.dtype_policy)
        self.built = True

    def call(self, images: tf.Tensor, style: Style = None, training: bool = False) -> tf.Tensor:
        """Returns the images painted, `[batch, height, width, 3]`, float32 in [0, 1].

        Args:
            images: the same shape, in [0, 1]; any height and width from one pixel up.
            style: a name, shares by name, or a tensor of shares; by default the first style.
            training: whether values beyond [0, 1] are left as they are, so that a loss sees them.
        """
        shares = self.shares(style)
        height, width = tf.unstack(tf.shape(images)[1:3])
        grown = layers.mirror_to(images, _fitting(height), _fitting(width))
        pastiches = self.net([tf.cast(grown, tf.float32), shares])[:, :height, :width]
        pastiches = tf.ensure_shape(pastiches, images.shape)
        return pastiches if training else tf.clip_by_value(pastiches, 0.0, 1.0)

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

    def compute_output_shape(self, input_shape, **_):
        """Returns the images' own shape."""
        return input_shape

    def get_config(self):
        """Returns what `__init__` takes."""
        own = {"styles": self.styles, "width": self.width, "residual_blocks": self.residual_blocks}
        return {**super().get_config(), **own}


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


def _fitting(side: tf.Tensor) -> tf.Tensor:
    """Returns the next side that the net can halve twice and mirror at its borders."""
    # Not -(-side // STRIDE): in ONNX, whole numbers are divided towards zero.
    return tf.maximum((side + STRIDE - 1) // STRIDE * STRIDE, SMALLEST)


def _transform_net(styles: int, width: int, residual_blocks: int, dtype) -> keras.Model:
    """Returns the net from images and shares to linear pastiches, as Johnson et al. (2016)."""
    images = keras.Input([None, None, 3], name="images", dtype="float32")
    shares = keras.Input([styles], name="shares", dtype="float32")

    def convolve(flow, channels: int, size: int = 3, stride: int = 1, relu: bool = True):
        flow = layers.ReflectConv2D(channels, size, strides=stride, use_bias=False, dtype=dtype)(
            flow
        )
        flow = layers.ConditionalInstanceNorm(styles, dtype=dtype)(flow, shares)
        return keras.layers.ReLU(dtype=dtype)(flow) if relu else flow

    def residual(flow):
        inner = convolve(convolve(flow, 4 * width), 4 * width, relu=False)
        return keras.layers.Add(dtype=dtype)([flow, inner])

    def enlarge(flow, channels: int):
        return convolve(layers.Enlarge(dtype=dtype)(flow), channels)

    centred = keras.layers.Rescaling(1.0, offset=-0.5, dtype=dtype)(images)
    flow = convolve(centred, width, size=9)
    flow = convolve(flow, 2 * width, stride=2)
    flow = convolve(flow, 4 * width, stride=2)
    for _ in range(residual_blocks):
        flow = residual(flow)
    flow = enlarge(enlarge(flow, 2 * width), width)
    quiet = keras.initializers.RandomNormal(stddev=0.03)  # Begins as grey, not as glare.
    flow = layers.ReflectConv2D(3, 9, kernel_initializer=quiet, dtype=dtype)(flow)
    to_image = keras.layers.Rescaling(OUTPUT_SCALE, offset=0.5, dtype="float32", name="pastiches")
    pastiches = to_image(flow)
    return keras.Model([images, shares], pastiches, name="transform_net")
