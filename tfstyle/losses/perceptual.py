"""The objective that a method's settings ask for, on VGG19 or on a network at hand."""

import dataclasses
import functools
import os
from typing import Protocol

import keras

from tfstyle.losses import loss_weights, objective
from tfstyle.networks import vgg19, vgg19_files, vgg19_weights


class Settings(Protocol):
    """What the `Config` of a method that looks at features has."""

    vgg_weights: str | os.PathLike
    pooling: str
    padding: str
    precision: str

    def weights(self) -> loss_weights.Weights:
        """Returns the weights of the terms and layers."""


def build(
    config: Settings, features: keras.Model | None = None, temporal_weight: float = 0.0
) -> tuple[objective.Objective, dict[str, str]]:
    """Returns the objective, with the name and digest of VGG19's weights when they are in it.

    Args:
        config: the method's settings.
        features: a model from image to features by layer name instead of VGG19.
        temporal_weight: of what a frame of a video is held to, which no picture's settings know.
    """
    if features is not None:
        return objective.Objective(features, _weights(config, temporal_weight)), {}
    lists = {name: tuple(value) for name, value in vars(config).items() if isinstance(value, list)}
    hashable = dataclasses.replace(config, **lists)
    return _on_vgg19(hashable, temporal_weight, vgg19_files.stamp(config.vgg_weights))


@functools.lru_cache(maxsize=1)  # Reading, building and tracing cost more than a small picture.
def _on_vgg19(
    config: Settings, temporal_weight: float, stamp: tuple | None
) -> tuple[objective.Objective, dict[str, str]]:
    """Returns what `build` does, the last one again for the next picture of a folder.

    Args:
        config: the settings.
        temporal_weight: as for `build`.
        stamp: the weights file's; when that has changed, the file is read anew.
    """
    vgg = vgg19_weights.load(config.vgg_weights)
    features = vgg19.build(
        config.weights().layers,
        vgg,
        pooling=config.pooling,
        padding=config.padding,
        precision=config.precision,
    )
    loss = objective.Objective(features, _weights(config, temporal_weight))
    return loss, {"name": vgg.name, "sha256": vgg.sha256}


def _weights(config: Settings, temporal: float) -> loss_weights.Weights:
    return dataclasses.replace(config.weights(), temporal=temporal)
