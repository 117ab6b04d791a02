"""A photograph painted in any picture's style within seconds, by its features."""

import pathlib
from collections.abc import Callable, Sequence

import keras
import numpy as np

from tfstyle import image
from tfstyle.losses import perceptual
from tfstyle.methods.style_swap import (
    decoding,
    optimize,
    preparation,
    style_bank,
)
from tfstyle.methods.style_swap.config import Config
from tfstyle.methods.style_swap.decoding import Decoder
from tfstyle.methods.style_swap.grid import Grid
from tfstyle.methods.style_swap.style_bank import StyleBank, Styles
from tfstyle.methods.style_swap.styles import blending, by_region
from tfstyle.methods.style_swap.swap import FeatureSwap
from tfstyle.networks import inverse_net, vgg19_files
from tfstyle.regions.matching import Regions
from tfstyle.result import Ending, Level, Outcome, Progress, Result
from tfstyle.system import files

ONE_PASS = Outcome(Ending.COMPLETE, "swapped and decoded in one pass")


def stylize(
    content: np.ndarray,
    styles: Styles,
    config: Config = Config(),  # noqa: B008 (frozen)
    *,
    callback: Callable[[Progress], None] | None = None,
    checkpoint: str | pathlib.Path | None = None,
    resume: bool = False,
    features: keras.Model | None = None,
    decoder: Decoder | None = None,
    regions: Regions | None = None,
) -> Result:
    """Returns the content image with its features in the styles, from coarse to fine.

    At each size the features get the styles' statistics, a share of their patches is exchanged for
    the styles' nearest, and an inverse network paints what has these features.

    References: Li et al. (2017), "Universal style transfer via feature transforms"; Chen and
    Schmidt (2016), "Fast patch-based style transfer of arbitrary style", which `whiten=False,
    levels=1, color_share=0` is as it stands, but for what docs/departures.md says.

    Args:
        content: `[height, width, 3]` or `[1, height, width, 3]`, in [0, 1], or uint8.
        styles: one such image, or several, or the `StyleBank` that `prepare` returns, which
            saves its preparation where many contents have one style; or several of either with
            `config.style_blend`.
        config: the settings.
        callback: called after every step of `decode="optimize"`.
        checkpoint: folder where the state of `decode="optimize"` is kept.
        resume: whether to go on from that state.
        features: a model from image to features by layer name instead of VGG19; see
            `vgg19.build`.
        decoder: from features to an image, instead of `config.model`.
        regions: which part is painted in the style of which parts, instead of the maps that the
            settings name; see `tfstyle.regions`. A prepared style can be a region's as a whole.

    Raises:
        ValueError: an image or a setting cannot be used; the message says what is expected.
        MemoryError: the size does not fit; the message says what would.
        Interrupted: Ctrl-C while optimising; carries the best image so far.
    """
    _check_checkpoint(config, checkpoint, resume)
    content = image.as_image(content, "content")
    size = _result_size(content.shape[1:3], config)
    # Before any network is loaded and any patch compared, which takes long.
    regions = by_region.find(regions, content.shape[1:3], styles, config)
    if regions is None:
        given = blending.parts(styles, config)
    else:
        given = by_region.parts(size, styles, config, regions)
    blending.check(size, given, config)
    content = image.resize(content, size)
    prepared = preparation.prepare(content, given, config, features, decoder, regions)
    if config.decode == "inverse":
        painted = prepared.finish(prepared.painted(), config)
        return Result(painted, outcome=ONE_PASS, weights=prepared.weights)
    levels = plan(size, config)
    return optimize.paint(
        prepared, levels, config, callback=callback, checkpoint=checkpoint, resume=resume
    )


def plan(content_size: tuple[int, int], config: Config) -> tuple[Level, ...]:
    """Returns the one level for a content image of (height, width) pixels; in one pass none."""
    if config.decode == "inverse":
        return ()
    # What is optimised is the grown content; `Prepared.finish` cuts it back.
    height, width = map(Grid.of(config).covering, _result_size(content_size, config))
    return (Level((int(height), int(width)), config.steps),)


def prepare(
    styles: np.ndarray | Sequence[np.ndarray],
    config: Config = Config(),  # noqa: B008 (frozen)
    *,
    features: keras.Model | None = None,
) -> StyleBank:
    """Returns the styles' patches, for many contents: the frames of a video, say.

    Args:
        styles: one image or several, as `stylize` takes them.
        config: the settings that the contents will have; the styles' longest side is `size`
            times `style_scale`, or their own where that is none.
        features: as for `stylize`.

    Raises:
        ValueError: the colours are to be kept, so that each content needs its own preparation;
            or styles are to be blended or have regions, each of which is prepared by itself.
        MemoryError: the patches do not fit.
    """
    style_bank.check_colors(config)
    if config.style_blend is not None:
        raise ValueError(
            "style_blend must be none to prepare styles: prepare each by itself, and give the "
            f"shares with the content. Received: style_blend={config.style_blend}"
        )
    if config.content_regions is not None:
        raise ValueError(
            "content_regions must be none to prepare styles: prepare each region's, and give the "
            f"map with the content. Received: content_regions={config.content_regions}"
        )
    pictures = image.as_images(styles, "style")
    longest = config.size or max(max(picture.shape[1:3]) for picture in pictures)
    # The contents are not known yet: a square is the most that has this longest side.
    blending.check((longest, longest), [blending.Part(1.0, pictures)], config)
    loss, _ = perceptual.build(config, features)
    swap = FeatureSwap.of(loss, config)
    return style_bank.of(pictures, longest, swap, config)


def _check_checkpoint(config: Config, checkpoint: str | pathlib.Path | None, resume: bool) -> None:
    if config.decode == "inverse" and (checkpoint or resume):
        raise ValueError(
            "checkpoint and resume need decode=optimize: one pass has nothing to go on from. "
            f"Received: decode={config.decode}"
        )


def _result_size(content_size: tuple[int, int], config: Config) -> tuple[int, int]:
    return content_size if config.size is None else image.fit_size(*content_size, config.size)


def weights_used(config: Config) -> dict[str, str]:
    """Returns names and SHA-256 of the files that `config` asks for: VGG19's, the inverse net's.

    Raises:
        ValueError: there is no such file.
        OSError: VGG19's can be neither found nor downloaded.
    """
    path = vgg19_files.find(config.vgg_weights)
    used = {"name": path.name, "sha256": files.digest(path, "sha256")}
    # Of several levels all but the finest are decoded; how many there are depends on the picture.
    if not decoding.begins(config) and config.levels == 1:
        return used
    name = config.inverse_model()
    digest = files.digest(inverse_net.find(name), "sha256")
    return used | {"inverse": name, "inverse_sha256": digest}
