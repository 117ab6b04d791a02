"""A network together with the objective that its pictures are judged by."""

import functools
from collections.abc import Callable, Mapping

import keras
import numpy as np
import tensorflow as tf

from tfstyle.losses import objective
from tfstyle.networks import transform_net

LONGEST_GRADIENT = 1.0
"""Longer ones are clipped: the first, and rare photographs', are ten times the usual."""

Terms = dict[str, tf.Tensor]
"""The objective's terms by name, float32 scalars."""


class Trainee(keras.Model):
    """What the trainees have in common: how the network's weights are moved, and what is told."""

    FILE_NAME: str
    """What the trained network's file is called."""

    def __init__(self, *terms: str):
        """Takes the names of the objective's terms."""
        super().__init__()
        self._meters = {name: keras.metrics.Mean(name=name) for name in ("loss", *terms)}

    # A method: Keras would find an attribute's weights a second time.
    def network(self) -> keras.Model:
        """Returns what is trained."""
        raise NotImplementedError

    def samples(self, photograph: np.ndarray) -> Mapping[str, np.ndarray]:
        """Returns what the network makes of `[1, height, width, 3]`: pictures by name."""
        raise NotImplementedError

    def build(self, input_shape=None):
        """Makes what the optimiser keeps beside each weight."""
        self.optimizer.build(self.network().trainable_variables)
        self.built = True

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        """Does nothing: all is built. Keras's own cannot take apart batches of several machines."""

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The running means of each term."""
        return list(self._meters.values())

    def _learn(self, judge: Callable[[], Terms]) -> Terms:
        """Moves the network's weights once, so that what `judge` returns becomes less."""
        with tf.GradientTape() as tape:
            terms = judge()
            total = tf.add_n(list(terms.values()))
        variables = self.network().trainable_variables
        self._move(variables, tape.gradient(total, variables))
        return self._measured({"loss": total, **terms})

    def _judged(self, terms: Terms) -> Terms:
        """Measures the terms and their sum."""
        return self._measured({"loss": tf.add_n(list(terms.values())), **terms})

    def _move(self, variables: list[keras.Variable], gradients: list[tf.Tensor]) -> None:
        """Takes the optimiser's step along the clipped mean of all devices' gradients.

        Keras would clip each device's, and then add them.
        """
        context = tf.distribute.get_replica_context()
        mean = context.all_reduce(tf.distribute.ReduceOp.MEAN, gradients)
        clipped, _ = tf.clip_by_global_norm(mean, LONGEST_GRADIENT)
        shares = [gradient / context.num_replicas_in_sync for gradient in clipped]
        self.optimizer.apply_gradients(zip(shares, variables, strict=True))

    def _measured(self, values: Terms) -> Terms:
        for name, value in values.items():
            self._meters[name].update_state(value)
        means = {name: self._meters[name].result() for name in values}
        several = isinstance(
            tf.distribute.get_strategy(), tf.distribute.MultiWorkerMirroredStrategy
        )
        # Over machines Keras averages vectors only; elsewhere TensorBoard wants scalars.
        return {name: mean[tf.newaxis] if several else mean for name, mean in means.items()}


class StylizerTrainee(Trainee):
    """A stylizer and the objective that its pastiches are judged by.

    The styles take turns, a photograph each, so that a batch has several. Reference: Johnson et
    al. (2016), section 3, with the styles of Dumoulin et al. (2017); the same loss as `gatys`.
    """

    FILE_NAME = "stylizer.keras"

    def __init__(
        self,
        stylizer: transform_net.Stylizer,
        loss: objective.Objective,
        styles: Mapping[str, np.ndarray],
    ):
        """Takes the styles' pictures by name, `[1, height, width, 3]`, at their training size."""
        super().__init__("content", "style", "total_variation", "range")
        self.stylizer = stylizer
        self._loss = loss
        grams = [loss.style_grams(styles[name]) for name in stylizer.styles]
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
        """Moves the network's weights once; takes what `data.Photographs.training` gives."""
        photographs, noisy, numbers = batch
        styles = numbers % len(self.stylizer.styles)
        return self._learn(functools.partial(self.terms, photographs, noisy, styles))

    def test_step(self, photographs: tf.Tensor) -> Terms:
        """Judges the photographs in every style."""
        for style in range(len(self.stylizer.styles)):
            styles = tf.repeat(style, tf.shape(photographs)[0])
            measured = self._judged(self.terms(photographs, photographs, styles))
        return measured

    def terms(self, photographs: tf.Tensor, seen: tf.Tensor, styles: tf.Tensor) -> Terms:
        """Returns the objective's terms by name for what the network makes of `seen`.

        Args:
            photographs: `[batch, height, width, 3]`, what the content loss compares with.
            seen: the same shape, what the network gets.
            styles: `[batch]`, each image's style by its place among the stylizer's.
        """
        grams = {layer: tf.gather(gram, styles) for layer, gram in self._grams.items()}
        targets = self._loss.targets_from(photographs, grams)
        shares = tf.one_hot(styles, len(self.stylizer.styles))
        return self._loss.terms(self.stylizer(seen, style=shares, training=True), targets)
