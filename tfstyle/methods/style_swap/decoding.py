"""From features back to an image: the inverse network that the settings name."""

import functools
import pathlib
from collections.abc import Callable

import tensorflow as tf

from tfstyle.methods.style_swap import course
from tfstyle.methods.style_swap.config import Config, swapped_layer
from tfstyle.networks import inverse_net
from tfstyle.system import files

Decoder = Callable[[tf.Tensor], tf.Tensor]
"""From features `[1, rows, columns, channels]` to an image, as an inverse network is one."""


def begins(config: Config) -> bool:
    """Returns whether the finest level's pixels, or their start, come from an inverse network."""
    return config.decode == "inverse" or config.start == "inverse"


def is_needed(config: Config, size: tuple[int, int]) -> bool:
    """Returns whether a picture of (height, width) pixels takes an inverse network at all."""
    return begins(config) or len(course.plan(size, config).stages) > 1


def find(
    config: Config, size: tuple[int, int], given: Decoder | None
) -> tuple[Decoder, dict[str, str]]:
    """Returns the inverse network with its name and digest, or the one given.

    Where the one level's own pixels are optimised instead, what stands for it paints nothing.

    Raises:
        ValueError: it was trained on other features than the settings ask for.
    """
    if not is_needed(config, size):
        return _unneeded, {}
    if given is not None:
        return given, {}
    name = config.inverse_model()
    path = inverse_net.find(name)
    net, digest = _load(path, config.precision, files.stamp(path))
    _check(net, config)
    return net, {"inverse": name, "inverse_sha256": digest}


def _unneeded(features: tf.Tensor) -> tf.Tensor:
    raise RuntimeError("no level is decoded")


def _check(net: inverse_net.InverseNet, config: Config) -> None:
    asked_for = {
        "layer": swapped_layer(config),
        "pooling": config.pooling,
        "padding": config.padding,
    }
    for name, asked in asked_for.items():
        trained = getattr(net, name)
        if asked != trained:
            raise ValueError(
                f"{name} must be {trained}, which the inverse network was trained for, "
                f"or decode be optimize and start content. Received: {name}={asked}"
            )


# The contents of a folder and the frames of a clip share one network.
# The stamp is but a part of the key: a file that was written anew is loaded anew.
@functools.lru_cache(maxsize=1)
def _load(
    path: pathlib.Path, precision: str, stamp: files.Stamp
) -> tuple[inverse_net.InverseNet, str]:
    """Returns the network and its file's digest, the last one from memory while the file stays."""
    return inverse_net.load(path, precision), files.digest(path, "sha256")
