"""A photograph painted in a picture's manner by optimising its pixels (Gatys et al. 2015)."""

import dataclasses
import functools
import math
import os
import pathlib
from collections.abc import Callable, Sequence

import keras
import numpy as np

from tfstyle import image, settings
from tfstyle.image import color
from tfstyle.losses import objective, perceptual
from tfstyle.methods import shared_settings
from tfstyle.networks import vgg19, vgg19_weights
from tfstyle.optimization import adam, checkpoint_file, coarse_to_fine, pyramid
from tfstyle.result import Progress, Result
from tfstyle.settings import setting
from tfstyle.system import memory

STARTS = ("noise", "content", "style")


@dataclasses.dataclass(frozen=True)
class Config:
    """Every setting of the method; the only home of its defaults."""

    size: int | None = shared_settings.size()
    content_weight: float = setting(
        1.0,
        "Weight of the content loss.",
        minimum=0,
        maximum=1e9,
    )
    style_weight: float = setting(
        4.0,
        "Weight of the style loss: more manner, less photograph.",
        minimum=0,
        maximum=1e12,
    )
    total_variation_weight: float = setting(
        1e-5,
        "Weight of the total variation: smoother, less speckle; above 1e-4 it paints a mesh.",
        minimum=0,
        maximum=1e9,
    )
    range_weight: float = setting(
        1e-3,
        "Weight of the penalty on values beyond black and white; 0 leaves it out, as the "
        "reference system does.",
        minimum=0,
        maximum=1e9,
    )
    content_layers: tuple[str, ...] | str = setting(
        ("block3_conv2", "block4_conv2"),
        "Layers whose features the content loss compares; also as relu4_2.",
    )
    content_layer_weights: tuple[float, ...] | None = setting(
        None,
        "One weight per content layer; none gives each 1.",
        minimum=0,
        maximum=1e9,
    )
    style_layers: tuple[str, ...] | str = setting(
        ("block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1", "block5_conv1"),
        "Layers whose Gram matrices the style loss compares; also as relu4_1.",
    )
    style_layer_weights: tuple[float, ...] | None = setting(
        None,
        "One weight per style layer; none gives each 1.",
        minimum=0,
        maximum=1e9,
    )
    layer_balance: str = setting(
        "relative",
        "relative divides each layer's loss by its target's own size, so that layers count alike; "
        "plain leaves the reference system's formula as it stands (then try style_weight=1000).",
        choices=("relative", "plain"),
    )
    weights_at_size: int | None = setting(
        512,
        "Side of the square picture that the weights are stated for; at other sizes the "
        "terms are scaled to keep their balance; none switches that off.",
        unit="pixels",
        minimum=1,
        maximum=pyramid.GREATEST,
    )
    style_blend: tuple[float, ...] | None = setting(
        None,
        "One share per style, normalised to sum to 1; none shares evenly.",
        minimum=0,
        maximum=1e9,
    )
    style_scale: float = shared_settings.style_scale()
    preserve_color: str = shared_settings.preserve_color()
    start: str | os.PathLike = setting(
        "noise",
        "First image: noise (Gaussian, as Gatys et al. 2015), content, style, or the "
        "path of a picture.",
    )
    levels: str | int = setting(
        "auto",
        "Coarse to fine: auto halves down to 128 pixels, a number n halves n - 1 times, "
        "or rising longest sides such as 128,256,512.",
    )
    steps: int = setting(
        100,
        "Optimiser's steps at the full size.",
        minimum=0,
        maximum=100_000,
    )
    coarse_steps: int = setting(
        100,
        "Optimiser's steps at each smaller size.",
        minimum=0,
        maximum=100_000,
    )
    optimizer: str = setting("lbfgs", "How the loss is minimised.", choices=adam.OPTIMIZERS)
    line_search: str = setting(
        "unit_step",
        "L-BFGS's: unit_step tries the whole step first, hager_zhang is TFP's own.",
        choices=adam.LINE_SEARCHES,
    )
    history: int = setting(
        10,
        "Correction pairs that L-BFGS keeps.",
        minimum=1,
        maximum=1000,
    )
    learning_rate: float = shared_settings.learning_rate_of_pixels()
    vgg_weights: str | os.PathLike = shared_settings.vgg_weights()
    pooling: str = shared_settings.pooling("average")
    padding: str = shared_settings.padding()
    precision: str = shared_settings.precision(
        "VGG19's arithmetic; losses and image are float32 always."
    )
    seed: int = setting(0, "Seed of the noise.", minimum=0, maximum=2**32 - 1)

    def __post_init__(self):
        """Raises ValueError when a field lies outside its range."""
        settings.check(self)
        self.weights()

    def weights(self) -> objective.Weights:
        """Returns the weights of the terms and, by Keras's names, of the layers."""
        return objective.Weights(
            content=self.content_weight,
            style=self.style_weight,
            total_variation=self.total_variation_weight,
            range=self.range_weight,
            content_layers=vgg19.parse_layers(
                "content_layers", self.content_layers, self.content_layer_weights
            ),
            style_layers=vgg19.parse_layers(
                "style_layers", self.style_layers, self.style_layer_weights
            ),
            at_size=self.weights_at_size,
            relative=self.layer_balance == "relative",
        )


