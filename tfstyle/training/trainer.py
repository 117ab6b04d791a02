"""A network together with the objective that its images are evaluated by, as Keras fits it."""

from collections.abc import Callable, Mapping

import keras
import numpy as np
import tensorflow as tf

LONGEST_GRADIENT = 1.0
"""Longer ones are clipped: the first, and rare photographs', are ten times the usual."""

Terms = dict[str, tf.Tensor]
"""The objective's terms by name, float32 scalars."""


class Trainer(keras.Model):
    """What all trainers share: how the network's weights are moved, and what is measured.

    `fit` takes it for the model, so that Keras's callbacks, curves and strategies work.
    """

    FILE_NAME: str
    """What the trained network's file is called."""

    def __init__(self, *terms: str):
        """Takes the names of the objective's terms."""
        # Under Keras's global policy mixed_float16, the optimiser would scale the loss.
        super().__init__(dtype="float32")
        names = ("loss", *terms)
        self._meters = {name: keras.metrics.Mean(name=name, dtype="float32") for name in names}

    # A method: Keras would find an attribute's weights a second time.
    def network(self) -> keras.Model:
        """Returns what is trained."""
        raise NotImplementedError

    def samples(self, photograph: np.ndarray) -> Mapping[str, np.ndarray]:
        """Returns what the network makes of `[1, height, width, 3]`: images by name."""
        raise NotImplementedError

    def build(self, input_shape=None):
        """Makes what the optimiser keeps beside each weight."""
        # Before the first step: a training that goes on reads these from its backup.
        self.optimizer.build(self.network().trainable_variables)
        self.built = True

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        """Does nothing: all is built. Keras's own cannot take apart batches of several machines."""

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The running means of each term."""
        return list(self._meters.values())

    def _learn(self, evaluate: Callable[[], Terms]) -> Terms:
        """Moves the network's weights once, so that the sum of the terms becomes less."""
        with tf.GradientTape() as tape:
            terms = evaluate()
            total = tf.add_n(list(terms.values()))
        # No scaling of the loss: `loop.precision` leaves float16 out.
        variables = self.network().trainable_variables
        self._move(variables, tape.gradient(total, variables))
        return self._measured({"loss": total, **terms})

    def _evaluated(self, terms: Terms) -> Terms:
        """Measures the terms and their sum."""
        return self._measured({"loss": tf.add_n(list(terms.values())), **terms})

    def _move(self, variables: list[keras.Variable], gradients: list[tf.Tensor]) -> None:
        """Takes the optimiser's step along the clipped mean of all devices' gradients."""
        # Keras would clip each device's, and then add them.
        context = tf.distribute.get_replica_context()
        mean = context.all_reduce(tf.distribute.ReduceOp.MEAN, gradients)
        clipped, _ = tf.clip_by_global_norm(mean, LONGEST_GRADIENT)
        # The optimiser adds what the devices give it: a share of each makes the mean again.
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
