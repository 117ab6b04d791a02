"""A seeded fuzzer for files that others may have written, or a crash has damaged.

420 mutations: 45 each of stylizers, families and inverse networks, packed and Keras's, and 30 each
of VGG's weights, cards, checkpoints, curves and records. FUZZ_SEED in the environment chooses
others.
"""

import dataclasses
import json
import os
import random
import resource
import signal

import keras
import model_mutations as mutations
import numpy as np
import psutil
import pytest

from tfstyle.jobs import record, resume
from tfstyle.networks import inverse_net, pretrained, vgg19_layers, vgg19_weights
from tfstyle.networks.stylizers import family, transform_net
from tfstyle.optimization import checkpoint_file, loop
from tfstyle.result import LevelTrace, Loss
from tfstyle.training.keeping import curves

SEED = int(os.environ.get("FUZZ_SEED", "0"))

LONGEST = 20
"""Seconds for one file: against hangs."""

MOST = 2**30
"""Bytes of memory that all files together may take more than there was: against bombs."""


class Hang(BaseException):
    """No `Exception`, so that no door makes a sentence of it."""


@pytest.fixture
def bounded(capfd):
    """Bounds time and memory, and looks at the process's standard error in the end."""

    def stop(*_):
        raise Hang

    def peak():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

    allowed = max(peak(), psutil.Process().memory_info().rss + MOST)
    before = signal.signal(signal.SIGALRM, stop)
    yield lambda: signal.setitimer(signal.ITIMER_REAL, LONGEST)
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)
    assert peak() <= allowed
    assert capfd.readouterr() == ("", "")


def read_all(path, content, mutate, count, read, bounded):
    """Reads so many mutations of a file; returns how many were sound.

    `read` fails by assertions where what it read is not sound. Refusals are one sentence that
    names the file.
    """
    sound = 0
    for number in range(count):
        chance = random.Random(f"{SEED} {path.name} {number}")
        try:
            altered = mutations.damage(content, chance) if chance.random() < 0.4 else None
            altered = mutate(content, chance) if altered is None else altered
        # HDF5 itself refuses some of what is asked for.
        except (ValueError, TypeError, KeyError, OSError, RuntimeError):
            altered = mutations.damage(content, chance)
        path.write_bytes(altered)
        bounded()
        try:
            read(path)
            sound += 1
        except (ValueError, MemoryError) as refusal:
            sentence = str(refusal)
            assert path.name in sentence or str(path.parent) in sentence, sentence
            assert sentence.count("Received: ") >= 1 and len(sentence) < 1500, sentence
    return sound


# --- Networks ---


def check_stylizer(path):
    assert_finite(pretrained.load(path))


def check_inverse(path):
    assert_finite(inverse_net.load(path))


def assert_finite(network):
    assert all(np.isfinite(weight).all() for weight in network.get_weights())


def alter_packed(content, chance):
    return mutations.alter_archive(content, chance, mutations.alter_packed_member)


def alter_keras(content, chance):
    return mutations.alter_archive(content, chance, mutations.alter_keras_member)


@pytest.fixture(scope="module")
def networks():
    keras.utils.set_random_seed(1)
    return {
        "stylizer": transform_net.Stylizer(("wave", "scream"), width=2, residual_blocks=0),
        # Its residual block's kernels are packed in bytes.
        "family": family.StylizerFamily(("wave", "scream"), width=2, residual_blocks=1),
        "inverse": inverse_net.InverseNet(layer="block2_conv1", channels=3, width=2),
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "check", "pack"),
    [
        ("stylizer", check_stylizer, pretrained.pack),
        ("family", check_stylizer, pretrained.pack),
        ("inverse", check_inverse, inverse_net.pack),
    ],
)
@pytest.mark.parametrize(("suffix", "alter"), [(".npz", alter_packed), (".keras", alter_keras)])
def test_45_networks_are_sound_or_refused(
    networks, name, check, pack, suffix, alter, tmp_path, bounded
):
    path = tmp_path / f"{name}{suffix}"
    pack(networks[name], path) if suffix == ".npz" else networks[name].save(path)
    read_all(path, path.read_bytes(), alter, 45, check, bounded)


