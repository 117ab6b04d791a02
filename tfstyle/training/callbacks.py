"""What happens after each round of a training: it is saved, drawn and reported."""

import math
import pathlib
from collections.abc import Callable, Mapping

import keras
import numpy as np

from tfstyle import image
from tfstyle.image import contact_sheet
from tfstyle.system import files
from tfstyle.training import photographs as photo_data
from tfstyle.training.keeping import backup, curves, folders
from tfstyle.training.trainer import Trainer

COLUMNS = 4
"""Samples in a row."""


def make(
    trainer: Trainer, folder: pathlib.Path, photographs: photo_data.Photographs, sample: np.ndarray
) -> list[keras.callbacks.Callback]:
    """Returns the callbacks of a training that keeps its files in `folder`.

    TensorBoard's files are among them where it is installed.

    Args:
        trainer: what is trained.
        folder: where to.
        photographs: warned of where they cannot be read.
        sample: `[1, height, width, 3]`, from which samples are made after each round.
    """
    return [
        curves.LogLosses(folder),
        SaveNetwork(trainer.network(), folder),
        ShowSamples(lambda: trainer.samples(sample), folder),
        WarnOfPhotographs(photographs),
        *curves.tensorboard(folder),
        # Last: a round that was stopped before it is done anew, and writes all of these anew.
        backup.Backup(trainer, folder),
    ]


def save_network(network: keras.Model, path: pathlib.Path) -> None:
    """Writes the network whole or not at all, as Keras does.

    Raises:
        OSError: the disk does not take it; the message names the file. An earlier one stays.
    """
    with files.unfinished(path, path.suffix) as temporary:
        network.save(temporary)


class SaveNetwork(keras.callbacks.Callback):
    """Keeps the network as it is, and as it was when its held-out loss was least."""

    def __init__(self, network: keras.Model, folder: pathlib.Path):
        """Takes what to keep, and where."""
        super().__init__()
        self._network, self._folder = network, folder
        # Of earlier runs too: a training that goes on must not replace their best by a worse one.
        self._least = min(curves.held_out_losses(folder), default=math.inf)

    def on_epoch_end(self, epoch, logs=None):
        """Writes `latest.keras`, and `best.keras` when it is."""
        save_network(self._network, self._folder / "latest.keras")
        if logs and logs.get("val_loss", math.inf) < self._least:
            self._least = logs["val_loss"]
            save_network(self._network, self._folder / "best.keras")


class ShowSamples(keras.callbacks.Callback):
    """Draws what the network makes by now, as a file and for TensorBoard."""

    def __init__(self, make: Callable[[], Mapping[str, np.ndarray]], folder: pathlib.Path):
        """Takes what makes the images by name, all of one size, and the training's folder."""
        super().__init__()
        self._make, self._folder = make, folder

    def on_epoch_end(self, epoch, logs=None):
        """Writes `samples/round_00012.png`."""
        path = folders.sample_path(self._folder, epoch + 1)
        files.make_folder(path.parent)
        drawn = contact_sheet.draw(self._make(), COLUMNS)
        image.write(path, drawn)
        curves.show_samples(self._folder, drawn, epoch)


class WarnOfPhotographs(keras.callbacks.Callback):
    """Warns of photographs that could not be read, once a round."""

    def __init__(self, photographs: photo_data.Photographs):
        """Takes the pipeline, of whose threads no warning would be caught."""
        super().__init__()
        self._photographs = photographs

    def on_epoch_end(self, epoch, logs=None):
        """Warns."""
        self._photographs.warn()
