"""The losses of a training, round by round: a table, and TensorBoard's files."""

import csv
import importlib.util
import io
import pathlib

import keras
import numpy as np
import tensorflow as tf

from tfstyle.system import doors, files

FILE_NAME = "losses.csv"

HAS_TENSORBOARD = importlib.util.find_spec("tensorboard") is not None


def held_out_losses(folder: pathlib.Path) -> list[float]:
    """Returns the held-out loss after each round that earlier runs of this training have done.

    Raises:
        ValueError: the table is damaged or another program's.
    """
    path = folder / FILE_NAME
    if not path.exists():
        return []
    expected = "model must be a new folder, or that of a training to go on with"
    with (
        doors.checked(expected, path, "train in a new folder", f"model={folder}"),
        path.open(newline="", encoding="utf-8") as file,
    ):
        return [float(row["val_loss"]) for row in csv.DictReader(file)]


def keep_rounds(folder: pathlib.Path, rounds: int) -> None:
    """Takes later rounds than so many out of the table: a run that ended meanwhile did them."""
    path = folder / FILE_NAME
    lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    if len(lines) > 1 + rounds:
        with files.atomically(path) as file:
            file.writelines(lines[: 1 + rounds])


class LogLosses(keras.callbacks.Callback):
    """Adds each round to `losses.csv`.

    Keras's `CSVLogger` appends to the file, of which a full disk keeps half a row.
    """

    def __init__(self, folder: pathlib.Path):
        """Takes the training's folder."""
        super().__init__()
        self._path = folder / FILE_NAME

    def on_epoch_end(self, epoch, logs=None):
        """Writes the table with the round, whole or not at all."""
        row = {"epoch": epoch, **dict(sorted((logs or {}).items()))}
        earlier = self._path.read_bytes() if self._path.exists() else b""
        text = io.StringIO()
        writer = csv.DictWriter(text, row)
        if not earlier:
            writer.writeheader()
        writer.writerow(row)
        with files.atomically(self._path) as file:
            file.write(earlier + text.getvalue().encode())


def tensorboard(folder: pathlib.Path) -> list[keras.callbacks.Callback]:
    """Returns the callback that writes TensorBoard's files, or none where that is missing."""
    if not HAS_TENSORBOARD:
        return []
    return [_TensorBoard(folder / "tensorboard", write_graph=False)]


def show_samples(folder: pathlib.Path, drawn: np.ndarray, epoch: int) -> None:
    """Gives TensorBoard, where it is installed, the sheet of samples, `[1, height, width, 3]`."""
    if not HAS_TENSORBOARD:
        return
    samples = folder / "tensorboard" / "samples"
    with files.naming(samples):
        writer = tf.summary.create_file_writer(str(samples))
        with writer.as_default():
            tf.summary.image("samples", drawn, step=epoch)
        writer.close()


class _TensorBoard(keras.callbacks.TensorBoard):
    """Keras's, with a sentence where the disk takes no more: TensorFlow's own is pages long."""

    def on_train_begin(self, logs=None):
        """Opens the files."""
        with files.naming(self.log_dir):
            super().on_train_begin(logs)

    def on_epoch_end(self, epoch, logs=None):
        """Writes the losses of the training."""
        with files.naming(self.log_dir):
            super().on_epoch_end(epoch, logs)

    def on_test_begin(self, logs=None):
        """Opens the file of the held-out losses, the first time."""
        with files.naming(self.log_dir):
            super().on_test_begin(logs)

    def on_test_end(self, logs=None):
        """Writes the losses on held-out photographs."""
        with files.naming(self.log_dir):
            super().on_test_end(logs)

    def on_train_end(self, logs=None):
        """Writes what is left, and closes the files."""
        with files.naming(self.log_dir):
            super().on_train_end(logs)
