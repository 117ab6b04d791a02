"""What the methods' and trainings' `Config`s share: fields of one meaning, said once.

Nothing here loads TensorFlow: flags and their help are made of these fields.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from tfstyle.image import color
from tfstyle.networks import vgg19_layers
from tfstyle.optimization import pyramid
from tfstyle.regions.ways import WAYS
from tfstyle.settings import setting
from tfstyle.system.precision import PRECISIONS


def size() -> Any:
    """Returns the field of the result's size."""
    return setting(
        512,
        "Longest side of the result; none keeps the content's.",
        unit="pixels",
        minimum=1,
        maximum=pyramid.GREATEST,
    )


def style_blend(none: str) -> Any:
    """Returns the field of the styles' shares; `none` says what there is without them."""
    return setting(
        None,
        f"One share per style, normalised to sum to 1; {none}.",
        minimum=0,
        maximum=1e9,
    )


def shares(blend: Sequence[float], styles: int) -> list[float]:
    """Returns each style's share; they sum to 1.

    Args:
        blend: the setting.
        styles: how many there are.

    Raises:
        ValueError: there is not one share for each, or all are 0.
    """
    if len(blend) != styles or sum(blend) == 0:
        given = ",".join(f"{share:g}" for share in blend)
        raise ValueError(
            "style_blend must give one share per style, not all 0. "
            f"Received: style_blend={given} for {styles} style{'s' if styles > 1 else ''}"
        )
    return [share / sum(blend) for share in blend]


def preserve_color(
    help: str = "How the content's colours are kept (Gatys et al. 2016).",
    only_with: str = "",
) -> Any:
    """Returns the field of what becomes of the content's colours."""
    return setting("none", help, choices=color.MODES, only_with=only_with)


def content_regions() -> Any:
    """Returns the field of the content's map of regions."""
    return setting(
        None,
        "Paint by regions: the content's map, a picture of flat colours or sky=a.png,ground=b.png "
        "with masks; of many contents a folder of maps of their names. Without style_regions each "
        "region has a style of its own, in the order of both.",
    )


def style_regions() -> Any:
    """Returns the field of the styles' maps."""
    return setting(
        None,
        "The styles' maps, one each, of the same colours or names.",
        only_with="content_regions",
    )


def region_guides() -> Any:
    """Returns the field of how regions reach the layers."""
    return setting(
        "simple",
        "What belongs to a region at a layer: simple has its share of each position, inside what "
        "sees nothing else, all what sees anything of it (Gatys et al. 2016).",
        choices=WAYS,
        only_with="content_regions",
    )


REGIONS = ("content_regions", "style_regions", "region_guides")
"""The settings of regions, by name."""


class Mapped(Protocol):
    """What names maps of regions."""

    @property
    def content_regions(self) -> str | os.PathLike | None:
        """The content's map."""

    @property
    def style_regions(self) -> str | os.PathLike | None:
        """The styles' maps."""


def check_maps(config: Mapped) -> None:
    """Raises ValueError where the styles have maps and the content has none."""
    if config.style_regions is not None and config.content_regions is None:
        raise ValueError(
            "content_regions must name the content's map where style_regions names the styles'. "
            f"Received: style_regions={config.style_regions}"
        )


def without_unused_regions(described: Mapping[str, Any]) -> dict[str, Any]:
    """Returns settings by name, without those of regions where there are none.

    Runs without regions are what they were before there were such settings.
    """
    unused = () if described["content_regions"] else REGIONS
    return {name: value for name, value in described.items() if name not in unused}


def learning_rate_of_pixels() -> Any:
    """Returns the field of Adam's step where it moves pixels."""
    return setting(
        0.02,
        "Adam's step, in image units (1 is black to white).",
        minimum=1e-6,
        maximum=1,
        only_with="optimizer=adam",
    )


def vgg_weights() -> Any:
    """Returns the field of where VGG19's weights are from."""
    return setting(
        "auto",
        "VGG19's weights: auto, imagenet (Keras's file, downloaded once), or a path.",
    )


def pooling(default: str) -> Any:
    """Returns the field of VGG19's pooling."""
    return setting(default, "VGG19's pooling.", choices=vgg19_layers.POOLINGS)


def padding() -> Any:
    """Returns the field of VGG19's borders."""
    return setting(
        "reflect",
        "What VGG19's convolutions see beyond the border.",
        choices=vgg19_layers.PADDINGS,
    )


def precision(help: str) -> Any:
    """Returns the field of the arithmetic's precision."""
    return setting("auto", help, choices=PRECISIONS)
