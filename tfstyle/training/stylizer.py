"""Road 2: move a network's weights until its pastiches have a small objective."""

import dataclasses
import functools
import os
import pathlib
from collections.abc import Mapping

import numpy as np

from tfstyle import image
from tfstyle.losses import loss_weights, objective
from tfstyle.networks import pretrained, transform_net
from tfstyle.settings import setting
from tfstyle.system import precision
from tfstyle.training import loop, photographs, warm_start
from tfstyle.training.trainer import StylizerTrainee

MEASURED = 24
"""Crops over which the features' size is averaged when inner norms are taken out."""


@dataclasses.dataclass(frozen=True)
class Config(loop.Config):
    """Every setting of a stylizer's training; with its base the only home of its defaults."""

    content_weight: float = setting(1.0, "Weight of the content loss.", minimum=0, maximum=1e9)
    style_weight: float = setting(
        4.0, "Weight of the style loss: more manner, less photograph.", minimum=0, maximum=1e12
    )
    total_variation_weight: float = setting(
        1e-5, "Weight of the total variation.", minimum=0, maximum=1e9
    )
    range_weight: float = setting(
        1e-3, "Weight of the penalty on values beyond black and white.", minimum=0, maximum=1e9
    )
    noise: float = setting(
        8 / 255,
        "Standard deviation of the noise added to what the network sees, against blobs in flat "
        "areas; 1 is black to white.",
        minimum=0,
        maximum=1,
    )
    width: int = setting(
        32, "Channels of the network's first layer.", unit="channels", minimum=1, maximum=512
    )
    residual_blocks: int = setting(
        5,
        "How deep the network is.",
        unit="residual blocks",
        minimum=0,
        maximum=64,
    )
    outer_kernel: int = setting(
        9,
        "Side of the first and the last layer's kernels, odd; with width=16 and residual_blocks=1, "
        "5 paints a video as fast as it plays.",
        unit="pixels",
        minimum=1,
        maximum=9,
    )
    inner_norms: bool = setting(
        True,
        "Whether all stages normalise, or the first three only. With them a net learns faster, and "
        "gets blobs in the end: false takes them out of the one to begin from, for good.",
    )
    start: str | os.PathLike | None = setting(
        None,
        "A trained stylizer to begin from, by name or path; of the same width, depth and "
        "outer_kernel. New styles begin as the mean of its own.",
    )

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


def train(
    photos: str | pathlib.Path,
    styles: Mapping[str, np.ndarray],
    folder: str | pathlib.Path,
    config: Config = Config(),  # noqa: B008 (frozen)
    *,
    quiet: bool = False,
) -> transform_net.Stylizer:
    """Returns a stylizer trained on a folder of photographs; goes on where it was stopped.

    Args:
        photos: folder of photographs, or a pattern.
        styles: the style pictures by name, `[1, height, width, 3]` in [0, 1].
        folder: where the state, the curves and `stylizer.keras` are kept.
        config: the settings.
        quiet: whether Keras's lines about the rounds are left out.
    """
    build = functools.partial(_build, photos)
    return loop.run(build, photos, styles, folder, config, noise=config.noise, quiet=quiet)


def _build(
    photos: str | pathlib.Path, styles: Mapping[str, np.ndarray], config: Config
) -> StylizerTrainee:
    terms = config.weights()
    features = loop.features(config, terms.layers, pooling="average", padding="reflect")
    earlier = None if config.start is None else pretrained.load(config.start)
    stylizer = transform_net.Stylizer(
        tuple(styles),
        width=config.width,
        residual_blocks=config.residual_blocks,
        outer_kernel=config.outer_kernel,
        inner_norms=config.inner_norms and (earlier is None or earlier.architecture.inner_norms),
        dtype=precision.dtype_policy(loop.precision(config)),
    )
    if earlier is not None:
        if earlier.architecture.inner_norms and not stylizer.architecture.inner_norms:
            earlier = warm_start.without_inner_norms(earlier, _seen(photos, config))
        warm_start.begin_from(stylizer, earlier)
    trainee = StylizerTrainee(
        stylizer,
        objective.Objective(features, terms),
        {name: image.fit(style, config.style_size) for name, style in styles.items()},
    )
    return loop.equip(trainee, config)


def _seen(photos: str | pathlib.Path, config: Config) -> list[np.ndarray]:
    """Returns some of what the network is going to see, `[1, crop, crop, 3]` each."""
    found = photographs.find(photos, config.held_out_share, config.seed).training
    batches = photographs.Photographs(config.photo_size, config.crop).training(
        found, config.crop, 1, config.seed, noise=config.noise
    )
    return [noisy.numpy() for _, noisy, _ in batches.take(MEASURED)]
