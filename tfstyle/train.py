"""Road 2: move a network's weights until its pastiches have a small objective."""

import csv
import dataclasses
import math
import os
import pathlib
import warnings
from collections.abc import Mapping

import keras
import numpy as np
import tensorflow as tf

from tfstyle import data, devices, encoder, image, networks, objective, settings, snapshot, weights
from tfstyle.settings import setting

LONGEST_GRADIENT = 1.0
"""Longer ones are clipped: the first, and rare photographs', are ten times the usual."""


@dataclasses.dataclass(frozen=True)
class Config:
    """Every setting of a training; the only home of its defaults."""

    steps: int = setting(20_000, "Steps of the optimiser.", minimum=1, maximum=10_000_000)
    batch: int = setting(4, "Photographs a step.", minimum=1, maximum=1024)
    crop: int = setting(
        256,
        "Side of the squares cut from the photographs.",
        unit="pixels",
        minimum=32,
        maximum=2048,
    )
    photo_size: int = setting(
        512,
        "Longest side that photographs are fitted to before they are cut.",
        unit="pixels",
        minimum=32,
        maximum=8192,
    )
    style_size: int = setting(
        512,
        "Longest side of the style pictures: larger strokes above photo_size.",
        unit="pixels",
        minimum=32,
        maximum=8192,
    )
    content_weight: float = setting(1.0, "Weight of the content loss.", minimum=0, maximum=1e9)
    style_weight: float = setting(
        4.0, "Weight of the style loss: more manner, less photograph.", minimum=0, maximum=1e12
    )
    total_variation_weight: float = setting(
        1e-5, "Weight of the total variation.", minimum=0, maximum=1e9
    )
    range_weight: float = setting(
        1e-3, "Weight of the penalty on values beyond black and white.", minimum=0, maximum=1e9
    )
    learning_rate: float = setting(
        1e-3, "Adam's, falling to nothing by a cosine.", minimum=1e-9, maximum=1
    )
    noise: float = setting(
        8 / 255,
        "Standard deviation of the noise added to what the network sees, against blobs in flat "
        "areas; 1 is black to white.",
        minimum=0,
        maximum=1,
    )
    width: int = setting(
        32, "Channels of the network's first layer.", unit="channels", minimum=1, maximum=512
    )
    held_out_share: float = setting(
        0.02, "Part of the photographs that judge and do not train.", minimum=0, maximum=0.9
    )
    evaluate_every: int = setting(
        500, "Judge, show and save this often.", unit="steps", minimum=1, maximum=1_000_000
    )
    vgg_weights: str | os.PathLike = setting("auto", "VGG19's weights: auto, imagenet or a path.")
    precision: str = setting("auto", "Arithmetic of both networks.", choices=encoder.PRECISIONS)
    strategy: str = setting(
        "auto",
        "The devices: mirrored takes every GPU here, multiworker the machines in TF_CONFIG.",
        choices=devices.STRATEGIES,
    )
    seed: int = setting(0, "Seed of weights, crops and noise.", minimum=0, maximum=2**31 - 1)

    def __post_init__(self):
        """Raises ValueError when a field lies outside its range."""
        settings.check(self)

    def weights(self) -> objective.Weights:
        """Returns the weights of the terms, on the layers that the reference system names."""
        return objective.Weights(
            content=self.content_weight,
            style=self.style_weight,
            total_variation=self.total_variation_weight,
            range=self.range_weight,
            content_layers={"block3_conv2": 1.0, "block4_conv2": 1.0},
            style_layers={f"block{block}_conv1": 1.0 for block in range(1, 6)},
            relative=True,
        )


