"""Keras's own `model.export`, which is told no shapes by models that take any."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from tfstyle.networks import inverse_net
from tfstyle.networks.layers import split_convolution
from tfstyle.networks.stylizers import transform_net
from tfstyle.system import processor


def images(batch, height, width, channels=3):
    return np.random.default_rng(0).random([batch, height, width, channels], np.float32)


def exported(model, folder):
    model.export(folder, verbose=False)
    return tf.saved_model.load(str(folder))


def called():
    stylizer = transform_net.Stylizer(("a", "b"), width=4, residual_blocks=1)
    stylizer(images(1, 20, 24))
    return stylizer


def loaded(tmp_path):
    called().save(tmp_path / "a.keras")
    return keras.models.load_model(tmp_path / "a.keras")


@pytest.mark.slow
def test_stylizer_that_was_called_is_exported_for_any_batch_and_size(tmp_path):
    stylizer = called()
    archive = exported(stylizer, tmp_path / "1")
    for size in ((2, 33, 18), (1, 1, 70)):
        assert_allclose(archive.serve(images(*size)), stylizer(images(*size)), atol=1e-5)


@pytest.mark.slow
def test_stylizer_that_was_loaded_is_exported(tmp_path):
    stylizer = loaded(tmp_path)
    archive = exported(stylizer, tmp_path / "1")
    assert_allclose(archive.serve(images(1, 20, 24)), stylizer(images(1, 20, 24)), atol=1e-5)


@pytest.mark.slow
def test_inverse_network_is_exported(tmp_path):
    net = inverse_net.InverseNet(channels=6, width=4)
    archive = exported(net, tmp_path / "1")
    features = images(2, 7, 5, channels=6)
    assert_allclose(archive.serve(features), net(features), atol=1e-5)


@pytest.mark.slow
def test_signature_that_is_given_is_kept(tmp_path):
    signature = [tf.TensorSpec([1, 16, 16, 3], tf.float32)]
    called().export(tmp_path / "1", input_signature=signature, verbose=False)
    archive = tf.saved_model.load(str(tmp_path / "1"))
    ((name, spec),) = archive.signatures["serving_default"].structured_input_signature[1].items()
    assert spec.shape == [1, 16, 16, 3], name


@pytest.mark.slow
def test_exported_graph_does_not_depend_on_this_processor(tmp_path, monkeypatch):
    monkeypatch.setattr(processor, "convolves_pairs_faster", lambda: True)
    # Where images are split, it would be called.
    monkeypatch.setattr(split_convolution, "split", None)
    transform_net.Stylizer(("a",), width=4, residual_blocks=1).export(tmp_path / "1", verbose=False)