def stylize(
    content: np.ndarray,
    styles: np.ndarray | Sequence[np.ndarray],
    config: Config = Config(),  # noqa: B008 (frozen)
    *,
    callback: Callable[[Progress], None] | None = None,
    checkpoint: str | pathlib.Path | None = None,
    resume: bool = False,
    features: keras.Model | None = None,
    held: objective.Held | None = None,
) -> Result:
    """Returns the content image painted in the manner of the style images.

    References: Gatys et al. (2015), "A neural algorithm of artistic style"; coarse to fine and
    colours after Gatys et al. (2016), "Controlling perceptual factors in neural style transfer".

    Args:
        content: `[height, width, 3]` or `[1, height, width, 3]`, in [0, 1], or uint8.
        styles: one such image, or several to blend; of any sizes.
        config: the settings.
        callback: called after every step.
        checkpoint: folder where the state is kept, so that an interrupted run can go on.
        resume: whether to go on from that state; the result is the uninterrupted run's,
            bit for bit on the same machine.
        features: a model from image to features by layer name instead of VGG19; see
            `encoder.build`.
        held: for a frame of a video, what its earlier pastiches show, at the size of the result:
            the start, at that one level, and what `config.weights().temporal` holds it to.

    Raises:
        ValueError: an image or a setting cannot be used; the message says what is expected.
        MemoryError: the size does not fit; the message says what would.
        Interrupted: Ctrl-C; carries the best image so far.
    """
    content, styles = image.as_image(content, "content"), image.as_images(styles, "style")
    levels = plan(content.shape[1:3], config)
    _check_sizes(levels, styles, config)
    if held is None:
        start = _start_image(content, styles[0], levels[0], config)
    else:
        levels = levels[-1:]
        start = held.over(image.resize(content, levels[-1].size))
    loss, weights_used = perceptual.build(config, features)
    task = coarse_to_fine.Task(
        levels=levels,
        start=start,
        objective_at=_objective_at(loss, content, styles, held, config),
        finish=_keep_colors(content, levels[-1].size, config),
        options=_options(config),
        weights=dict(weights_used),
    )
    facts = (*task.weights.values(), vgg19.resolve_precision(config.precision))
    identity = checkpoint_file.fingerprint(config, start, content, *styles, facts=facts)
    return coarse_to_fine.run(
        task, coarse_to_fine.Checkpoints(checkpoint, identity, resume), callback
    )


def plan(content_size: tuple[int, int], config: Config) -> tuple[pyramid.Level, ...]:
    """Returns the levels, coarse to fine, for a content image of (height, width) pixels."""
    size = content_size if config.size is None else image.fit_size(*content_size, config.size)
    return pyramid.plan(
        size,
        config.levels,
        steps=config.steps,
        coarse_steps=config.coarse_steps,
        smallest_side=vgg19.smallest_side(config.weights().layers),
    )


