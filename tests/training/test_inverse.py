import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal
from samples import TINY_TRAINING, picture, write_photos

from tfstyle import image
from tfstyle.image import contact_sheet
from tfstyle.losses import objective
from tfstyle.methods.style_swap import whitening
from tfstyle.networks import inverse_net
from tfstyle.training import callbacks as train_callbacks
from tfstyle.training import inverse, inverse_trainer, loop
from tfstyle.training.style_crops import StyleCrops

STYLES = {"smooth": picture(32, 40, seed=3), "rough": picture(40, 32, seed=4, smoothing=0)}
LAYER = "block3_conv1"
CONFIG = inverse.Config(**TINY_TRAINING, steps=6, pooling="average")
PHOTOGRAPHS = np.concatenate([picture(32, 32, seed) for seed in (5, 6)])


@pytest.fixture
def trainer(tiny_encoder):
    keras.utils.set_random_seed(0)
    loss = objective.Objective(tiny_encoder, inverse.Config().weights())
    crops = StyleCrops(list(STYLES.values()), longest_side=40, crop=32, seed=0)
    net = inverse_net.InverseNet(channels=6, width=4)
    made = inverse_trainer.InverseTrainer(net, loss, tuple(STYLES), crops)
    return loop.equip(made, inverse.Config(steps=60, learning_rate=1e-2))


# --- What the network is given, and its loss ---


def test_latents_are_all_images_own_and_all_swaps(trainer, tiny_encoder):
    crops = PHOTOGRAPHS[::-1]
    latents = trainer.latents(tf.constant(PHOTOGRAPHS), tf.constant(crops))
    own = tiny_encoder(np.concatenate([PHOTOGRAPHS, crops]))[LAYER]
    assert latents.shape == (4 + 4, 8, 8, 6)
    assert_allclose(latents[:4], own, atol=1e-5)
    # Swapped with its own patches a photograph is itself; the first crop is the second one.
    assert_allclose(latents[5], own[1], atol=1e-5)
    assert_allclose(latents[6], own[0], atol=1e-5)
    for swapped, itself in zip((latents[4], latents[7]), own, strict=False):
        assert np.abs(swapped - itself).max() > 0.01


def test_image_with_the_features_costs_nothing_and_one_without_any_costs_one(trainer):
    latents = trainer.latents(tf.constant(PHOTOGRAPHS), tf.constant(PHOTOGRAPHS))[:2]
    trainer.net = Painter(PHOTOGRAPHS)
    assert_allclose(trainer.terms(latents)["content"], 0, atol=1e-8)
    trainer.net = Painter(0 * PHOTOGRAPHS)  # The tiny encoder has no biases.
    assert_allclose(trainer.terms(latents)["content"], 1, rtol=1e-5)


class Painter:
    """Stands in for a network: paints one thing."""

    layer = LAYER

    def __init__(self, images):
        self._images = tf.constant(images, tf.float32)

    def __call__(self, latents, training):
        return self._images


def test_loss_falls_and_only_the_network_moves(trainer, tiny_encoder):
    before = [np.array(weight) for weight in tiny_encoder.weights]
    batch = (PHOTOGRAPHS, PHOTOGRAPHS, np.array([0, 1]))
    batches = tf.data.Dataset.from_tensors(batch).repeat()
    history = trainer.fit(batches, steps_per_epoch=20, epochs=3, verbose=0, shuffle=False)
    assert history.history["loss"][-1] < 0.7 * history.history["loss"][0]
    for old, new in zip(before, tiny_encoder.weights, strict=True):
        assert_array_equal(old, new)


def test_samples_show_the_photograph_decoded_and_in_each_style(trainer):
    samples = trainer.samples(PHOTOGRAPHS[:1])
    assert list(samples) == ["photograph", "decoded", *STYLES]
    assert_array_equal(samples["photograph"], PHOTOGRAPHS[:1])
    assert len({sample.tobytes() for sample in samples.values()}) == 4


# --- The training ---


@pytest.fixture
def tiny(tiny_encoder, monkeypatch):
    monkeypatch.setattr(loop.vgg19, "build", lambda *args, **kwargs: tiny_encoder)
    monkeypatch.setattr(loop.vgg19_weights, "load", lambda name: None)
    return CONFIG


