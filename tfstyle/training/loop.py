"""What the training of any network consists of: its folder, its rounds, and Keras's fit."""

import math
import pathlib
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import keras
import numpy as np
import tensorflow as tf

from tfstyle.networks import vgg19, vgg19_weights
from tfstyle.optimization import checkpoint_file
from tfstyle.system import destinations, devices
from tfstyle.system.precision import resolve_precision
from tfstyle.training import callbacks, muon
from tfstyle.training import photographs as photo_data
from tfstyle.training.config import Config, check_names, rounds
from tfstyle.training.keeping import backup, curves, folders
from tfstyle.training.trainer import Trainer

OPTIMIZERS = {"muon": muon.Muon, "adam": keras.optimizers.Adam}
"""The classes of the optimisers that `config.OPTIMIZERS` names."""

AnyConfig = TypeVar("AnyConfig", bound=Config)


def run(
    build: Callable[[Mapping[str, np.ndarray], AnyConfig], Trainer],
    photos: str | pathlib.Path,
    styles: Mapping[str, np.ndarray],
    folder: str | pathlib.Path,
    config: AnyConfig,
    *,
    noise: float = 0.0,
    quiet: bool = False,
) -> keras.Model:
    """Returns a network trained on a folder of photographs; goes on where it was stopped.

    Args:
        build: makes the network and its objective from the styles and the settings, and then
            calls `equip`.
        photos: folder of photographs, or a pattern.
        styles: the style images by name, `[1, height, width, 3]` in [0, 1].
        folder: where the state, the curves and the trained network are kept.
        config: the settings.
        noise: standard deviation of the noise added to what the network sees.
        quiet: whether Keras's lines about the rounds are left out.

    Raises:
        ValueError: there are too few photographs, none can be read, the folder is another
            training's, a style's name cannot be written in a flag, or TF_CONFIG lists no workers
            where `strategy` wants them. Nothing is written then.
    """
    check_names(tuple(styles))
    destinations.check_folder(folder, "model")
    # A strategy of several workers must be made before TensorFlow does anything.
    spread = devices.strategy(config.strategy)
    split = photo_data.find(photos, config.held_out_share, config.seed)
    folder = folders.own(pathlib.Path(folder))
    identity = checkpoint_file.fingerprint(config, *styles.values(), facts=tuple(styles))
    folders.check_owner(folder, identity)
    # Before the network is built: its first weights are drawn from Keras's global seed.
    keras.utils.set_random_seed(config.seed)
    with spread.scope():
        trainer = build(styles, config)
    done = backup.restore(trainer, folder)
    photographs = photo_data.Photographs(config.photo_size, config.crop)
    held_out = photographs.held_out(split.held_out, config.crop, config.batch)
    crops = photographs.training(
        split.training,
        config.crop,
        config.batch,
        config.seed,
        noise=noise,
        # The state has the weights, but not the place in the endless row of crops.
        batches_before=done * rounds(config)[1],
    )
    # Not before all has been checked: what is refused leaves the folder to other settings.
    folders.claim(folder, identity)
    # A round is done again where its losses were written, but not yet its state.
    curves.keep_rounds(folder, done)
    _fit(trainer, photographs, crops, held_out, folder, config, done, quiet)
    callbacks.save_network(trainer.network(), folder / trainer.FILE_NAME)
    return trainer.network()


def _fit(
    trainer: Trainer,
    photographs: photo_data.Photographs,
    crops: tf.data.Dataset,
    held_out: tf.data.Dataset,
    folder: pathlib.Path,
    config: Config,
    done: int,
    quiet: bool,
) -> None:
    """Takes all rounds that are left, of which so many are done."""
    sample = next(iter(held_out))[:1]
    epochs, steps_per_epoch = rounds(config)
    trainer.fit(
        crops,
        initial_epoch=done,
        epochs=epochs,
        steps_per_epoch=steps_per_epoch,
        validation_data=held_out,
        callbacks=callbacks.make(trainer, folder, photographs, sample.numpy()),
        # A line a round: a bar would fill the log of a training that runs for days.
        verbose=0 if quiet else 2,
        # `training` has shuffled already, by the seed.
        shuffle=False,
    )
    if photographs.unreadable:
        warnings.warn(f"{len(photographs.unreadable)} photographs were left out", stacklevel=2)


# --- What `build` needs ---


def precision(config: Config) -> str:
    """Returns the dtype's name of the arithmetic."""
    resolved = resolve_precision(config.precision)
    # Gradients of a few hundred-millionths vanish in float16; bfloat16 has float32's range.
    return "bfloat16" if resolved == "float16" else resolved


def features(config: Config, layers: Sequence[str], *, pooling: str, padding: str) -> keras.Model:
    """Returns VGG19 down to the deepest of the layers; see `vgg19.build`."""
    return vgg19.build(
        layers,
        vgg19_weights.load(config.vgg_weights),
        pooling=pooling,
        padding=padding,
        precision=precision(config),
    )


def equip(trainer: Trainer, config: Config) -> Trainer:
    """Returns the trainer, which now has its optimiser."""
    schedule = keras.optimizers.schedules.CosineDecay(
        config.learning_rate, math.prod(rounds(config))
    )
    # With a memory of a hundred steps, not a thousand, the first losses are soon forgotten.
    optimizer = OPTIMIZERS[config.optimizer](schedule, beta_2=0.99)
    # Without XLA, which compiles anew for every shape, such as the held-out last batch.
    trainer.compile(optimizer, jit_compile=False)
    trainer.build()
    return trainer
