"""The layers of the inverse network: VGG19's down to one of them, in reverse order."""

import itertools
import math

import keras

from tfstyle.networks import vgg19_layers
from tfstyle.networks.layers import convolutions

OUTPUT_SCALE = 0.1
"""What the last convolution's output is multiplied by: without it the first steps throw the image
far beyond black and white."""

ABREAST = 2
"""Pixels that the last convolution computes together, where a position has more than one."""


def build(
    layer: str, channels: int, width: int, unit: float, dtype: keras.DTypePolicy
) -> keras.Model:
    """Returns the net from features to linear images, `[batch, height, width, 3]`.

    Args:
        layer: Keras's name.
        channels: the features'.
        width: channels of the layers at the image's size.
        unit: what features are divided by.
        dtype: of the arithmetic.
    """
    net = keras.Sequential(
        [
            keras.Input([None, None, channels], name="features", dtype="float32"),
            keras.layers.Rescaling(1 / unit, dtype=dtype, name="in_units"),
            *(_convolution(*counts, dtype) for counts in _convolutions(layer, width)),
            _last_convolution(vgg19_layers.stride(layer), dtype),
            keras.layers.Rescaling(OUTPUT_SCALE, offset=0.5, dtype="float32", name="images"),
        ],
        name="inverse_net",
    )
    # It takes no dtype, and by Keras's global policy it would round the features that it is given.
    net.dtype_policy = "float32"
    return net


def _convolutions(layer: str, width: int) -> list[tuple[int, int]]:
    """Returns each convolution's channels, and how often it first repeats a pixel; but the last.

    VGG19's convolution from a to b channels becomes one from b to a, and what was pooled after it
    is doubled before. The first of all keeps the layer's channels.
    """
    names = vgg19_layers.LAYERS[: vgg19_layers.LAYERS.index(layer) + 1]
    channels = [
        width * count // vgg19_layers.CHANNELS[0] for count in vgg19_layers.CHANNELS[: len(names)]
    ]
    enlarge = [2 if deeper.endswith("conv1") else 1 for deeper in names[:1:-1]]
    return list(zip(channels[::-1], [1, 1, *enlarge], strict=False))


def values(layer: str, channels: int, width: int) -> int:
    """Returns how many values the weights have; see `build`."""
    counts = [channels, *(count for count, _ in _convolutions(layer, width)), 3]
    # Kernels and biases.
    return sum((9 * given + 1) * made for given, made in itertools.pairwise(counts))


def _convolution(
    channels: int, enlarge: int, dtype: keras.DTypePolicy
) -> convolutions.ReflectConv2D:
    return convolutions.ReflectConv2D(
        channels,
        3,
        enlarge=enlarge,
        activation="relu",
        # ReLU halves the mean square; the gain makes up for it, so that signals neither fade nor
        # grow on their way (He et al. 2015).
        kernel_initializer=keras.initializers.Orthogonal(gain=math.sqrt(2)),
        dtype=dtype,
    )


def _last_convolution(stride: int, dtype: keras.DTypePolicy) -> convolutions.ReflectConv2D:
    """Returns the convolution to red, green and blue; the image's width is `stride` times some."""
    # Begins as grey, not as glare.
    quiet = keras.initializers.RandomNormal(stddev=0.03)
    return convolutions.ReflectConv2D(
        3, 3, abreast=min(ABREAST, stride), kernel_initializer=quiet, dtype=dtype
    )
