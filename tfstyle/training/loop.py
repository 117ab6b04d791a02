"""What the training of any network consists of: its folder, its rounds, and Keras's fit."""

import dataclasses
import math
import os
import pathlib
import warnings
from collections.abc import Callable, Mapping, Sequence

import keras
import numpy as np

from tfstyle import settings
from tfstyle.methods import shared_settings
from tfstyle.networks import vgg19, vgg19_weights
from tfstyle.optimization import checkpoint_file
from tfstyle.settings import setting
from tfstyle.system import devices
from tfstyle.system.precision import resolve_precision
from tfstyle.training import callbacks, muon
from tfstyle.training import photographs as photo_data
from tfstyle.training.trainer import Trainee

OPTIMIZERS = {"muon": muon.Muon, "adam": keras.optimizers.Adam}
"""Keras's optimisers by the names that settings have for them."""


@dataclasses.dataclass(frozen=True)
class Config:
    """The settings that every training has; the only home of their defaults."""

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
    optimizer: str = setting(
        "muon",
        "How weights are moved; muon comes as far as adam in two thirds of the steps.",
        choices=tuple(OPTIMIZERS),
    )
    learning_rate: float = setting(
        1e-3, "The optimiser's, falling to nothing by a cosine.", minimum=1e-9, maximum=1
    )
    held_out_share: float = setting(
        0.02, "Part of the photographs that judge and do not train.", minimum=0, maximum=0.9
    )
    evaluate_every: int = setting(
        500, "Judge, show and save this often.", unit="steps", minimum=1, maximum=1_000_000
    )
    vgg_weights: str | os.PathLike = shared_settings.vgg_weights()
    precision: str = shared_settings.precision("Arithmetic of both networks.")
    strategy: str = setting(
        "auto",
        "The devices: mirrored takes every GPU here, multiworker the machines in TF_CONFIG.",
        choices=devices.STRATEGIES,
    )
    seed: int = setting(0, "Seed of weights, crops and noise.", minimum=0, maximum=2**31 - 1)

    def __post_init__(self):
        """Raises ValueError when a field lies outside its range."""
        settings.check(self)


def run(
    build: Callable[[Mapping[str, np.ndarray], Config], Trainee],
    photos: str | pathlib.Path,
    styles: Mapping[str, np.ndarray],
    folder: str | pathlib.Path,
    config: Config,
    *,
    noise: float = 0.0,
    quiet: bool = False,
) -> keras.Model:
    """Returns a network trained on a folder of photographs; goes on where it was stopped.

    Args:
        build: makes the network and what judges it from the styles and the settings, and then
            calls `equip`.
        photos: folder of photographs, or a pattern.
        styles: the style pictures by name, `[1, height, width, 3]` in [0, 1].
        folder: where the state, the curves and the trained network are kept.
        config: the settings.
        noise: standard deviation of the noise added to what the network sees.
        quiet: whether Keras's lines about the rounds are left out.
    """
    spread = devices.strategy(config.strategy)
    split = photo_data.find(photos, config.held_out_share, config.seed)
    folder = _own_folder(pathlib.Path(folder))
    _claim(folder, checkpoint_file.fingerprint(config, *styles.values(), facts=tuple(styles)))
    keras.utils.set_random_seed(config.seed)
    with spread.scope():
        trainee = build(styles, config)
    _fit(trainee, split, folder, config, noise, quiet)
    trainee.network().save(folder / trainee.FILE_NAME)
    return trainee.network()


def _fit(
    trainee: Trainee,
    split: photo_data.Split,
    folder: pathlib.Path,
    config: Config,
    noise: float,
    quiet: bool,
) -> None:
    """Takes all rounds that are left."""
    photographs = photo_data.Photographs(config.photo_size, config.crop)
    held_out = photographs.held_out(split.held_out, config.crop, config.batch)
    sample = next(iter(held_out))[:1]
    epochs, steps_per_epoch = rounds(config)
    steps_before = len(callbacks.held_out_losses(folder)) * steps_per_epoch
    trainee.fit(
        photographs.training(
            split.training,
            config.crop,
            config.batch,
            config.seed,
            noise=noise,
            batches_before=steps_before,
        ),
        epochs=epochs,
        steps_per_epoch=steps_per_epoch,
        validation_data=held_out,
        callbacks=callbacks.make(trainee, folder, photographs, sample.numpy()),
        verbose=0 if quiet else 2,
        shuffle=False,
    )
    if photographs.unreadable:
        warnings.warn(f"{len(photographs.unreadable)} photographs were left out", stacklevel=2)


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


# --- What `build` needs ---


def precision(config: Config) -> str:
    """Returns the dtype's name of the arithmetic."""
    resolved = resolve_precision(config.precision)
    # Gradients of a few hundred-millionths vanish in float16; bfloat16 has float32's range.
    return "bfloat16" if resolved == "float16" else resolved


def features(config: Config, layers: Sequence[str], *, pooling: str, padding: str) -> keras.Model:
    """Returns VGG19 down to the deepest of the layers; see `encoder.build`."""
    return vgg19.build(
        layers,
        vgg19_weights.load(config.vgg_weights),
        pooling=pooling,
        padding=padding,
        precision=precision(config),
    )


def equip(trainee: Trainee, config: Config) -> Trainee:
    """Returns the trainee, which now has its optimiser."""
    schedule = keras.optimizers.schedules.CosineDecay(
        config.learning_rate, math.prod(rounds(config))
    )
    # With a memory of a hundred steps, not a thousand, the first losses are soon forgotten.
    optimizer = OPTIMIZERS[config.optimizer](schedule, beta_2=0.99)
    trainee.compile(optimizer, jit_compile=False)
    trainee.build()
    return trainee
