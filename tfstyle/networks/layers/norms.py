"""Instance norms whose scales and shifts depend on the style."""

from typing import Any

import keras
import tensorflow as tf

Shape = tuple[int | None, ...]

PER_STYLE = ("scale", "shift")
"""Names of the weights that have a row for each style."""

Moments = tuple[tf.Tensor, tf.Tensor]
"""Each channel's mean and variance over the positions of one image: `[channels]`, float32."""


@keras.saving.register_keras_serializable(package="tfstyle")
class ConditionalAffine(keras.layers.Layer):
    """Scales and shifts each channel by style: scale * x + shift in float32.

    The styles' scales and shifts are blended by their shares; `ConditionalInstanceNorm` without
    the norm. Reference: Perez et al. (2018), "FiLM", eq. 1.
    """

    EPSILON = 1e-5
    """Added to variances; TensorFlow takes no less."""

    def __init__(self, styles: int, **kwargs: Any) -> None:
        """Takes the number of styles."""
        # Scales and shares stay float32.
        super().__init__(**{**kwargs, "autocast": False})
        self.styles = styles

    def build(self, features_shape: Shape, shares_shape: Shape | None = None) -> None:
        """Makes one scale (1) and one shift (0) per style and channel."""
        shape = (self.styles, features_shape[-1])
        self.scale = self.add_weight(shape=shape, initializer="ones", autocast=False, name="scale")
        self.shift = self.add_weight(shape=shape, initializer="zeros", autocast=False, name="shift")

    def blended(self, shares: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns scale and shift for shares `[batch or 1, styles]`, of as many rows, float32."""
        shares = tf.cast(shares, tf.float32)
        scale = tf.matmul(shares, tf.cast(self.scale, tf.float32))
        return scale, tf.matmul(shares, tf.cast(self.shift, tf.float32))

    def call(self, features: tf.Tensor, shares: tf.Tensor) -> tf.Tensor:
        """Moves `[batch, height, width, channels]`, with `[batch or 1, styles]` shares."""
        scale, shift = self.blended(shares)
        if features.shape[0] == 1:
            # In one go: as a norm whose moments are 0 and 1.
            ones = tf.ones(features.shape[-1])
            moments = tf.zeros_like(ones), ones - self.EPSILON
            return _batch_norm(features, scale[0], shift[0], moments, self.EPSILON).y
        wide = tf.cast(features, tf.float32)
        moved = wide * scale[:, tf.newaxis, tf.newaxis] + shift[:, tf.newaxis, tf.newaxis]
        return tf.cast(moved, features.dtype)

    def compute_output_shape(
        self, features_shape: Shape, shares_shape: Shape | None = None
    ) -> Shape:
        """Returns the features' shape."""
        return features_shape

    def get_config(self) -> dict[str, Any]:
        """Returns what `__init__` takes."""
        return {**super().get_config(), "styles": self.styles}


@keras.saving.register_keras_serializable(package="tfstyle")
class ConditionalInstanceNorm(ConditionalAffine):
    """Normalises each image's channels over its positions, then scales and shifts them by style.

    scale * (x - mean) / sqrt(variance + 1e-5) + shift in float32, with the styles' scales and
    shifts blended by their shares. Reference: Dumoulin et al. (2017), eq. 5; one style is
    Ulyanov et al. (2016).
    """

    def call(
        self, features: tf.Tensor, shares: tf.Tensor, moments: Moments | None = None
    ) -> tf.Tensor:
        """Normalises `[batch, height, width, channels]`, with `[batch or 1, styles]` shares.

        Args:
            features: the images', or a strip of one image's.
            shares: each style's.
            moments: the whole image's mean and variance, where one image is given in strips.
        """
        scale, shift = self.blended(shares)
        if features.shape[0] == 1:
            return _batch_norm(features, scale[0], shift[0], moments, self.EPSILON).y
        return _normalize_each(features, scale, shift, self.EPSILON)


def _normalize_each(
    images: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor, epsilon: float
) -> tf.Tensor:
    """Normalises each image of a batch by itself, with its row of `[batch, channels]`."""
    # In float32: with eight bits, sums over hundreds of positions come to a stand.
    wide = tf.cast(images, tf.float32)
    mean, variance = tf.nn.moments(wide, axes=[1, 2], keepdims=True)
    # One multiplication and one addition a value: mean and variance go into factor and shift.
    factor = scale[:, tf.newaxis, tf.newaxis] * tf.math.rsqrt(variance + epsilon)
    moved = wide * factor + (shift[:, tf.newaxis, tf.newaxis] - mean * factor)
    return tf.cast(moved, images.dtype)


def moments(features: tf.Tensor) -> Moments:
    """Returns the moments of `[1, height, width, channels]`, any float type."""
    ones = tf.ones(features.shape[-1])
    measured = _batch_norm(features, ones, ones, None, ConditionalInstanceNorm.EPSILON)
    # TensorFlow measures the variance of a sample; that of all there is has n instead of n - 1.
    count = tf.cast(tf.size(features) / features.shape[-1], tf.float32)
    return measured.batch_mean, measured.batch_variance * (count - 1) / count


def _batch_norm(
    image: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor, moments: Moments | None, epsilon: float
) -> Any:
    """Normalises one image as a batch of one: a fifth of the time of the parts one by one.

    Its variances, unlike those that it takes, are divided by one position less than there are.

    Returns:
        TensorFlow's named tuple of `y`, `batch_mean`, `batch_variance` and more.
    """
    mean, variance = moments or ([], [])
    return tf.raw_ops.FusedBatchNormV3(
        x=image,
        scale=scale,
        offset=shift,
        mean=mean,
        variance=variance,
        epsilon=epsilon,
        is_training=moments is None,
    )
