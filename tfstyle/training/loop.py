"""What the training of any network consists of: its folder, its rounds, and Keras's fit."""

import math
import os
import pathlib
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import keras
import numpy as np
import tensorflow as tf

from tfstyle.networks import vgg19, vgg19_weights
from tfstyle.optimization import checkpoint_file
from tfstyle.system import devices, files
from tfstyle.system.precision import resolve_precision
from tfstyle.training import callbacks, muon
from tfstyle.training import photographs as photo_data
from tfstyle.training.config import Config, check_names, rounds
from tfstyle.training.trainer import Trainer

OPTIMIZERS = {"muon": muon.Muon, "adam": keras.optimizers.Adam}
"""The classes of the optimisers that `config.OPTIMIZERS` names."""

OWNER = "training.txt"
"""The file in the folder of a training that tells it from others."""

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
    # A strategy of several workers must be made before TensorFlow does anything.
    spread = devices.strategy(config.strategy)
    split = photo_data.find(photos, config.held_out_share, config.seed)
    folder = _own_folder(pathlib.Path(folder))
    identity = checkpoint_file.fingerprint(config, *styles.values(), facts=tuple(styles))
    check_folder(folder, identity)
    # Before the network is built: its first weights are drawn from Keras's global seed.
    keras.utils.set_random_seed(config.seed)
    with spread.scope():
        trainer = build(styles, config)
    photographs = photo_data.Photographs(config.photo_size, config.crop)
    held_out = photographs.held_out(split.held_out, config.crop, config.batch)
    crops = photographs.training(
        split.training,
        config.crop,
        config.batch,
        config.seed,
        noise=noise,
        batches_before=_steps_before(folder, config),
    )
    # Not before all has been checked: what is refused leaves the folder to other settings.
    _claim(folder, identity)
    _fit(trainer, photographs, crops, held_out, folder, config, quiet)
    trainer.network().save(folder / trainer.FILE_NAME)
    return trainer.network()


def _fit(
    trainer: Trainer,
    photographs: photo_data.Photographs,
    crops: tf.data.Dataset,
    held_out: tf.data.Dataset,
    folder: pathlib.Path,
    config: Config,
    quiet: bool,
) -> None:
    """Takes all rounds that are left."""
    sample = next(iter(held_out))[:1]
    epochs, steps_per_epoch = rounds(config)
    trainer.fit(
        crops,
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


def _steps_before(folder: pathlib.Path, config: Config) -> int:
    """Returns how many steps an interrupted run has taken.

    The backup has the weights, but not the place in the endless row of crops.
    """
    _, steps_per_epoch = rounds(config)
    return len(callbacks.held_out_losses(folder)) * steps_per_epoch


def _own_folder(folder: pathlib.Path) -> pathlib.Path:
    """Returns the folder, or for the workers after the first one in it: none writes another's."""
    place = devices.place_among_workers()
    return folder / f"worker_{place}" if place else folder


def check_folder(folder: pathlib.Path, identity: str) -> None:
    """Raises ValueError when a training cannot have its files in the folder.

    Args:
        folder: where to; it need not exist.
        identity: what `training.txt` has of the training.
    """
    # os.path's: a name that is too long makes Path.exists raise.
    nearest = next(path for path in (folder, *folder.parents) if os.path.lexists(path))
    if not (nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)):
        raise ValueError(
            f"model must be a folder, or where one can be made. Received: model={folder}"
        )
    if files.is_name_too_long(folder):
        raise ValueError(f"model must have a shorter name. Received: model={folder}")
    owner = folder / OWNER
    # Nothing is in it where the disk was full: then no training has begun.
    if owner.exists() and owner.read_bytes() not in (b"", identity.encode()):
        raise ValueError(
            "model must be a new folder, or that of the same training with the same settings and "
            f"styles. Received: model={folder}"
        )


def _claim(folder: pathlib.Path, identity: str) -> None:
    """Makes the folder this training's own."""
    folder.mkdir(parents=True, exist_ok=True)
    with files.atomically(folder / OWNER) as file:
        file.write(identity.encode())


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
