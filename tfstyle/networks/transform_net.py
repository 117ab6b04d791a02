"""The networks that paint in one pass: Keras models with images in [0, 1] in and out."""

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence

import keras
import tensorflow as tf

from tfstyle import settings
from tfstyle.networks import convolutions, mirror, norms
from tfstyle.networks.stages import Blocks, Stage, stages, walk

OUTPUT_SCALE = 0.1
"""What the last convolution's output is multiplied by: it sums thousands of values, and without
the scale its first steps throw the image far beyond black and white."""

STRIDE = 4
"""The transform net halves the image's sides twice."""

OUTER_KERNELS = range(1, 10, 2)
"""Sides that the first and the last layer's kernels may have."""

SMALLEST = 16
"""Least side in pixels that the widest kernel's mirrored border needs; less is grown to it."""

Style = str | Mapping[str, float] | tf.Tensor | None
"""A style's name, shares by name, or shares as a tensor `[styles]` or `[batch, styles]`."""


@dataclasses.dataclass(frozen=True)
class Architecture:
    """What a transform net is, but for its styles; `Stylizer` says what each means."""

    width: int
    residual_blocks: int
    outer_kernel: int
    inner_norms: bool


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
        **kwargs,
    ):
        """Takes what the network is.

        Args:
            styles: their names.
            width: channels of the first layer.
            residual_blocks: how many there are.
            outer_kernel: side of the first and the last layer's kernels, odd, from 1 to 9.
            inner_norms: whether all stages normalise, or those only that shrink the image.
            **kwargs: what Keras's models take.
        """
        super().__init__(**kwargs)
        if not styles or len(set(styles)) != len(styles):
            raise ValueError(f"styles must be different names. Received: styles={styles}")
        if outer_kernel not in OUTER_KERNELS:
            raise ValueError(
                f"outer_kernel must be odd, from 1 to 9. Received: outer_kernel={outer_kernel}"
            )
        self.styles = tuple(styles)
        self.architecture = Architecture(width, residual_blocks, outer_kernel, inner_norms)
        self.blocks = _blocks(len(styles), self.architecture, self.dtype_policy)
        self.net = _transform_net(self.blocks, len(styles), self.dtype_policy)
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
        given = [stage.modulate.input[0] for stage in stages(self.blocks) if stage.measures]
        return functools.partial(self._run, keras.Model(self.net.inputs, [self.net.output, *given]))

    def _run(self, net: Callable, images: tf.Tensor, style: Style) -> list[tf.Tensor]:
        """Returns the net's outputs for images of any size; the first is cut to theirs."""
        height, width = tf.unstack(tf.shape(images)[1:3])
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

    def compute_output_shape(self, input_shape, **_):
        """Returns the images' own shape."""
        return input_shape

    def get_config(self):
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


def _blocks(styles: int, architecture: Architecture, dtype) -> Blocks:
    """Returns the layers of Johnson et al. (2016), in order."""
    outer = norms.ConditionalInstanceNorm
    inner = outer if architecture.inner_norms else norms.ConditionalAffine
    width, outer_kernel = architecture.width, architecture.outer_kernel

    def stage(channels: int, size=3, finish=keras.layers.ReLU, norm=inner, **kwargs) -> Stage:
        return Stage(
            convolutions.ReflectConv2D(channels, size, use_bias=False, dtype=dtype, **kwargs),
            norm(styles, dtype=dtype),
            finish(dtype=dtype),
        )

    def residual() -> list[Stage]:
        return [stage(4 * width), stage(4 * width, finish=keras.layers.Add)]

    def last() -> Stage:
        quiet = keras.initializers.RandomNormal(stddev=0.03)  # Begins as grey, not as glare.
        convolve = convolutions.ReflectConv2D(
            3, outer_kernel, abreast=STRIDE, kernel_initializer=quiet, dtype=dtype
        )
        return Stage(
            convolve,
            None,
            keras.layers.Rescaling(OUTPUT_SCALE, offset=0.5, dtype="float32", name="pastiches"),
        )

    return [
        [stage(width, size=outer_kernel, norm=outer)],
        [stage(2 * width, strides=2, norm=outer)],
        [stage(4 * width, strides=2, norm=outer)],
        *(residual() for _ in range(architecture.residual_blocks)),
        [stage(2 * width, enlarge=2)],
        [stage(width, enlarge=2)],
        [last()],
    ]


def _transform_net(blocks: Blocks, styles: int, dtype) -> keras.Model:
    """Returns the net from images and shares to linear pastiches."""
    images = keras.Input([None, None, 3], name="images", dtype="float32")
    shares = keras.Input([styles], name="shares", dtype="float32")

    def run(stage: Stage, flow, *beside):
        flow = stage.convolve(flow)
        if stage.modulate:
            flow = stage.modulate(flow, shares)
        return stage.finish([flow, *beside] if beside else flow)

    centred = keras.layers.Rescaling(1.0, offset=-0.5, dtype=dtype, name="centred")(images)
    return keras.Model([images, shares], walk(blocks, centred, run), name="transform_net")
