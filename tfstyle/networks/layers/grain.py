"""The grain that stylizers see in a photograph: as in their training, but always the same.

A network that saw noise in its training makes strokes of it. Without any it leaves flat areas, such
as skies and walls, nearly as they are.
"""

import numpy as np
import tensorflow as tf

PERIODS = (97, 128)
"""Sides in pixels of the two tiles; their product repeats after 97 x 128 pixels only."""


def _tiles() -> tuple[np.ndarray, np.ndarray]:
    # This generator's numbers are the same in all versions of NumPy, on all systems.
    random = np.random.RandomState(0)
    of_signs, of_sizes = ([side, side, 3] for side in PERIODS)
    signs = np.where(random.random_sample(of_signs) < 0.5, np.float32(-1), np.float32(1))
    return signs, random.standard_normal(of_sizes).astype(np.float32)


SIGNS, SIZES = _tiles()
"""By random signs, normal numbers stay normal, and nothing is left of the second tile's period."""


def at(rows: tf.Tensor, columns: tf.Tensor) -> tf.Tensor:
    """Returns the grain of a picture's rows and columns, `[1, rows, columns, 3]`.

    Normal numbers of deviation 1, each of another colour and place independent of the others.

    Args:
        rows: which rows of the picture, `[rows]`, whole numbers from 0.
        columns: which columns.
    """
    signs, sizes = (
        tf.gather(tf.gather(tile, rows % period), columns % period, axis=1)
        for tile, period in zip((SIGNS, SIZES), PERIODS, strict=True)
    )
    return (signs * sizes)[tf.newaxis]


def over(images: tf.Tensor) -> tf.Tensor:
    """Returns the grain of whole images `[batch, height, width, 3]`, `[1, height, width, 3]`."""
    height, width = tf.unstack(tf.shape(images)[1:3])
    return at(tf.range(height), tf.range(width))
