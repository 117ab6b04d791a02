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
from tfstyle.networks import pretrained
from tfstyle.networks.layers import norms
from tfstyle.networks.stylizers import family, transform_net
from tfstyle.training import callbacks as train_callbacks
from tfstyle.training import config as training_config
from tfstyle.training import loop, warm_start
from tfstyle.training import stylizer as stylizer_training

STYLES = {"smooth": picture(32, 40, seed=3), "rough": picture(40, 32, seed=4, smoothing=0)}
CONFIG = stylizer_training.Config(**TINY_TRAINING, residual_blocks=1, steps=6)


def build(tiny_encoder, identity=False):
    keras.utils.set_random_seed(0)
    stylizer = transform_net.Stylizer(tuple(STYLES), width=4, residual_blocks=1, identity=identity)
    loss = objective.Objective(tiny_encoder, stylizer_training.Config().weights())
    training = stylizer_training.StylizerTrainer(stylizer, loss, STYLES, 0.3 if identity else 0.0)
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


@pytest.mark.parametrize("strength", [0.0, 0.25, 1.0])
def test_terms_at_a_strength_blend_the_style_with_the_photograph(tiny_encoder, strength):
    training = build(tiny_encoder, identity=True)
    photograph = picture(32, 32, seed=9)
    loss = objective.Objective(tiny_encoder, stylizer_training.Config().weights())
    targets = loss.targets(photograph, [STYLES["rough"], photograph], [strength, 1 - strength])
    shares = [0.0, strength]
    expected = loss.terms(training.stylizer(photograph, style=shares, training=True), targets)
    found = training.terms(photograph, photograph, tf.constant([1]), tf.constant([strength]))
    for name, term in found.items():
        assert_allclose(term, expected[name], rtol=1e-4)


def test_weak_crops_have_every_strength_in_every_style(tiny_encoder):
    training = build(tiny_encoder, identity=True)
    for style in range(len(STYLES)):
        numbers = tf.range(style, 20_000, len(STYLES), tf.int64)
        weak = [strength for strength in np.array(training._strengths(numbers)) if strength < 1]
        assert len(weak) / len(numbers) == pytest.approx(0.3, abs=0.01)
        counts, _ = np.histogram(weak, 10, (0, 1))
        assert_allclose(counts, len(weak) / 10, rtol=0.05)


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
    assert stylizer.architecture.grain == CONFIG.noise
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


