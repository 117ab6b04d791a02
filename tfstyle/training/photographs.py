"""Training photographs: from a folder to batches of random crops."""

import dataclasses
import os
import pathlib
import threading
import warnings
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from tfstyle import image
from tfstyle.image import formats, tensors
from tfstyle.image import paths as picture_paths
from tfstyle.training.keeping import folders

MOST_ELONGATED = 4
"""Longest side over the least that is used of a photograph; of longer ones, the beginning."""

FEWEST = 4
"""Photographs that a training needs, two of them held out."""

MOST_HELD_OUT = 64
"""Photographs for evaluation: they are kept in memory, and each is painted in every style."""


@dataclasses.dataclass(frozen=True)
class Split:
    """Which photographs train and which are held out."""

    training: tuple[pathlib.Path, ...]
    held_out: tuple[pathlib.Path, ...]


def find(folder: str | pathlib.Path, held_out_share: float = 0.02, seed: int = 0) -> Split:
    """Returns the folder's photographs, subfolders included, some of them held out.

    Args:
        folder: where to look, or a pattern such as "photos/photo_0*.jpg".
        held_out_share: what part is held out; at least two photographs and at most `MOST_HELD_OUT`.
        seed: of the choice.

    Raises:
        ValueError: there are fewer than `FEWEST` photographs.
    """
    if not (os.path.exists(folder) or picture_paths.is_many(str(folder))):
        raise ValueError(
            "photos must be a folder or a quoted pattern, but there is none of this name; check "
            f"it. Received: photos={folder}"
        )
    paths = _paths(pathlib.Path(folder))
    if len(paths) < FEWEST:
        raise ValueError(
            f"photos must be a folder with at least {FEWEST} photographs. "
            f"Received: photos={folder} with {len(paths)}"
        )
    shuffled = [paths[index] for index in np.random.default_rng(seed).permutation(len(paths))]
    held_out = min(max(2, round(held_out_share * len(paths))), MOST_HELD_OUT)
    return Split(training=tuple(shuffled[held_out:]), held_out=tuple(shuffled[:held_out]))


def _paths(folder: str | pathlib.Path) -> list[pathlib.Path]:
    matched = picture_paths.match(str(folder), "photos", subfolders=True)
    picture_paths.warn_of_left_out(folder, matched)
    # Sorted: the order of a folder's files is the file system's, and the split depends on it.
    found = sorted(filter(formats.has_picture_suffix, matched))
    return [path for path in found if not folders.is_sample(path)]


