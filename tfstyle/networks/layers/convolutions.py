"""Convolutions with mirrored borders, that enlarge or compute several pixels at once."""

import math
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfstyle.networks.layers import mirror, split_convolution, wrap

Shape = tuple[int | None, ...]


# The registered names of this room's classes stand in `.keras` files: they stay, wherever the
# modules move.
@keras.saving.register_keras_serializable(package="tfstyle")
class ReflectConv2D(keras.layers.Conv2D):
    """A 3x3-style convolution whose border is the mirrored image instead of zeros.

    Zeros beyond the border are an edge that the network sees and the optimiser paints
    as a frame; a mirrored border is not. Odd kernels only; output size = input size.
    """

    def __init__(self, *args: Any, enlarge: int = 1, abreast: int = 1, **kwargs: Any) -> None:
        """Takes what `keras.layers.Conv2D` takes; padding and data format are always the same.

        Args:
            *args: Conv2D's.
            enlarge: each pixel first becomes so many to either side; for 3x3 kernels.
            abreast: pixels of a row that are computed together, a divisor of the width: for the
                same result sooner where a layer has few channels or filters. Fewer are where it
                does not divide the kernel's side less one.
            **kwargs: Conv2D's.
        """
        fixed = {"padding": "valid", "data_format": "channels_last"}
        super().__init__(*args, **{**kwargs, **fixed})
        self.enlarge, self.abreast = enlarge, abreast
        self.reach = self.kernel_size[0] // 2

    def call(
        self, inputs: tf.Tensor, above: int | None = None, below: int | None = None
    ) -> tf.Tensor:
        """Convolves `[batch, height, width, channels]` with its mirrored border.

        Args:
            inputs: the image, or a strip of it together with the `reach` rows on either side.
            above: how many of those rows lie beyond the image, so that mirroring gives them;
                by default all.
            below: the same for the strip's other end.
        """
        bordered = self.with_border(inputs, above, below)
        # Batches need no splitting, and what enlarges is a transposed convolution.
        if self.enlarge == 1 and inputs.shape[0] in (None, 1) and split_convolution.is_faster():
            return split_convolution.convolve(bordered, super().call, self.strides[0], self.reach)
        return super().call(bordered)

    def with_border(self, inputs: tf.Tensor, above: int | None, below: int | None) -> tf.Tensor:
        """Returns what `call` was given, with the pixels beyond it that the kernel reaches."""
        return mirror.mirror_pad(inputs, self.reach, above, below, self.enlarge > 1)

    def convolution_op(self, inputs: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
        """Convolves what has its border already."""
        if self.enlarge > 1:
            return _convolve_enlarged(inputs, kernel, self.enlarge)
        if self.abreast > 1:
            return _convolve_abreast(inputs, kernel, self.abreast)
        return super().convolution_op(inputs, kernel)

    def get_config(self) -> dict[str, Any]:
        """Returns what `__init__` takes."""
        return {**super().get_config(), "enlarge": self.enlarge, "abreast": self.abreast}


@keras.saving.register_keras_serializable(package="tfstyle")
class ZeroConv2D(ReflectConv2D):
    """The same with zeros beyond the border: Keras's, but on halves where that is faster."""

    def with_border(self, inputs: tf.Tensor, above: int | None, below: int | None) -> tf.Tensor:
        """Returns the input with zeros around it; strips are not for it."""
        reach = [self.reach, self.reach]
        return tf.pad(inputs, [[0, 0], reach, reach, [0, 0]])


@keras.saving.register_keras_serializable(package="tfstyle")
class WrapConv2D(ReflectConv2D):
    """The same with borders that meet, for images that tile."""

    def with_border(self, inputs: tf.Tensor, above: int | None, below: int | None) -> tf.Tensor:
        """Returns the input with its opposite sides around it; strips are not for it."""
        return wrap.wrap_pad(inputs, self.reach)


def _convolve_enlarged(inputs: tf.Tensor, kernel: tf.Tensor, times: int) -> tf.Tensor:
    """Returns the 3x3 convolution of the image that repeats each pixel, without making it.

    All that an input pixel adds to the output is one patch, the kernel summed over the pixel's
    repetitions: a transposed convolution, with (times + 2)^2 / times^2 products instead of 9.
    """
    side = _folding(times)
    # In one product, which rounds once.
    meeting = tf.constant(np.einsum("ak,bl->abkl", side, side), kernel.dtype)
    # A transposed convolution takes the filters before the channels.
    patch = tf.einsum("abkl,klcf->abfc", meeting, kernel)
    batch, height, width, _ = tf.unstack(tf.shape(inputs))
    spare = _spare_columns(width)
    wide = tf.pad(inputs, [[0, 0], [0, 0], [0, spare], [0, 0]])
    size = [batch, height * times + 2, (width + spare) * times + 2, kernel.shape[-1]]
    whole = tf.nn.conv2d_transpose(wide, patch, size, times, "VALID")
    # TensorFlow's own cropping is a hundred times slower on a CPU. By sizes: slices' ends that are
    # computed become floats in ONNX, too short ones in float16.
    margin = times + 1
    inner = [batch, (height - 2) * times, (width - 2) * times, kernel.shape[-1]]
    return tf.slice(whole, [0, margin, margin, 0], inner)


def _folding(times: int) -> np.ndarray:
    """Returns which of a 3x3 kernel's places, along one side, meet in which of the patch's.

    What lies left in the kernel is added right of the pixel: the order is turned.

    Returns:
        `[times + 2, 3]`: 1 where they meet, otherwise 0.
    """
    shifts = np.arange(times + 2)[:, np.newaxis] - np.arange(3)[::-1]
    return np.where((shifts >= 0) & (shifts < times), 1.0, 0.0)


def _spare_columns(width: tf.Tensor) -> tf.Tensor:
    """Returns how many columns more let oneDNN enlarge an image of that width twice without delay.

    Its bfloat16 kernels for AMX, as in TensorFlow 2.21, cut a row of 2 * width + 2 pixels into
    equal blocks: where that is twice a prime, as of 130, they take up to ten times as long.
    """
    return 7 - width % 8


def _convolve_abreast(inputs: tf.Tensor, kernel: tf.Tensor, pixels: int) -> tf.Tensor:
    """Returns the convolution by a kernel that takes and yields several pixels of a row at once.

    Processors compute 16 channels in one go; three would leave the others idle. Neighbouring pixels
    become the channels of one, and the kernel takes single steps over these. Steps over several
    pixels would do, but in oneDNN's bfloat16 convolutions for AMX, as in TensorFlow 2.21, they are
    wrong over 16 or 24 channels.
    """
    size, columns, channels, filters = kernel.shape
    pixels = math.gcd(pixels, columns - 1)  # So that whole groups of them lie under the kernel.
    shifts = [(shift, pixels - 1 - shift) for shift in range(pixels)]
    wide = tf.concat([tf.pad(kernel, [[0, 0], shift, [0, 0], [0, 0]]) for shift in shifts], -1)
    wide = tf.reshape(wide, [size, -1, pixels * channels, pixels * filters])
    batch, height, width, _ = tf.unstack(tf.shape(inputs))
    grouped = tf.reshape(inputs, [batch, height, width // pixels, pixels * channels])
    outputs = tf.nn.conv2d(grouped, wide, 1, "VALID")
    batch, height, groups, _ = tf.unstack(tf.shape(outputs))
    # [batch, height, groups * pixels, filters]
    return tf.reshape(outputs, [batch, height, groups * pixels, filters])


@keras.saving.register_keras_serializable(package="tfstyle")
class Tap(keras.layers.Layer):
    """Returns its input twice: once for a loss to look at, once for the network to go on.

    The same as using a tensor twice, except that the two gradients meet in one addition;
    TensorFlow's own accumulation is several times slower on a CPU in bfloat16.
    """

    def call(self, inputs: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns (inputs, inputs)."""
        return _twice(inputs)

    def compute_output_shape(self, input_shape: Shape) -> tuple[Shape, Shape]:
        """Returns the input's shape twice."""
        return input_shape, input_shape


@tf.custom_gradient
def _twice(tensor: tf.Tensor) -> tuple[tuple[tf.Tensor, tf.Tensor], Callable[..., tf.Tensor]]:
    return (tf.identity(tensor), tf.identity(tensor)), lambda first, second: first + second
