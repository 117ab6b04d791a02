"""Prepared styles in files: arrays and settings, nothing that can run."""

import json
import os
import pathlib
import zipfile
from collections.abc import Iterator, Mapping

import numpy as np
import tensorflow as tf

from tfstyle.methods.style_swap import whitening
from tfstyle.methods.style_swap.config import Config
from tfstyle.methods.style_swap.exchange import patches
from tfstyle.methods.style_swap.style_bank import StyleBank
from tfstyle.methods.style_swap.swap import LevelBank
from tfstyle.system import files

SUFFIX = ".npz"
"""How the names of prepared styles end."""


def save(bank: StyleBank, path: str | os.PathLike[str]) -> None:
    """Writes a prepared style, whole or not at all.

    The file holds about 15 MB for a style of 512 pixels: what patches are compared with is made
    anew when it is read.

    Args:
        bank: what `style_swap.prepare` returned.
        path: where to; by custom it ends in .npz.
    """
    config = {name: _plain(value) for name, value in vars(bank.config).items()}
    arrays = {"config": np.array(json.dumps(config)), "levels": np.array(len(bank.levels))}
    arrays |= _named("colors", bank.colors)
    for number, level in enumerate(bank.levels):
        arrays |= dict(_arrays_of(level, f"level{number}"))
    with files.atomically(path) as file:
        np.savez(file, **arrays, allow_pickle=False)


def load(path: str | os.PathLike[str]) -> StyleBank:
    """Returns the prepared style that `save` wrote.

    Raises:
        ValueError: the file is another or damaged.
        OSError: it cannot be read.
    """
    try:
        # Without pickles, as np.load has it by default: a file from elsewhere can run nothing.
        with np.load(pathlib.Path(path)) as file:
            config = Config(**json.loads(str(file["config"])))
            count = int(file["levels"])
            levels = tuple(_level(file, f"level{number}", config) for number in range(count))
            return StyleBank(levels, _statistics(file, "colors"), config)
    except (KeyError, TypeError, ValueError, IndexError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"style must be a prepared style, which style_swap.prepare makes. Received: path={path}"
        ) from error


def _plain(value):
    return os.fspath(value) if isinstance(value, os.PathLike) else value


def _arrays_of(level: LevelBank, name: str) -> Iterator[tuple[str, np.ndarray]]:
    if level.statistics is not None:
        yield from _named(f"{name}_statistics", level.statistics).items()
    if level.patches is not None:
        bank = level.patches
        yield f"{name}_dtype", np.array(bank.directions.dtype.name)
        for field in ("corners", "widths"):
            yield f"{name}_{field}", getattr(bank, field).numpy()
        # NumPy's files know no bfloat16, and float32 holds each of its values.
        yield f"{name}_positions", tf.cast(bank.positions, tf.float32).numpy()
        yield f"{name}_positions_dtype", np.array(bank.positions.dtype.name)
        if bank.basis is not None:
            yield f"{name}_basis", bank.basis.numpy()


def _named(name: str, statistics: whitening.Statistics) -> dict[str, np.ndarray]:
    return {
        f"{name}_mean": statistics.mean.numpy(),
        f"{name}_covariance": statistics.covariance.numpy(),
    }


def _level(file: Mapping[str, np.ndarray], name: str, config: Config) -> LevelBank:
    has_patches = f"{name}_positions" in file
    return LevelBank(
        _patches(file, name, config) if has_patches else None,
        _statistics(file, f"{name}_statistics") if config.whiten else None,
    )


def _patches(file: Mapping[str, np.ndarray], name: str, config: Config) -> patches.PatchBank:
    positions = _finite(file[f"{name}_positions"])
    corners, widths = (
        tf.constant(file[f"{name}_{field}"], tf.int32) for field in ("corners", "widths")
    )
    laid = patches.Laid(
        tf.cast(positions, str(file[f"{name}_positions_dtype"])),
        corners,
        widths,
        config.patch_size,
        config.patch_stride,
    )
    members = patches.members_of(corners, widths, config.patch_size)
    if not (0 <= int(tf.reduce_min(members)) and int(tf.reduce_max(members)) < len(positions)):
        raise ValueError("patches lie beyond the positions")
    basis = _finite(file[f"{name}_basis"]) if config.whiten else None
    return patches.bank(laid, basis, tf.as_dtype(str(file[f"{name}_dtype"])))


def _statistics(file: Mapping[str, np.ndarray], name: str) -> whitening.Statistics:
    return whitening.Statistics(_finite(file[f"{name}_mean"]), _finite(file[f"{name}_covariance"]))


def _finite(values: np.ndarray) -> tf.Tensor:
    if not np.isfinite(values).all():
        raise ValueError("values must be finite")
    return tf.constant(values, tf.float32)
