import keras
import numpy as np
import pytest

from tfstyle.training import loop
from tfstyle.training.keeping import backup, curves


class Trainer:
    """Stands in: two weights, and an optimiser's one."""

    def __init__(self, value):
        self._network = keras.Sequential([keras.layers.Dense(1)])
        self._network.build([None, 2])
        self.optimizer = keras.optimizers.SGD(momentum=0.9)
        self.optimizer.build(self._network.trainable_variables)
        for variable in backup._variables(self):
            variable.assign(np.full(variable.shape, value))

    def network(self):
        return self._network

    def values(self):
        return {float(value) for each in backup._variables(self) for value in np.ravel(each)}


def test_state_comes_back_with_its_round(tmp_path):
    backup.save(Trainer(3), tmp_path, 5)
    other = Trainer(1)
    assert backup.restore(other, tmp_path) == 5
    assert other.values() == {3}


def test_no_state_is_no_round(tmp_path):
    trainer = Trainer(1)
    assert backup.restore(trainer, tmp_path) == 0
    assert trainer.values() == {1}


def test_damaged_state_is_refused_and_changes_nothing(tmp_path):
    backup.save(Trainer(3), tmp_path, 5)
    path = tmp_path / backup.FOLDER / backup.FILE_NAME
    path.write_bytes(path.read_bytes()[:-200])
    trainer = Trainer(1)
    with pytest.raises(ValueError, match="state must be whole; remove .*backup to begin anew"):
        backup.restore(trainer, tmp_path)
    assert trainer.values() == {1}


def test_rounds_that_are_done_again_leave_the_table(tmp_path):
    logger = curves.LogLosses(tmp_path)
    for epoch in range(3):
        logger.on_epoch_end(epoch, {"val_loss": 2.0, "loss": 1.5 + epoch})
    curves.keep_rounds(tmp_path, 2)
    assert (tmp_path / "losses.csv").read_bytes() == (
        b"epoch,loss,val_loss\r\n0,1.5,2.0\r\n1,2.5,2.0\r\n"
    )
    curves.keep_rounds(tmp_path, 2)
    curves.keep_rounds(tmp_path / "missing", 2)


def test_folder_that_a_full_disk_left_without_an_owner_is_no_one_s(tmp_path):
    (tmp_path / "training.txt").touch()
    (tmp_path / "unfinished_latest.keras").touch()
    (tmp_path / ".0123456789abcdef.part.keras").touch()
    loop._claim(tmp_path, "ours")
    assert [path.name for path in tmp_path.iterdir()] == ["training.txt"]
    loop._claim(tmp_path, "ours")
    with pytest.raises(ValueError, match="must be a new folder"):
        loop.check_owner(tmp_path, "another")
