"""The settings of a clip, and of the methods that paint its frames."""

import dataclasses
import typing

from tfstyle import settings
from tfstyle.methods import feed_forward, gatys, style_swap
from tfstyle.settings import setting


@dataclasses.dataclass(frozen=True)
class Config:
    """Every setting that a clip adds to those of the method that paints its frames."""

    stabilize: float = setting(
        0.97,
        "For the methods of one pass: how much of the last pastiche, carried along by the flow, "
        "shows where that is trusted; 0 paints each frame by itself.",
        minimum=0,
        maximum=0.99,
        only_with="method=apply|swap",
    )
    reach: tuple[int, ...] = setting(
        (1,),
        "How many frames back pastiches are looked at; 1,2,4 also knows what was hidden for a "
        "moment (Ruder et al. 2016, section 4.3), at the cost of more flows.",
        unit="frames",
        minimum=1,
        maximum=16,
    )
    cut: float = setting(
        0.3,
        "Share of the picture that must show what the last frame showed; below it, a new scene "
        "begins.",
        minimum=0,
        maximum=1,
    )

    def __post_init__(self):
        """Raises ValueError when a field lies outside its range."""
        settings.check(self)
        if not self.reach:
            raise ValueError("reach must be one number or more. Received: reach=()")


@dataclasses.dataclass(frozen=True)
class GatysConfig(gatys.Config):
    """The settings of the optimisation, for frames."""

    temporal_weight: float = setting(
        100.0,
        "Weight of the temporal loss, which holds a frame to earlier ones (Ruder et al. 2016).",
        minimum=0,
        maximum=1e9,
    )
    frame_steps: int = setting(
        30,
        "Optimiser's steps for a frame that has an earlier one; the first of a scene has levels, "
        "steps and coarse_steps.",
        minimum=0,
        maximum=100_000,
    )

    def __post_init__(self):
        """Raises ValueError when a field lies outside its range, or a clip would be a tile."""
        super().__post_init__()
        if self.tileable:
            raise ValueError("tileable must be False for a clip. Received: tileable=True")


Method: typing.TypeAlias = feed_forward.Config | style_swap.Config | GatysConfig
"""The settings of the method that paints the frames; their type says which it is."""

METHODS = {
    "apply": feed_forward.Config,
    "gatys": GatysConfig,
    "swap": style_swap.Config,
}
"""The methods by the names of their commands."""
