"""The settings of a stylizer's training (Johnson et al. 2016); no TensorFlow is loaded here."""

import dataclasses
import os
from typing import Any

from tfstyle.losses import loss_weights
from tfstyle.networks import architecture
from tfstyle.settings import setting
from tfstyle.training import config


@dataclasses.dataclass(frozen=True)
class Config(config.Config):
    """Every setting of a stylizer's training; with its base the only home of its defaults."""

    # Together an hour of two cores with bfloat16 instructions, after which a style is told at a
    # glance: small batches of small crops learn most in a given time.
    steps: int = config.steps(9_000)
    batch: int = config.batch(2)
    crop: int = config.crop(192)
    evaluate_every: int = config.evaluate_every(750)
    content_weight: float = setting(1.0, "Weight of the content loss.", minimum=0, maximum=1e9)
    # By eye: at 4 a network of this size gives up houses and faces, whatever the loss says.
    style_weight: float = setting(
        1.5, "Weight of the style loss: more style, less photograph.", minimum=0, maximum=1e12
    )
    total_variation_weight: float = config.total_variation_weight(1e-5)
    range_weight: float = config.range_weight()
    # Without noise in what it sees, a network answers flat areas with blobs.
    noise: float = setting(
        8 / 255,
        "Standard deviation of the noise added to what the network sees, against blobs in flat "
        "areas; 1 is black to white.",
        minimum=0,
        maximum=1,
    )
    weak_share: float = setting(
        0.3,
        "Part of the crops that are trained at a strength below 1, for apply's strength; 0 makes "
        "a network of full strength alone.",
        minimum=0,
        maximum=1,
    )
    width: int = config.width(32, "first layer")
    residual_blocks: int = setting(
        5,
        "How deep the network is.",
        unit="residual blocks",
        minimum=0,
        maximum=architecture.RESIDUAL_BLOCKS[-1],
    )
    outer_kernel: int = setting(
        9,
        "Side of the first and the last layer's kernels, odd; with width=16 and residual_blocks=1, "
        "5 paints a video as fast as it plays.",
        unit="pixels",
        minimum=1,
        maximum=architecture.OUTER_KERNELS[-1],
    )
    inner_norms: bool = setting(
        True,
        "Whether all stages normalise, or the first three only. With them a net learns faster, and "
        "gets blobs in the end: false takes them out of the one to begin from, for good.",
    )
    start: str | os.PathLike | None = config.start(
        "A trained stylizer to begin from, by name or path; of the same width, depth and "
        "outer_kernel. New styles begin as the mean of its own."
    )

    def __post_init__(self):
        """Raises ValueError when a field lies outside its range, or no term counts."""
        super().__post_init__()
        if self.outer_kernel % 2 == 0:
            raise ValueError(
                f"outer_kernel must be odd. Received: outer_kernel={self.outer_kernel}"
            )
        self.weights()

    def described(self) -> dict[str, Any]:
        """Returns the settings by name; a training without weak crops is version 0.1.0's."""
        described = dataclasses.asdict(self)
        if not self.weak_share:
            del described["weak_share"]
        return described

    def weights(self) -> loss_weights.Weights:
        """Returns the weights of the terms, on the layers that the reference system names."""
        return loss_weights.Weights(
            content=self.content_weight,
            style=self.style_weight,
            total_variation=self.total_variation_weight,
            out_of_range=self.range_weight,
            content_layers={"block3_conv2": 1.0, "block4_conv2": 1.0},
            style_layers={f"block{block}_conv1": 1.0 for block in range(1, 6)},
            relative=True,
        )
