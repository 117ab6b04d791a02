"""What the signatures of a served stylizer and of a served style swap have in common."""

from collections.abc import Callable, Sequence
from typing import Protocol

import tensorflow as tf

from tfstyle.export import request_files
from tfstyle.image import tensors


class Endpoints(Protocol):
    """A model's signatures: a method of its own for each of the names."""

    max_pixels: int
    """The limit of a request's images together, and of each file in one."""

    @property
    def names(self) -> Sequence[str]:
        """Returns the signatures' names."""
        ...

    def input_signature(self, name: str) -> list[tf.TensorSpec]:
        """Returns what the signature takes."""
        ...

    def function(self, name: str) -> Callable[..., dict[str, tf.Tensor]]:
        """Returns what answers; of its arguments, those that may be left out have defaults."""
        ...


def read_file(
    contents: tf.Tensor, index: tf.Tensor, max_pixels: int, name: str = "image_bytes"
) -> tf.Tensor:
    """Returns a file's image, `[1, height, width, 3]` in [0, 1]; see `request_files.decode`."""
    return request_files.decode(contents, index, max_pixels, name)[tf.newaxis]


def write_file(pastiche: tf.Tensor) -> tf.Tensor:
    """Returns `[1, height, width, 3]` in [0, 1] as the contents of a PNG."""
    return tf.io.encode_png(tensors.to_bytes(pastiche)[0])


def one_by_one(
    paint: Callable[..., tf.Tensor], each: tuple[tf.Tensor, ...], dtype: tf.DType
) -> tf.Tensor:
    """Returns `paint` of each row of the tensors, in the memory of one.

    Args:
        paint: takes a row of each tensor.
        each: tensors with as many rows as there are things to paint.
        dtype: of what `paint` returns.
    """
    # By default a graph would paint ten at once, in ten times the memory.
    return tf.map_fn(
        lambda rows: paint(*rows), each, fn_output_signature=dtype, parallel_iterations=1
    )