@pytest.mark.parametrize("strength", [1.0, 0.0])
@pytest.mark.slow
def test_inner_norms_are_taken_out_of_an_earlier_one(photos, tiny, tmp_path, strength):
    """What they did on average is done to the photograph, better than by the bare weights."""
    earlier = transform_net.Stylizer(tuple(STYLES), width=4, residual_blocks=1, identity=True)
    for index, weight in enumerate(earlier.weights):
        weight.assign(np.random.default_rng(index).normal(0, 0.1, weight.shape))
    pretrained.pack(earlier, tmp_path / "earlier.npz")
    config = dataclasses.replace(
        tiny, start=tmp_path / "earlier.npz", inner_norms=False, steps=1, learning_rate=1e-9
    )
    made = stylizer_training.train(photos, STYLES, tmp_path / "model", config, quiet=True)
    bare = transform_net.Stylizer(
        tuple(STYLES), width=4, residual_blocks=1, inner_norms=False, identity=True
    )
    bare.set_weights(earlier.get_weights())
    photograph = image.read(sorted(pathlib.Path(photos).rglob("*.png"))[0])[:, :32, :32]
    goal, near, far = (
        each(photograph, style=[0.0, strength], training=True) for each in (earlier, made, bare)
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
        # The photograph's scales and shifts are new.
        rows = len(given) if given.shape[0] == len(STYLES) else None
        assert_allclose(own[:rows], given, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("identity", [True, False])
def test_scales_of_a_network_that_others_begin_from_go_to_their_styles(identity):
    names = ("a", "b")
    earlier = transform_net.Stylizer(names, width=4, residual_blocks=0, identity=identity)
    later = transform_net.Stylizer(("b", "new"), width=4, residual_blocks=0, identity=True)
    for weight in earlier.weights:
        if weight.name in norms.PER_STYLE:
            rows = [1.0, 3.0, 7.0][: weight.shape[0]]
            weight.assign(np.tile(np.transpose([rows]), [1, weight.shape[1]]))
    warm_start.begin_from(later, earlier)
    *inner, last = (np.array(each)[:, 0] for each in later.weights if each.name == "scale")
    # What is new begins as the mean of the styles, and the photograph as it was, if it was there.
    assert_allclose(inner, [[3.0, 2.0, 7.0 if identity else 2.0]] * len(inner))
    assert_allclose(last, [3.0, 2.0, 7.0 if identity else 0.0])


@pytest.mark.parametrize(
    ("wanted", "scale"), [(("b",), 3.0), (("b", "a"), 2.0), (("new",), 5.0), (("c", "new"), 11.0)]
)
def test_training_begins_from_those_of_a_family_that_it_has(wanted, scale):
    members = {name: transform_net.Stylizer(("style",), width=4) for name in "abc"}
    for value, member in zip((1.0, 3.0, 11.0), members.values(), strict=True):
        for weight in member.weights:
            weight.assign(np.full(weight.shape, value))
    mean = family.join(members).averaged(wanted)
    assert_allclose(mean.weights[0], np.full(mean.weights[0].shape, scale))
    assert set(mean.styles) == set(wanted) & set("abc") or mean.styles == tuple("abc")
    rows = np.array(mean.weights[1])[:, 0]
    assert_allclose(rows, [{"a": 1.0, "b": 3.0, "c": 11.0}[name] for name in mean.styles])


def test_strengths_begin_as_a_cross_fade():
    earlier = transform_net.Stylizer(("a",), width=4, residual_blocks=0)
    for index, weight in enumerate(earlier.weights):
        weight.assign(np.random.default_rng(index).normal(0, 0.3, weight.shape))
    earlier.weights[-1].assign(np.zeros(3))
    later = transform_net.Stylizer(("a",), width=4, residual_blocks=0, identity=True)
    warm_start.begin_from(later, earlier)
    photograph = picture(20, 24, seed=9)
    assert_allclose(later(photograph, style=[0.0], training=True), photograph, atol=1e-6)
    full = earlier(photograph, style=[1.0], training=True)
    assert_allclose(later(photograph, style=[1.0], training=True), full, atol=1e-6)


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


# --- All is checked before anything is written ---


def refused(photos, folder, config, styles=STYLES):
    with pytest.raises(ValueError) as caught:
        stylizer_training.train(photos, styles, folder, config, quiet=True)
    return str(caught.value)


def test_refused_setting_leaves_no_folder(photos, tiny, tmp_path):
    config = dataclasses.replace(tiny, start=os.fspath(tmp_path / "nobody.keras"))
    assert "start must be" in refused(photos, tmp_path / "model", config)
    assert not (tmp_path / "model").exists()


def test_unreadable_photographs_leave_no_folder(tiny, tmp_path):
    (tmp_path / "photos").mkdir()
    for number in range(5):
        (tmp_path / "photos" / f"{number}.jpg").write_bytes(b"no picture")
    assert "photos must be readable" in refused(tmp_path / "photos", tmp_path / "model", tiny)
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize("model", ["photos/0.png", "photos/0.png/model", "a" * 300, "proc"])
def test_folder_that_cannot_be_made_is_refused(photos, tiny, tmp_path, monkeypatch, model):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "proc").symlink_to("nowhere")
    before = sorted(tmp_path.rglob("*"))
    assert f"Received: model={model}" in refused(photos, model, tiny)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", ["", " ", "wave ", "~root", "a\nb", "a\x1b[31m", "\udcff"])
def test_name_that_no_flag_can_have_is_refused(photos, tiny, tmp_path, name):
    styles = {"wave": STYLES["smooth"], name: STYLES["rough"]}
    message = refused(photos, tmp_path / "model", tiny, styles)
    assert message.startswith("styles must have names that can be written in a flag")
    assert message.endswith(f"Received: {name!r}")
    assert not (tmp_path / "model").exists()


def test_commas_and_colons_are_no_obstacle():
    training_config.check_names(("Kandinsky, Composition VII", "Night 23:00", "écume", "波"))


@pytest.mark.parametrize(
    ("size", "style_size", "expected"),
    [((24, 32), 32, (32, 43)), ((200, 20), 100, (320, 32)), ((64, 48), 40, (43, 32))],
)
def test_styles_are_large_enough_for_the_deepest_layer(size, style_size, expected):
    """As gatys has it: at block5 a feature is 16 pixels wide, and two are needed."""
    config = stylizer_training.Config(style_size=style_size)
    assert stylizer_training._fitted(picture(*size, seed=1), config).shape[1:3] == expected


@pytest.mark.parametrize(
    "weights",
    [{"content_weight": 0, "style_weight": 0, "total_variation_weight": 0, "range_weight": 0}],
)
def test_weights_that_are_all_0_are_refused(weights):
    with pytest.raises(ValueError, match="weights must not all be 0"):
        stylizer_training.Config(**weights)
    stylizer_training.Config(**weights | {"range_weight": 1})


def test_even_outer_kernel_is_refused_at_once():
    with pytest.raises(ValueError, match="outer_kernel must be odd. Received: outer_kernel=4"):
        stylizer_training.Config(outer_kernel=4)
