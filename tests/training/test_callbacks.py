"""Files of a training's folder that are damaged or another program's."""

import keras
import numpy as np
import pytest

from tfstyle.training import callbacks, loop


@pytest.mark.parametrize(
    "content",
    [
        b"epoch,loss\n0,1.5\n",
        b"epoch,val_loss\n0\n",
        b"epoch,val_loss\n0,good\n",
        b"epoch,val_loss\n0,\xff\xfe\n",
        b"epoch,val_loss\n0,\0\n",
        b'epoch,val_loss\n0,"' + b"1" * 200_000 + b'"\n',
    ],
)
def test_curves_that_are_none_are_refused(tmp_path, content):
    (tmp_path / "losses.csv").write_bytes(content)
    with pytest.raises(ValueError, match="losses.csv is damaged .* Received: model="):
        callbacks.held_out_losses(tmp_path)


def test_curves_come_back(tmp_path):
    (tmp_path / "losses.csv").write_text("epoch,val_loss,loss\n0,1.5,2\n1,0.25,1\n")
    assert callbacks.held_out_losses(tmp_path) == [1.5, 0.25]


def test_folder_of_another_program_is_refused(tmp_path):
    (tmp_path / "training.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match="model must be a new folder, or that of the same"):
        loop.check_owner(tmp_path, "identity")
    assert (tmp_path / "training.txt").read_bytes() == b"\xff\xfe"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("latest.weights.h5", b"no weights"),
        ("training_metadata.json", b"{"),
        ("training_metadata.json", b"[]"),
        ("training_metadata.json", b"\xff"),
    ],
)
def test_damaged_backup_is_one_sentence(tmp_path, name, content):
    model = keras.Sequential([keras.Input([1]), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    data = np.zeros([1, 1], np.float32), np.zeros([1, 1], np.float32)
    model.fit(*data, verbose=0, callbacks=[callbacks.Backup(tmp_path)])
    (tmp_path / "backup" / name).write_bytes(content)
    with pytest.raises(ValueError, match="backup is damaged .* Received: model="):
        model.fit(*data, verbose=0, callbacks=[callbacks.Backup(tmp_path)])
