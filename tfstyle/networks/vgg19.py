"""The feature extractor: Keras's VGG19, pre-processing inside, cut after the deepest layer."""

import functools
from collections.abc import Callable, Sequence

import keras
import numpy as np

from tfstyle import settings
from tfstyle.networks import vgg19_layers, vgg19_weights
from tfstyle.networks.layers import convolutions, split_convolution
from tfstyle.networks.vgg19_layers import PADDINGS, POOLINGS, WRAP
from tfstyle.system.precision import resolve_precision

IMAGENET_MEAN = np.array([123.68, 116.779, 103.939], np.float32)
"""Mean of red, green and blue over ImageNet, in grey levels from 0 to 255."""


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
        vgg: the pretrained convolutions, down to the deepest layer at least.
        pooling: "max", as trained, or "average", as Gatys et al. (2015) prefer.
        padding: "zero", as trained, "reflect", which mirrors each layer's border, or "wrap", for
            images whose sides are multiples of the deepest layer's stride.
        precision: dtype of weights and features; "auto" asks `fastest_precision`.
    """
    settings.check_choice("pooling", pooling, POOLINGS)
    settings.check_choice("padding", padding, (*PADDINGS, WRAP))
    dtype = resolve_precision(precision)
    convert = functools.partial(_convert, pooling=pooling, padding=padding, dtype=dtype)
    features = _tap(_down_to(layer_names), layer_names, convert, dtype)
    _assign(features, vgg.convolutions)
    features.trainable = False
    return features


def _down_to(layer_names: Sequence[str]) -> list[keras.layers.Layer]:
    """Returns VGG19's layers, input left out, down to the deepest one named."""
    layers = _layers()
    names = [layer.name for layer in layers]
    return layers[: max(names.index(name) for name in layer_names) + 1]


def _layers() -> list[keras.layers.Layer]:
    """Returns all layers as `keras.applications.VGG19` has them, without weights.

    Keras's own come with 80 MB of random ones.
    """
    layers: list[keras.layers.Layer] = []
    for name, channels in zip(vgg19_layers.LAYERS, vgg19_layers.CHANNELS, strict=True):
        block = name.partition("_")[0]
        if layers and not layers[-1].name.startswith(block):
            layers.append(_pool(layers[-1]))
        layers.append(keras.layers.Conv2D(channels, 3, 1, "same", activation="relu", name=name))
    return [*layers, _pool(layers[-1])]


def _pool(last: keras.layers.Layer) -> keras.layers.Layer:
    """Returns what ends the block of its last convolution."""
    return keras.layers.MaxPooling2D(2, 2, name=f"{last.name.partition('_')[0]}_pool")


def _convert(
    layer: keras.layers.Layer, *, pooling: str, padding: str, dtype: str
) -> keras.layers.Layer:
    """Returns a copy of one VGG19 layer with the chosen pooling, border and dtype."""
    # Keras's global settings decided on the layer's own.
    config = {**layer.get_config(), "dtype": dtype, "data_format": "channels_last"}
    if isinstance(layer, keras.layers.Conv2D):
        zero = convolutions.ZeroConv2D if split_convolution.is_faster() else keras.layers.Conv2D
        bordered = {"reflect": convolutions.ReflectConv2D, WRAP: convolutions.WrapConv2D}
        return bordered.get(padding, zero)(**config)
    # Not from_config: average pooling does not know max pooling's class name.
    kind = keras.layers.AveragePooling2D if pooling == "average" else keras.layers.MaxPooling2D
    return kind(2, name=layer.name, dtype=dtype, data_format="channels_last")


def _tap(
    vgg_layers: Sequence[keras.layers.Layer],
    layer_names: Sequence[str],
    convert: Callable[[keras.layers.Layer], keras.layers.Layer],
    dtype: str,
) -> keras.Model:
    """Returns a model of the converted layers, with an output at each named one."""
    inputs = keras.Input([None, None, 3], name="image", dtype="float32")
    # Centred in float32 first: in bfloat16, levels near white would be 1/256 apart.
    offset = (-IMAGENET_MEAN / 255).tolist()
    centred = keras.layers.Rescaling(1.0, offset=offset, dtype="float32")(inputs)
    current = keras.layers.Activation("linear", dtype=dtype, name="to_precision")(centred)
    features = {}
    for layer in vgg_layers:
        current = convert(layer)(current)
        if layer.name in layer_names:
            tap = convolutions.Tap(dtype=dtype, name=f"{layer.name}_tap")
            features[layer.name], current = tap(current)
    return keras.Model(inputs, features, name="encoder")


def _assign(features: keras.Model, pretrained: vgg19_weights.Convolutions) -> None:
    # There may be fewer convolutions than layers: the deepest that is needed was the last read.
    for name, (kernel, bias) in zip(vgg19_layers.LAYERS, pretrained, strict=False):
        if name == vgg19_layers.LAYERS[0]:
            # VGG19 expects BGR from 0 to 255: doing that to the kernel costs nothing.
            kernel = kernel[:, :, ::-1] * 255
        if name in [layer.name for layer in features.layers]:
            features.get_layer(name).set_weights([kernel, bias])
