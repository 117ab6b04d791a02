"""The settings of an inverse network's training (Chen and Schmidt 2016), without TensorFlow."""

import dataclasses
import os

from tfstyle.losses import loss_weights
from tfstyle.methods import shared_settings
from tfstyle.networks import vgg19_layers
from tfstyle.settings import setting
from tfstyle.training import config

PATCH = 3
"""Side of the patches that are swapped, in positions of the layer."""


@dataclasses.dataclass(frozen=True)
class Config(config.Config):
    """Every setting of this training; with its base the only home of its defaults."""

    # Half of the stylizer's: each photograph is swapped with each style's crop, which makes eight
    # images of two and two, and twenty-four of four and four.
    batch: int = setting(
        2, "Photographs a step, and as many crops of the styles.", minimum=1, maximum=1024
    )
    layer: str = setting(
        "block3_conv1", "Layer of VGG19 whose features the network is given; also as relu3_1."
    )
    pooling: str = shared_settings.pooling("max")
    padding: str = shared_settings.padding()
    total_variation_weight: float = config.total_variation_weight(1e-6)
    range_weight: float = config.range_weight()
    image_weight: float = setting(
        4.0,
        "Weight of the difference between pictures and what their own features give back, in "
        "pixels and shallow layers; the paper has none.",
        minimum=0,
        maximum=1e9,
    )
    grain_weight: float = setting(
        1.0,
        "Weight of the mean bend from pixel to pixel: without it the network paints a mesh in flat "
        "areas; the paper has none.",
        minimum=0,
        maximum=1e9,
    )
    whiten: bool = setting(
        True,
        "Whether features are whitened before their patches are exchanged, and coloured "
        "afterwards, as tfstyle swap does; the paper exchanges them as they are.",
    )
    width: int = config.width(64, "last layers")
    start: str | os.PathLike | None = config.start(
        "A trained inverse network to begin from: inverse, the package's own, or a path."
    )

    def __post_init__(self):
        """Raises ValueError when a field lies outside its range."""
        super().__post_init__()
        least = PATCH * vgg19_layers.stride(vgg19_layers.parse_layer(self.layer))
        if self.crop < least:
            raise ValueError(
                f"crop must be at least {least} pixels for a patch of the layer. "
                f"Received: crop={self.crop}, layer={self.layer}"
            )

    def layers(self) -> tuple[str, ...]:
        """Returns the layer that is inverted, after the first one of each shallower block."""
        layer = vgg19_layers.parse_layer(self.layer)
        shallower = vgg19_layers.LAYERS[: vgg19_layers.LAYERS.index(layer)]
        return (*(each for each in shallower if each.endswith("conv1")), layer)

    def weights(self) -> loss_weights.Weights:
        """Returns the weights of the terms."""
        return loss_weights.feature_weights(
            vgg19_layers.parse_layer(self.layer), self.total_variation_weight, self.range_weight
        )
