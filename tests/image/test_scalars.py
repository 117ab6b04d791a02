import numpy as np
import pytest
import tensorflow as tf

from tfstyle.image import scalars

FORMULAS = {
    "least": (lambda a, b: scalars.least(a, b, 3), 3),
    "greatest": (lambda a, b: scalars.greatest(a, b, 3), 8.5),
    "rounded to the even one of two": (lambda a, b: scalars.rounded(a), 8),
    "ceiling": (lambda a, b: scalars.ceiling(a), 9),
    "log2": (lambda a, b: scalars.log2(b), 2),
    "chosen by what holds": (lambda a, b: scalars.choose(a > b, a, 1), 8.5),
    "chosen by what does not": (lambda a, b: scalars.choose(a < b, a, 1), 1),
    "width of a fitted size": (lambda a, b: scalars.fit(b, 2 * a, 34)[1], 34),
    "height of a fitted size": (lambda a, b: scalars.fit(b, 2 * a, 34)[0], 8),
    "side of at least one pixel": (lambda a, b: scalars.fit(b, 1000 * a, 34)[0], 1),
}


def number(value):
    return value


def tensor(value):
    return tf.constant(value, tf.float64)


@pytest.mark.parametrize("kind", [number, tensor])
@pytest.mark.parametrize("name", FORMULAS)
def test_numbers_and_tensors_give_the_same(name, kind):
    formula, expected = FORMULAS[name]
    assert formula(kind(8.5), kind(4)) == expected


def test_numbers_are_python_s_own():
    assert type(scalars.rounded(2.6)) is int
    assert type(scalars.fit(np.int64(30), np.int64(40), 20)[0]) is int


def test_tensors_stay_float64():
    assert scalars.fit(tensor(30), tensor(40), tensor(20))[0].dtype == tf.float64
