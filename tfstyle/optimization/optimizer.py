"""What the optimisers of an image have in common."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

ValueAndGradient = Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor, dict[str, tf.Tensor]]]
"""From an image to the objective, its gradient and its terms by name."""

State = dict[str, np.ndarray]
"""All that an optimiser needs to go on exactly where it was."""
