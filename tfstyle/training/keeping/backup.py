"""The state of a training on disk: written whole after each round, and read back exactly.

Keras's `BackupAndRestore` writes weights and their round into two files, one after the other and in
place: a kill or a full disk between them leaves the weights of one round with the number of
another, or an empty number.
"""

import json
import pathlib

import keras
import numpy as np

from tfstyle.system import files
from tfstyle.training.trainer import Trainer

FOLDER = "backup"
"""Where in a training's folder the state lies."""

FILE_NAME = "state.npz"

KERAS_WEIGHTS, KERAS_ROUND = "latest.weights.h5", "training_metadata.json"
"""Version 0.1.0 left the state to Keras, which calls its files so."""


def save(trainer: Trainer, folder: pathlib.Path, rounds: int) -> None:
    """Writes what the next round begins from.

    Args:
        trainer: what is trained.
        folder: the training's.
        rounds: how many are done.

    Raises:
        OSError: the disk does not take it; the last state stays.
    """
    path = folder / FOLDER / FILE_NAME
    with files.naming(path.parent):
        path.parent.mkdir(exist_ok=True)
    arrays = [np.array(variable) for variable in _variables(trainer)]
    with files.atomically(path) as file:
        np.savez(file, *arrays, rounds=np.array(rounds))


def restore(trainer: Trainer, folder: pathlib.Path) -> int:
    """Gives the trainer the state in its folder, if there is one.

    Returns:
        How many rounds are done.

    Raises:
        ValueError: the state is damaged.
    """
    path = folder / FOLDER / FILE_NAME
    try:
        return _restore(trainer, path) if path.exists() else _restore_keras(trainer, path.parent)
    except Exception as error:
        raise ValueError(
            f"model's state must be whole; remove {path.parent} to begin anew. "
            f"Received: model={folder}"
        ) from error


def _restore(trainer: Trainer, path: pathlib.Path) -> int:
    with path.open("rb") as file, np.load(file) as found:
        # All are read before the first is given, so that a damaged file changes nothing.
        arrays = dict(found)
    for index, variable in enumerate(_variables(trainer)):
        variable.assign(arrays[f"arr_{index}"])
    return int(arrays["rounds"])


def _restore_keras(trainer: Trainer, folder: pathlib.Path) -> int:
    if not (folder / KERAS_ROUND).exists():
        return 0
    trainer.load_weights(folder / KERAS_WEIGHTS)
    return int(json.loads((folder / KERAS_ROUND).read_text())["epoch"])


def _variables(trainer: Trainer) -> list[keras.Variable]:
    """Returns all that a round changes; the meters begin each at nothing."""
    return [*trainer.network().variables, *trainer.optimizer.variables]


class Backup(keras.callbacks.Callback):
    """Saves the state after each round."""

    def __init__(self, trainer: Trainer, folder: pathlib.Path):
        """Takes what is trained, and the training's folder."""
        super().__init__()
        self._trainer, self._folder = trainer, folder

    def on_epoch_end(self, epoch, logs=None):
        """Writes `backup/state.npz`."""
        save(self._trainer, self._folder, epoch + 1)
