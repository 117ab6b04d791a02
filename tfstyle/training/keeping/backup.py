"""The state of a training on disk: written whole after each round, and read back exactly.

Keras's `BackupAndRestore` writes weights and their round into two files, one after the other and in
place: a kill or a full disk between them leaves the weights of one round with the number of
another, or an empty number.
"""

import pathlib

import keras
import numpy as np

from tfstyle.system import doors, files, npz
from tfstyle.training.keeping.folders import BACKUP
from tfstyle.training.trainer import Trainer

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
    path = folder / BACKUP / FILE_NAME
    files.make_folder(path.parent)
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
    path, read = folder / BACKUP / FILE_NAME, _restore
    if not path.exists():
        path, read = path.with_name(KERAS_ROUND), _restore_keras
    if not path.exists():
        return 0
    cure = f"remove {path.parent} to begin anew"
    with doors.checked("model's state must be whole", path, cure, f"model={folder}"):
        return read(trainer, path)


def _restore(trainer: Trainer, path: pathlib.Path) -> int:
    arrays = npz.read(path)
    variables, rounds = _variables(trainer), int(arrays["rounds"])
    # All are found before the first is given, so that a damaged file changes nothing.
    found = [arrays[f"arr_{index}"] for index in range(len(variables))]
    for variable, array in zip(variables, found, strict=True):
        variable.assign(array)
    return rounds


def _restore_keras(trainer: Trainer, path: pathlib.Path) -> int:
    rounds = int(doors.read_json(path)["epoch"])
    trainer.load_weights(path.with_name(KERAS_WEIGHTS))
    return rounds


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