def weights_used(config: Config) -> dict[str, str]:
    """Returns the name and the SHA-256 of VGG19's file that `config` asks for.

    Raises:
        ValueError: there is no such file.
        OSError: it can be neither found nor downloaded.
    """
    path = vgg19_weights.find(config.vgg_weights)
    return {"name": path.name, "sha256": vgg19_weights.digest(path, "sha256")}


def _check_sizes(
    levels: tuple[pyramid.Level, ...], styles: list[np.ndarray], config: Config
) -> None:
    """Raises unless the coarsest level has features everywhere and the finest fits in memory."""
    smallest = vgg19.smallest_side(config.weights().layers)
    for level in levels:
        if min(level.size) < smallest:
            height, width = level.size
            raise ValueError(
                f"every level must be at least {smallest} pixels wide and high for the deepest "
                f"layer; raise size, or list larger levels. Received: level {width}x{height}"
            )
    precision = vgg19.resolve_precision(config.precision)
    style_sizes = [_style_size(style, levels[-1], config) for style in styles]
    memory.check(levels[-1].size, precision, config.history, style_sizes)


def _start_image(
    content: np.ndarray, style: np.ndarray, level: pyramid.Level, config: Config
) -> np.ndarray:
    if config.start == "noise":
        return image.noise(level.size, config.seed)
    given = {"content": content, "style": style}
    return given[config.start] if config.start in given else _read_start(config.start)


def _read_start(start: str | os.PathLike) -> np.ndarray:
    if not os.path.exists(start):
        settings.check_choice("start", str(start), (*STARTS, "the path of a picture"))
    return image.read(start)


def _objective_at(
    loss: objective.Objective,
    content: np.ndarray,
    styles: list[np.ndarray],
    held: objective.Held | None,
    config: Config,
) -> Callable[[pyramid.Level], adam.ValueAndGradient]:
    """Returns what gives the objective at a level, its targets computed at that level's size."""
    colored = [color.prepare_style(style, content, config.preserve_color) for style in styles]
    grey_or_not = color.prepare_content(content, config.preserve_color)
    blend = _blend(len(styles), config)

    def objective_at(level: pyramid.Level) -> adam.ValueAndGradient:
        scaled = [image.resize(style, _style_size(style, level, config)) for style in colored]
        targets = loss.targets(image.resize(grey_or_not, level.size), scaled, blend)
        if held is not None and config.weights().temporal:
            targets = targets._replace(held={"held": held.image, "trust": held.trust})
        return functools.partial(loss.value_and_gradient, targets=targets)

    return objective_at


def _style_size(style: np.ndarray, level: pyramid.Level, config: Config) -> tuple[int, int]:
    """Returns a style's (height, width) at a level, larger where the deepest layer needs it."""
    height, width = style.shape[1:3]
    enough = math.ceil(
        vgg19.smallest_side(config.weights().layers) * max(height, width) / min(height, width)
    )
    longest = max(1, round(max(level.size) * config.style_scale))
    return image.fit_size(height, width, max(longest, enough))


def _blend(styles: int, config: Config) -> list[float]:
    shares = config.style_blend or (1.0,) * styles
    if len(shares) != styles or sum(shares) == 0:
        raise ValueError(
            "style_blend must give one share per style, not all 0. "
            f"Received: style_blend={shares} for {styles} styles"
        )
    return [share / sum(shares) for share in shares]


def _keep_colors(
    content: np.ndarray, size: tuple[int, int], config: Config
) -> Callable[[np.ndarray], np.ndarray]:
    full_size = image.resize(content, size)
    return lambda pixels: color.restore(pixels, full_size, config.preserve_color)


def _options(config: Config) -> adam.Options:
    return adam.Options(
        optimizer=config.optimizer,
        line_search=config.line_search,
        history=config.history,
        learning_rate=config.learning_rate,
    )
