import dataclasses
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose
from samples import picture

from tfstyle.losses import loss_weights, objective, targets, terms

IMAGE = picture(40, 48, seed=3)

WEIGHTS = loss_weights.Weights(
    content=2.0,
    style=30.0,
    total_variation=0.01,
    out_of_range=5.0,
    content_layers={"block3_conv2": 1.0},
    style_layers={"block1_conv1": 1.0},
    at_size=None,
)


def brightness(image):
    """A made-up loss: the sum of an image's values."""
    return tf.reduce_sum(image, axis=[1, 2, 3])


def brighter(features, target):
    """A made-up loss: by how much the features' mean lies above the target's."""
    return tf.reduce_mean(features, axis=[1, 2, 3]) - tf.reduce_mean(target, axis=[1, 2, 3])


def test_terms_are_a_table_in_the_order_of_the_sum():
    names = [term.name for term in terms.TERMS]
    assert names == ["content", "style", "histogram", "temporal", "total_variation", "range"]


TRACED = """
import tensorflow as tf
from tfstyle.losses import loss_weights, terms

WEIGHTS = loss_weights.Weights(1.0, 1.0, 1.0, 1.0, {"a": 1.0}, {"b": 1.0}, None)

@tf.function
def run():
    for term in terms.TERMS:
        term.weight(WEIGHTS)
        term.layers(WEIGHTS)
    return tf.constant(0)

run()
"""


@pytest.mark.slow
def test_terms_in_a_graph_say_nothing_to_the_user(tmp_path):
    """In a process of its own: AutoGraph warns of a function once."""
    script = tmp_path / "traced.py"
    script.write_text(TRACED)
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert "AutoGraph" not in run.stderr


def test_new_term_of_the_image_is_one_row(tiny_encoder):
    """Each of 40 * 48 * 3 values is 0.5: 2880, times the weight 0.25."""
    row = terms.Term("brightness", lambda _: 0.25, lambda _: {targets.IMAGE: 1.0}, brightness)
    loss = objective.Objective(tiny_encoder, WEIGHTS, (*terms.TERMS, row))
    grey = tf.fill([1, 40, 48, 3], 0.5)
    value, gradient, of_terms = loss.value_and_gradient(grey, loss.targets(IMAGE, [IMAGE], [1.0]))
    usual = objective.Objective(tiny_encoder, WEIGHTS)
    without, slope, _ = usual.value_and_gradient(grey, usual.targets(IMAGE, [IMAGE], [1.0]))
    assert float(of_terms["brightness"]) == 720
    assert_allclose(value, without + 720, rtol=1e-6)
    assert_allclose(gradient, slope + 0.25, rtol=1e-5, atol=1e-5)


def test_new_term_at_layers_is_one_row():
    """One layer that counts 3 times, 2 its weight, features brighter by 1 than the content's."""
    identity = keras.Sequential([keras.Input([None, None, 3]), keras.layers.Identity()])
    encoder = keras.Model(identity.inputs, {"same": identity.outputs[0]})
    row = terms.Term("brighter", lambda _: 2.0, lambda _: {"same": 3.0}, brighter, targets.FEATURES)
    loss = objective.Objective(encoder, WEIGHTS, (row,))
    dark = np.zeros([1, 4, 5, 3], np.float32)
    value, _, of_terms = loss.value_and_gradient(dark + 1, loss.targets_from(dark, grams={}))
    assert {name: float(term) for name, term in of_terms.items()} == {"brighter": 6}
    assert float(value) == 6


@pytest.mark.parametrize(("growth", "expected"), [(-1, 0.25), (0, 1.0), (1, 4.0)])
def test_power_of_the_area_that_a_term_grows_with_is_divided_out(tiny_encoder, growth, expected):
    """16 by 16 pixels with weights for 32 by 32: a quarter of the area."""
    row = terms.Term(
        "ones", lambda _: 1.0, lambda _: {targets.IMAGE: 1.0}, lambda _: tf.ones([1]), growth=growth
    )
    loss = objective.Objective(tiny_encoder, dataclasses.replace(WEIGHTS, at_size=32), (row,))
    small = picture(16, 16, seed=1)
    of_terms = loss.terms(tf.constant(small), loss.targets(small, [small], [1.0]))
    assert float(of_terms["ones"]) == expected
