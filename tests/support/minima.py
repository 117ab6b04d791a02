"""Functions of known minima."""

import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp


def quadratic(size, condition, seed):
    """A convex function of known minimum, scaled to a first step that is not wild."""
    random = np.random.default_rng(seed)
    basis, _ = np.linalg.qr(random.standard_normal([size, size]))
    hessian = basis * np.geomspace(1, condition, size) @ basis.T / condition
    hessian = tf.constant((hessian + hessian.T) / 2)
    minimum = random.standard_normal(size)

    def function(position):
        away = position - minimum
        slope = tf.linalg.matvec(hessian, away)
        return tf.reduce_sum(away * slope) / 2, slope

    return function, np.zeros(size), minimum


def rosenbrock(size):
    def value(x):
        return tf.reduce_sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)

    def function(position):
        return tfp.math.value_and_gradient(value, position)

    return function, np.tile([-1.2, 1.0], size // 2), np.ones(size)
