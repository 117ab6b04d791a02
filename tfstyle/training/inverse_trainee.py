"""An inverse network together with the objective that its images are judged by."""

import functools
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from tfstyle.losses import objective
from tfstyle.methods.style_swap import matching, patches
from tfstyle.networks import inverse_net
from tfstyle.training.style_crops import Pieces
from tfstyle.training.trainer import Terms, Trainee

JUDGES = 4
"""Styles that held-out photographs are swapped with, the first ones: each costs a swap."""

PATCH = 3
"""Side of the patches that are swapped, in positions of the layer."""

SHOWN = 6
"""Styles that a sample is swapped with."""


class InverseTrainee(Trainee):
    """An inverse network, and the features that its images are to have.

    Those of photographs, those of pieces of the styles, and each photograph's swapped with each
    piece's: the network must paint what no image has. Reference: Chen and Schmidt (2016),
    section 4.
    """

    # Differs from Chen and Schmidt (2016): the loss of each image's features is relative to the
    # features' own strength, so that none count more for being strong.

    FILE_NAME = "inverse.keras"

    def __init__(
        self,
        net: inverse_net.InverseNet,
        loss: objective.Objective,
        names: Sequence[str],
        pieces: Pieces,
    ):
        """Takes the styles' names and the pieces of their pictures, in one order."""
        super().__init__("content", "total_variation", "range")
        self.net = net
        self._loss, self._names, self._pieces = loss, tuple(names), pieces

    def network(self) -> inverse_net.InverseNet:
        """Returns the inverse network."""
        return self.net

    def samples(self, photograph: np.ndarray) -> dict[str, np.ndarray]:
        """Returns `[1, height, width, 3]`, itself decoded, and swapped with several styles."""
        middles = self._pieces.middles(SHOWN)
        latents = tf.function(self.latents)(tf.constant(photograph), middles)
        own, swapped = latents[:1], latents[1 + len(middles) :]
        decoded = [self.net(latent[tf.newaxis]).numpy() for latent in (*own, *swapped)]
        height, width = decoded[0].shape[1:3]
        names = ("photograph", "decoded", *self._names[: len(middles)])
        return dict(zip(names, [photograph[:, :height, :width], *decoded], strict=True))

    def call(self, features: tf.Tensor) -> tf.Tensor:
        """Returns the images with those features."""
        return self.net(features)

    def train_step(self, batch: tuple[tf.Tensor, tf.Tensor, tf.Tensor]) -> Terms:
        """Moves the network's weights once; takes what `data.Photographs.training` gives."""
        photographs, _, numbers = batch
        latents = self.latents(photographs, self._pieces.at(numbers))
        return self._learn(functools.partial(self.terms, latents))

    def test_step(self, photographs: tf.Tensor) -> Terms:
        """Judges the photographs with the middles of the first styles."""
        return self._judged(self.terms(self.latents(photographs, self._pieces.middles(JUDGES))))

    def latents(self, photographs: tf.Tensor, pieces: tf.Tensor) -> tf.Tensor:
        """Returns the photographs' features, the pieces', and those of all swapped with all.

        Args:
            photographs: `[batch, side, side, 3]`.
            pieces: `[pieces, side, side, 3]`.

        Returns:
            `[batch + pieces + pieces * batch, rows, columns, channels]`, in the encoder's type.
        """
        images = tf.concat([photographs, pieces], axis=0)
        own = self._loss.encode(images)[self.net.layer]
        count = tf.shape(photographs)[0]
        # One after the other: each takes all processors and much memory for its scores.
        swap = functools.partial(_swap, own[:count])
        swapped = tf.map_fn(swap, own[count:], parallel_iterations=1)
        shape = tf.concat([[-1], tf.shape(own)[1:]], axis=0)
        return tf.stop_gradient(tf.concat([own, tf.reshape(swapped, shape)], axis=0))

    def terms(self, latents: tf.Tensor) -> Terms:
        """Returns the objective's terms by name for the images that the network makes of them.

        Args:
            latents: `[batch, rows, columns, channels]`, in the encoder's type.
        """
        targets = self._loss.targets_of({self.net.layer: latents})
        return self._loss.terms(self.net(latents, training=True), targets)


def _swap(features: tf.Tensor, piece: tf.Tensor) -> tf.Tensor:
    """Returns the features with patches of `[rows, columns, channels]`, in their type."""
    bank = patches.prepare([piece[tf.newaxis]], PATCH)
    return tf.cast(matching.swap(features, bank), features.dtype)
