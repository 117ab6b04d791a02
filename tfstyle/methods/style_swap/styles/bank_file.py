"""Prepared styles in files: arrays and settings, nothing that can run.

What is read may be anybody's: it is checked before anything is made of it.
"""

import json
import os
import pathlib
from collections.abc import Iterator, Mapping

import numpy as np
import tensorflow as tf

from tfstyle.methods.style_swap import style_settings, whitening
from tfstyle.methods.style_swap.config import Config
from tfstyle.methods.style_swap.exchange import laying, patches
from tfstyle.methods.style_swap.style_bank import StyleBank
from tfstyle.methods.style_swap.styles import patch_checks
from tfstyle.methods.style_swap.swap import LevelBank
from tfstyle.system import doors, files, npz
from tfstyle.system.doors import Unsound

CURE = "make it anew with tfstyle prepare"

Arrays = Mapping[str, np.ndarray]


def save_style(bank: StyleBank, path: str | os.PathLike[str]) -> None:
    """Writes a prepared style, whole or not at all.

    The file holds about 20 MB for a style of 512 pixels: what patches are compared with is made
    anew when it is read.

    Args:
        bank: what `style_swap.prepare` returned.
        path: where to; it must end in .npz.

    Raises:
        ValueError: the name ends otherwise.
        OSError: the file cannot be written.
    """
    if not style_settings.is_prepared(path):
        raise ValueError(f"path must end in {style_settings.SUFFIX}. Received: path={path}")
    config = {name: _plain(value) for name, value in vars(bank.config).items()}
    arrays = {"config": np.array(json.dumps(config)), "levels": np.array(len(bank.levels))}
    arrays |= _named("colors", bank.colors)
    for number, level in enumerate(bank.levels):
        arrays |= dict(_arrays_of(level, f"level{number}"))
    with files.atomically(path) as file:
        np.savez(file, **arrays, allow_pickle=False)


def load_style(path: str | os.PathLike[str], flag: str = "path") -> StyleBank:
    """Returns the prepared style that `save_style` wrote.

    Args:
        path: the file.
        flag: what the caller calls it.

    Raises:
        ValueError: the file is another or damaged, or cannot be read.
        MemoryError: there is too little memory for it.
    """
    path = pathlib.Path(path)
    with doors.checked("style must be a prepared style", path, CURE, f"{flag}={path}"):
        arrays = npz.read(path)
        config = Config(**json.loads(str(arrays["config"])))
        levels = tuple(
            _level(arrays, f"level{number}", config) for number in range(int(arrays["levels"]))
        )
        if not levels:
            raise Unsound("has no levels")
        return StyleBank(levels, _statistics(arrays, "colors", 3), config)


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


def _level(arrays: Arrays, name: str, config: Config) -> LevelBank:
    # Unwhitened, nothing but patches is taken from a style.
    if not config.whiten:
        return LevelBank(_patches(arrays, name, config, None), None)
    statistics = _statistics(arrays, f"{name}_statistics", None)
    channels = statistics.mean.shape[0]
    has_patches = f"{name}_positions" in arrays
    return LevelBank(_patches(arrays, name, config, channels) if has_patches else None, statistics)


def _patches(arrays: Arrays, name: str, config: Config, channels: int | None) -> patches.PatchBank:
    corners, widths = (arrays[f"{name}_{field}"] for field in ("corners", "widths"))
    positions = patch_checks.numbers(arrays[f"{name}_positions"], [None, channels])
    basis = None
    if config.whiten:
        basis = patch_checks.numbers(arrays[f"{name}_basis"], [channels, None])
    dtype, positions_dtype = (
        patch_checks.dtype(arrays[f"{name}_{field}"]) for field in ("dtype", "positions_dtype")
    )
    components = (positions if basis is None else basis).shape[1]
    patch_checks.check(corners, widths, len(positions), config)
    patch_checks.check_memory(len(corners), components, dtype, config)
    laid = laying.Laid(
        tf.cast(positions, positions_dtype),
        tf.constant(corners, tf.int32),
        tf.constant(widths, tf.int32),
        config.patch_size,
        config.patch_stride,
    )
    return patches.bank(laid, None if basis is None else tf.constant(basis), dtype)


def _statistics(arrays: Arrays, name: str, channels: int | None) -> whitening.Statistics:
    mean = patch_checks.numbers(arrays[f"{name}_mean"], [channels])
    covariance = patch_checks.numbers(arrays[f"{name}_covariance"], 2 * [len(mean)])
    return whitening.Statistics(tf.constant(mean), tf.constant(covariance))
