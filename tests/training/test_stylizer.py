import csv
import dataclasses
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys

import keras
import numpy as np
import pytest
import samples
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal
from samples import TINY_TRAINING, picture, write_photos

from tfstyle import image
from tfstyle.image import contact_sheet
from tfstyle.losses import objective
from tfstyle.networks import pretrained, transform_net
from tfstyle.training import callbacks as train_callbacks
from tfstyle.training import config as training_config
from tfstyle.training import loop
from tfstyle.training import stylizer as stylizer_training

STYLES = {"smooth": picture(32, 40, seed=3), "rough": picture(40, 32, seed=4, smoothing=0)}
CONFIG = stylizer_training.Config(**TINY_TRAINING, residual_blocks=1, steps=6)


def build(tiny_encoder):
    keras.utils.set_random_seed(0)
    stylizer = transform_net.Stylizer(tuple(STYLES), width=4, residual_blocks=1)
    loss = objective.Objective(tiny_encoder, stylizer_training.Config().weights())
    training = stylizer_training.StylizerTrainer(stylizer, loss, STYLES)
    training.compile(optimizer=keras.optimizers.Adam(1e-3), run_eagerly=False)
    training.build()
    return training


def one_photograph():
    photograph = picture(32, 32, seed=9)
    return tf.data.Dataset.from_tensors((photograph, photograph, [0])).repeat()


def test_terms_are_the_optimisation_s(tiny_encoder):
    training = build(tiny_encoder)
    photograph = picture(32, 32, seed=9)
    loss = objective.Objective(tiny_encoder, stylizer_training.Config().weights())
    for index, style in enumerate(STYLES):
        targets = loss.targets(photograph, [STYLES[style]], [1.0])
        pastiche = training.stylizer(photograph, style=style, training=True)
        expected = loss.terms(pastiche, targets)
        for name, term in training.terms(photograph, photograph, tf.constant([index])).items():
            assert_allclose(term, expected[name], rtol=1e-4)


def test_loss_falls_and_only_the_stylizer_moves(tiny_encoder):
    training = build(tiny_encoder)
    photographs = one_photograph()
    before = [np.array(weight) for weight in tiny_encoder.weights]
    history = training.fit(photographs, steps_per_epoch=20, epochs=4, verbose=0, shuffle=False)
    assert history.history["loss"][-1] < 0.7 * history.history["loss"][0]
    for old, new in zip(before, tiny_encoder.weights, strict=True):
        assert_array_equal(old, new)


@pytest.fixture
def tiny(tiny_encoder, monkeypatch):
    monkeypatch.setattr(loop.vgg19, "build", lambda *args, **kwargs: tiny_encoder)
    monkeypatch.setattr(loop.vgg19_weights, "load", lambda name: None)
    return CONFIG


