"""TFP's L-BFGS on the pixels of one image, one step at a time."""

import math
from collections.abc import Callable

import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp

from tfstyle.optimization import optimizer
from tfstyle.optimization.lbfgs_clones import Minimize, with_unit_step
from tfstyle.optimization.lbfgs_parts import Results
from tfstyle.optimization.options import Options


class Lbfgs:
    """TFP's L-BFGS, called once a step so that progress can be seen and steps interrupted.

    TFP's loop runs eagerly: only the objective is a graph, so a new size costs no tracing. By
    default a private copy of TFP's minimiser runs that needs fewer evaluations; see
    `lbfgs_clones`. With `line_search="hager_zhang"` it is TFP's own.
    Reference: Nocedal and Wright (2006), algorithm 7.5.
    """

    def __init__(
        self,
        value_and_gradient: optimizer.ValueAndGradient,
        image: np.ndarray,
        options: Options,
    ):
        """Starts at `image`, `[1, height, width, 3]`; takes no step and evaluates nothing."""
        self._value_and_gradient = value_and_gradient
        self._options = options
        self._shape = image.shape
        self._start = tf.reshape(tf.constant(image), [-1])
        self._minimize = _minimizer(options.line_search)
        self._results: Results | None = None
        # Not a number until the first step chooses it.
        self._scale = math.nan
        self._seen: list[tuple[float, dict[str, float]]] = []
        self.start_loss = math.inf
        self.terms: dict[str, float] = {}

    @property
    def evaluations(self) -> int:
        """Evaluations of the objective so far, the one that set the scale included."""
        return 0 if self._results is None else 1 + int(self._results.num_objective_evaluations)

    @property
    def converged(self) -> bool:
        """Whether a step changed the loss no more."""
        return self._results is not None and bool(self._results.converged)

    @property
    def failed(self) -> bool:
        """Whether the line search failed or met a value that is not finite."""
        return self._results is not None and bool(self._results.failed)

    @property
    def loss(self) -> float:
        """The objective after the last step, infinite before the first."""
        if self._results is None:
            return math.inf
        return float(self._results.objective_value) / self._scale

    def step(self) -> None:
        """Takes one step: one evaluation if the unit step will do, more if a search is needed."""
        if math.isnan(self._scale):
            self._scale = self._choose_scale()
        self._seen.clear()
        self._results = self._minimize(
            self._scaled_value_and_gradient,
            # TFP asks for either a start or earlier results, not both.
            self._start if self._results is None else None,
            previous_optimizer_results=self._results,
            num_correction_pairs=self._options.history,
            # The gradient's size says nothing: the scale is ours. See `_choose_scale`.
            tolerance=0,
            # Counted from the first start, not from this call.
            max_iterations=self._steps_taken() + 1,
        )
        self.terms = self._terms_at(self._results)

    def image(self) -> np.ndarray:
        """Returns the image after the last step, not clipped."""
        position = self._start if self._results is None else self._results.position
        return tf.reshape(position, self._shape).numpy()

    def freeze(self) -> Callable[[], optimizer.State]:
        """Returns what copies the arrays of this moment, from which `restore` goes on exactly.

        Raises:
            ValueError: no step was taken, so that there is nothing to go on from.
        """
        if self._results is None:
            raise ValueError("nothing to freeze before the first step: call step() first")
        # Tensors, which no later step changes: they are copied only when asked for.
        results, scale = self._results, self._scale

        def copy() -> optimizer.State:
            arrays = {name: tensor.numpy() for name, tensor in results._asdict().items()}
            return {**arrays, "scale": np.array(scale)}

        return copy

    def restore(self, state: optimizer.State) -> None:
        """Puts the optimiser where it was when `state` was frozen."""
        self._results = Results(**{name: tf.constant(state[name]) for name in Results._fields})
        self._scale = float(state["scale"])

    def _steps_taken(self) -> int:
        return 0 if self._results is None else int(self._results.num_iterations)

    def _choose_scale(self) -> float:
        """Returns the factor that makes the first step, minus the gradient, `first_step` long.

        Without it TFP's first trial is wild, or so small that the search expands it for long.
        """
        value, gradient, _ = self._value_and_gradient(tf.reshape(self._start, self._shape))
        self.start_loss = float(value)
        root_mean_square = float(tf.sqrt(tf.reduce_mean(tf.square(gradient))))
        usable = math.isfinite(root_mean_square) and root_mean_square > 0
        return self._options.first_step / root_mean_square if usable else 1.0

    def _scaled_value_and_gradient(self, position: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        value, gradient, terms = self._value_and_gradient(tf.reshape(position, self._shape))
        value = value * self._scale
        self._seen.append((float(value), terms))
        return value, tf.reshape(gradient, [-1]) * self._scale

    def _terms_at(self, results: Results) -> dict[str, float]:
        """Returns the terms where the step ended, which need not be the last place evaluated."""
        accepted = float(results.objective_value)
        matching = [terms for value, terms in self._seen if value == accepted]
        return {name: float(term) for name, term in matching[-1].items()} if matching else {}


def _minimizer(line_search: str) -> Minimize:
    """Returns TFP's own minimiser, or the copy that tries the unit step first."""
    own: Minimize = tfp.optimizer.lbfgs_minimize
    return own if line_search == "hager_zhang" else with_unit_step(own)
