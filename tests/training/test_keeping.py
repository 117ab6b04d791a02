"""What a training keeps in its folder, whole, damaged or another program's."""

import keras
import limits
import numpy as np
import pytest

from tfstyle.training.keeping import backup, curves, folders


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

    def load_weights(self, path):
        self._network.load_weights(path)

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
    path = tmp_path / folders.BACKUP / backup.FILE_NAME
    path.write_bytes(path.read_bytes()[:-200])
    trainer = Trainer(1)
    with pytest.raises(ValueError, match="whole, and state.npz is damaged .*; remove .*backup to"):
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
    folders.claim(tmp_path, "ours")
    assert [path.name for path in tmp_path.iterdir()] == ["training.txt"]
    folders.claim(tmp_path, "ours")
    with pytest.raises(ValueError, match="must be a new folder"):
        folders.check_owner(tmp_path, "another")


def test_folder_that_a_full_disk_lets_nobody_own_is_not_left(tmp_path):
    with limits.file_size(0), pytest.raises(OSError, match="(?i)file too large"):
        folders.claim(tmp_path / "new" / "model", "ours")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b'{"epoch": 1}'])
def test_keras_s_state_that_is_damaged_or_not_all_there_is_one_sentence(tmp_path, content):
    path = tmp_path / folders.BACKUP / backup.KERAS_ROUND
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(ValueError, match="whole, and training_metadata.json .*Received: model="):
        backup.restore(Trainer(1), tmp_path)


def test_state_that_asks_for_pickles_is_refused(tmp_path):
    path = tmp_path / folders.BACKUP / backup.FILE_NAME
    path.parent.mkdir()
    np.savez(path, arr_0=np.array([print]), rounds=np.array(1))
    with pytest.raises(ValueError, match="holds Python objects, which are never read"):
        backup.restore(Trainer(1), tmp_path)


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
        curves.held_out_losses(tmp_path)


def test_curves_come_back(tmp_path):
    (tmp_path / "losses.csv").write_text("epoch,val_loss,loss\n0,1.5,2\n1,0.25,1\n")
    assert curves.held_out_losses(tmp_path) == [1.5, 0.25]


@pytest.mark.parametrize("name", ["best.keras", "mine.keras", "samples/round_00001.png"])
def test_folder_of_networks_or_samples_is_somebody_else_s(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"mine")
    with pytest.raises(ValueError, match="model must be a new folder, or that of the same"):
        folders.check_owner(tmp_path, "identity")


def test_folder_is_its_owner_s_whatever_lies_in_it(tmp_path):
    folders.claim(tmp_path, "identity")
    (tmp_path / "best.keras").write_bytes(b"mine")
    folders.check_owner(tmp_path, "identity")


def test_folder_of_another_program_is_refused(tmp_path):
    (tmp_path / "training.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match="model must be a new folder, or that of the same"):
        folders.check_owner(tmp_path, "identity")
    assert (tmp_path / "training.txt").read_bytes() == b"\xff\xfe"