def test_30_files_of_vgg_weights_are_sound_or_refused(tmp_path, bounded, monkeypatch):
    import h5py

    monkeypatch.setattr(vgg19_layers, "CHANNELS", (3,) * 16)
    path = tmp_path / "vgg.h5"
    with h5py.File(path, "w") as file:
        for index, layer in enumerate(vgg19_layers.LAYERS):
            file[f"{layer}/kernel:0"] = np.full([3, 3, 3, 3], index, np.float32)
            file[f"{layer}/bias:0"] = np.full([3], index, np.float32)

    def check(path):
        convolutions = vgg19_weights.read_convolutions(path)
        assert [kernel.shape for kernel, _ in convolutions] == [(3, 3, 3, 3)] * 16
        assert all(np.isfinite(array).all() for pair in convolutions for array in pair)

    read_all(path, path.read_bytes(), mutations.alter_hdf5, 30, check, bounded)


def test_30_cards_are_sound_or_refused(networks, tmp_path, bounded):
    model = tmp_path / "stylizer.npz"
    pretrained.pack(networks["stylizer"], model)
    card = json.dumps({"styles": {"wave": "Hokusai, 1831", "scream": "Munch, 1893"}}).encode()

    def check(path):
        works = pretrained.works(model)
        assert all(isinstance(text, str) for pair in works.items() for text in pair)

    read_all(tmp_path / "stylizer.json", card, mutations.alter_json, 30, check, bounded)


# --- Runs and their records ---


def test_30_checkpoints_are_sound_or_refused(tmp_path, bounded):
    pixels = np.random.default_rng(0).random([1, 2, 2, 3], np.float32)
    trace = loop.Trace(
        pixels,
        1.0,
        step=2,
        evaluations=3,
        losses=(Loss(1, 2, 0.1, {"total": 1.0}),),
        state=lambda: {"position": pixels.ravel(), "scale": np.array(1.0)},
    )
    snapshot = checkpoint_file.Snapshot(1, trace, (LevelTrace((1, 1), 4, 5, 0.1),), ())
    checkpoint_file.save(tmp_path, snapshot, "run")
    path = tmp_path / checkpoint_file.FILE_NAME

    def check(path):
        loaded = checkpoint_file.load(path.parent, "run")
        assert np.isfinite(loaded.trace.image).all() and loaded.trace.image.shape[3] == 3
        assert loaded.level >= 0 and loaded.trace.step >= 0

    read_all(path, path.read_bytes(), alter_packed, 30, check, bounded)


def test_30_curves_of_losses_are_sound_or_refused(tmp_path, bounded):
    curve = b"epoch,loss,val_loss\n0,3.5,2.5\n1,1.5,1.25\n"

    def alter(content, chance):
        cells = [b"", b"nan", b"1e999", b"\xff\xfe", b"\0", b'"', b"x" * 200_000, b"1,2,3,4,5"]
        return content.replace(chance.choice([b"2.5", b"val_loss", b"\n"]), chance.choice(cells), 1)

    def check(path):
        assert all(isinstance(loss, float) for loss in curves.held_out_losses(path.parent))

    read_all(tmp_path / "losses.csv", curve, alter, 30, check, bounded)


@dataclasses.dataclass(frozen=True)
class Settings:
    size: int = 64


def test_30_records_are_read_or_taken_for_none(tmp_path, bounded):
    output = tmp_path / "out.png"
    output.write_bytes(b"picture")
    picture = record.Input("in.png", 4, 4, "0" * 64)
    said = {
        "tfstyle": "0.2.0",
        "command": "gatys",
        "config": {"size": 64},
        "inputs": [dataclasses.asdict(picture)],
        "outcome": "done",
    }

    def check(path):
        assert isinstance(record.read(output), dict)
        finished = resume.is_finished(output, "gatys", Settings(), [picture])
        assert finished in (True, False) and resume.is_there(output) in (True, False)

    content = json.dumps(said).encode()
    # No record is refused: what is none is painted anew.
    assert (
        read_all(record.path_for(output), content, mutations.alter_json, 30, check, bounded) == 30
    )
