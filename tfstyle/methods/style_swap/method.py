"""A photograph painted with patches of any picture's features (Chen and Schmidt 2016)."""

import dataclasses
import functools
import math
import os
import pathlib
from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf

from tfstyle import image, settings
from tfstyle.image import color
from tfstyle.losses import objective, perceptual
from tfstyle.methods import shared_settings
from tfstyle.methods.style_swap import patches
from tfstyle.methods.style_swap import swap as feature_swap
from tfstyle.networks import inverse_net, vgg19, vgg19_weights
from tfstyle.optimization import adam, checkpoint_file, coarse_to_fine, pyramid
from tfstyle.result import Progress, Result
from tfstyle.settings import setting
from tfstyle.system import memory

DECODERS = ("inverse", "optimize")

STARTS = ("content", "inverse")

ONE_PASS = "swapped and decoded in one pass"
"""The outcome where nothing is optimised."""

Decoder = Callable[[tf.Tensor], tf.Tensor]
"""From features `[1, rows, columns, channels]` to an image, as an inverse network is one."""


@dataclasses.dataclass(frozen=True)
class Config:
    """Every setting of the method; the only home of its defaults."""

    size: int | None = shared_settings.size()
    decode: str = setting(
        "inverse",
        "How features become a picture: inverse by one pass of a network, optimize by moving "
        "the content's pixels until they have these features.",
        choices=DECODERS,
    )
    model: str | os.PathLike = setting(
        "inverse", "The inverse network: the package's own, or the path of one that was trained."
    )
    strength: float = setting(
        1.0,
        "Share of the swapped features, the content's own being the rest.",
        minimum=0,
        maximum=1,
    )
    style_scale: float = shared_settings.style_scale()
    preserve_color: str = shared_settings.preserve_color()
    layer: str = setting(
        "block3_conv1",
        "Layer whose features are swapped; also as relu3_1. In one pass, as pooling and padding, "
        "the one that the inverse network was trained for.",
    )
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
    num_swaps: int = setting(
        1, "How often features are swapped, each time those of the last.", minimum=1, maximum=100
    )
    score_memory: int = setting(
        128,
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
    )
    steps: int = setting(100, "Optimiser's steps, for decode=optimize.", minimum=0, maximum=100_000)
    total_variation_weight: float = setting(
        1e-4,
        "Weight of the total variation, for decode=optimize: smoother, less speckle; 1e-5 lets "
        "the maxima's mesh show in flat areas.",
        minimum=0,
        maximum=1e9,
    )
    range_weight: float = setting(
        1e-3,
        "Weight of the penalty on values beyond black and white, for decode=optimize.",
        minimum=0,
        maximum=1e9,
    )
    optimizer: str = setting(
        "lbfgs", "How the loss is minimised, for decode=optimize.", choices=adam.OPTIMIZERS
    )
    learning_rate: float = shared_settings.learning_rate_of_pixels()
    vgg_weights: str | os.PathLike = shared_settings.vgg_weights()
    pooling: str = shared_settings.pooling("max")
    padding: str = shared_settings.padding()
    precision: str = shared_settings.precision(
        "Arithmetic of the networks and of comparing patches; images are float32 always."
    )

    def __post_init__(self):
        """Raises ValueError when a field lies outside its range."""
        settings.check(self)
        vgg19.parse_layer(self.layer)
        if self.patch_stride > self.patch_size:
            raise ValueError(
                "patch_stride must be at most patch_size, so that patches leave no gaps. "
                f"Received: patch_stride={self.patch_stride}, patch_size={self.patch_size}"
            )

    def weights(self) -> objective.Weights:
        """Returns the weights of the terms for `decode=optimize`: features, and smoothness."""
        return objective.feature_weights(
            _layer(self), self.total_variation_weight, self.range_weight
        )


@dataclasses.dataclass(frozen=True)
class StyleBank:
    """A style that `prepare` has prepared once, for any number of contents."""

    patches: patches.PatchBank
    config: Config
    """The settings that it was prepared for."""


PREPARED = (
    "layer",
    "patch_size",
    "patch_stride",
    "vgg_weights",
    "pooling",
    "padding",
    "precision",
)
"""The settings that a prepared style depends on, but for its size."""

