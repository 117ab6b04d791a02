"""The settings of fast style transfer (Johnson et al. 2016)."""

import dataclasses
import os
from typing import Any

from tfstyle import settings
from tfstyle.methods import shared_settings
from tfstyle.settings import setting


@dataclasses.dataclass(frozen=True)
class Config:
    """Every setting of the method; the only home of its defaults."""

    model: str | os.PathLike = setting(
        # As `networks.pretrained.NAME`, which cannot be read without loading TensorFlow.
        "masters",
        "The stylizer: a shipped one's name, or the path of one that was trained.",
    )
    strength: float = setting(
        1.0,
        "How much of the style; 0 gives the photograph back, or nearly.",
        minimum=0,
        maximum=1,
    )
    size: int | None = setting(
        None,
        "Longest side of the result; none keeps the content's.",
        unit="pixels",
        minimum=1,
        maximum=32_768,
    )
    precision: str = shared_settings.precision(
        "The network's arithmetic; in and out are float32 always."
    )

    def __post_init__(self):
        """Raises ValueError when a field lies outside its range."""
        settings.check(self)

    def described(self) -> dict[str, Any]:
        """Returns the settings by name; at full strength those that version 0.1.0 had."""
        described = dataclasses.asdict(self)
        if self.strength == 1:
            del described["strength"]
        return described
