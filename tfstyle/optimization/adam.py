"""Adam on the pixels of one image."""

import math
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from tfstyle.optimization.optimizer import State, ValueAndGradient
from tfstyle.optimization.options import Options


class Adam:
    """Keras's Adam on the pixels of one image.

    Reference: Kingma and Ba (2015), algorithm 1.
    """

    def __init__(
        self, value_and_gradient: ValueAndGradient, image: np.ndarray, options: Options
    ) -> None:
        """Starts at `image`, `[1, height, width, 3]`; takes no step and evaluates nothing."""
        self._value_and_gradient = value_and_gradient
        self._image = keras.Variable(image, name="image", dtype="float32")
        self._optimizer = _Adam(options.learning_rate)
        # Now, so that `freeze` and `restore` find its variables before the first step.
        self._optimizer.build([self._image])
        self._previous = image
        self.evaluations = 0
        self.converged = False
        self.loss = self.start_loss = math.inf
        self.terms: dict[str, float] = {}

    @property
    def failed(self) -> bool:
        """Whether the objective was not finite where it was last evaluated."""
        return self.evaluations > 0 and not math.isfinite(self.loss)

    def step(self) -> None:
        """Takes one step of one evaluation; `loss` is that of the image before it."""
        self._previous = keras.ops.convert_to_numpy(self._image)
        value, gradient, terms = self._value_and_gradient(self._image.value)
        self._optimizer.apply([gradient], [self._image])
        self.evaluations += 1
        self.loss = float(value)
        self.terms = {name: float(term) for name, term in terms.items()}

    def image(self) -> np.ndarray:
        """Returns the image that `loss` belongs to, not clipped."""
        # Not the newest: the objective is evaluated before the pixels move.
        return self._previous

    def freeze(self) -> Callable[[], State]:
        """Returns what gives the arrays of this moment, from which `restore` goes on exactly."""
        # Copied now, since the next step writes over them.
        variables = {
            f"variable_{index}": np.array(variable)
            for index, variable in enumerate(self._optimizer.variables)
        }
        counts = {"evaluations": np.array(self.evaluations), "loss": np.array(self.loss)}
        state = {**variables, **counts, "image": np.array(self._image)}
        return lambda: state

    def restore(self, state: State) -> None:
        """Puts the optimiser where it was when `state` was frozen."""
        for index, variable in enumerate(self._optimizer.variables):
            variable.assign(state[f"variable_{index}"])
        self._image.assign(state["image"])
        self.evaluations, self.loss = int(state["evaluations"]), float(state["loss"])


class _Adam(keras.optimizers.Adam):
    """Keras's, whose learning rate is not rounded to the type that Keras's global floatx names."""

    def __init__(self, learning_rate: float) -> None:
        super().__init__(learning_rate)
        self._unrounded = learning_rate

    def update_step(
        self, gradient: tf.Tensor, variable: keras.Variable, learning_rate: keras.Variable
    ) -> None:
        super().update_step(gradient, variable, self._unrounded)
