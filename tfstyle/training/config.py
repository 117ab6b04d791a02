"""The settings that every training has, and the fields that several trainings share.

No TensorFlow is loaded here: `tfstyle train --help` needs none.
"""

import dataclasses
import math
import os
import unicodedata
from collections.abc import Sequence
from typing import Any

from tfstyle import settings
from tfstyle.methods import shared_settings
from tfstyle.networks import architecture
from tfstyle.settings import setting
from tfstyle.system import devices

# `loop.make_optimizer` holds the classes: they bring TensorFlow.
OPTIMIZERS = ("muon", "adam")

# --- Fields of one meaning, whose default each training sets ---


def steps(default: int) -> Any:
    """Returns the field of how many steps there are."""
    return setting(default, "Steps of the optimiser.", minimum=1, maximum=10_000_000)


def batch(default: int) -> Any:
    """Returns the field of how many photographs there are in a step."""
    return setting(default, "Photographs a step.", minimum=1, maximum=1024)


def crop(default: int) -> Any:
    """Returns the field of how large a part of a photograph is seen."""
    return setting(
        default,
        "Side of the squares cut from the photographs.",
        unit="pixels",
        minimum=32,
        maximum=2048,
    )


def evaluate_every(default: int) -> Any:
    """Returns the field of how many steps there are in a round."""
    return setting(
        default,
        "Evaluate, show and save this often.",
        unit="steps",
        minimum=1,
        maximum=1_000_000,
    )


def total_variation_weight(default: float) -> Any:
    """Returns the field of the weight that smooths what the network makes."""
    return setting(default, "Weight of the total variation.", minimum=0, maximum=1e9)


def range_weight() -> Any:
    """Returns the field of the weight that keeps values between black and white."""
    return setting(
        1e-3, "Weight of the penalty on values beyond black and white.", minimum=0, maximum=1e9
    )


def width(default: int, layers: str) -> Any:
    """Returns the field of how many channels the network has in the layers that are named."""
    return setting(
        default,
        f"Channels of the network's {layers}.",
        unit="channels",
        minimum=1,
        maximum=architecture.WIDTHS[-1],
    )


def start(help: str) -> Any:
    """Returns the field of the trained network that a training begins from; none by default."""
    return setting(None, help)


# --- Every training ---


@dataclasses.dataclass(frozen=True)
class Config:
    """The settings that every training has; the only home of their defaults."""

    # A training's folder goes on only with the same settings, which it knows by the digest of their
    # names and values. A new name or default shuts the folders of earlier versions.

    steps: int = steps(20_000)
    batch: int = batch(4)
    crop: int = crop(256)
    photo_size: int = setting(
        512,
        "Longest side that photographs are fitted to before they are cut.",
        unit="pixels",
        minimum=32,
        maximum=8192,
    )
    style_size: int = setting(
        512,
        "Longest side of the style pictures: larger strokes above photo_size.",
        unit="pixels",
        minimum=32,
        maximum=8192,
    )
    optimizer: str = setting(
        "muon",
        "How weights are moved; muon comes as far as adam in two thirds of the steps.",
        choices=OPTIMIZERS,
    )
    learning_rate: float = setting(
        1e-3, "The optimiser's, falling to nothing by a cosine.", minimum=1e-9, maximum=1
    )
    held_out_share: float = setting(
        0.02, "Part of the photographs that are held out for evaluation.", minimum=0, maximum=0.9
    )
    evaluate_every: int = evaluate_every(500)
    vgg_weights: str | os.PathLike = shared_settings.vgg_weights()
    precision: str = shared_settings.precision("Arithmetic of both networks.")
    strategy: str = setting(
        "auto",
        "The devices: mirrored takes every GPU here, multiworker the machines in TF_CONFIG.",
        choices=devices.STRATEGIES,
    )
    seed: int = setting(0, "Seed of weights, crops and noise.", minimum=0, maximum=2**31 - 1)

    def __post_init__(self):
        """Raises ValueError when a field lies outside its range."""
        settings.check(self)


def rounds(config: Config) -> tuple[int, int]:
    """Returns how many equal rounds there are and the steps of each, for the steps or just over."""
    count = math.ceil(config.steps / config.evaluate_every)
    return count, math.ceil(config.steps / count)


def check_names(styles: Sequence[str]) -> None:
    """Raises ValueError when a style has a name by which no flag could ask for it.

    Commas and colons may be in it: a whole name is looked for before a blend is.
    """
    for name in styles:
        # Control characters, separators of lines, and halves of what no encoding has.
        unwritable = {"Cc", "Cs", "Zl", "Zp"}.intersection(map(unicodedata.category, name))
        if not name.strip() or name != name.strip() or name.startswith("~") or unwritable:
            raise ValueError(
                "styles must have names that can be written in a flag: neither empty, nor with "
                "spaces at an end, a ~ at the beginning or control characters; rename the style. "
                f"Received: {name!r}"
            )
