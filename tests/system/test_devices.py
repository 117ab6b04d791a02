import json

import pytest
import tensorflow as tf

from tfstyle.system import devices


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


def test_one_core_each_is_asked_of_tensorflow_where_there_is_no_gpu(monkeypatch):
    asked = []
    monkeypatch.setattr(
        tf.config.threading, "set_intra_op_parallelism_threads", asked.append, raising=True
    )
    assert devices.one_core_each()
    assert asked == [1]
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["a GPU"])
    assert not devices.one_core_each()
    assert asked == [1]


def test_one_core_each_is_too_late_once_tensorflow_works(monkeypatch):
    def refuse(threads):
        raise RuntimeError("already initialised")

    monkeypatch.setattr(tf.config.threading, "set_intra_op_parallelism_threads", refuse)
    monkeypatch.setattr(tf.config.threading, "get_intra_op_parallelism_threads", lambda: 0)
    assert not devices.one_core_each()
