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

from tfstyle import (
    color,
    descent,
    encoder,
    image,
    inverse,
    judge,
    memory,
    multiscale,
    objective,
    patches,
    pyramid,
    settings,
    snapshot,
    swapper,
    weights,
)
from tfstyle.result import Progress, Result
from tfstyle.settings import setting

DECODERS = ("inverse", "optimize")

STARTS = ("content",)
"""What `decode="optimize"` begins with."""

ONE_PASS = "swapped and decoded in one pass"
"""The outcome where nothing is optimised."""

Styles = np.ndarray | Sequence[np.ndarray] | patches.StyleBank
"""A style picture, several whose patches are pooled, or what `prepare` made of them."""

Decoder = Callable[[tf.Tensor], tf.Tensor]
"""From features `[1, rows, columns, channels]` to an image, as an inverse network is one."""


@dataclasses.dataclass(frozen=True)
class Config:
    """Every setting of the method; the only home of its defaults."""

    size: int | None = setting(
        512,
        "Longest side of the result; none keeps the content's.",
        unit="pixels",
        minimum=1,
        maximum=pyramid.GREATEST,
    )
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
    style_scale: float = setting(
        1.0,
        "Longest side of the style pictures, relative to the result's: larger strokes above 1.",
        minimum=0.05,
        maximum=8,
    )
    preserve_color: str = setting(
        "none",
        "How the content's colours are kept (Gatys et al. 2016).",
        choices=color.MODES,
    )
    layer: str = setting(
        "block3_conv1",
        "Layer whose features are swapped; also as relu3_1. The inverse network knows its own.",
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
        "lbfgs", "How the loss is minimised, for decode=optimize.", choices=descent.OPTIMIZERS
    )
    learning_rate: float = setting(
        0.02,
        "Adam's step, in image units (1 is black to white).",
        minimum=1e-6,
        maximum=1,
    )
    vgg_weights: str | os.PathLike = setting(
        "auto",
        "VGG19's weights: auto, imagenet (Keras's file, downloaded once), or a path.",
    )
    pooling: str = setting("max", "VGG19's pooling.", choices=encoder.POOLINGS)
    padding: str = setting(
        "reflect",
        "What VGG19's convolutions see beyond the border.",
        choices=encoder.PADDINGS,
    )
    precision: str = setting(
        "auto",
        "Arithmetic of the networks and of comparing patches; images are float32 always.",
        choices=encoder.PRECISIONS,
    )

    def __post_init__(self):
        """Raises ValueError when a field lies outside its range."""
        settings.check(self)
        encoder.parse_layer(self.layer)
        if self.patch_stride > self.patch_size:
            raise ValueError(
                "patch_stride must be at most patch_size, so that patches leave no gaps. "
                f"Received: patch_stride={self.patch_stride}, patch_size={self.patch_size}"
            )

    def weights(self) -> objective.Weights:
        """Returns the weights of the terms for `decode=optimize`: features, and smoothness."""
        return objective.Weights(
            content=1.0,
            style=0.0,
            total_variation=self.total_variation_weight,
            range=self.range_weight,
            content_layers={encoder.parse_layer(self.layer): 1.0},
            style_layers={},
            relative=True,
        )


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
    content = image.as_image(content, "content")
    size = _result_size(content.shape[1:3], config)
    if not isinstance(styles, patches.StyleBank):
        styles = _checked(styles, size, config)
    content = image.resize(content, size)
    decode = _decoder(config, decoder)
    loss, used = judge.build(config, features)
    swap = _swapper(loss, config)
    bank = _bank(styles, content, swap, config)
    seen = swap.grow(color.prepare_content(content, config.preserve_color))
    target = swap.swap(seen, bank)
    finish = functools.partial(_finish, content=content, config=config)
    if decode is not None:
        return Result(finish(np.asarray(decode(target))), outcome=ONE_PASS, weights=used)
    targets = loss.targets_of({_layer(config): target})
    task = multiscale.Task(
        levels=plan(content.shape[1:3], config),
        start=seen.numpy(),
        objective_at=lambda level: functools.partial(loss.value_and_gradient, targets=targets),
        finish=finish,
        options=descent.Options(optimizer=config.optimizer, learning_rate=config.learning_rate),
        weights=used,
    )
    facts = (*used.values(), encoder.resolve_precision(config.precision))
    identity = snapshot.fingerprint(config, content, target.numpy(), facts=facts)
    return multiscale.run(task, multiscale.Checkpoints(checkpoint, identity, resume), callback)


def plan(content_size: tuple[int, int], config: Config) -> tuple[pyramid.Level, ...]:
    """Returns the one level for a content image of (height, width) pixels; in one pass none."""
    if config.decode == "inverse":
        return ()
    grow = _swapper(None, config).covering
    height, width = (int(grow(side)) for side in _result_size(content_size, config))
    return (pyramid.Level((height, width), config.steps),)


