"""The inverse network: from features at a layer of VGG19 back to the image, in one pass."""

import dataclasses
import pathlib
from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from tfstyle.networks import inverse_layers, packing, vgg19_layers
from tfstyle.networks.architecture import InverseArchitecture
from tfstyle.networks.layers import checkerboard, split_convolution
from tfstyle.networks.loading import weights
from tfstyle.networks.loading.kinds import Kind
from tfstyle.system.precision import resolve_precision

NAME = "inverse"
"""What `load` calls the shipped network that was trained for features swapped as they are."""

WHITE = "inverse_white"
"""What `load` calls the shipped network that was trained for features swapped once white."""

SHIPPED = {name: packing.SHIPPED / "inverse" / f"{name}.npz" for name in (NAME, WHITE)}
"""In a folder of their own: they are no stylizers. Both are for block3_conv1."""


@keras.saving.register_keras_serializable(package="tfstyle")
class InverseNet(keras.Model):
    """Paints the image that has the given features at one layer of VGG19.

    Reference: Chen and Schmidt (2016), section 4: VGG19 down to the layer, reversed, with one
    convolution more at the start.
    """

    # Differs from Chen and Schmidt (2016): mirrored borders against frames, and no norms. An
    # instance norm divides out how strong features are, and with it the picture's contrast and
    # colours, which are to be restored.

    def __init__(
        self,
        *,
        layer: str = InverseArchitecture.layer,
        pooling: str = InverseArchitecture.pooling,
        padding: str = InverseArchitecture.padding,
        channels: int = InverseArchitecture.channels,
        width: int = InverseArchitecture.width,
        unit: float = InverseArchitecture.unit,
        **kwargs: Any,
    ) -> None:
        """Takes what it is trained for, so that other features can be refused, and its size.

        Args:
            layer: VGG19's, by Keras's name.
            pooling: the encoder's.
            padding: the encoder's.
            channels: the features'.
            width: channels of the layers at the image's size; VGG19 has 64.
            unit: what features are divided by, near their root mean square.
            **kwargs: Keras's; `dtype` is float32 by default.

        Raises:
            ValueError: there is no such layer, pooling or padding, or a number is out of its range.
        """
        super().__init__(**{"dtype": "float32", **kwargs})
        InverseArchitecture(layer, pooling, padding, channels, width, unit)
        self.layer, self.pooling, self.padding = vgg19_layers.parse_layer(layer), pooling, padding
        self.channels, self.width, self.unit = channels, width, unit
        self.net = inverse_layers.build(self.layer, channels, width, unit, self.dtype_policy)
        self._compiled_net = tf.function(self.net, reduce_retracing=True)
        self.built = True

    def call(self, features: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Returns images, `[batch, stride * rows, stride * columns, 3]`, float32 in [0, 1].

        Args:
            features: `[batch, rows, columns, channels]`, any float type, two rows and columns or
                more.
            training: whether values beyond [0, 1] and the checkerboard are left as they are, so
                that a loss sees them.
        """
        # Called eagerly, Keras's functional models keep every layer's output until the end.
        net = self._compiled_net if tf.executing_eagerly() else self.net
        images = net(tf.cast(features, tf.float32))
        if training:
            return images
        # Differs from Chen and Schmidt (2016): the checkerboard of the layer's stride is taken off.
        images = checkerboard.without_checkerboard(images, vgg19_layers.stride(self.layer))
        return tf.clip_by_value(images, 0.0, 1.0)

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...], **kwargs: Any
    ) -> tuple[int | None, ...]:
        """Returns the images' shape."""
        batch, rows, columns, _ = input_shape
        stride = vgg19_layers.stride(self.layer)
        sides = (None if side is None else side * stride for side in (rows, columns))
        return (batch, *sides, 3)

    # What a processor is fastest with must not be written: another one is going to run it.
    @split_convolution.for_any_processor()
    def export(self, filepath: Any, *args: Any, input_signature: Any = None, **kwargs: Any) -> None:
        """Writes as Keras's models do; by default for features of any batch and size."""
        features = keras.InputSpec("float32", [None, None, None, self.channels])
        super().export(filepath, *args, input_signature=input_signature or [features], **kwargs)

    def architecture(self) -> dict[str, Any]:
        """Returns what `__init__` takes, but Keras's."""
        names = ("layer", "pooling", "padding", "channels", "width", "unit")
        return {name: getattr(self, name) for name in names}

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> keras.KerasTensor:
        """Returns the images' shape and type, for models that have this one in them."""
        # Keras takes the arithmetic's type for the output's.
        return keras.KerasTensor(super().compute_output_spec(*args, **kwargs).shape, "float32")

    def get_config(self) -> dict[str, Any]:
        """Returns what `__init__` takes."""
        return {**super().get_config(), **self.architecture()}


def _plan(settings: Mapping[str, Any]) -> int:
    """Returns how many values an inverse network's weights have; see `Kind`."""
    found = InverseArchitecture(**settings)
    return inverse_layers.values(vgg19_layers.parse_layer(found.layer), found.channels, found.width)


KIND = Kind(
    "inverse network",
    InverseNet,
    tuple(field.name for field in dataclasses.fields(InverseArchitecture)),
    _plan,
)
"""What an inverse network's file has to tell."""


def load(
    model: str | pathlib.Path = NAME, precision: str = "float32", *, flag: str = "model"
) -> InverseNet:
    """Returns a trained inverse network.

    Args:
        model: "inverse" or "inverse_white", which the package ships, the folder of a training, or
            the path of a packed or `.keras` file.
        precision: of its arithmetic; "auto" takes this machine's fastest. Images are float32.
        flag: what the caller calls the model.

    Raises:
        ValueError: there is no such network, or its file is another or damaged.
        MemoryError: there is too little memory for it.
    """
    path = find(model, flag=flag)
    return weights.load(path, [KIND], resolve_precision(precision), model, flag)


def find(model: str | pathlib.Path = NAME, *, flag: str = "model") -> pathlib.Path:
    """Returns the file that `load` reads.

    Raises:
        ValueError: there is none.
    """
    return packing.find(model, SHIPPED.get(str(model), pathlib.Path(model)), SHIPPED, flag)


def pack(net: InverseNet, path: pathlib.Path) -> None:
    """Writes the weights in float16 with the network's settings."""
    packing.pack(net, net.architecture(), path)
