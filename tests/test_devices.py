import json

import pytest
import tensorflow as tf

from tfstyle import devices


@pytest.fixture
def cluster(monkeypatch):
    """Sets TF_CONFIG."""
    return lambda text: monkeypatch.setenv("TF_CONFIG", text)


def test_a_machine_alone_has_tensorflow_s_own_strategy(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    assert devices.strategy("auto") is tf.distribute.get_strategy()
    assert (devices.workers(), devices.place_among_workers()) == ([], 0)


def test_workers_are_those_of_tf_config(cluster):
    task = {"cluster": {"worker": ["a:1", "b:2"]}, "task": {"type": "worker", "index": 1}}
    cluster(json.dumps(task))
    assert devices.workers() == ["a:1", "b:2"]
    assert devices.place_among_workers() == 1


def test_mirrored_takes_what_devices_there_are():
    assert devices.strategy("mirrored").num_replicas_in_sync >= 1


def test_several_workers_need_their_addresses(cluster):
    cluster("{}")
    with pytest.raises(ValueError, match="needs TF_CONFIG to list the workers"):
        devices.strategy("multiworker")


def test_config_that_is_no_json_is_refused(cluster):
    cluster("{worker")
    with pytest.raises(ValueError, match="TF_CONFIG must be JSON. Received: {worker"):
        devices.workers()
