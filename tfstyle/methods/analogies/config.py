"""The settings of image analogies (Hertzmann et al. 2001)."""

import dataclasses

from tfstyle import settings
from tfstyle.methods import shared_settings
from tfstyle.settings import setting

FEATURES = ("luminance", "rgb")

COLORS = ("filtered", "target")

MOST_LEVELS = 10


@dataclasses.dataclass(frozen=True)
class Config:
    """Every setting of the method; the only home of its defaults."""

    size: int | None = shared_settings.size()
    style_scale: float | None = setting(
        1.0,
        "Longest side of the filtered picture and its source, relative to the result's: larger "
        "strokes above 1; none keeps their own pixels.",
        minimum=0.05,
        maximum=8,
    )
    kappa: float = setting(
        3.0,
        "How much a source that goes on beside its neighbour's is preferred: larger pieces. "
        "From 2 to 25 for filters, 0.5 to 5 for textures (Hertzmann et al. 2001).",
        minimum=0,
        maximum=1e9,
    )
    features: str = setting(
        "luminance",
        "What is compared: luminance, as for filters and paintings, or rgb, as for labels and "
        "textures.",
        choices=FEATURES,
    )
    color: str = setting(
        "target",
        "Where colours come from: target keeps them and changes its luminance, filtered copies "
        "whole pixels.",
        choices=COLORS,
    )
    remap_luminance: bool = setting(
        True,
        "Whether the pair's luminance is brought to the target's mean and deviation, for "
        "features=luminance.",
        only_with="features=luminance",
    )
    smoothing: float = setting(
        3.0,
        "How far strokes are smoothed away where no source is given.",
        unit="pixels",
        minimum=0,
        maximum=20,
        only_with="source=none",
    )
    smoothing_edge: float = setting(
        0.1,
        "Difference of neighbouring pixels that counts as an edge there; white less black is 1.",
        minimum=1e-3,
        maximum=1e6,
        only_with="source=none",
    )
    levels: str | int = setting(
        "auto",
        "Sizes from coarse to fine, each half the next: auto goes down to 16 pixels, or how many.",
    )
    candidates: int = setting(
        8,
        "Sources that the search proposes for each pixel.",
        minimum=1,
        maximum=1_000_000,
    )
    search_error: float = setting(
        2.0,
        "How much farther than the nearest a proposed source may be: faster above 0.",
        minimum=0,
        maximum=100,
    )

    def __post_init__(self):
        """Raises ValueError when a field lies outside its range."""
        settings.check(self)
        levels = str(self.levels)
        if levels != "auto" and not (levels.isdecimal() and 1 <= int(levels) <= MOST_LEVELS):
            raise ValueError(
                f"levels must be auto or a number from 1 to {MOST_LEVELS}. "
                f"Received: levels={levels}"
            )
