"""Move the inverse network's weights until its images have the features that it was given."""

import dataclasses
import os
import pathlib
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from tfstyle.losses import loss_weights, objective
from tfstyle.methods import shared_settings
from tfstyle.networks import inverse_net, vgg19_layers
from tfstyle.settings import setting
from tfstyle.system import precision
from tfstyle.training import loop
from tfstyle.training.inverse_trainee import PATCH, InverseTrainee
from tfstyle.training.style_crops import Pieces

MEASURED = 8
"""Styles on which the strength of features is measured."""


@dataclasses.dataclass(frozen=True)
class Config(loop.Config):
    """Every setting of this training; with its base the only home of its defaults."""

    batch: int = setting(
        2, "Photographs a step, and as many pieces of the styles.", minimum=1, maximum=1024
    )
    layer: str = setting(
        "block3_conv1", "Layer of VGG19 whose features the network is given; also as relu3_1."
    )
    pooling: str = shared_settings.pooling("max")
    padding: str = shared_settings.padding()
    total_variation_weight: float = setting(
        1e-6, "Weight of the total variation.", minimum=0, maximum=1e9
    )
    range_weight: float = setting(
        1e-3, "Weight of the penalty on values beyond black and white.", minimum=0, maximum=1e9
    )
    width: int = setting(
        64, "Channels of the network's last layers.", unit="channels", minimum=1, maximum=512
    )
    start: str | os.PathLike | None = setting(
        None, "A trained inverse network to begin from: inverse, the package's own, or a path."
    )

    def __post_init__(self):
        """Raises ValueError when a field lies outside its range."""
        super().__post_init__()
        least = PATCH * vgg19_layers.stride(vgg19_layers.parse_layer(self.layer))
        if self.crop < least:
            raise ValueError(
                f"crop must be at least {least} pixels for a patch of the layer. "
                f"Received: crop={self.crop}, layer={self.layer}"
            )

    def weights(self) -> loss_weights.Weights:
        """Returns the weights of the terms."""
        return loss_weights.feature_weights(
            vgg19_layers.parse_layer(self.layer), self.total_variation_weight, self.range_weight
        )


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
        styles: the style pictures by name, `[1, height, width, 3]` in [0, 1].
        folder: where the state, the curves and `inverse.keras` are kept.
        config: the settings.
        quiet: whether Keras's lines about the rounds are left out.
    """
    return loop.run(_build, photos, styles, folder, config, quiet=quiet)


def _build(styles: Mapping[str, np.ndarray], config: Config) -> InverseTrainee:
    terms = config.weights()
    features = loop.features(config, terms.layers, pooling=config.pooling, padding=config.padding)
    loss = objective.Objective(features, terms)
    pieces = Pieces(list(styles.values()), config.style_size, config.crop, config.seed)
    if config.start is None:
        net = _new(loss.features(pieces.middles(MEASURED)), config)
    else:
        net = _begun(config)
    return loop.equip(InverseTrainee(net, loss, tuple(styles), pieces), config)


def _new(features: dict[str, tf.Tensor], config: Config) -> inverse_net.InverseNet:
    """Returns an untrained network for features such as these."""
    of_layer = tf.cast(features[vgg19_layers.parse_layer(config.layer)], tf.float32)
    return inverse_net.InverseNet(
        layer=config.layer,
        pooling=config.pooling,
        padding=config.padding,
        channels=of_layer.shape[-1],
        width=config.width,
        unit=float(tf.sqrt(tf.reduce_mean(tf.square(of_layer)))),
        dtype=precision.dtype_policy(loop.precision(config)),
    )


def _begun(config: Config) -> inverse_net.InverseNet:
    """Returns the network to begin from; raises ValueError when it is for other features."""
    net = inverse_net.load(config.start, loop.precision(config))
    asked = {**dataclasses.asdict(config), "layer": vgg19_layers.parse_layer(config.layer)}
    for name in ("layer", "pooling", "padding", "width"):
        if getattr(net, name) != asked[name]:
            raise ValueError(
                f"start must have the same {name}. Received: {getattr(net, name)} for {asked[name]}"
            )
    return net