class Photographs:
    """Reads photographs as tensors, and leaves out those that cannot be read."""

    def __init__(self, longest_side: int, smallest_side: int):
        """Takes the longest side that photographs are fitted to, and the least of both sides."""
        self._longest, self._smallest = longest_side, smallest_side
        self._lock = threading.Lock()
        self._not_yet_told: list[str] = []
        self.unreadable: set[str] = set()

    def warn(self) -> None:
        """Warns of each unreadable photograph met since the last time.

        Reading goes on in threads of its own, whose warnings nobody would catch.
        """
        with self._lock:
            sentences, self._not_yet_told = self._not_yet_told, []
        for sentence in sentences:
            warnings.warn(sentence, stacklevel=2)

    def training(
        self,
        paths: Sequence[pathlib.Path],
        crop: int,
        batch: int,
        seed: int = 0,
        *,
        noise: float = 0.0,
        batches_before: int = 0,
    ) -> tf.data.Dataset:
        """Returns endless batches of random crops, half of them flipped.

        Each is (crops, the same with noise, their numbers in the endless row), of the shapes
        `[batch, crop, crop, 3]` twice and `[batch]`. A crop depends on the seed and its number.

        Args:
            paths: the photographs.
            crop: the squares' side in pixels.
            batch: squares in a batch.
            seed: of the order, the crops, the flips and the noise.
            noise: standard deviation, where 1 is black to white.
            batches_before: how many batches an interrupted training has had.

        Raises:
            ValueError: none can be read.
        """

        def cut(photograph: tf.Tensor, number: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
            # The number is half of the seed, so that a training that goes on cuts as it would have.
            seeds = tf.stack([tf.constant(seed, tf.int64), number])
            square = tf.image.stateless_random_crop(photograph, [crop, crop, 3], seeds)
            square = tf.image.stateless_random_flip_left_right(square, seeds)
            noisy = square + tf.random.stateless_normal([crop, crop, 3], seeds, stddev=noise)
            return square, noisy, number

        if not any(self._read_or_note(str(path).encode()).size for path in paths):
            raise ValueError(f"photos must be readable. Received: {len(paths)} to train, none is")
        before = batches_before * batch
        photographs = self._read(_shuffled(paths, seed).skip(before))
        numbers = tf.data.Dataset.counter(before)
        crops = tf.data.Dataset.zip(photographs, numbers).map(cut)
        return crops.batch(batch, drop_remainder=True).prefetch(2)

    def held_out(self, paths: Sequence[pathlib.Path], crop: int, batch: int) -> tf.data.Dataset:
        """Returns each photograph's middle once, in batches; the last may be smaller.

        Raises:
            ValueError: none can be read.
        """
        read = [self._read_or_note(str(path).encode()) for path in paths]
        middles = [tf.image.resize_with_crop_or_pad(one, crop, crop) for one in read if one.size]
        if not middles:
            raise ValueError(f"photos must be readable. Received: {len(paths)} held out, none is")
        return tf.data.Dataset.from_tensor_slices(middles).map(tensors.from_bytes).batch(batch)

    def _read(self, names: tf.data.Dataset) -> tf.data.Dataset:
        def read(name: tf.Tensor) -> tf.Tensor:
            # Pillow by way of Python: TensorFlow reads no WebP or TIFF, and no EXIF orientation.
            pixels = tf.numpy_function(self._read_or_note, [name], tf.uint8, stateful=False)
            return tf.ensure_shape(pixels, [None, None, 3])

        readable = names.map(read, num_parallel_calls=2).filter(lambda pixels: tf.size(pixels) > 0)
        return readable.map(tensors.from_bytes)

    def _read_or_note(self, name: bytes) -> np.ndarray:
        """Returns the fitted photograph as bytes, or none at all and notes why."""
        path = name.decode()
        try:
            pixels = _shortened(image.read(path))
        except (OSError, ValueError) as error:
            with self._lock:
                if path not in self.unreadable:
                    self.unreadable.add(path)
                    self._not_yet_told.append(f"left out: {error}")
            return np.zeros([0, 0, 3], np.uint8)
        height, width = pixels.shape[1:3]
        size = fitted_size(height, width, self._longest, self._smallest)
        # Bytes: photographs that wait for their turn take a quarter of the memory of floats.
        return image.to_bytes(image.resize(pixels, size)[0])


def fitted_size(height: int, width: int, longest: int, smallest: int) -> tuple[int, int]:
    """Returns (height, width) with that longest side, or a longer one for the smallest side."""
    scale = max(longest / max(height, width), smallest / min(height, width))
    return max(smallest, round(height * scale)), max(smallest, round(width * scale))


def _shortened(pixels: np.ndarray) -> np.ndarray:
    # A long strip whose shorter side is fitted to a crop would be many times a photograph's size.
    longest = MOST_ELONGATED * min(pixels.shape[1:3])
    return pixels[:, :longest, :longest]


def _names(paths: Sequence[pathlib.Path]) -> tf.data.Dataset:
    return tf.data.Dataset.from_tensor_slices([str(path) for path in paths])


def _shuffled(paths: Sequence[pathlib.Path], seed: int) -> tf.data.Dataset:
    return _names(paths).shuffle(len(paths), seed=seed).repeat()
