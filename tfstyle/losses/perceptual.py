"""The objective that a method's settings ask for, on VGG19 or on a network at hand."""

import dataclasses
import functools
import os
from typing import Any, ClassVar, Protocol

import keras

from tfstyle.losses.loss_weights import Weights
from tfstyle.losses.objective import Objective
from tfstyle.losses.terms import table
from tfstyle.networks import vgg19, vgg19_files, vgg19_layers, vgg19_weights


class Settings(Protocol):
    """What the `Config` of a method that looks at features has: a frozen dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def vgg_weights(self) -> str | os.PathLike[str]:
        """Where VGG19's weights come from; see `vgg19_weights.load`."""

    @property
    def pooling(self) -> str:
        """How VGG19 pools: average or max."""

    @property
    def padding(self) -> str:
        """How VGG19 pads."""

    @property
    def precision(self) -> str:
        """VGG19's arithmetic."""

    def weights(self) -> Weights:
        """Returns the weights of the terms and layers."""

    def __hash__(self) -> int:
        """Returns the same number for equal settings."""


def build(
    config: Settings,
    features: keras.Model | None = None,
    temporal_weight: float = 0.0,
    by_region: bool = False,
) -> tuple[Objective, dict[str, str]]:
    """Returns the objective, with the name and digest of VGG19's weights when they are in it.

    Args:
        config: the method's settings.
        features: a model from image to features by layer name instead of VGG19.
        temporal_weight: of what a frame of a video is held to, which no picture's settings know.
        by_region: whether the style is compared region by region.
    """
    if features is not None:
        weights = _weights(config, temporal_weight)
        return Objective(features, weights, table(weights, by_region)), {}
    # Settings may have been given as lists, which have no hash.
    lists = {name: tuple(value) for name, value in vars(config).items() if isinstance(value, list)}
    hashable = dataclasses.replace(config, **lists)
    stamp = vgg19_files.stamp(config.vgg_weights)
    return _build_on_vgg19(hashable, temporal_weight, by_region, stamp)


# Reading, building and tracing cost more than a small picture: the last objective serves the next
# picture of a folder too. A clip has two: the first frame of a scene is held to nothing.
@functools.lru_cache(maxsize=2)
def _build_on_vgg19(
    config: Settings,
    temporal_weight: float,
    by_region: bool,
    stamp: tuple[str, int, int] | None,
) -> tuple[Objective, dict[str, str]]:
    """Returns what `build` does, with VGG19.

    Args:
        config: the settings.
        temporal_weight: as for `build`.
        by_region: as for `build`.
        stamp: the weights file's; when that has changed, the file is read anew.
    """
    layers = config.weights().layers
    vgg = vgg19_weights.load(config.vgg_weights, layers)
    build = functools.partial(
        vgg19.build, layers, vgg, pooling=config.pooling, precision=config.precision
    )
    features, weights = build(padding=config.padding), _weights(config, temporal_weight)
    terms = table(weights, by_region)
    if weights.tileable:
        wrapped = build(padding=vgg19_layers.WRAP)
        loss = Objective(wrapped, weights, terms, style_encoder=features)
    else:
        loss = Objective(features, weights, terms)
    return loss, {"name": vgg.name, "sha256": vgg.sha256}


def _weights(config: Settings, temporal: float) -> Weights:
    return dataclasses.replace(config.weights(), temporal=temporal)
