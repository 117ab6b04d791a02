"""VGG19's layers: their names, channels and strides."""

import math
import re
from collections.abc import Sequence

from tfstyle import settings

LAYERS = tuple(
    f"block{block}_conv{convolution}"
    for block, convolutions in enumerate((2, 2, 4, 4, 4), start=1)
    for convolution in range(1, convolutions + 1)
)
"""Keras's names of VGG19's convolutions, shallow to deep."""

CHANNELS = (64, 64, 128, 128) + (256,) * 4 + (512,) * 8
"""Output channels of each convolution in `LAYERS`."""

ONLY_IN_VGG19 = ("block3_conv4", "block4_conv4", "block5_conv4")
"""The convolutions that VGG16 lacks."""

POOLINGS = ("max", "average")
PADDINGS = ("zero", "reflect")
"""Borders that a setting may ask for."""

WRAP = "wrap"
"""The border of images that tile: beyond a side lies the opposite one."""


def parse_layer(name: str) -> str:
    """Returns Keras's name of a VGG19 convolution given as "block4_conv2" or "relu4_2".

    Raises:
        ValueError: there is no such layer; the message suggests the nearest.
    """
    # The papers count as Simonyan and Zisserman do: relu4_2 is what follows block4_conv2.
    papers_name = re.fullmatch(r"(?:relu|conv)([1-5])_([1-4])", name)
    keras_name = "block{}_conv{}".format(*papers_name.groups()) if papers_name else name
    settings.check_choice("layer", keras_name, LAYERS)
    return keras_name


def parse_layers(
    argument: str, names: Sequence[str], layer_weights: Sequence[float] | None
) -> dict[str, float]:
    """Returns the weight of each named layer, by Keras's name; 1 each when none are given.

    Raises:
        ValueError: a layer is unknown or named twice, or the weights do not match the layers.
    """
    names = names.split(",") if isinstance(names, str) else names
    if list(names) == ["none"]:
        raise ValueError(
            f"{argument} must name layers; {argument.removesuffix('_layers')}_weight=0 leaves the "
            f"term out. Received: {argument}=none"
        )
    layers = [parse_layer(name) for name in names]
    shares = (1.0,) * len(layers) if layer_weights is None else layer_weights
    if not layers or len(set(layers)) != len(layers) or len(shares) != len(layers):
        raise ValueError(
            f"{argument} must name different layers, each with one weight. "
            f"Received: {argument}={','.join(layers)} with {len(shares)} weights"
        )
    return dict(zip(layers, shares, strict=True))


def smallest_side(layer_names: Sequence[str]) -> int:
    """Returns how many pixels a side must have for two feature rows at the deepest layer."""
    # VGG19 pools after each block: block b's features have a side of 1 / 2^(b - 1).
    deepest_block = max(int(name[len("block")]) for name in layer_names)
    return 2**deepest_block


def longest_side(height: int, width: int, wanted: int, layer_names: Sequence[str]) -> int:
    """Returns the longest side to fit an image to: the one wanted, or what the layers need.

    Args:
        height: of the image, in pixels.
        width: likewise.
        wanted: the longest side in pixels; a longer one is returned where the shorter side would be
            less than `smallest_side`.
        layer_names: the layers whose features are compared.
    """
    smallest = smallest_side(layer_names)
    return max(1, wanted, math.ceil(smallest * max(height, width) / min(height, width)))


def stride(layer_name: str) -> int:
    """Returns how many pixels a position of the layer is wide and high."""
    return smallest_side([layer_name]) // 2


def reach(layer_name: str) -> int:
    """Returns how many pixels beyond its own a position of the layer sees on each side.

    Each 3x3 convolution adds its neighbour, as many pixels as its stride; pooling adds none, since
    its windows do not overlap. A position of block5_conv1 sees its 16 pixels and 70 on either side.
    """
    return sum(map(stride, LAYERS[: LAYERS.index(layer_name) + 1]))


def halo(layer_names: Sequence[str]) -> int:
    """Returns `reach` of the deepest layer, rounded up to whole positions of it."""
    deepest = max(layer_names, key=LAYERS.index)
    step = stride(deepest)
    return -(-reach(deepest) // step) * step
