"""A photograph painted in a picture's style by optimising its pixels (Gatys et al. 2015)."""

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
from tfstyle.methods.gatys.config import STARTS, Config
from tfstyle.networks import vgg19_layers
from tfstyle.optimization import checkpoint_file, coarse_to_fine, memory, options, pyramid
from tfstyle.optimization.optimizer import ValueAndGradient
from tfstyle.result import Level, Progress, Result
from tfstyle.system.precision import resolve_precision


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
    temporal_weight: float = 0.0,
) -> Result:
    """Returns the content image painted in the style of the style images.

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
            the start, at that one level, and what the temporal loss compares it with.
        temporal_weight: weight of that loss (Ruder et al. 2016); 0 leaves it out.

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
    compared = held if temporal_weight else None
    loss, weights_used = perceptual.build(config, features, temporal_weight)
    task = coarse_to_fine.Task(
        levels=levels,
        start=start,
        objective_at=_objective_at(loss, content, styles, compared, config),
        finish=_keep_colors(content, levels[-1].size, config),
        options=_options(config),
        weights=dict(weights_used),
    )
    facts = (*task.weights.values(), resolve_precision(config.precision))
    identity = checkpoint_file.fingerprint(config, start, content, *styles, facts=facts)
    return coarse_to_fine.run(
        task, coarse_to_fine.Checkpoints(checkpoint, identity, resume), callback
    )


def plan(content_size: tuple[int, int], config: Config) -> tuple[Level, ...]:
    """Returns the levels, coarse to fine, for a content image of (height, width) pixels."""
    size = content_size if config.size is None else image.fit_size(*content_size, config.size)
    return pyramid.plan(
        size,
        str(config.levels),
        steps=config.steps,
        coarse_steps=config.coarse_steps,
        smallest_side=vgg19_layers.smallest_side(config.weights().layers),
    )


def _check_sizes(levels: tuple[Level, ...], styles: list[np.ndarray], config: Config) -> None:
    """Raises unless the coarsest level has features everywhere and the finest fits in memory."""
    smallest = vgg19_layers.smallest_side(config.weights().layers)
    for level in levels:
        if min(level.size) < smallest:
            height, width = level.size
            raise ValueError(
                f"every level must be at least {smallest} pixels wide and high for the deepest "
                f"layer; raise size, or list larger levels. Received: level {width}x{height}"
            )
    precision = resolve_precision(config.precision)
    style_sizes = [_style_size(style, levels[-1], config) for style in styles]
    memory.check(levels[-1].size, precision, config.history, style_sizes)


def _start_image(
    content: np.ndarray, style: np.ndarray, level: Level, config: Config
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
) -> Callable[[Level], ValueAndGradient]:
    """Returns what gives the objective at a level, its targets computed at that level's size."""
    colored = [color.prepare_style(style, content, config.preserve_color) for style in styles]
    grey_or_not = color.prepare_content(content, config.preserve_color)
    blend = _blend(len(styles), config)

    def objective_at(level: Level) -> ValueAndGradient:
        scaled = [image.resize(style, _style_size(style, level, config)) for style in colored]
        targets = loss.targets(image.resize(grey_or_not, level.size), scaled, blend)
        if held is not None:
            targets = targets._replace(held={"held": held.image, "trust": held.trust})
        return functools.partial(loss.value_and_gradient, targets=targets)

    return objective_at


def _style_size(style: np.ndarray, level: Level, config: Config) -> tuple[int, int]:
    """Returns a style's (height, width) at a level, larger where the deepest layer needs it."""
    height, width = style.shape[1:3]
    enough = math.ceil(
        vgg19_layers.smallest_side(config.weights().layers)
        * max(height, width)
        / min(height, width)
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


def _options(config: Config) -> options.Options:
    return options.Options(
        optimizer=config.optimizer,
        line_search=config.line_search,
        history=config.history,
        learning_rate=config.learning_rate,
    )