@pytest.fixture(scope="module")
def whole(tiny_encoder, tmp_path_factory):
    """A training that nothing interrupted, to look at: its stylizer and its folder."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop.vgg19, "build", lambda *args, **kwargs: tiny_encoder)
        patch.setattr(loop.vgg19_weights, "load", lambda name: None)
        photos = write_photos(folder / "photos")
        stylizer = stylizer_training.train(photos, STYLES, folder / "model", CONFIG, quiet=True)
    return stylizer, folder / "model"


def test_training_leaves_a_stylizer_and_its_curves(whole):
    stylizer, folder = whole
    assert stylizer.styles == tuple(STYLES)
    saved = keras.models.load_model(folder / "stylizer.keras")
    content = picture(20, 20, seed=1)
    assert_allclose(saved(content), stylizer(content), atol=1e-6)
    lines = (folder / "losses.csv").read_text().splitlines()
    assert len(lines) == 1 + 3
    assert {"loss", "content", "style", "val_loss"} <= set(lines[0].split(","))
    samples = sorted((folder / "samples").iterdir())
    assert [path.name for path in samples] == [f"round_0000{number}.png" for number in (1, 2, 3)]
    assert image.read(samples[0]).shape == (1, 32 + contact_sheet.CAPTION, 2 * 32, 3)


def test_tensorboard_has_the_losses_and_the_samples(whole):
    def tags(folder):
        files = sorted((whole[1] / "tensorboard" / folder).glob("events*"))
        records = [record for file in files for record in tf.data.TFRecordDataset(str(file))]
        events = [tf.compat.v1.Event.FromString(record.numpy()) for record in records]
        return {value.tag for event in events for value in event.summary.value}

    assert {"epoch_loss", "epoch_content", "epoch_style"} <= tags("train")
    assert "epoch_loss" in tags("validation")
    assert tags("samples") == {"samples"}


@pytest.mark.slow
def test_same_seed_same_weights(photos, tiny, tmp_path):
    def trained(seed):
        config = dataclasses.replace(tiny, steps=2, seed=seed)
        stylizer = stylizer_training.train(photos, STYLES, tmp_path / str(seed), config, quiet=True)
        shutil.rmtree(tmp_path / str(seed))
        return np.concatenate([np.ravel(weight) for weight in stylizer.get_weights()])

    first = trained(1)
    assert_array_equal(first, trained(1))
    assert np.abs(first - trained(2)).max() > 1e-3


def test_styles_take_turns(tiny_encoder, monkeypatch):
    training = build(tiny_encoder)
    seen = []
    monkeypatch.setattr(training, "terms", lambda *args: seen.append(args[2]) or {"loss": args[0]})
    monkeypatch.setattr(training, "_move", lambda *args: None)
    monkeypatch.setattr(training, "_measured", lambda values: values)
    photographs = tf.zeros([3, 32, 32, 3])
    training.train_step((photographs, photographs, tf.constant([4, 5, 6])))
    assert_array_equal(seen[0], [0, 1, 0])


@pytest.mark.slow
def test_unreadable_photographs_are_told_and_counted(photos, tiny, tmp_path):
    (photos / "broken.jpg").write_bytes(b"no picture")
    with pytest.warns(UserWarning) as caught:
        stylizer_training.train(photos, STYLES, tmp_path / "model", tiny, quiet=True)
    sentences = [str(warning.message) for warning in caught]
    told = [sentence for sentence in sentences if "left out" in sentence]
    assert len(told) == 2
    assert "broken.jpg" in told[0]
    assert told[1] == "1 photographs were left out"


def test_folder_of_another_training_is_refused(photos, tiny, whole, tmp_path):
    shutil.copytree(whole[1], tmp_path / "model")
    before = (tmp_path / "model" / "stylizer.keras").read_bytes()
    other = {name: 1 - style for name, style in STYLES.items()}
    with pytest.raises(ValueError, match="model must be a new folder, or that of the same"):
        stylizer_training.train(photos, other, tmp_path / "model", tiny, quiet=True)
    assert (tmp_path / "model" / "stylizer.keras").read_bytes() == before


def test_each_optimizer_that_settings_name_has_a_class():
    assert set(loop.OPTIMIZERS) == set(training_config.OPTIMIZERS)


@pytest.mark.parametrize(
    ("steps", "rounds"), [(1, (1, 1)), (4, (1, 4)), (5, (2, 3)), (8, (2, 4)), (1001, (251, 4))]
)
def test_no_step_asked_for_is_left_out(steps, rounds):
    assert training_config.rounds(stylizer_training.Config(steps=steps, evaluate_every=4)) == rounds


def test_best_of_an_interrupted_training_is_kept(whole):
    _, folder = whole
    saver = train_callbacks.SaveNetwork(None, folder)
    column = (folder / "losses.csv").read_text().splitlines()[0].split(",").index("val_loss")
    rows = (folder / "losses.csv").read_text().splitlines()[1:]
    assert saver._least == min(float(row.split(",")[column]) for row in rows)


@pytest.mark.slow
def test_interrupted_training_goes_on_as_if_it_had_not_been(
    photos, tiny, whole, tmp_path, monkeypatch
):
    callbacks = train_callbacks.make

    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 1

    monkeypatch.setattr(train_callbacks, "make", lambda *args: [*callbacks(*args), Stop()])
    stylizer_training.train(photos, STYLES, tmp_path / "cut", tiny, quiet=True)
    monkeypatch.setattr(train_callbacks, "make", callbacks)
    resumed = stylizer_training.train(photos, STYLES, tmp_path / "cut", tiny, quiet=True)
    lines = (tmp_path / "cut" / "losses.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines] == ["epoch", "0", "1", "2"]
    for one, other in zip(whole[0].get_weights(), resumed.get_weights(), strict=True):
        assert_allclose(one, other, atol=1e-6)


@pytest.mark.slow
def test_inner_norms_are_taken_out_of_an_earlier_one(photos, tiny, tmp_path):
    """What they did on average is done to the photograph, better than by the bare weights."""
    earlier = transform_net.Stylizer(tuple(STYLES), width=4, residual_blocks=1)
    for index, weight in enumerate(earlier.weights):
        weight.assign(np.random.default_rng(index).normal(0, 0.1, weight.shape))
    pretrained.pack(earlier, tmp_path / "earlier.npz")
    config = dataclasses.replace(
        tiny, start=tmp_path / "earlier.npz", inner_norms=False, steps=1, learning_rate=1e-9
    )
    made = stylizer_training.train(photos, STYLES, tmp_path / "model", config, quiet=True)
    bare = transform_net.Stylizer(tuple(STYLES), width=4, residual_blocks=1, inner_norms=False)
    bare.set_weights(earlier.get_weights())
    photograph = image.read(sorted(pathlib.Path(photos).rglob("*.png"))[0])[:, :32, :32]
    goal, near, far = (
        each(photograph, style="rough", training=True) for each in (earlier, made, bare)
    )
    assert np.abs(near - goal).mean() < 0.5 * np.abs(far - goal).mean()


@pytest.mark.parametrize("inner_norms", [True, False])
@pytest.mark.slow
def test_training_begins_from_an_earlier_one(photos, tiny, tmp_path, inner_norms):
    """One without inner norms stays without, though the setting is left as it is."""
    earlier = transform_net.Stylizer(
        tuple(STYLES), width=4, residual_blocks=1, inner_norms=inner_norms
    )
    pretrained.pack(earlier, tmp_path / "earlier.npz")
    config = dataclasses.replace(tiny, start=tmp_path / "earlier.npz", steps=1, learning_rate=1e-9)
    trained = stylizer_training.train(photos, STYLES, tmp_path / "model", config, quiet=True)
    assert trained.architecture.inner_norms == inner_norms
    for own, given in zip(trained.get_weights(), earlier.get_weights(), strict=True):
        assert_allclose(own, given, rtol=1e-3, atol=1e-5)


# --- Several workers ---

WORKER = samples.ROOT / "tests" / "support" / "worker.py"


def start_worker(photos, folder, workers=(), index=0):
    task = {"cluster": {"worker": list(workers)}, "task": {"type": "worker", "index": index}}
    config = {"TF_CONFIG": json.dumps(task)} if workers else {}
    return subprocess.Popen(
        [sys.executable, str(WORKER), str(photos), str(folder)], env=os.environ | config
    )


def free_address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def last_loss(folder):
    with (folder / "losses.csv").open(newline="") as file:
        return float(list(csv.DictReader(file))[-1]["loss"])


@pytest.mark.slow
def test_two_workers_end_where_one_does(photos, tmp_path):
    addresses = [free_address(), free_address()]
    running = [start_worker(photos, tmp_path / "alone")]
    running += [
        start_worker(photos, tmp_path / f"worker_{index}", addresses, index) for index in (0, 1)
    ]
    assert [worker.wait(timeout=300) for worker in running] == [0, 0, 0]
    alone, first, second = (
        np.load(tmp_path / f"{name}.npy") for name in ("alone", "worker_0", "worker_1")
    )
    assert_array_equal(first, second)
    assert_allclose(first, alone, atol=1e-5)
    assert last_loss(tmp_path / "worker_0") == pytest.approx(
        last_loss(tmp_path / "alone"), rel=1e-4
    )
