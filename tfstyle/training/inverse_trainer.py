"""An inverse network together with the objective that its images are evaluated by."""

import functools
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from tfstyle.losses import objective
from tfstyle.methods.style_swap import grid, swap
from tfstyle.networks import inverse_net
from tfstyle.training.inverse_config import PATCH
from tfstyle.training.style_crops import StyleCrops
from tfstyle.training.trainer import Terms, Trainer

EVALUATED = 4
"""Styles that held-out photographs are swapped with, the first ones: each costs a swap."""

COMPONENTS = 64
"""Principal components that white patches are compared in, as `style_swap` does."""

SHARES_SEED = 1
"""Tells the draws of patches' shares from those of crops."""

SHALLOW_WEIGHT = 1 / 4
"""Of the relative errors of shallower layers beside the mean difference of pixels: so that both are
of one size."""

SHOWN = 6
"""Styles that a sample is swapped with."""


class InverseTrainer(Trainer):
    """An inverse network, and the features that its images are to have.

    Those of photographs, those of crops of the styles, and each photograph's in the style of each
    crop: the network must paint features that no image has. Reference: Chen and Schmidt (2016),
    section 4.
    """

    # Differs from Chen and Schmidt (2016): the loss of each image's features is relative to the
    # features' own strength, so that none count more for being strong; images whose features
    # are their own are to come back, pixel for pixel; and bends from pixel to pixel cost. The
    # features alone hardly see a mesh of few pixels, which the network paints in flat areas where
    # it cannot reach features that no image has.

    FILE_NAME = "inverse.keras"

    def __init__(
        self,
        net: inverse_net.InverseNet,
        loss: objective.Objective,
        names: Sequence[str],
        crops: StyleCrops,
        image_weight: float = 0.0,
        grain_weight: float = 0.0,
        whiten: bool = False,
    ):
        """Takes the styles' names and the crops of their images, in one order.

        Args:
            net: the network.
            loss: by which images are evaluated.
            names: the styles'.
            crops: of the styles.
            image_weight: of the mean absolute difference of images that are to come back.
            grain_weight: of the mean absolute bend from pixel to pixel of all images.
            whiten: whether features are whitened before they are swapped, and coloured afterwards.
        """
        super().__init__("content", "total_variation", "range", "image", "grain")
        self.net, self._whiten = net, whiten
        self._image_weight, self._grain_weight = image_weight, grain_weight
        self._loss, self._names, self._crops = loss, tuple(names), crops

    def network(self) -> inverse_net.InverseNet:
        """Returns the inverse network."""
        return self.net

    def samples(self, photograph: np.ndarray) -> dict[str, np.ndarray]:
        """Returns `[1, height, width, 3]`, itself decoded, and swapped with several styles."""
        middles = self._crops.middles(SHOWN)
        latents = tf.function(self.latents)(tf.constant(photograph), middles)
        own, swapped = latents[:1], latents[1 + len(middles) :]
        # One by one, as the network is used: a batch of all would need the memory of all.
        decoded = [self.net(latent[tf.newaxis]).numpy() for latent in (*own, *swapped)]
        # The network paints whole positions of the layer: up to a stride less than it was given.
        height, width = decoded[0].shape[1:3]
        names = ("photograph", "decoded", *self._names[: len(middles)])
        return dict(zip(names, [photograph[:, :height, :width], *decoded], strict=True))

    def call(self, features: tf.Tensor) -> tf.Tensor:
        """Returns the images with those features."""
        return self.net(features)

    def train_step(self, batch: tuple[tf.Tensor, tf.Tensor, tf.Tensor]) -> Terms:
        """Moves the network's weights once; takes what `Photographs.training` gives."""
        photographs, _, numbers = batch
        crops = self._crops.at(numbers)
        # Drawn by the crops' numbers: a training that goes on draws what it would have drawn.
        share = tf.random.stateless_uniform(
            [], tf.stack([tf.constant(SHARES_SEED, tf.int64), numbers[0]])
        )
        latents = self.latents(photographs, crops, share)
        return self._learn(functools.partial(self.terms, latents, [photographs, crops]))

    def test_step(self, photographs: tf.Tensor) -> Terms:
        """Evaluates the photographs with the middles of the first styles."""
        crops = self._crops.middles(EVALUATED)
        return self._evaluated(self.terms(self.latents(photographs, crops), [photographs, crops]))

    def latents(
        self, photographs: tf.Tensor, crops: tf.Tensor, share: float | tf.Tensor = 0.5
    ) -> tf.Tensor:
        """Returns the photographs' features, the crops', and those of all in the style of all.

        Args:
            photographs: `[batch, side, side, 3]`.
            crops: `[crops, side, side, 3]`, of the styles.
            share: of exchanged patches in whitened features; plain ones are exchanged altogether.

        Returns:
            `[batch + crops + crops * batch, rows, columns, channels]`, in the type of the feature
            extractor.
        """
        images = tf.concat([photographs, crops], axis=0)
        own = self._loss.encode(images)[self.net.layer]
        count = tf.shape(photographs)[0]
        # One after the other: each takes all processors and much memory for its scores.
        in_style = functools.partial(self._in_style, own[:count], share)
        swapped = tf.map_fn(in_style, own[count:], parallel_iterations=1)
        # [crops, batch, rows, columns, channels] to [crops * batch, rows, columns, channels]
        shape = tf.concat([[-1], tf.shape(own)[1:]], axis=0)
        # The features are given: only the network that inverts them moves.
        return tf.stop_gradient(tf.concat([own, tf.reshape(swapped, shape)], axis=0))

    def _in_style(self, features: tf.Tensor, share: float | tf.Tensor, crop: tf.Tensor):
        """Returns features in the style of a crop's, `[rows, columns, channels]`."""
        level = swap.FeatureSwap(
            encode=lambda given: given,
            grid=grid.Grid(self.net.layer, PATCH),
            components=COMPONENTS if self._whiten else None,
        )
        return level.exchange(
            features, level.bank([crop[tf.newaxis]]), share if self._whiten else 1.0
        )

    def terms(self, latents: tf.Tensor, images: Sequence[tf.Tensor] = ()) -> Terms:
        """Returns the objective's terms by name for the images that the network makes of them.

        Args:
            latents: `[batch, rows, columns, channels]`, in the type of the feature extractor.
            images: whose features the first ones are, `[number, height, width, 3]` each.
        """
        targets = self._loss.targets_of({self.net.layer: latents})
        painted = self.net(latents, training=True)
        terms = self._loss.terms(painted, targets)
        if self._grain_weight:
            terms = {**terms, "grain": self._grain_weight * _grain(painted)}
        if not self._image_weight or not images:
            return terms
        wanted = tf.concat(images, axis=0)
        lost = self._loss_of_images(painted[: tf.shape(wanted)[0]], wanted)
        return {**terms, "image": self._image_weight * lost}

    def _loss_of_images(self, found: tf.Tensor, wanted: tf.Tensor) -> tf.Tensor:
        """Returns how far images are from those that they should be, both `[batch, ...]`.

        mean |x - y| + 1/4 sum_l ||F_l(x) - F_l(y)||^2 / ||F_l(y)||^2 over the shallower layers, in
        which a mesh of few pixels shows, as it hardly does in the layer that is inverted.
        """
        difference = tf.reduce_mean(tf.abs(found - wanted))
        features, model = self._loss.encode(found), self._loss.encode(wanted)
        shallower = set(model) - {self.net.layer}
        return difference + SHALLOW_WEIGHT * tf.add_n(
            [_relative_error(features[layer], model[layer]) for layer in sorted(shallower)]
            or [tf.constant(0.0)]
        )


def _grain(images: tf.Tensor) -> tf.Tensor:
    """Returns the mean |x[i-1] - 2 x[i] + x[i+1]| along both sides of `[batch, ...]`.

    Unlike squared steps it weighs a faint mesh over a whole sky as much as a few strong edges.
    """
    down = images[:, 2:] - 2 * images[:, 1:-1] + images[:, :-2]
    right = images[:, :, 2:] - 2 * images[:, :, 1:-1] + images[:, :, :-2]
    return tf.reduce_mean(tf.abs(down)) + tf.reduce_mean(tf.abs(right))


def _relative_error(found: tf.Tensor, wanted: tf.Tensor) -> tf.Tensor:
    found, wanted = tf.cast(found, tf.float32), tf.cast(wanted, tf.float32)
    return tf.reduce_sum(tf.square(found - wanted)) / tf.reduce_sum(tf.square(wanted))
