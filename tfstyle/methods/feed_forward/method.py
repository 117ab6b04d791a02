"""A photograph painted by one pass of a network trained for the style (Johnson et al. 2016)."""

import functools
import os

import numpy as np

from tfstyle import image
from tfstyle.methods.feed_forward.config import Config
from tfstyle.networks import pretrained
from tfstyle.networks.stylizers import family, strips, styled
from tfstyle.result import Ending, Outcome, Result
from tfstyle.system import files

ONE_PASS = Outcome(Ending.COMPLETE, "painted in one pass")


def stylize(
    content: np.ndarray,
    style: styled.Style = None,
    config: Config = Config(),  # noqa: B008 (frozen)
    *,
    stylizer: family.AnyStylizer | None = None,
) -> Result:
    """Returns the content image painted in one pass.

    Reference: Johnson et al. (2016), with the styles of Dumoulin et al. (2017).

    Args:
        content: `[height, width, 3]` or `[1, height, width, 3]`, in [0, 1], or uint8.
        style: one of the stylizer's names, or shares by name; by default its first.
        config: the settings.
        stylizer: one at hand, instead of `config.model`.

    Raises:
        ValueError: an image, the style or a setting cannot be used, or the network's values
            overflow.
    """
    content = image.as_image(content, "content")
    stylizer = stylizer or load(os.fspath(config.model), config.precision)
    # Checked here, since Keras wraps what is raised within a model in lines of its own.
    style = stylizer.at_strength(stylizer.shares(style), config.strength)
    if config.size is not None:
        content = image.fit(content, config.size)
    # In one go, the features of a large picture would not fit in memory.
    is_large = content.shape[1] * content.shape[2] > strips.WHOLE_PIXELS
    pastiche = (
        strips.paint(stylizer, content, style) if is_large else stylizer(content, style=style)
    )
    painted = np.asarray(pastiche)
    # Weights may be finite and what they sum up is not, in float16 above all.
    if not np.isfinite(painted).all():
        raise ValueError(
            "model must paint finite values, and this one's overflow; take precision=float32 or "
            f"another model. Received: model={config.model}, precision={config.precision}"
        )
    return Result(painted, outcome=ONE_PASS)


def weights_used(config: Config) -> dict[str, str]:
    """Returns the name of the network that `config` asks for, and its file's SHA-256.

    Raises:
        ValueError: there is no such network.
    """
    digest = files.digest(pretrained.find(str(config.model)), "sha256")
    return {"name": str(config.model), "sha256": digest}


def load(model: str | os.PathLike, precision: str) -> family.AnyStylizer:
    """Returns the stylizer, the last one from memory while its file stays."""
    model = os.fspath(model)
    return _load(model, precision, files.stamp(pretrained.find(model)))


# The stamp is but a part of the key: a file that was written anew is loaded anew.
@functools.lru_cache(maxsize=1)
def _load(model: str, precision: str, stamp: files.Stamp) -> family.AnyStylizer:
    return pretrained.load(model, precision)
