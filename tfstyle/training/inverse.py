"""Style swap's decoder: the training of an inverse network (Chen and Schmidt 2016, section 4).

Its weights move until its images have the features that it was given. Its settings are in
`inverse_config`, which needs no TensorFlow.
"""

import dataclasses
import os
import pathlib
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from tfstyle.losses import objective
from tfstyle.networks import inverse_net, vgg19_layers
from tfstyle.system import precision
from tfstyle.training import loop
from tfstyle.training.inverse_config import Config
from tfstyle.training.inverse_trainer import InverseTrainer
from tfstyle.training.style_crops import StyleCrops

MEASURED = 8
"""Styles on which the strength of features is measured."""


def train(
    photos: str | pathlib.Path,
    styles: Mapping[str, np.ndarray],
    folder: str | pathlib.Path,
    config: Config = Config(),  # noqa: B008 (frozen)
    *,
    quiet: bool = False,
) -> inverse_net.InverseNet:
    """Returns an inverse network trained on photographs and styles; goes on where it was stopped.

    Args:
        photos: folder of photographs, or a pattern.
        styles: the style images by name, `[1, height, width, 3]` in [0, 1].
        folder: where the state, the curves and `inverse.keras` are kept.
        config: the settings.
        quiet: whether Keras's lines about the rounds are left out.

    Raises:
        ValueError: there are fewer than four photographs, none can be read, the folder is another
            training's, or `start` names a network for other features.
    """
    return loop.run(build, photos, styles, folder, config, quiet=quiet)


def build(styles: Mapping[str, np.ndarray], config: Config) -> InverseTrainer:
    """Returns the model that Keras fits, with its optimiser.

    Args:
        styles: see `train`.
        config: the settings.
    """
    terms = config.weights()
    features = loop.features(
        config, config.layers(), pooling=config.pooling, padding=config.padding
    )
    loss = objective.Objective(features, terms)
    crops = StyleCrops(list(styles.values()), config.style_size, config.crop, config.seed)
    if config.start is None:
        net = _new(loss.features(crops.middles(MEASURED)), config)
    else:
        net = _begun(config.start, config)
    trainer = InverseTrainer(
        net, loss, tuple(styles), crops, config.image_weight, config.grain_weight, config.whiten
    )
    return loop.equip(trainer, config)


def _new(features: dict[str, tf.Tensor], config: Config) -> inverse_net.InverseNet:
    """Returns an untrained network for features such as these."""
    of_layer = tf.cast(features[vgg19_layers.parse_layer(config.layer)], tf.float32)
    return inverse_net.InverseNet(
        layer=config.layer,
        pooling=config.pooling,
        padding=config.padding,
        channels=of_layer.shape[-1],
        width=config.width,
        # VGG19's features are far larger than 1: divided by their root mean square they suit
        # kernels that are initialised for inputs of about 1.
        unit=float(tf.sqrt(tf.reduce_mean(tf.square(of_layer)))),
        dtype=precision.dtype_policy(loop.precision(config)),
    )


def _begun(start: str | os.PathLike, config: Config) -> inverse_net.InverseNet:
    """Returns the network to begin from; raises ValueError when it is for other features."""
    net = inverse_net.load(os.fspath(start), loop.precision(config), flag="start")
    asked = {**dataclasses.asdict(config), "layer": vgg19_layers.parse_layer(config.layer)}
    for name in ("layer", "pooling", "padding", "width"):
        if getattr(net, name) != asked[name]:
            raise ValueError(
                f"start must have the same {name}. Received: {getattr(net, name)} for {asked[name]}"
            )
    return net
