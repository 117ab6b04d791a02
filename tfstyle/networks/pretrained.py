"""Trained stylizers: where they lie, how they are packed, and how one is loaded."""

import dataclasses
import functools
import pathlib
from collections.abc import Mapping
from typing import Any

from tfstyle.networks import packing
from tfstyle.networks.architecture import Architecture, check_styles
from tfstyle.networks.loading import weights
from tfstyle.networks.loading.kinds import Kind
from tfstyle.networks.stylizers import family, transform_net
from tfstyle.system import doors
from tfstyle.system.precision import resolve_precision

NAME = "masters"
"""What `load` takes by default."""

PHOTOGRAPH = packing.SHIPPED / "photograph.jpg"
"""What the shipped styles are shown on: Chelsea the cat by Stefan van der Walt, CC0."""

LONGEST_CARD = 2**20
"""Bytes."""


def _plan(settings: Mapping[str, Any], *, is_family: bool = False) -> int:
    """Returns how many values a stylizer's weights have; see `Kind`."""
    own = dict(settings)
    styles = len(check_styles(own.pop("styles", ())))
    each = Architecture(**own)
    return styles * each.values(1) if is_family else each.values(styles)


SETTINGS = ("styles", *(field.name for field in dataclasses.fields(Architecture)))

KINDS = (
    Kind("stylizer", transform_net.Stylizer, SETTINGS, _plan),
    Kind("stylizer", family.StylizerFamily, SETTINGS, functools.partial(_plan, is_family=True)),
)
"""What a stylizer's file has to tell."""


def names() -> list[str]:
    """Returns the names of the stylizers that the package ships, sorted."""
    return sorted(path.stem for path in packing.SHIPPED.glob(f"*{packing.SUFFIX}"))


def works(model: str | pathlib.Path) -> dict[str, str]:
    """Returns painter, title and year by style, as far as a card beside the model tells them.

    Raises:
        ValueError: the card is another file or damaged.
    """
    card = find(model).with_suffix(".json")
    if not card.exists():
        return {}
    cure = "mend it, or move it away from the model"
    with doors.checked("model's card must name its styles' works", card, cure, f"model={model}"):
        found = doors.read_json(card, LONGEST_CARD)["styles"]
        return {str(style): _as_text(work) for style, work in dict(found).items()}


def _as_text(work: Any) -> str:
    if not isinstance(work, str):
        raise doors.Unsound("has a work that is no text")
    return work


def load(
    model: str | pathlib.Path = NAME, precision: str = "float32", *, flag: str = "model"
) -> family.AnyStylizer:
    """Returns a trained stylizer, a Keras model from images to pastiches.

    Args:
        model: the name of one that the package ships, the folder of a training, or the path of
            a packed or `.keras` file.
        precision: of its arithmetic; "auto" takes this machine's fastest. In and out are float32.
        flag: what the caller calls the model.

    Raises:
        ValueError: there is no such stylizer, and the message lists what exists; or its file is
            another or damaged.
        MemoryError: there is too little memory for it.
    """
    path = find(model, flag=flag)
    return weights.load(path, KINDS, resolve_precision(precision), model, flag)


def find(model: str | pathlib.Path = NAME, *, flag: str = "model") -> pathlib.Path:
    """Returns the file that `load` reads.

    Raises:
        ValueError: there is none; the message lists what exists.
    """
    return packing.find(model, packing.SHIPPED / f"{model}{packing.SUFFIX}", names(), flag)


def in_precision(stylizer: family.AnyStylizer, precision: str) -> family.AnyStylizer:
    """Returns the same network with its arithmetic in another precision; weights stay float32."""
    return packing.in_precision(stylizer, architecture(stylizer), precision)


def pack(stylizer: family.AnyStylizer, path: pathlib.Path) -> None:
    """Writes the weights with the network's settings, in half of `.keras`' bytes.

    They are in float16. Of a family, the kernels of its residual blocks, which are nine tenths of
    its values, are in bytes: it takes less than a third.
    """
    # With all kernels in bytes, each value rounded by itself, single values of a picture were 5
    # grey levels off.
    between = [stylizer.architecture.residual_channels] * 2

    def of_a_residual_block(shape: tuple[int, ...]) -> bool:
        # [networks, rows, columns, channels in, channels out]
        return len(shape) == 5 and list(shape[3:]) == between

    is_family = isinstance(stylizer, family.StylizerFamily)
    in_bytes = of_a_residual_block if is_family else None
    packing.pack(stylizer, architecture(stylizer), path, in_bytes)


def architecture(stylizer: family.AnyStylizer) -> dict[str, Any]:
    """Returns what the class is called with to make a network of the same shape."""
    return {"styles": list(stylizer.styles), **dataclasses.asdict(stylizer.architecture)}
