"""Trained stylizers: where they lie, how they are packed, and how one is loaded."""

import dataclasses
import json
import pathlib
from typing import Any

import keras

from tfstyle.networks import packing, transform_net
from tfstyle.system.precision import resolve_precision

NAME = "masters"
"""What `load` takes by default."""

PHOTOGRAPH = packing.SHIPPED / "photograph.jpg"
"""What the shipped styles are shown on: Chelsea the cat by Stefan van der Walt, CC0."""


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
    path, precision = find(model), resolve_precision(precision)
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
    return packing.in_precision(stylizer, architecture(stylizer), precision)


def pack(stylizer: transform_net.Stylizer, path: pathlib.Path) -> None:
    """Writes the weights in float16 with the network's settings: half a `.keras` file's bytes."""
    packing.pack(stylizer, architecture(stylizer), path)


def unpack(path: pathlib.Path, precision: str = "float32") -> transform_net.Stylizer:
    """Returns what `pack` wrote.

    Raises:
        ValueError: the file is another or damaged.
    """
    return packing.unpack(path, transform_net.Stylizer, "stylizer", precision)


def architecture(stylizer: transform_net.Stylizer) -> dict[str, Any]:
    """Returns what the class is called with to make a network of the same shape."""
    return {"styles": list(stylizer.styles), **dataclasses.asdict(stylizer.architecture)}
