"""A photograph painted by one pass of a network trained for the style (Johnson et al. 2016)."""

import dataclasses
import functools
import os

import numpy as np

from tfstyle import image, settings
from tfstyle.methods import shared_settings
from tfstyle.networks import pretrained, strips, transform_net, vgg19_weights
from tfstyle.result import Result
from tfstyle.settings import setting


@dataclasses.dataclass(frozen=True)
class Config:
    """Every setting of the method; the only home of its defaults."""

    model: str | os.PathLike = pretrained.model_setting()
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


def stylize(
    content: np.ndarray,
    style: transform_net.Style = None,
    config: Config = Config(),  # noqa: B008 (frozen)
    *,
    stylizer: transform_net.Stylizer | None = None,
) -> Result:
    """Returns the content image painted in one pass.

    Reference: Johnson et al. (2016), with the styles of Dumoulin et al. (2017).

    Args:
        content: `[height, width, 3]` or `[1, height, width, 3]`, in [0, 1], or uint8.
        style: one of the stylizer's names, or shares by name; by default its first.
        config: the settings.
        stylizer: one at hand, instead of `config.model`.

    Raises:
        ValueError: an image, the style or a setting cannot be used.
    """
    content = image.as_image(content, "content")
    stylizer = stylizer or load(config.model, config.precision)
    if config.size is not None:
        content = image.fit(content, config.size)
    is_large = content.shape[1] * content.shape[2] > strips.WHOLE_PIXELS
    pastiche = (
        strips.paint(stylizer, content, style) if is_large else stylizer(content, style=style)
    )
    return Result(np.asarray(pastiche), outcome="painted in one pass")


def weights_used(config: Config) -> dict[str, str]:
    """Returns the name of the network that `config` asks for, and its file's SHA-256.

    Raises:
        ValueError: there is no such network.
    """
    digest = vgg19_weights.digest(pretrained.find(str(config.model)), "sha256")
    return {"name": str(config.model), "sha256": digest}


@functools.lru_cache(maxsize=1)
def load(model: str | os.PathLike, precision: str) -> transform_net.Stylizer:
    """Returns the stylizer, the last one from memory."""
    return pretrained.load(model, precision)
