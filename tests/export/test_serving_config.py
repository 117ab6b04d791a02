"""The files in `export/` are what TF Serving reads: texts of its protocol buffers."""

import pytest
import samples
from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    message_factory,
    text_format,
    wrappers_pb2,
)
from tensorflow_serving.config import model_server_config_pb2

EXPORT = samples.ROOT / "export"

INT64, STRING = "google.protobuf.Int64Value", "google.protobuf.StringValue"
UNPACKAGED = {
    "BatchingParameters": {
        "max_batch_size": (1, INT64),
        "batch_timeout_micros": (2, INT64),
        "max_enqueued_batches": (3, INT64),
        "num_batch_threads": (4, INT64),
        "thread_pool_name": (5, STRING),
        "allowed_batch_sizes": (6, [int]),
    },
    "PrometheusConfig": {"enable": (1, bool), "path": (2, str)},
    "MonitoringConfig": {"prometheus_config": (1, "tensorflow.serving.PrometheusConfig")},
}
"""Messages that the package tensorflow-serving-api leaves out: their fields' numbers and types, as
in TF Serving's session_bundle_config.proto and monitoring_config.proto."""


def field(name, number, kind):
    types = {int: "TYPE_INT64", bool: "TYPE_BOOL", str: "TYPE_STRING"}
    repeated = isinstance(kind, list)
    kind = kind[0] if repeated else kind
    return descriptor_pb2.FieldDescriptorProto(
        name=name,
        number=number,
        label="LABEL_REPEATED" if repeated else "LABEL_OPTIONAL",
        type=types.get(kind, "TYPE_MESSAGE"),
        type_name=f".{kind}" if kind not in types else None,
    )


@pytest.fixture(scope="module")
def messages():
    """The classes of `UNPACKAGED`."""
    file = descriptor_pb2.FileDescriptorProto(
        name="unpackaged.proto",
        package="tensorflow.serving",
        syntax="proto3",
        dependency=["google/protobuf/wrappers.proto"],
    )
    for name, fields in UNPACKAGED.items():
        message = file.message_type.add(name=name)
        message.field.extend(field(key, *value) for key, value in fields.items())
    pool = descriptor_pool.DescriptorPool()
    wrappers = descriptor_pb2.FileDescriptorProto()
    wrappers_pb2.DESCRIPTOR.CopyToProto(wrappers)
    pool.Add(wrappers)
    pool.Add(file)
    classes = message_factory.GetMessageClassesForFiles([file.name], pool)
    return {name.rpartition(".")[2]: cls for name, cls in classes.items()}


def read(name, message):
    return text_format.Parse((EXPORT / name).read_text(encoding="utf-8"), message)


def test_models_have_their_version_labels():
    (model,) = read(
        "models.config", model_server_config_pb2.ModelServerConfig()
    ).model_config_list.config
    assert (model.name, model.base_path, model.model_platform) == (
        "masters",
        "/models/masters",
        "tensorflow",
    )
    assert dict(model.version_labels) == {"stable": 1}
    assert set(model.version_labels.values()) <= set(model.model_version_policy.specific.versions)


def test_batching_parameters_are_in_range(messages):
    batching = read("batching.config", messages["BatchingParameters"]())
    assert batching.max_batch_size.value == 4
    assert batching.num_batch_threads.value >= 1
    assert batching.batch_timeout_micros.value > 0
    assert batching.max_enqueued_batches.value > 0


def test_monitoring_is_on(messages):
    prometheus = read("monitoring.config", messages["MonitoringConfig"]()).prometheus_config
    assert prometheus.enable
    assert prometheus.path == "/monitoring/prometheus/metrics"