Styles = np.ndarray | Sequence[np.ndarray] | StyleBank
"""A style picture, several whose patches are pooled, or a prepared style."""


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
) -> Result:
    """Returns the content image with every patch of its features exchanged for a style's.

    Reference: Chen and Schmidt (2016), "Fast patch-based style transfer of arbitrary style".
    Differs: `decode="optimize"` goes by L-BFGS, and smooths more than their code does.

    Args:
        content: `[height, width, 3]` or `[1, height, width, 3]`, in [0, 1], or uint8.
        styles: one such image, or several, or the `StyleBank` that `prepare` returns, which
            saves its preparation where many contents have one style.
        config: the settings.
        callback: called after every step of `decode="optimize"`.
        checkpoint: folder where the state of `decode="optimize"` is kept.
        resume: whether to go on from that state.
        features: a model from image to features by layer name instead of VGG19; see
            `encoder.build`.
        decoder: from features to an image, instead of `config.model`.

    Raises:
        ValueError: an image or a setting cannot be used; the message says what is expected.
        MemoryError: the size does not fit; the message says what would.
        Interrupted: Ctrl-C while optimising; carries the best image so far.
    """
    _check_checkpoint(config, checkpoint, resume)
    content = image.as_image(content, "content")
    size = _result_size(content.shape[1:3], config)
    _check_memory(size, _pictures(styles, config), config)
    content = image.resize(content, size)
    decode, inverse_used = _decoder(config, decoder)
    loss, vgg_used = perceptual.build(config, features)
    swap = _swapper(loss, config)
    seen = swap.grid.grow(color.prepare_content(content, config.preserve_color))
    target = swap.swap(seen, _patches(styles, content, swap, config))
    pixels = seen.numpy() if decode is None else np.clip(decode(target), 0, 1)
    used = vgg_used | inverse_used
    if config.decode == "inverse":
        return Result(_finish(pixels, content, config), outcome=ONE_PASS, weights=used)
    task = _optimization(loss, pixels, target, content, config)
    task = dataclasses.replace(task, weights=used)
    facts = (*used.values(), vgg19.resolve_precision(config.precision))
    identity = _identity(content, target, facts, config)
    return coarse_to_fine.run(
        task, coarse_to_fine.Checkpoints(checkpoint, identity, resume), callback
    )


