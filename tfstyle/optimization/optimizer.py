"""What the optimisers of an image have in common."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
import tensorflow as tf

from tfstyle.optimization.options import Options

ValueAndGradient = Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor, dict[str, tf.Tensor]]]
"""From an image to the objective, its gradient and its terms by name."""

State = dict[str, np.ndarray]
"""All that an optimiser needs to go on exactly where it was."""


class Optimizer(Protocol):
    """Moves the pixels of one image, a step at a time."""

    def __init__(
        self, value_and_gradient: ValueAndGradient, image: np.ndarray, options: Options
    ) -> None:
        """Starts at `image`, `[1, height, width, 3]`, float32; takes no step."""

    @property
    def start_loss(self) -> float:
        """The objective at the start; infinite before it was evaluated there."""

    @property
    def loss(self) -> float:
        """The objective at `image()`."""

    @property
    def terms(self) -> dict[str, float]:
        """The weighted terms of `loss` by name; empty where they are not known."""

    @property
    def evaluations(self) -> int:
        """Evaluations of the objective so far."""

    @property
    def converged(self) -> bool:
        """Whether a step changed the loss no more."""

    @property
    def failed(self) -> bool:
        """Whether no step can follow: the objective is not finite, or no lower one was found."""

    def step(self) -> None:
        """Takes one step."""

    def image(self) -> np.ndarray:
        """Returns the image that `loss` belongs to, `[1, height, width, 3]`, not clipped."""

    def freeze(self) -> Callable[[], State]:
        """Returns what gives the arrays of this moment, from which `restore` goes on exactly."""

    def restore(self, state: State) -> None:
        """Puts the optimiser where it was when `state` was frozen."""
