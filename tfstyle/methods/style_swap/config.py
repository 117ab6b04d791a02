"""The settings of the style swap (Chen and Schmidt 2016)."""

import dataclasses
import os
from typing import Any

from tfstyle import settings
from tfstyle.losses import loss_weights
from tfstyle.methods import shared_settings, style_scaling
from tfstyle.networks import vgg19_layers
from tfstyle.optimization import options, pyramid
from tfstyle.settings import setting

DECODERS = ("inverse", "optimize")

STARTS = ("content", "inverse")


@dataclasses.dataclass(frozen=True)
class Config:
    """Every setting of the method; the only home of its defaults."""

    size: int | None = shared_settings.size()
    # One pass leaves about 1.2 times the features' loss of 100 evaluations of L-BFGS
    # (docs/methods/style_swap.md).
    decode: str = setting(
        "inverse",
        "How features become a picture: inverse by one pass of a network, optimize by moving "
        "the content's pixels until they have these features.",
        choices=DECODERS,
    )
    model: str | os.PathLike = setting(
        "auto",
        "The inverse network: inverse_white or inverse, the package's own for features that are "
        "whitened and for those that are not, as auto takes them, or the path of a trained one.",
    )
    strength: float | None = setting(
        None,
        "How far the style goes, from 0, the photograph, to 1, whole pieces of the painting; none "
        "is 0.5, and 1 without whitening.",
        minimum=0,
        maximum=1,
    )
    # Li et al. (2017) and Sheng et al. (2018); Chen and Schmidt (2016) compare features as they
    # are.
    whiten: bool = setting(
        True,
        "Whether features are freed of the photograph's statistics before patches are compared, "
        "and get the style's afterwards; false is Chen and Schmidt (2016) with levels=1 and "
        "color_share=0.",
    )
    levels: int | None = setting(
        None,
        "How many sizes are painted, coarse to fine; none doubles from first_size.",
        minimum=1,
        maximum=10,
    )
    first_size: int | None = setting(
        None,
        "Longest side of the coarsest level: smaller for larger pieces of the style; none is 160 "
        "at strength 0 and 96 at 1.",
        unit="pixels",
        minimum=16,
        maximum=pyramid.GREATEST,
    )
    mixture: float | None = setting(
        None,
        "Share of a level's picture in what the next one begins with, the photograph being the "
        "rest; none follows the strength.",
        minimum=0,
        maximum=1,
    )
    patch_share: float | None = setting(
        None,
        "Share of exchanged patches at the coarsest level; the finest has 0.6 of it; 0 compares "
        "none. None follows the strength.",
        minimum=0,
        maximum=1,
    )
    color_share: float | None = setting(
        None,
        "Share of the style's colours that the finished picture gets; none follows the strength.",
        minimum=0,
        maximum=1,
    )
    halo_share: float | None = setting(
        None,
        "Share of the light beside the photograph's dark shapes that is taken out again; none "
        "follows the strength, and is 0 without whitening.",
        minimum=0,
        maximum=1,
    )
    match_size: int = setting(
        640,
        "Longest side up to which patches are exchanged; larger levels get the style's statistics "
        "alone.",
        unit="pixels",
        minimum=16,
        maximum=pyramid.GREATEST,
        only_with="whiten",
    )
    # White features may be cut: 64 of 256 components give the same picture to the eye in a fifth
    # of the time.
    components: int = setting(
        64,
        "Principal components of the style that patches are compared in, where features are "
        "whitened: fewer are faster.",
        minimum=1,
        maximum=512,
        only_with="whiten",
    )
    style_blend: tuple[float, ...] | None = shared_settings.style_blend(
        "none pools their patches and statistics"
    )
    style_scale: float = style_scaling.scale()
    style_size: int | None = style_scaling.size()
    strokes: str = style_scaling.strokes()
    preserve_color: str = shared_settings.preserve_color()
    content_regions: str | os.PathLike | None = shared_settings.content_regions()
    style_regions: str | os.PathLike | None = shared_settings.style_regions()
    # The paper's relu3_1.
    layer: str = setting(
        "block3_conv1",
        "Layer whose features are swapped; also as relu3_1. In one pass, as pooling and padding, "
        "the one that the inverse network was trained for.",
    )
    # The paper's patches, of 3 x 3 positions, each one position from the next.
    patch_size: int = setting(
        3, "Side of a patch: larger pieces of the style.", unit="positions", minimum=1, maximum=32
    )
    patch_stride: int = setting(
        1,
        "From one patch to the next, at most patch_size: faster and coarser above 1.",
        unit="positions",
        minimum=1,
        maximum=32,
    )
    # Their code's numSwap.
    num_swaps: int = setting(
        1, "How often features are swapped, each time those of the last.", minimum=1, maximum=100
    )
    score_memory: int = setting(
        64,
        "Memory for comparing patches; does not alter the result.",
        unit="megabytes",
        minimum=1,
        maximum=1_000_000,
    )
    start: str = setting(
        "content",
        "Where decode=optimize begins: at the content, as the paper does, whose colours flat areas "
        "keep, since the layer hardly sees them; or at what the inverse network paints.",
        choices=STARTS,
        only_with="decode=optimize",
    )
    # As many as their code takes, which are of Adam.
    steps: int = setting(
        100,
        "Optimiser's steps, for decode=optimize.",
        minimum=0,
        maximum=100_000,
        only_with="decode=optimize",
    )
    # Differs from the 1e-7 of their code, whose loss is not relative: chosen by eye.
    total_variation_weight: float = setting(
        1e-4,
        "Weight of the total variation, for decode=optimize: smoother, less speckle; 1e-5 lets "
        "the maxima's mesh show in flat areas.",
        minimum=0,
        maximum=1e9,
        only_with="decode=optimize",
    )
    range_weight: float = setting(
        1e-3,
        "Weight of the penalty on values beyond black and white, for decode=optimize.",
        minimum=0,
        maximum=1e9,
        only_with="decode=optimize",
    )
    optimizer: str = setting(
        "lbfgs",
        "How the loss is minimised, for decode=optimize.",
        choices=options.OPTIMIZERS,
        only_with="decode=optimize",
    )
    learning_rate: float = shared_settings.learning_rate_of_pixels()
    vgg_weights: str | os.PathLike = shared_settings.vgg_weights()
    # As the shipped inverse network was trained, and VGG19 itself.
    pooling: str = shared_settings.pooling("max")
    padding: str = shared_settings.padding()
    precision: str = shared_settings.precision(
        "Arithmetic of the networks and of comparing patches; images are float32 always."
    )

    def __post_init__(self):
        """Raises ValueError when a field lies outside its range."""
        settings.check(self)
        style_scaling.check(self)
        shared_settings.check_maps(self)
        vgg19_layers.parse_layer(self.layer)
        if self.patch_stride > self.patch_size:
            raise ValueError(
                "patch_stride must be at most patch_size, so that patches leave no gaps. "
                f"Received: patch_stride={self.patch_stride}, patch_size={self.patch_size}"
            )

    def inverse_model(self) -> str:
        """Returns the inverse network's name or path."""
        own = "inverse_white" if self.whiten else "inverse"
        return own if self.model == "auto" else os.fspath(self.model)

    def described(self) -> dict[str, Any]:
        """Returns the settings by name, those of regions where there are some."""
        return shared_settings.without_unused_regions(dataclasses.asdict(self))

    def weights(self) -> loss_weights.Weights:
        """Returns the weights of the terms for `decode=optimize`: features, and smoothness."""
        return loss_weights.feature_weights(
            swapped_layer(self), self.total_variation_weight, self.range_weight
        )


def swapped_layer(config: Config) -> str:
    """Returns Keras's name of the layer whose features are swapped."""
    return vgg19_layers.parse_layer(config.layer)
