"""Fast style transfer: the training of a stylizer on photographs and styles (Johnson et al. 2016).

Its settings are in `stylizer_config`, which needs no TensorFlow.
"""

import functools
import math
import os
import pathlib
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from tfstyle import image
from tfstyle.losses import objective
from tfstyle.networks import pretrained, vgg19_layers
from tfstyle.networks.stylizers import family, styled, transform_net
from tfstyle.system import precision
from tfstyle.training import loop, photographs, warm_start
from tfstyle.training.stylizer_config import Config
from tfstyle.training.trainer import Terms, Trainer

GOLDEN_RATIO = (math.sqrt(5) - 1) / 2

MEASURED = 24
"""Crops over which the features' size is averaged when inner norms are taken out."""


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
        styles: the style images by name, `[1, height, width, 3]` in [0, 1].
        folder: where the state, the curves and `stylizer.keras` are kept.
        config: the settings.
        quiet: whether Keras's lines about the rounds are left out.

    Raises:
        ValueError: there are fewer than four photographs, none can be read, the folder is another
            training's, or `start` names a network of another architecture.
    """
    make = functools.partial(build, photos)
    return loop.run(make, photos, styles, folder, config, noise=config.noise, quiet=quiet)


def build(
    photos: str | pathlib.Path, styles: Mapping[str, np.ndarray], config: Config
) -> "StylizerTrainer":
    """Returns the model that Keras fits, with its optimiser.

    Args:
        photos: see `train`; looked at only where inner norms are taken out of an earlier network.
        styles: see `train`.
        config: the settings.
    """
    terms = config.weights()
    # Differs from Johnson et al. (2016), who pool by the maximum and pad with zeros: the same
    # features as `gatys` has by default, so that both minimise the same loss.
    features = loop.features(config, terms.layers, pooling="average", padding="reflect")
    trainer = StylizerTrainer(
        _stylizer(photos, tuple(styles), config),
        objective.Objective(features, terms),
        {name: _fitted(style, config) for name, style in styles.items()},
        config.weak_share,
    )
    return loop.equip(trainer, config)


def _fitted(style: np.ndarray, config: Config) -> np.ndarray:
    """Returns a style at its training size, larger where the deepest layer needs it."""
    height, width = style.shape[1:3]
    layers = config.weights().layers
    return image.fit(style, vgg19_layers.longest_side(height, width, config.style_size, layers))


def _stylizer(
    photos: str | pathlib.Path, styles: tuple[str, ...], config: Config
) -> transform_net.Stylizer:
    """Returns the network to train, with random weights or with those that it begins from."""
    start = None if config.start is None else os.fspath(config.start)
    earlier = None if start is None else pretrained.load(start, flag="start")
    stylizer = transform_net.Stylizer(
        styles,
        width=config.width,
        residual_blocks=config.residual_blocks,
        outer_kernel=config.outer_kernel,
        # A network that has lost its inner norms does not get them back.
        inner_norms=config.inner_norms and (earlier is None or earlier.architecture.inner_norms),
        identity=config.weak_share > 0,
        # What it is trained to see it is to be shown.
        grain=config.noise,
        dtype=precision.dtype_policy(loop.precision(config)),
    )
    if earlier is not None:
        _begin_from(earlier, stylizer, photos, config)
    elif stylizer.architecture.identity:
        warm_start.begin_identity(stylizer)
    return stylizer


def _begin_from(
    earlier: family.AnyStylizer,
    stylizer: transform_net.Stylizer,
    photos: str | pathlib.Path,
    config: Config,
) -> None:
    """Gives a stylizer an earlier one's weights."""
    net = earlier.averaged(stylizer.styles)
    if net.architecture.inner_norms and not stylizer.architecture.inner_norms:
        net = warm_start.without_inner_norms(net, _seen(photos, config))
    warm_start.begin_from(stylizer, net)


def _seen(photos: str | pathlib.Path, config: Config) -> list[np.ndarray]:
    """Returns some of what the network is going to see, `[1, crop, crop, 3]` each."""
    found = photographs.find(photos, config.held_out_share, config.seed).training
    batches = photographs.Photographs(config.photo_size, config.crop).training(
        found, config.crop, 1, config.seed, noise=config.noise
    )
    return [noisy.numpy() for _, noisy, _ in batches.take(MEASURED)]


