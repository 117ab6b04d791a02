"""What the networks may be like: the same for a training's settings and for a network's file.

No TensorFlow is loaded here: the trainings' settings are read without it.
"""

import dataclasses

from tfstyle import settings
from tfstyle.networks import vgg19_layers
from tfstyle.settings import setting

WIDTHS = range(1, 513)
"""Channels that a network may have where it is narrowest."""

RESIDUAL_BLOCKS = range(65)
"""How many residual blocks a transform net may have."""

OUTER_KERNELS = range(1, 10, 2)
"""Sides that the first and the last layer's kernels may have."""


@dataclasses.dataclass(frozen=True)
class Architecture:
    """What a transform net is, but for its styles; `Stylizer` says what each means."""

    width: int = setting(32, "Channels of the first layer.", minimum=1, maximum=WIDTHS[-1])
    residual_blocks: int = setting(
        5, "How many residual blocks.", minimum=0, maximum=RESIDUAL_BLOCKS[-1]
    )
    outer_kernel: int = setting(9, "Side of the first and the last layer's kernels.")
    inner_norms: bool = setting(True, "Whether all stages normalise.")
    identity: bool = setting(False, "Whether the photograph is among what it blends.")
    grain: float = setting(
        0.0, "Deviation of the grain that it sees in a photograph.", minimum=0, maximum=1
    )

    def __post_init__(self) -> None:
        """Raises ValueError when a field lies outside its range."""
        settings.check(self)
        # No range says that it is odd.
        if self.outer_kernel not in OUTER_KERNELS:
            raise ValueError(
                f"outer_kernel must be odd, from 1 to 9. Received: outer_kernel={self.outer_kernel}"
            )

    def values(self, styles: int) -> int:
        """Returns how many values the weights have, for so many styles."""
        width, blocks = self.width, self.residual_blocks
        # Colours in and out, and the last layer's biases.
        outer = 2 * 3 * self.outer_kernel**2 * width + 3
        # Two convolutions that halve the image and two that double it; then each block's two.
        inner = 9 * (2 + 8 + 8 + 2 + 32 * blocks) * width**2
        return outer + inner + self.rows(styles) * 2 * (10 + 8 * blocks) * width

    @property
    def residual_channels(self) -> int:
        """Returns how many channels the residual blocks have."""
        return 4 * self.width

    def rows(self, styles: int) -> int:
        """Returns how many rows of scales and shifts there are: the photograph's is the last."""
        return styles + self.identity


@dataclasses.dataclass(frozen=True)
class InverseArchitecture:
    """What an inverse network is; `InverseNet` says what each means."""

    layer: str = setting("block3_conv1", "VGG19's layer.")
    pooling: str = setting("max", "The encoder's.", choices=vgg19_layers.POOLINGS)
    padding: str = setting("reflect", "The encoder's.", choices=vgg19_layers.PADDINGS)
    channels: int = setting(256, "The features'.", minimum=1, maximum=max(vgg19_layers.CHANNELS))
    width: int = setting(64, "Channels at the image's size.", minimum=1, maximum=WIDTHS[-1])
    unit: float = setting(1.0, "What features are divided by.", minimum=1e-9, maximum=1e9)

    def __post_init__(self) -> None:
        """Raises ValueError when a field lies outside its range."""
        settings.check(self)
        vgg19_layers.parse_layer(self.layer)


def check_styles(styles: object) -> tuple[str, ...]:
    """Returns the styles' names as a tuple; raises ValueError unless they are different names."""
    names = tuple(styles) if isinstance(styles, (tuple, list)) else ()
    are_names = all(isinstance(name, str) and name for name in names)
    if not names or not are_names or len(set(names)) != len(names):
        raise ValueError(f"styles must be different names. Received: styles={styles}")
    return names