def prepare(
    styles: np.ndarray | Sequence[np.ndarray],
    config: Config = Config(),  # noqa: B008 (frozen)
    *,
    features: keras.Model | None = None,
) -> patches.StyleBank:
    """Returns the styles' patches, for many contents: the frames of a video, say.

    Args:
        styles: one image or several, as `stylize` takes them.
        config: the settings that the contents will have; the styles' longest side is `size`
            times `style_scale`, or their own where that is none.
        features: as for `stylize`.

    Raises:
        ValueError: the colours are to be kept, so that each content needs its own preparation.
    """
    if config.preserve_color != "none":
        raise ValueError(
            "preserve_color must be none for a prepared style, since it depends on the content. "
            f"Received: preserve_color={config.preserve_color}"
        )
    longest = config.size
    pictures = _checked(styles, (longest, longest) if longest else (1, 1), config)
    loss, _ = judge.build(config, features)
    return _prepare(pictures, longest, _swapper(loss, config), config)


def _checked(styles, size: tuple[int, int], config: Config) -> list[np.ndarray]:
    """Returns the styles as images, each one patch large at least; all fits in memory."""
    pictures = image.as_images(styles, "style")
    least = _swapper(None, config).smallest_side
    for style in pictures:
        height, width = style.shape[1:3]
        if min(height, width) < least:
            raise ValueError(
                f"style must be at least {least} pixels wide and high, for one patch. "
                f"Received: {width}x{height}"
            )
    _check_memory(size, [_style_size(style, max(size), config) for style in pictures], config)
    return pictures


def _check_memory(size: tuple[int, int], styles: Sequence[tuple[int, int]], config: Config) -> None:
    precision = encoder.resolve_precision(config.precision)
    style_pixels = sum(map(math.prod, styles))

    def needed_at(longest: int) -> float:
        scale = (longest / max(size)) ** 2
        area, style_area = scale * math.prod(size), scale * style_pixels
        need = memory.needed_to_swap(area, style_area, precision, _patch_bytes(precision, config))
        if config.decode == "optimize":
            need = max(need, memory.needed((1, round(area)), precision, descent.Options.history))
        return need

    memory.check_need(size, needed_at)


def _patch_bytes(precision: str, config: Config) -> float:
    """Returns what the patches of a style take for each of its pixels."""
    channels = weights.CHANNELS[weights.LAYERS.index(_layer(config))]
    positions = config.patch_size / (config.patch_stride * encoder.stride(_layer(config)))
    return tf.as_dtype(precision).size * channels * positions**2


def _result_size(content_size: tuple[int, int], config: Config) -> tuple[int, int]:
    return content_size if config.size is None else image.fit_size(*content_size, config.size)


def _layer(config: Config) -> str:
    return encoder.parse_layer(config.layer)


def _swapper(loss: objective.Objective | None, config: Config) -> swapper.Swapper:
    return swapper.Swapper(
        encode=lambda images: loss.features(images)[_layer(config)],
        layer=_layer(config),
        patch_size=config.patch_size,
        patch_stride=config.patch_stride,
        num_swaps=config.num_swaps,
        strength=config.strength,
        score_bytes=config.score_memory * 2**20,
    )


def _bank(
    styles: Styles, content: np.ndarray, swap: swapper.Swapper, config: Config
) -> patches.StyleBank:
    """Returns the styles' patches, in the content's colours where those are to be kept."""
    if isinstance(styles, patches.StyleBank):
        return styles
    mode = config.preserve_color
    colored = [color.prepare_style(style, content, mode) for style in styles]
    return _prepare(colored, max(content.shape[1:3]), swap, config)


def _prepare(
    styles: Sequence[np.ndarray], longest: int | None, swap: swapper.Swapper, config: Config
) -> patches.StyleBank:
    sizes = [_style_size(style, longest, config) for style in styles]
    return swap.prepare([image.resize(*pair) for pair in zip(styles, sizes, strict=True)])


def _style_size(style: np.ndarray, longest: int | None, config: Config) -> tuple[int, int]:
    """Returns a style's (height, width) beside a content's longest side, one patch at least."""
    height, width = style.shape[1:3]
    wanted = round((longest or max(height, width)) * config.style_scale)
    least = _swapper(None, config).smallest_side
    enough = math.ceil(least * max(height, width) / min(height, width))
    return image.fit_size(height, width, max(wanted, enough))


def _finish(pixels: np.ndarray, content: np.ndarray, config: Config) -> np.ndarray:
    """Returns the pastiche: what was mirrored is cut off, colours are kept where asked for."""
    height, width = content.shape[1:3]
    return color.restore(pixels[:, :height, :width], content, config.preserve_color)


def _objective_for(
    loss: objective.Objective, target: tf.Tensor, config: Config
) -> Callable[[pyramid.Level], descent.ValueAndGradient]:
    targets = loss.targets_of({_layer(config): target})
    return lambda level: functools.partial(loss.value_and_gradient, targets=targets)


def _decoder(config: Config, given: Decoder | None) -> Decoder | None:
    """Returns the inverse network, or the one given; None where pixels are optimised instead.

    Raises:
        ValueError: it was trained on other features than the settings ask for.
    """
    if config.decode == "optimize":
        return None
    if given is not None:
        return given
    net = _load_decoder(config.model, config.precision)
    asked_for = {"layer": _layer(config), "pooling": config.pooling, "padding": config.padding}
    for name, asked in asked_for.items():
        if asked != getattr(net, name):
            raise ValueError(
                f"{name} must be {getattr(net, name)}, which the inverse network was trained for, "
                f"or decode be optimize. Received: {name}={asked}"
            )
    return net


@functools.lru_cache(maxsize=1)
def _load_decoder(model: str | os.PathLike, precision: str) -> inverse.InverseNet:
    return inverse.load(model, precision)
