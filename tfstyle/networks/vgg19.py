"""The feature extractor: Keras's VGG19, pre-processing inside, cut after the deepest layer."""

import functools
import re
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from tfstyle import settings
from tfstyle.networks import convolutions as layers
from tfstyle.networks import halves, vgg19_weights
from tfstyle.system import processor

IMAGENET_MEAN = np.array([123.68, 116.779, 103.939], np.float32)
"""Mean of red, green and blue over ImageNet, in grey levels from 0 to 255."""

POOLINGS = ("max", "average")
PADDINGS = ("zero", "reflect")
PRECISIONS = ("auto", "float32", "bfloat16", "float16")


def build(
    layer_names: Sequence[str],
    vgg: vgg19_weights.Vgg19Weights,
    *,
    pooling: str = "max",
    padding: str = "zero",
    precision: str = "float32",
) -> keras.Model:
    """Returns a model from an image to its features at the named layers.

    The input is `[batch, height, width, 3]`, float32 RGB in [0, 1]; the output is a dict
    from layer name to `[batch, rows, columns, channels]`, after ReLU, in the precision.

    Args:
        layer_names: Keras's names, such as "block4_conv2", in any order.
        vgg: the pretrained convolutions.
        pooling: "max", as trained, or "average", as Gatys et al. (2015) prefer.
        padding: "zero", as trained, or "reflect", which mirrors each layer's border.
        precision: dtype of weights and features; "auto" asks `fastest_precision`.
    """
    settings.check_choice("pooling", pooling, POOLINGS)
    settings.check_choice("padding", padding, PADDINGS)
    dtype = resolve_precision(precision)
    convert = functools.partial(_convert, pooling=pooling, padding=padding, dtype=dtype)
    features = _tap(_deepest_first(layer_names), layer_names, convert, dtype)
    _assign(features, vgg.convolutions)
    features.trainable = False
    return features


def parse_layer(name: str) -> str:
    """Returns Keras's name of a VGG19 convolution given as "block4_conv2" or "relu4_2".

    Raises:
        ValueError: there is no such layer; the message suggests the nearest.
    """
    papers_name = re.fullmatch(r"(?:relu|conv)([1-5])_([1-4])", name)
    keras_name = "block{}_conv{}".format(*papers_name.groups()) if papers_name else name
    settings.check_choice("layer", keras_name, vgg19_weights.LAYERS)
    return keras_name


def parse_layers(
    argument: str, names: Sequence[str], layer_weights: Sequence[float] | None
) -> dict[str, float]:
    """Returns the weight of each named layer, by Keras's name; 1 each when none are given.

    Raises:
        ValueError: a layer is unknown or named twice, or the weights do not match the layers.
    """
    names = names.split(",") if isinstance(names, str) else names
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
    deepest_block = max(int(name[len("block")]) for name in layer_names)
    return 2**deepest_block


def stride(layer_name: str) -> int:
    """Returns how many pixels a position of the layer is wide and high."""
    return smallest_side([layer_name]) // 2


def resolve_precision(precision: str) -> str:
    """Returns the dtype's name that `precision` stands for on this machine."""
    settings.check_choice("precision", precision, PRECISIONS)
    return fastest_precision() if precision == "auto" else precision


def policy(precision: str) -> str:
    """Returns the name of Keras's dtype policy for that arithmetic: weights stay float32."""
    return precision if precision == "float32" else f"mixed_{precision}"


def fastest_precision() -> str:
    """Returns float16 on a GPU with tensor cores, bfloat16 on a CPU made for it, else float32."""
    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        details = tf.config.experimental.get_device_details(gpus[0])
        return "float16" if details.get("compute_capability", (0, 0)) >= (7, 0) else "float32"
    return "bfloat16" if processor.multiplies_bfloat16() else "float32"


def _deepest_first(layer_names: Sequence[str]) -> list[keras.layers.Layer]:
    """Returns VGG19's layers, input left out, down to the deepest one named."""
    vgg19 = keras.applications.VGG19(include_top=False, weights=None)
    names = [layer.name for layer in vgg19.layers]
    deepest = max(names.index(name) for name in layer_names)
    return vgg19.layers[1 : deepest + 1]


def _convert(layer: keras.layers.Layer, *, pooling: str, padding: str, dtype: str):
    """Returns a copy of one VGG19 layer with the chosen pooling, border and dtype."""
    config = {**layer.get_config(), "dtype": dtype}
    if isinstance(layer, keras.layers.Conv2D):
        zero = layers.ZeroConv2D if halves.are_faster() else keras.layers.Conv2D
        return (layers.ReflectConv2D if padding == "reflect" else zero)(**config)
    # Not from_config: average pooling does not know max pooling's class name.
    kind = keras.layers.AveragePooling2D if pooling == "average" else keras.layers.MaxPooling2D
    return kind(2, name=layer.name, dtype=dtype)


def _tap(vgg_layers, layer_names: Sequence[str], convert, dtype: str) -> keras.Model:
    inputs = keras.Input([None, None, 3], name="image", dtype="float32")
    centred = keras.layers.Rescaling(1.0, offset=(-IMAGENET_MEAN / 255).tolist())(inputs)
    flow = keras.layers.Activation("linear", dtype=dtype, name="to_precision")(centred)
    features = {}
    for layer in vgg_layers:
        flow = convert(layer)(flow)
        if layer.name in layer_names:
            features[layer.name], flow = layers.Tap(dtype=dtype, name=f"{layer.name}_tap")(flow)
    return keras.Model(inputs, features, name="encoder")


def _assign(features: keras.Model, convolutions: vgg19_weights.Convolutions) -> None:
    for name, (kernel, bias) in zip(vgg19_weights.LAYERS, convolutions, strict=True):
        if name == vgg19_weights.LAYERS[0]:
            # VGG19 expects BGR from 0 to 255: doing that to the kernel costs nothing.
            kernel = kernel[:, :, ::-1] * 255
        if name in [layer.name for layer in features.layers]:
            features.get_layer(name).set_weights([kernel, bias])