class StylizerTrainer(Trainer):
    """A stylizer and the objective that its pastiches are evaluated by.

    The styles take turns, a photograph each, so that a batch has several. Reference: Johnson et
    al. (2016), section 3, with the styles of Dumoulin et al. (2017); the same loss as `gatys`.
    """

    FILE_NAME = "stylizer.keras"

    def __init__(
        self,
        stylizer: transform_net.Stylizer,
        loss: objective.Objective,
        styles: Mapping[str, np.ndarray],
        weak_share: float = 0.0,
    ):
        """Takes what is trained, what evaluates it, and what is trained for.

        Args:
            stylizer: the network; with `identity` where there is a weak share.
            loss: the objective.
            styles: the images by name, `[1, height, width, 3]`, at their training size.
            weak_share: part of the crops that are trained at a strength below 1.
        """
        super().__init__("content", "style", "total_variation", "range")
        self.stylizer = stylizer
        self._loss = loss
        self._weak_share = weak_share
        grams = [loss.style_grams(styles[name]) for name in stylizer.styles]
        # By layer [styles, channels, channels], of which `terms` picks a row for each photograph.
        self._grams = {layer: tf.concat([gram[layer] for gram in grams], 0) for layer in grams[0]}

    def network(self) -> transform_net.Stylizer:
        """Returns the stylizer."""
        return self.stylizer

    def samples(self, photograph: np.ndarray) -> dict[str, np.ndarray]:
        """Returns `[1, height, width, 3]` in every style."""
        styles = self.stylizer.styles
        return {style: np.asarray(self.stylizer(photograph, style=style)) for style in styles}

    def call(self, photographs: tf.Tensor) -> tf.Tensor:
        """Returns the photographs in the first style."""
        return self.stylizer(photographs)

    def train_step(self, batch: tuple[tf.Tensor, tf.Tensor, tf.Tensor]) -> Terms:
        """Moves the network's weights once; takes what `Photographs.training` gives."""
        photographs, noisy, numbers = batch
        styles = numbers % len(self.stylizer.styles)
        strengths = self._strengths(numbers) if self._weak_share else None
        return self._learn(functools.partial(self.terms, photographs, noisy, styles, strengths))

    def _strengths(self, numbers: tf.Tensor) -> tf.Tensor:
        """Returns the strength of each crop, `[batch]`: 1, or evenly from 0 to 1 for the weak."""
        # Multiples of the golden ratio fill [0, 1) evenly, for each style's crops by themselves.
        even = tf.cast(numbers, tf.float64) * GOLDEN_RATIO % 1.0
        return tf.cast(tf.minimum(even / self._weak_share, 1.0), tf.float32)

    def test_step(self, photographs: tf.Tensor) -> Terms:
        """Evaluates the photographs in every style."""
        # One style after the other: memory for one batch, however many styles there are.
        for style in range(len(self.stylizer.styles)):
            styles = tf.repeat(style, tf.shape(photographs)[0])
            measured = self._evaluated(self.terms(photographs, photographs, styles))
        return measured

    def terms(
        self,
        photographs: tf.Tensor,
        seen: tf.Tensor,
        styles: tf.Tensor,
        strengths: tf.Tensor | None = None,
    ) -> Terms:
        """Returns the objective's terms by name for what the network makes of `seen`.

        Args:
            photographs: `[batch, height, width, 3]`, what the content loss compares with.
            seen: the same shape, what the network gets.
            styles: `[batch]`, each image's style by its place among the stylizer's.
            strengths: `[batch]`, from 0 to 1; None is 1.
        """
        grams = {layer: tf.gather(gram, styles) for layer, gram in self._grams.items()}
        shares: styled.Style = tf.one_hot(styles, len(self.stylizer.styles))
        if strengths is None:
            targets = self._loss.targets_from(photographs, grams)
        else:
            shares = self.stylizer.at_strength(shares, strengths)
            targets = self._loss.targets_between(photographs, grams, strengths)
        return self._loss.terms(self.stylizer(seen, style=shares, training=True), targets)