def plan(content_size: tuple[int, int], config: Config) -> tuple[pyramid.Level, ...]:
    """Returns the one level for a content image of (height, width) pixels; in one pass none."""
    if config.decode == "inverse":
        return ()
    height, width = map(_grid(config).covering, _result_size(content_size, config))
    return (pyramid.Level((int(height), int(width)), config.steps),)


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
        ValueError: the colours are to be kept, so that each content needs its own preparation.
        MemoryError: the patches do not fit.
    """
    _check_colors(config)
    pictures = image.as_images(styles, "style")
    longest = config.size or max(max(picture.shape[1:3]) for picture in pictures)
    _check_memory((longest, longest), pictures, config)
    loss, _ = perceptual.build(config, features)
    return StyleBank(_prepare(pictures, config.size, _swapper(loss, config), config), config)


def weights_used(config: Config) -> dict[str, str]:
    """Returns names and SHA-256 of the files that `config` asks for: VGG19's, the inverse net's.

    Raises:
        ValueError: there is no such file.
        OSError: VGG19's can be neither found nor downloaded.
    """
    path = vgg19_weights.find(config.vgg_weights)
    used = {"name": path.name, "sha256": vgg19_weights.digest(path, "sha256")}
    if config.decode == "optimize" and config.start == "content":
        return used
    inverse = vgg19_weights.digest(inverse_net.find(str(config.model)), "sha256")
    return used | {"inverse": str(config.model), "inverse_sha256": inverse}


def _check_checkpoint(config: Config, checkpoint, resume: bool) -> None:
    if config.decode == "inverse" and (checkpoint or resume):
        raise ValueError(
            "checkpoint and resume need decode=optimize: one pass has nothing to go on from. "
            f"Received: decode={config.decode}"
        )


def _check_colors(config: Config) -> None:
    if config.preserve_color != "none":
        raise ValueError(
            "preserve_color must be none for a prepared style, since it depends on the content. "
            f"Received: preserve_color={config.preserve_color}"
        )


def _pictures(styles: Styles, config: Config) -> list[np.ndarray]:
    """Returns the styles as images; none for a prepared style, which must fit the settings."""
    if not isinstance(styles, StyleBank):
        return image.as_images(styles, "style")
    _check_colors(config)
    for name in PREPARED:
        wanted, asked = getattr(styles.config, name), getattr(config, name)
        if asked != wanted:
            raise ValueError(
                f"{name} must be {wanted}, as the style was prepared. Received: {name}={asked}"
            )
    return []


def _check_memory(size: tuple[int, int], styles: Sequence[np.ndarray], config: Config) -> None:
    """Raises unless each style has a patch, and all fits in memory."""
    sizes = [_style_size(style, max(size), config) for style in styles]
    precision = vgg19.resolve_precision(config.precision)
    patch_bytes = _grid(config).patch_bytes(precision)

    def needed_at(longest: int) -> float:
        scale = (longest / max(size)) ** 2
        area, style_area = (scale * sum(map(math.prod, each)) for each in ([size], sizes))
        need = memory.needed_to_swap(area, style_area, precision, patch_bytes)
        if config.decode == "optimize":
            need = max(need, memory.needed((1, round(area)), precision, adam.Options.history))
        return need

    memory.check_need(size, needed_at)


def _result_size(content_size: tuple[int, int], config: Config) -> tuple[int, int]:
    return content_size if config.size is None else image.fit_size(*content_size, config.size)


def _layer(config: Config) -> str:
    return vgg19.parse_layer(config.layer)


def _grid(config: Config) -> feature_swap.Grid:
    return feature_swap.Grid(_layer(config), config.patch_size, config.patch_stride)


def _swapper(loss: objective.Objective, config: Config) -> feature_swap.Swapper:
    return feature_swap.Swapper(
        encode=lambda images: loss.features(images)[_layer(config)],
        grid=_grid(config),
        num_swaps=config.num_swaps,
        strength=config.strength,
        score_bytes=config.score_memory * 2**20,
    )


def _patches(
    styles: Styles, content: np.ndarray, swap: feature_swap.Swapper, config: Config
) -> patches.PatchBank:
    """Returns the styles' patches, in the content's colours where those are to be kept."""
    if isinstance(styles, StyleBank):
        return styles.patches
    mode = config.preserve_color
    pictures = image.as_images(styles, "style")
    colored = [color.prepare_style(style, content, mode) for style in pictures]
    return _prepare(colored, max(content.shape[1:3]), swap, config)


def _prepare(
    styles: Sequence[np.ndarray], longest: int | None, swap: feature_swap.Swapper, config: Config
) -> patches.PatchBank:
    sizes = [_style_size(style, longest, config) for style in styles]
    return swap.prepare([image.resize(*pair) for pair in zip(styles, sizes, strict=True)])


def _style_size(style: np.ndarray, longest: int | None, config: Config) -> tuple[int, int]:
    """Returns a style's (height, width) beside a content's longest side."""
    size = style.shape[1:3]
    return _grid(config).style_size(size, round((longest or max(size)) * config.style_scale))


def _decoder(config: Config, given: Decoder | None) -> tuple[Decoder | None, dict[str, str]]:
    """Returns the inverse network with its name and digest, or the one given.

    None where the content's own pixels are optimised instead.

    Raises:
        ValueError: it was trained on other features than the settings ask for.
    """
    if config.decode == "optimize" and config.start == "content":
        return None, {}
    if given is not None:
        return given, {}
    path = inverse_net.find(config.model)
    net, digest = _load_decoder(path, config.precision, vgg19_weights.stamp(path))
    asked_for = {"layer": _layer(config), "pooling": config.pooling, "padding": config.padding}
    for name, asked in asked_for.items():
        trained = getattr(net, name)
        if asked != trained:
            raise ValueError(
                f"{name} must be {trained}, which the inverse network was trained for, "
                f"or decode be optimize and start content. Received: {name}={asked}"
            )
    return net, {"inverse": str(config.model), "inverse_sha256": digest}


@functools.lru_cache(maxsize=1)
def _load_decoder(
    path: pathlib.Path, precision: str, stamp: tuple
) -> tuple[inverse_net.InverseNet, str]:
    """Returns the network and its file's digest, the last one from memory while the file stays."""
    return inverse_net.load(path, precision), vgg19_weights.digest(path, "sha256")


def _finish(pixels: np.ndarray, content: np.ndarray, config: Config) -> np.ndarray:
    """Returns the pastiche: what was mirrored is cut off, colours are kept where asked for."""
    height, width = content.shape[1:3]
    return color.restore(pixels[:, :height, :width], content, config.preserve_color)


def _optimization(
    loss: objective.Objective,
    start: np.ndarray,
    target: tf.Tensor,
    content: np.ndarray,
    config: Config,
) -> coarse_to_fine.Task:
    """Returns what moves pixels from `start`, of the grown content's size, to the target."""
    targets = loss.targets_of({_layer(config): target})
    return coarse_to_fine.Task(
        levels=plan(content.shape[1:3], config),
        start=start,
        objective_at=lambda level: functools.partial(loss.value_and_gradient, targets=targets),
        finish=lambda pixels: _finish(pixels, content, config),
        options=adam.Options(optimizer=config.optimizer, learning_rate=config.learning_rate),
    )


def _identity(content: np.ndarray, target: tf.Tensor, facts: tuple, config: Config) -> str:
    """Returns what tells this run from others; how much memory it may take does not."""
    same = dataclasses.replace(config, score_memory=Config.score_memory)
    return checkpoint_file.fingerprint(same, content, target.numpy(), facts=facts)