@pytest.fixture(scope="module")
def whole(tiny_encoder, tmp_path_factory):
    """A training that nothing interrupted, to look at: its network and its folder."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop.vgg19, "build", lambda *args, **kwargs: tiny_encoder)
        patch.setattr(loop.vgg19_weights, "load", lambda name: None)
        photos = write_photos(folder / "photos")
        net = inverse.train(photos, STYLES, folder / "model", CONFIG, quiet=True)
    return net, folder / "model"


def test_training_leaves_a_network_and_its_curves(whole, tiny_encoder):
    net, folder = whole
    saved = keras.models.load_model(folder / "inverse.keras")
    features = tiny_encoder(PHOTOGRAPHS)[LAYER]
    assert_allclose(saved(features), net(features), atol=1e-6)
    assert (saved.layer, saved.pooling, saved.padding) == (LAYER, "average", "reflect")
    lines = (folder / "losses.csv").read_text().splitlines()
    assert len(lines) == 1 + 3
    assert {"loss", "content", "total_variation", "val_loss"} <= set(lines[0].split(","))
    samples = sorted((folder / "samples").iterdir())
    assert [path.name for path in samples] == [f"round_0000{number}.png" for number in (1, 2, 3)]
    assert image.read(samples[0]).shape == (1, 32 + contact_sheet.CAPTION, 4 * 32, 3)


def test_unit_is_the_root_mean_square_of_the_styles_features(tiny, tiny_encoder):
    net = inverse.build(STYLES, tiny).net
    middles = np.concatenate([STYLES["smooth"][:, :, 4:36], STYLES["rough"][:, 4:36]])
    of_styles = tiny_encoder(middles)[LAYER]
    assert net.unit == pytest.approx(np.sqrt(np.mean(np.square(of_styles))), rel=1e-5)


@pytest.mark.slow
def test_interrupted_training_goes_on_as_if_it_had_not_been(
    photos, tiny, whole, tmp_path, monkeypatch
):
    callbacks = train_callbacks.make

    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 1

    monkeypatch.setattr(train_callbacks, "make", lambda *args: [*callbacks(*args), Stop()])
    inverse.train(photos, STYLES, tmp_path / "cut", tiny, quiet=True)
    monkeypatch.setattr(train_callbacks, "make", callbacks)
    resumed = inverse.train(photos, STYLES, tmp_path / "cut", tiny, quiet=True)
    for one, other in zip(whole[0].get_weights(), resumed.get_weights(), strict=True):
        assert_allclose(one, other, atol=1e-6)


@pytest.mark.slow
def test_training_begins_from_an_earlier_one(photos, tiny, tmp_path):
    earlier = inverse_net.InverseNet(channels=6, width=4, unit=3.0, pooling="average")
    inverse_net.pack(earlier, tmp_path / "earlier.npz")
    config = dataclasses.replace(tiny, start=tmp_path / "earlier.npz", steps=1, learning_rate=1e-9)
    trained = inverse.train(photos, STYLES, tmp_path / "model", config, quiet=True)
    assert trained.unit == 3
    for own, given in zip(trained.get_weights(), earlier.get_weights(), strict=True):
        assert_allclose(own, given, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("other", [{"pooling": "max"}, {"layer": "relu3_2"}, {"width": 8}])
def test_network_for_other_features_is_no_beginning(other, tiny, tmp_path):
    arguments = {"channels": 6, "width": 4, "pooling": "average", **other}
    inverse_net.pack(inverse_net.InverseNet(**arguments), tmp_path / "earlier.npz")
    config = dataclasses.replace(tiny, start=tmp_path / "earlier.npz")
    (name,) = other
    with pytest.raises(ValueError, match=f"start must have the same {name}"):
        inverse._begun(config.start, config)


def test_images_that_come_back_cost_nothing(trainer, tiny_encoder):
    latents = trainer.latents(tf.constant(PHOTOGRAPHS), tf.constant(PHOTOGRAPHS))[:2]
    trainer._image_weight = 3.0
    trainer.net = Painter(PHOTOGRAPHS)
    assert_allclose(trainer.terms(latents, [PHOTOGRAPHS])["image"], 0, atol=1e-8)
    trainer.net = Painter(PHOTOGRAPHS * 0)
    # The tiny encoder has no biases: black has no features, and an error of 1 in each layer.
    expected = 3 * (PHOTOGRAPHS.mean() + (len(tiny_encoder.output) - 1) / 4)
    assert_allclose(trainer.terms(latents, [PHOTOGRAPHS])["image"], expected, rtol=1e-5)


@pytest.mark.parametrize(("image", "expected"), [("ramp", 0.0), ("stripes", 1.0)])
def test_grain_is_the_mean_bend_from_pixel_to_pixel(image, expected):
    """A ramp has no bend; stripes of 0 and 0.5 bend by 1 at each pixel of every row."""
    columns = np.arange(8.0) / 8 if image == "ramp" else np.tile([0.0, 0.5], 4)
    pixels = np.broadcast_to(columns[:, np.newaxis], (1, 6, 8, 3)).astype(np.float32)
    assert_allclose(inverse_trainer._grain(pixels), expected, atol=1e-6)


def test_grain_costs_by_its_weight(trainer):
    latents = trainer.latents(tf.constant(PHOTOGRAPHS), tf.constant(PHOTOGRAPHS))[:2]
    trainer.net = Painter(PHOTOGRAPHS)
    trainer._grain_weight = 0.0
    assert "grain" not in trainer.terms(latents)
    trainer._grain_weight = 3.0
    assert_allclose(
        trainer.terms(latents)["grain"], 3 * inverse_trainer._grain(PHOTOGRAPHS), rtol=1e-6
    )


def test_whitened_latents_have_the_crop_s_statistics(trainer, tiny_encoder):
    """Without patches a photograph's features get the crop's mean; ReLU lifts it but little."""
    trainer._whiten = True
    crop = tf.constant(PHOTOGRAPHS[1:])
    latents = trainer.latents(tf.constant(PHOTOGRAPHS[:1]), crop, 0.0)
    wanted, found = whitening.statistics([latents[1:2]]), whitening.statistics([latents[2:]])
    white = whitening.statistics([latents[:1]])
    expected = tf.nn.relu(
        whitening.color(
            whitening.whiten(latents[:1], white, wanted.regulariser()),
            wanted,
            wanted.regulariser(),
        )
    )
    assert_allclose(found.mean, whitening.statistics([expected]).mean, rtol=1e-3, atol=1e-5)
