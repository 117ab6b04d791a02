"""A map of regions, made of what a visitor has painted with a brush."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tfstyle import image

COLORS = ("#d62828", "#2a9d43", "#1d5fbf", "#e9b824", "#8338b8")
"""The brush's colours, one for each region; what is left unpainted is another region."""

UNPAINTED = (0, 0, 0)


def as_map(layers: Sequence[np.ndarray]) -> np.ndarray:
    """Returns a map of flat colours, `[1, height, width, 3]` in [0, 1].

    A brush has soft edges: what is half covered or more gets the nearest of `COLORS`, and the rest
    counts as unpainted.

    Args:
        layers: what lies one above the other, the lowest first, each `[height, width, 4]`, uint8.

    Raises:
        ValueError: nothing is painted.
    """
    # [colours, 3]
    palette = np.array([UNPAINTED, *map(_levels, COLORS)], np.int16)
    found = np.zeros(layers[0].shape[:2], int) if layers else np.zeros((1, 1), int)
    for layer in layers:
        # [height, width, colours]
        far = np.abs(layer[..., np.newaxis, :3].astype(np.int16) - palette[1:]).max(axis=-1)
        found = np.where(layer[..., 3] >= 128, 1 + far.argmin(axis=-1), found)
    if not found.any():
        raise ValueError("no region is painted yet: take a colour of the brush, and cover one.")
    return image.from_bytes(palette[found][np.newaxis].astype(np.uint8))


def write(pixels: np.ndarray, folder: Path, name: str) -> str:
    """Writes a picture as PNG into a folder of its own inside another, and returns its path."""
    path = Path(tempfile.mkdtemp(dir=folder)) / name
    image.write(path, pixels)
    return str(path)


def _levels(color: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(color.removeprefix("#")))
