"""The settings of an export; no TensorFlow is loaded here: `tfstyle export --help` needs none."""

import dataclasses
import os

from tfstyle import settings
from tfstyle.settings import setting
from tfstyle.system.precision import PRECISIONS

SUFFIXES = {"savedmodel": "", "litert": ".tflite", "onnx": ".onnx"}
"""How the output of each format ends; a SavedModel is a folder."""

MAX_PIXELS = {"apply": 4096 * 4096, "swap": 2**20}
"""The limit of a request's images together, and of each file in one, by method: more would exhaust
a server.

Where a swap compares patches, its work grows with the square of the content's pixels; without
whitening it does so at every size.
"""


@dataclasses.dataclass(frozen=True)
class Config:
    """Every setting of an export; the only home of its defaults."""

    method: str = setting(
        "apply",
        "apply for a stylizer; swap for the swap of any style, with an inverse network.",
        choices=tuple(MAX_PIXELS),
    )
    model: str | os.PathLike | None = setting(
        None,
        "The network: a shipped one's name, or the path of one that was trained; none takes the "
        "package's own: masters, or for swap inverse_white and, without whiten, inverse.",
    )
    format: str = setting(
        "savedmodel",
        "savedmodel for TF Serving and TensorFlow, all that swap takes; one file for ONNX Runtime "
        "or LiteRT.",
        choices=tuple(SUFFIXES),
    )
    style: str | None = setting(
        None,
        "A style or blend to bake in, such as great_wave:0.6,the_scream:0.4; none leaves the "
        "choice to each request.",
    )
    strength: float | None = setting(
        1.0,
        "How much of the style to bake in, from 0, the photograph; none leaves the choice to each "
        "request.",
        minimum=0,
        maximum=1,
        only_with="method=apply",
    )
    # Not auto: another machine is going to run what this one writes.
    precision: str = setting(
        "float32",
        "The network's arithmetic; float32 runs everywhere, and is all that onnx and litert take.",
        choices=PRECISIONS,
    )
    vgg_weights: str | os.PathLike = setting(
        "auto",
        "VGG19's weights for swap: auto, imagenet (Keras's file, downloaded once), or a path.",
        only_with="method=swap",
    )
    whiten: bool = setting(
        True,
        "For swap: false serves it as Chen and Schmidt (2016) have it, without whitening, levels "
        "and colours.",
        only_with="method=swap",
    )
    max_pixels: int | None = setting(
        None,
        "Pixels of a request's images together, or of each file, for savedmodel; none takes "
        f"{MAX_PIXELS['apply']}, for swap {MAX_PIXELS['swap']}.",
        minimum=1,
        maximum=2**31 - 1,
    )

    def __post_init__(self):
        """Raises ValueError when a field lies outside its range, or two do not go together."""
        settings.check(self)
        if self.method == "swap" and (self.format != "savedmodel" or self.style is not None):
            raise ValueError(
                "format must be savedmodel and style none for method=swap. "
                f"Received: format={self.format}, style={self.style}"
            )
        if self.format != "savedmodel" and self.strength is None:
            raise ValueError(
                "strength must be a number unless format=savedmodel: other files take no inputs "
                f"with defaults. Received: format={self.format}, strength=none"
            )
        if self.format != "savedmodel" and self.max_pixels is not None:
            raise ValueError(
                "max_pixels must be none unless format=savedmodel: other files check no request. "
                f"Received: format={self.format}, max_pixels={self.max_pixels}"
            )
