"""Trained stylizers: where they lie, how they are packed, and how one is loaded."""

import dataclasses
import json
import pathlib
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfstyle import settings
from tfstyle.networks import convolutions, packing, transform_net, vgg19

NAME = "masters"
"""What `load` takes by default."""

PHOTOGRAPH = packing.SHIPPED / "photograph.jpg"
"""What the shipped styles are shown on: Chelsea the cat by Stefan van der Walt, CC0."""

PER_STYLE = ("scale", "shift")
"""Names of the weights that have a row for each style."""


def model_setting() -> Any:
    """Returns the field of a `Config` that says which stylizer `load` takes."""
    return settings.setting(
        NAME, "The stylizer: a shipped one's name, or the path of one that was trained."
    )


def names() -> list[str]:
    """Returns the names of the stylizers that the package ships, sorted."""
    return sorted(path.stem for path in packing.SHIPPED.glob(f"*{packing.SUFFIX}"))


def works(model: str | pathlib.Path) -> dict[str, str]:
    """Returns painter, title and year by style, as far as a card beside the model tells them."""
    card = find(model).with_suffix(".json")
    return json.loads(card.read_text("utf-8"))["styles"] if card.exists() else {}


def load(model: str | pathlib.Path = NAME, precision: str = "float32") -> transform_net.Stylizer:
    """Returns a trained stylizer, a Keras model from images to pastiches.

    Args:
        model: the name of one that the package ships, the folder of a training, or the path of
            a packed or `.keras` file.
        precision: of its arithmetic; "auto" takes this machine's fastest. In and out are float32.

    Raises:
        ValueError: there is no such stylizer; the message lists what exists.
    """
    path, precision = find(model), vgg19.resolve_precision(precision)
    packed = path.suffix == packing.SUFFIX
    stylizer = unpack(path, precision) if packed else keras.models.load_model(path)
    if not isinstance(stylizer, transform_net.Stylizer):
        raise ValueError(f"model must be a stylizer. Received: model={model}")
    return in_precision(stylizer, precision)


def find(model: str | pathlib.Path = NAME) -> pathlib.Path:
    """Returns the file that `load` reads.

    Raises:
        ValueError: there is none; the message lists what exists.
    """
    return packing.find(model, packing.SHIPPED / f"{model}{packing.SUFFIX}", names())


def in_precision(stylizer: transform_net.Stylizer, precision: str) -> transform_net.Stylizer:
    """Returns the same network with its arithmetic in another precision; weights stay float32."""
    return packing.in_precision(stylizer, _architecture(stylizer), precision)


def begin_from(stylizer: transform_net.Stylizer, earlier: transform_net.Stylizer) -> None:
    """Gives a stylizer an earlier one's weights; styles that are new get the mean of its styles'.

    Raises:
        ValueError: the networks' architectures differ.
    """
    wanted = dataclasses.asdict(stylizer.architecture)
    for key, value in dataclasses.asdict(earlier.architecture).items():
        if value != wanted[key]:
            raise ValueError(f"start must have the same {key}. Received: {value} for {wanted[key]}")
    for own, given in zip(stylizer.weights, earlier.weights, strict=True):
        own.assign(_of_styles(given, stylizer, earlier) if own.name in PER_STYLE else given)


def without_inner_norms(
    stylizer: transform_net.Stylizer, photographs: Sequence[np.ndarray]
) -> transform_net.Stylizer:
    """Returns a stylizer that does to all images what the inner norms do to these on average.

    To be trained on. Inner norms are what a net outwits with spots that are seen as blobs
    (Karras et al. 2020, section 2).

    Args:
        stylizer: one with inner norms.
        photographs: `[1, height, width, 3]` each, as in its training.
    """
    made = transform_net.Stylizer(**{**_architecture(stylizer), "inner_norms": False})
    made.set_weights(stylizer.get_weights())
    stages = [stage for stage in transform_net.stages(made.blocks) if stage.modulate]
    for row, style in enumerate(stylizer.styles):
        moments = _mean_moments(stylizer, photographs, style)
        for stage, (mean, deviation) in zip(stages, moments, strict=True):
            if not stage.measures:
                _take_in(stage.modulate, row, mean, deviation)
    return made


def _mean_moments(
    stylizer: transform_net.Stylizer, photographs: Sequence[np.ndarray], style: str
) -> list[np.ndarray]:
    """Returns mean and deviation, `[2, channels]`, that each norm finds on average."""
    watch = tf.function(stylizer.watch(), reduce_retracing=True)
    shares, found = stylizer.shares(style), []
    for photograph in photographs:
        _, *given = watch(tf.constant(photograph), shares)
        moments = map(convolutions.moments, given)
        epsilon = convolutions.ConditionalInstanceNorm.EPSILON
        found.append([(mean, np.sqrt(variance + epsilon)) for mean, variance in moments])
    return [np.mean(pairs, axis=0) for pairs in zip(*found, strict=True)]


def _take_in(
    affine: convolutions.ConditionalAffine, row: int, mean: np.ndarray, deviation: np.ndarray
) -> None:
    """Lets a style's scale and shift do what they did to (x - mean) / deviation."""
    scale, shift = (np.array(weight) for weight in (affine.scale, affine.shift))
    scale[row] /= deviation
    shift[row] -= scale[row] * mean
    affine.scale.assign(scale)
    affine.shift.assign(shift)


def _of_styles(
    given, stylizer: transform_net.Stylizer, earlier: transform_net.Stylizer
) -> np.ndarray:
    """Returns scales or shifts, `[styles, channels]`, in the order of the stylizer's styles."""
    rows = dict(zip(earlier.styles, np.asarray(given), strict=True))
    return np.stack([rows.get(style, np.mean(given, axis=0)) for style in stylizer.styles])


def pack(stylizer: transform_net.Stylizer, path: pathlib.Path) -> None:
    """Writes the weights in float16 with the network's settings: half a `.keras` file's bytes."""
    packing.pack(stylizer, _architecture(stylizer), path)


def unpack(path: pathlib.Path, precision: str = "float32") -> transform_net.Stylizer:
    """Returns what `pack` wrote.

    Raises:
        ValueError: the file is another or damaged.
    """
    return packing.unpack(path, transform_net.Stylizer, "stylizer", precision)


def _architecture(stylizer: transform_net.Stylizer) -> dict:
    return {"styles": list(stylizer.styles), **dataclasses.asdict(stylizer.architecture)}
