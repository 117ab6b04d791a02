"""L-BFGS for large images: few copies of the image, and pairs in bfloat16."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp

from tfstyle.optimization import optimizer
from tfstyle.optimization.lbfgs_parts import unit_step_first
from tfstyle.optimization.lean import pairs
from tfstyle.optimization.options import Options


class Point(NamedTuple):
    """An image and the objective there; its arrays are never written to again."""

    image: np.ndarray
    """`[1, height, width, 3]`, float32, as the gradient."""
    value: float
    gradient: np.ndarray
    terms: dict[str, float]


class Along(NamedTuple):
    """The objective along a line, as TFP's search asks for it; float32."""

    x: tf.Tensor
    """The step."""
    f: tf.Tensor
    """The value after it."""
    df: tf.Tensor
    """The slope along the line."""


class LeanLbfgs:
    """L-BFGS that holds five images and its pairs, where TFP's holds three times its pairs.

    The line search is that of `Lbfgs`: the unit step first, then TFP's. A pair is kept in bfloat16,
    half as large: its rounding, 1/256 of a value, is small beside what an estimate of the curvature
    from a few pairs leaves out anyway.
    Reference: Nocedal and Wright (2006), algorithm 7.5.
    """

    def __init__(
        self, value_and_gradient: optimizer.ValueAndGradient, image: np.ndarray, options: Options
    ) -> None:
        """Starts at `image`, `[1, height, width, 3]`; takes no step and evaluates nothing."""
        self._value_and_gradient = value_and_gradient
        self._options = options
        self._image = image
        self._here: Point | None = None
        self._pairs: tuple[pairs.Pair, ...] = ()
        # Not a number until the first gradient chooses it.
        self._scale = math.nan
        search = tfp.optimizer.linesearch.hager_zhang
        own = options.line_search == "unit_step"
        self._search = unit_step_first(search) if own else search
        self.evaluations = 0
        self.start_loss = math.inf
        self.converged = self.failed = False

    @property
    def loss(self) -> float:
        """The objective after the last step, infinite before the first."""
        return math.inf if self._here is None else self._here.value

    @property
    def terms(self) -> dict[str, float]:
        """The weighted terms of `loss` by name; empty where they are not known."""
        return {} if self._here is None else self._here.terms

    def step(self) -> None:
        """Takes one step: one evaluation if the unit step will do, more if a search is needed."""
        here = self._here = self._here or self._begin()
        line = Line(self._evaluate, here, self._direction(here))
        found = self._search(
            line.at, initial_step_size=tf.constant(1.0), value_at_zero=line.at(tf.constant(0.0))
        )
        self.failed = not bool(found.converged) or not math.isfinite(float(found.left.f))
        if self.failed:
            return
        there = line.point(float(found.left.x))
        self.converged = there.value == here.value
        self._here, self._pairs = there, self._with_pair(here, there)
        self._image = there.image

    def image(self) -> np.ndarray:
        """Returns the image after the last step, not clipped; it is not to be written to."""
        return self._image

    def freeze(self) -> Callable[[], optimizer.State]:
        """Returns what gives the arrays of this moment, from which `restore` goes on exactly.

        Raises:
            ValueError: no step was taken, so that there is nothing to go on from.
        """
        if self._here is None:
            raise ValueError("nothing to freeze before the first step: call step() first")
        # Nothing writes to these arrays: no copies are needed.
        here, kept, counts = self._here, self._pairs, (self.evaluations, self._scale)
        return lambda: _state(here, kept, *counts)

    def restore(self, state: optimizer.State) -> None:
        """Puts the optimiser where it was when `state` was frozen."""
        self._image = state["image"]
        self._here = Point(self._image, float(state["value"]), state["gradient"], {})
        self._pairs = tuple(
            pairs.Pair(*(state[name].view(pairs.BFLOAT16) for name in names))
            for names in _pair_names(int(state["pairs"]))
        )
        self.evaluations, self._scale = int(state["evaluations"]), float(state["scale"])

    def _begin(self) -> Point:
        """Returns the start, and chooses the first step's length: `first_step`."""
        start = self._evaluate(tf.convert_to_tensor(self._image))
        # The same values: the copy that was given is let go.
        self._image = start.image
        self.start_loss = start.value
        root_mean_square = float(np.sqrt(np.mean(np.square(start.gradient))))
        usable = math.isfinite(root_mean_square) and root_mean_square > 0
        self._scale = self._options.first_step / root_mean_square if usable else 1.0
        return start

    def _direction(self, here: Point) -> np.ndarray:
        return pairs.direction(here.gradient, self._pairs, self._scale)

    def _with_pair(self, here: Point, there: Point) -> tuple[pairs.Pair, ...]:
        """Returns the pairs with the newest one, and without the oldest where there are enough."""
        before, after = (here.image, here.gradient), (there.image, there.gradient)
        newest = pairs.pair(before, after)
        if not pairs.has_curvature(newest):
            return self._pairs
        return (*self._pairs, newest)[-self._options.history :]

    def _evaluate(self, image: tf.Tensor) -> Point:
        value, gradient, terms = self._value_and_gradient(image)
        self.evaluations += 1
        numbers = {name: float(term) for name, term in terms.items()}
        # Views of TensorFlow's own arrays, not copies.
        return Point(np.asarray(image), float(value), np.asarray(gradient), numbers)


class Line:
    """The objective along a line, whose last point is remembered."""

    def __init__(
        self, evaluate: Callable[[tf.Tensor], Point], start: Point, direction: np.ndarray
    ) -> None:
        """Evaluates nothing yet."""
        self._evaluate, self._start, self._direction = evaluate, start, direction
        self._last = (0.0, start)

    def at(self, step: tf.Tensor) -> Along:
        """Returns value and slope after a step."""
        point = self.point(float(step))
        slope = np.dot(point.gradient.reshape(-1), self._direction.reshape(-1))
        return Along(step, tf.constant(point.value), tf.constant(slope))

    def point(self, step: float) -> Point:
        """Returns the point after a step, evaluated anew unless it is the last one."""
        if step == 0.0:
            return self._start
        if step != self._last[0]:
            # The point before is let go first: each holds two images.
            self._last = (0.0, self._start)
            self._last = (step, self._evaluate(self._moved(step)))
        return self._last[1]

    def _moved(self, step: float) -> tf.Tensor:
        """Returns the image after a step."""
        image = np.float32(step) * self._direction
        image += self._start.image
        return tf.convert_to_tensor(image)


def _state(
    here: Point, kept: tuple[pairs.Pair, ...], evaluations: int, scale: float
) -> optimizer.State:
    # As whole numbers: NumPy's files do not know the type.
    rows = {
        name: row.view(np.uint16)
        for names, pair in zip(_pair_names(len(kept)), kept, strict=True)
        for name, row in zip(names, pair, strict=True)
    }
    counts = {"pairs": np.array(len(kept)), "evaluations": np.array(evaluations)}
    numbers = {"value": np.array(here.value), "scale": np.array(scale)}
    return {**rows, **counts, **numbers, "image": here.image, "gradient": here.gradient}


def _pair_names(count: int) -> list[tuple[str, str]]:
    """Returns what the state calls the arrays of that many pairs."""
    return [(f"move_{index}", f"change_{index}") for index in range(count)]
