"""Where the optimisation begins: at noise, at a picture, or at what another method paints."""

import os
from collections.abc import Sequence

import numpy as np

from tfstyle import image, settings
from tfstyle.image import color
from tfstyle.methods import feed_forward, style_swap
from tfstyle.methods.gatys.config import APPLY, STARTS, Config, is_painted
from tfstyle.networks import inverse_net, pretrained
from tfstyle.regions.matching import Regions
from tfstyle.result import Level
from tfstyle.system import files


def first_image(
    content: np.ndarray,
    styles: Sequence[np.ndarray],
    levels: Sequence[Level],
    config: Config,
    regions: Regions | None = None,
) -> np.ndarray:
    """Returns what the first level begins with, `[1, height, width, 3]`, of any size.

    Args:
        content: `[1, height, width, 3]`.
        styles: likewise.
        levels: the plan; noise has the first one's size, and what another method paints the last
            one's.
        config: the settings.
        regions: each of which the swap begins in its own styles; None for the whole.

    Raises:
        ValueError: the start is neither a choice nor a picture.
    """
    start = os.fspath(config.course().start)
    if start == "noise":
        return image.noise(levels[0].size, config.seed)
    if is_painted(start):
        full_size = image.resize(content, levels[-1].size)
        return _painted(start, full_size, styles, config, regions)
    given = {"content": content, "style": styles[0]}
    # The words come first: a file that is called content can be given as ./content.
    return given[start] if start in given else _read(start)


def networks_used(config: Config) -> dict[str, str]:
    """Returns the name and the SHA-256 of the network that paints the start; else nothing.

    Raises:
        ValueError: there is no such network.
    """
    start = os.fspath(config.course().start)
    if not is_painted(start):
        return {}
    if start.startswith(APPLY):
        name = str(feed_forward.Config().model)
        path, kind = pretrained.find(name), "stylizer"
    else:
        name = style_swap.Config().inverse_model()
        path, kind = inverse_net.find(name), "inverse"
    return {kind: name, f"{kind}_sha256": files.digest(path, "sha256")}


def _painted(
    start: str,
    content: np.ndarray,
    styles: Sequence[np.ndarray],
    config: Config,
    regions: Regions | None,
) -> np.ndarray:
    """Returns what another method paints, in the colours that the optimisation works in."""
    mode = config.preserve_color
    if start.startswith(APPLY):
        # As the style pictures: the network brings its style's own colours. It was trained for one
        # style, and paints all regions alike.
        return color.prepare_style(_by_network(start, content, config), content, mode)
    swap = style_swap.Config(
        size=None,
        style_scale=config.style_scale,
        style_size=config.style_size,
        strokes=config.strokes,
        preserve_color=mode,
        vgg_weights=config.vgg_weights,
        precision=config.precision,
    )
    return color.prepare_content(_by_swap(content, styles, swap, regions), mode)


def _by_swap(
    content: np.ndarray,
    styles: Sequence[np.ndarray],
    config: style_swap.Config,
    regions: Regions | None,
) -> np.ndarray:
    try:
        return style_swap.stylize(content, styles, config, regions=regions).image
    except image.ImageError as error:
        if regions is None:
            raise
        # Its coarsest level is small, and has no setting here.
        raise image.ImageError(
            "start must be another than swap, which is what quality=fast begins with, where a "
            "region is too small for that. Received: start=swap"
        ) from error
    except ValueError as error:
        raise ValueError(
            f"start must be another than swap, which is what quality=fast begins with, or {error}"
        ) from error


def _by_network(start: str, content: np.ndarray, config: Config) -> np.ndarray:
    one_pass = feed_forward.Config(precision=config.precision)
    stylizer = feed_forward.load(os.fspath(one_pass.model), one_pass.precision)
    style = start.removeprefix(APPLY)
    if not style:
        # Without a name the network would take the first of its styles.
        settings.check_choice("start", start, [f"{APPLY}{name}" for name in stylizer.styles])
    try:
        shares = stylizer.shares(style)
    except ValueError as error:
        raise ValueError(f"start={start} must name a trained style: {error}") from error
    return feed_forward.stylize(content, shares, one_pass, stylizer=stylizer).image


def _read(start: str) -> np.ndarray:
    if not os.path.exists(start):
        settings.check_choice("start", start, (*STARTS, "the path of a picture"))
    return image.read(start)