class Training(keras.Model):
    """A stylizer and the objective that its pastiches are judged by.

    The styles take turns, a photograph each, so that a batch has several. Reference: Johnson et
    al. (2016), section 3, with the styles of Dumoulin et al. (2017); the same loss as `gatys`.
    """

    def __init__(
        self,
        stylizer: networks.Stylizer,
        loss: objective.Objective,
        styles: Mapping[str, np.ndarray],
    ):
        """Takes the styles' pictures by name, `[1, height, width, 3]`, at their training size."""
        super().__init__()
        self.stylizer = stylizer
        self._loss = loss
        grams = [loss.style_grams(styles[name]) for name in stylizer.styles]
        self._grams = {layer: tf.concat([gram[layer] for gram in grams], 0) for layer in grams[0]}
        names = ("loss", "content", "style", "total_variation", "range")
        self._meters = {name: keras.metrics.Mean(name=name) for name in names}

    def build(self, input_shape=None):
        """Makes what the optimiser keeps beside each weight."""
        self.optimizer.build(self.stylizer.trainable_variables)
        self.built = True

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        """Does nothing: all is built. Keras's own cannot take apart batches of several machines."""

    def call(self, photographs: tf.Tensor) -> tf.Tensor:
        """Returns the photographs in the first style."""
        return self.stylizer(photographs)

    def train_step(self, batch: tuple[tf.Tensor, tf.Tensor, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Moves the network's weights once; takes what `data.Photographs.training` gives."""
        photographs, noisy, numbers = batch
        with tf.GradientTape() as tape:
            terms = self.terms(photographs, noisy, numbers % len(self.stylizer.styles))
            total = tf.add_n(list(terms.values()))
        variables = self.stylizer.trainable_variables
        self._move(variables, tape.gradient(total, variables))
        return self._measured({"loss": total, **terms})

    def test_step(self, photographs: tf.Tensor) -> dict[str, tf.Tensor]:
        """Judges the photographs in every style."""
        for style in range(len(self.stylizer.styles)):
            styles = tf.repeat(style, tf.shape(photographs)[0])
            terms = self.terms(photographs, photographs, styles)
            measured = self._measured({"loss": tf.add_n(list(terms.values())), **terms})
        return measured

    def terms(
        self, photographs: tf.Tensor, seen: tf.Tensor, styles: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        """Returns the objective's terms by name for what the network makes of `seen`.

        Args:
            photographs: `[batch, height, width, 3]`, what the content loss compares with.
            seen: the same shape, what the network gets.
            styles: `[batch]`, each image's style by its place among the stylizer's.
        """
        grams = {layer: tf.gather(gram, styles) for layer, gram in self._grams.items()}
        targets = self._loss.targets_from(photographs, grams)
        shares = tf.one_hot(styles, len(self.stylizer.styles))
        return self._loss.terms(self.stylizer(seen, style=shares, training=True), targets)

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The running means of each term."""
        return list(self._meters.values())

    def _move(self, variables: list[keras.Variable], gradients: list[tf.Tensor]) -> None:
        """Takes the optimiser's step along the clipped mean of all devices' gradients.

        Keras would clip each device's, and then add them.
        """
        context = tf.distribute.get_replica_context()
        mean = context.all_reduce(tf.distribute.ReduceOp.MEAN, gradients)
        clipped, _ = tf.clip_by_global_norm(mean, LONGEST_GRADIENT)
        shares = [gradient / context.num_replicas_in_sync for gradient in clipped]
        self.optimizer.apply_gradients(zip(shares, variables, strict=True))

    def _measured(self, values: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        for name, value in values.items():
            self._meters[name].update_state(value)
        # Differs from what Keras documents: it can average vectors over machines, not scalars.
        return {name: self._meters[name].result()[tf.newaxis] for name in values}


def train(
    photos: str | pathlib.Path,
    styles: Mapping[str, np.ndarray],
    folder: str | pathlib.Path,
    config: Config = Config(),  # noqa: B008 (frozen)
    *,
    quiet: bool = False,
) -> networks.Stylizer:
    """Returns a stylizer trained on a folder of photographs; goes on where it was stopped.

    Args:
        photos: folder of photographs, or a pattern.
        styles: the style pictures by name, `[1, height, width, 3]` in [0, 1].
        folder: where the state, the curves and `stylizer.keras` are kept.
        config: the settings.
        quiet: whether Keras's lines about the rounds are left out.
    """
    spread = devices.strategy(config.strategy)
    split = data.find(photos, config.held_out_share, config.seed)
    folder = _own_folder(pathlib.Path(folder))
    _claim(folder, snapshot.fingerprint(config, *styles.values(), facts=tuple(styles)))
    keras.utils.set_random_seed(config.seed)
    with spread.scope():
        training = _build(styles, config)
    photographs = data.Photographs(config.photo_size, config.crop)
    epochs, steps_per_epoch = rounds(config)
    steps_before = len(_held_out_losses(folder)) * steps_per_epoch
    training.fit(
        photographs.training(
            split.training,
            config.crop,
            config.batch,
            config.seed,
            noise=config.noise,
            batches_before=steps_before,
        ),
        epochs=epochs,
        steps_per_epoch=steps_per_epoch,
        validation_data=photographs.held_out(split.held_out, config.crop, config.batch),
        callbacks=[*_callbacks(training, folder), _Warn(photographs)],
        verbose=0 if quiet else 2,
        shuffle=False,
    )
    if photographs.unreadable:
        warnings.warn(f"{len(photographs.unreadable)} photographs were left out", stacklevel=2)
    training.stylizer.save(folder / "stylizer.keras")
    return training.stylizer


def rounds(config: Config) -> tuple[int, int]:
    """Returns how many equal rounds there are and the steps of each, for the steps or just over."""
    count = math.ceil(config.steps / config.evaluate_every)
    return count, math.ceil(config.steps / count)


def _own_folder(folder: pathlib.Path) -> pathlib.Path:
    """Returns the folder, or for the workers after the first one in it: none writes another's."""
    place = devices.place_among_workers()
    return folder / f"worker_{place}" if place else folder


def _claim(folder: pathlib.Path, identity: str) -> None:
    """Makes the folder this training's own; raises ValueError when it is another's."""
    folder.mkdir(parents=True, exist_ok=True)
    owner = folder / "training.txt"
    if owner.exists() and owner.read_text() != identity:
        raise ValueError(
            "model must be a new folder, or that of the same training with the same settings and "
            f"styles. Received: model={folder}"
        )
    owner.write_text(identity)


def _build(styles: Mapping[str, np.ndarray], config: Config) -> Training:
    precision = encoder.resolve_precision(config.precision)
    # Gradients of a few hundred-millionths vanish in float16; bfloat16 has float32's range.
    precision = "bfloat16" if precision == "float16" else precision
    terms = config.weights()
    features = encoder.build(
        terms.layers,
        weights.load(config.vgg_weights),
        pooling="average",
        padding="reflect",
        precision=precision,
    )
    policy = precision if precision == "float32" else f"mixed_{precision}"
    training = Training(
        networks.Stylizer(tuple(styles), width=config.width, dtype=policy),
        objective.Objective(features, terms),
        {name: image.fit(style, config.style_size) for name, style in styles.items()},
    )
    schedule = keras.optimizers.schedules.CosineDecay(
        config.learning_rate, math.prod(rounds(config))
    )
    # With a memory of a hundred steps, not a thousand, the first losses are soon forgotten.
    training.compile(keras.optimizers.Adam(schedule, beta_2=0.99), jit_compile=False)
    training.build()
    return training


def _callbacks(training: Training, folder: pathlib.Path) -> list[keras.callbacks.Callback]:
    return [
        keras.callbacks.BackupAndRestore(
            folder / "backup", delete_checkpoint=False, double_checkpoint=True
        ),
        keras.callbacks.CSVLogger(folder / "losses.csv", append=True),
        _SaveStylizer(training.stylizer, folder),
    ]


class _SaveStylizer(keras.callbacks.Callback):
    """Keeps the stylizer as it is, and as it was when its held-out loss was least."""

    def __init__(self, stylizer: networks.Stylizer, folder: pathlib.Path):
        super().__init__()
        self._stylizer, self._folder = stylizer, folder
        self._least = min(_held_out_losses(folder), default=math.inf)

    def on_epoch_end(self, epoch, logs=None):
        self._save("latest.keras")
        if logs and logs.get("val_loss", math.inf) < self._least:
            self._least = logs["val_loss"]
            self._save("best.keras")

    def _save(self, name: str) -> None:
        """Writes the file whole or not at all."""
        unfinished = self._folder / f"unfinished_{name}"
        self._stylizer.save(unfinished)
        unfinished.replace(self._folder / name)


def _held_out_losses(folder: pathlib.Path) -> list[float]:
    """Returns the held-out loss after each round that earlier runs of this training have done."""
    losses = folder / "losses.csv"
    if not losses.exists():
        return []
    with losses.open(newline="") as file:
        return [float(row["val_loss"]) for row in csv.DictReader(file)]


class _Warn(keras.callbacks.Callback):
    """Tells of photographs that could not be read, now and then."""

    def __init__(self, photographs: data.Photographs):
        super().__init__()
        self._photographs = photographs

    def on_epoch_end(self, epoch, logs=None):
        self._photographs.warn()
