"""The layers of a transform net as stages, and how they are run, whole or strip by strip."""

import dataclasses
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import keras
import tensorflow as tf

from tfstyle.networks.architecture import Architecture
from tfstyle.networks.layers import convolutions, norms

GREY = 0.5
"""What the net returns where its last convolution gives 0."""

OUTPUT_SCALE = 0.1
"""What the last convolution's output is multiplied by: it sums thousands of values, and without
the scale its first steps throw the image far beyond black and white."""

STRIDE = 4
"""The transform net halves the image's sides twice."""

Features = TypeVar("Features")


@dataclasses.dataclass(frozen=True)
class Stage:
    """What the net consists of: a convolution, what the style does to it, and an ending."""

    convolve: convolutions.ReflectConv2D
    modulate: norms.ConditionalAffine | None
    """Each channel's scale and shift, after a norm or without one; the last stage has none."""
    finish: keras.layers.Layer
    """What is done with each value by itself; a residual block ends by adding its input."""

    @property
    def measures(self) -> bool:
        """Whether it has a norm, which measures the whole image."""
        return isinstance(self.modulate, norms.ConditionalInstanceNorm)


Blocks = Sequence[Sequence[Stage]]
"""The net's blocks; those with more than one stage are residual."""


def stages(blocks: Blocks) -> Iterator[Stage]:
    """Returns the stages of all blocks, in order."""
    return itertools.chain.from_iterable(blocks)


def run_blocks(blocks: Blocks, features: Features, run: Callable[..., Features]) -> Features:
    """Returns what the blocks make of features.

    Args:
        blocks: in order.
        features: what the first stage is given; anything that `run` understands.
        run: from a stage, its input and, where there is one, the input of its residual block.
    """
    for block in blocks:
        *first, last = block
        beside = [features] if first else []
        for stage in first:
            features = run(stage, features)
        features = run(last, features, *beside)
    return features


def blocks(rows: int, architecture: Architecture, dtype: keras.DTypePolicy) -> Blocks:
    """Returns the layers of Johnson et al. (2016), in order.

    Args:
        rows: how many styles there are, and one more for the photograph where it is blended.
        architecture: the net's measures.
        dtype: of the arithmetic.
    """
    outer: type[norms.ConditionalAffine] = norms.ConditionalInstanceNorm
    inner = outer if architecture.inner_norms else norms.ConditionalAffine
    width, outer_kernel = architecture.width, architecture.outer_kernel

    def stage(
        channels: int,
        size: int = 3,
        finish: type[keras.layers.Layer] = keras.layers.ReLU,
        norm: type[norms.ConditionalAffine] = inner,
        **kwargs: Any,
    ) -> Stage:
        return Stage(
            # The norm, or the style's shift, would take a bias away again.
            convolutions.ReflectConv2D(channels, size, use_bias=False, dtype=dtype, **kwargs),
            norm(rows, dtype=dtype),
            finish(dtype=dtype),
        )

    def residual() -> list[Stage]:
        channels = architecture.residual_channels
        return [stage(channels), stage(channels, finish=keras.layers.Add)]

    # Two values of bfloat16 are multiplied in one go: of three channels, one would be idle.
    pairs = 2 if dtype.compute_dtype == "bfloat16" else 1
    return [
        [stage(width, size=outer_kernel, norm=outer, abreast=pairs)],
        [stage(2 * width, strides=2, norm=outer)],
        [stage(4 * width, strides=2, norm=outer)],
        *(residual() for _ in range(architecture.residual_blocks)),
        [stage(2 * width, enlarge=2)],
        [stage(width, enlarge=2)],
        [_last(outer_kernel, dtype)],
    ]


def _last(kernel: int, dtype: keras.DTypePolicy) -> Stage:
    # Begins as grey, not as glare.
    quiet = keras.initializers.RandomNormal(stddev=0.03)
    return Stage(
        convolutions.ReflectConv2D(
            3, kernel, abreast=STRIDE, kernel_initializer=quiet, dtype=dtype
        ),
        None,
        keras.layers.Rescaling(OUTPUT_SCALE, offset=GREY, dtype="float32", name="pastiches"),
    )


def connect(blocks: Blocks, rows: int, dtype: keras.DTypePolicy) -> keras.Model:
    """Returns the net from images and shares to linear pastiches, `[batch, height, width, 3]`."""
    images = keras.Input([None, None, 3], name="images", dtype="float32")
    shares = keras.Input([rows], name="shares", dtype="float32")

    def run(stage: Stage, features: tf.Tensor, *beside: tf.Tensor) -> tf.Tensor:
        features = stage.convolve(features)
        if stage.modulate:
            features = stage.modulate(features, shares)
        return stage.finish([features, *beside] if beside else features)

    centred = keras.layers.Rescaling(1.0, offset=-GREY, dtype=dtype, name="centred")(images)
    return keras.Model([images, shares], run_blocks(blocks, centred, run), name="transform_net")
