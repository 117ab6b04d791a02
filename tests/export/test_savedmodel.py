import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose
from tensorflow_serving.apis import model_pb2, predict_pb2, prediction_log_pb2

from tfstyle.export import savedmodel, stylizer_endpoints, warmup
from tfstyle.networks.layers import split_convolution
from tfstyle.system import processor


@pytest.fixture(scope="module")
def signatures(served):
    return tf.saved_model.load(str(served)).signatures


def images(batch, height, width, seed=0):
    return np.random.default_rng(seed).random([batch, height, width, 3], np.float32)


def test_signatures_are_named(signatures):
    assert set(signatures) == set(stylizer_endpoints.SIGNATURES)
    for name in ("serving_default", "uint8"):
        assert set(signatures[name].structured_input_signature[1]) == {"images", "style_weights"}
        assert set(signatures[name].structured_outputs) == {"pastiches"}
    assert set(signatures["image_bytes"].structured_outputs) == {"pastiche_bytes"}


def values_written(folder):
    written = tf.train.list_variables(str(folder / "variables" / "variables"))
    return sum(int(np.prod(shape)) for name, shape in written if name.endswith("VARIABLE_VALUE"))


def test_every_weight_is_written_once(served, stylizer):
    assert values_written(served) == stylizer.count_params()


def test_every_weight_of_a_swap_is_written_once(served_swap, inverse, shallow_encoder):
    values = inverse.count_params() + shallow_encoder.count_params()
    assert values_written(served_swap) == values


@pytest.mark.slow
def test_baked_in_style_needs_no_weights(stylizer, tmp_path):
    savedmodel.save(stylizer, tmp_path / "1", style={"wave": 1, "scream": 3})
    signatures = tf.saved_model.load(str(tmp_path / "1")).signatures
    assert set(signatures["serving_default"].structured_input_signature[1]) == {"images"}
    given = images(2, 20, 24)
    painted = signatures["serving_default"](images=given)["pastiches"]
    assert_allclose(painted, stylizer(given, style=[0.25, 0.75]), atol=1e-5)


@pytest.mark.slow
def test_exported_graph_does_not_depend_on_this_processor(stylizer, tmp_path, monkeypatch):
    monkeypatch.setattr(processor, "convolves_pairs_faster", lambda: True)
    # Where images are split, it would be called.
    monkeypatch.setattr(split_convolution, "split", None)
    savedmodel.save(stylizer, tmp_path / "1", style="wave")


def test_folder_that_exists_is_left_alone(stylizer, tmp_path):
    (tmp_path / "1").mkdir()
    with pytest.raises(ValueError, match="output must not exist yet"):
        savedmodel.save(stylizer, tmp_path / "1")
    assert list(tmp_path.iterdir()) == [tmp_path / "1"]


# --- Requests that warm up a server ---


def warmup_requests(folder):
    """The requests in a SavedModel, read by the official protocol."""
    path = folder / "assets.extra" / "tf_serving_warmup_requests"
    for record in tf.data.TFRecordDataset(str(path)):
        log = prediction_log_pb2.PredictionLog.FromString(record.numpy())
        assert log.WhichOneof("log_type") == "predict_log"
        yield log.predict_log.request


def test_each_signature_has_a_request_that_warms_it_up(served):
    assert_each_is_warmed_up(served)


@pytest.mark.slow
def test_each_signature_of_a_style_swap_has_one_too(served_swap):
    assert_each_is_warmed_up(served_swap)


def assert_each_is_warmed_up(folder):
    signatures = tf.saved_model.load(str(folder)).signatures
    names = []
    for request in warmup_requests(folder):
        name = request.model_spec.signature_name
        names.append(name)
        inputs = {key: tf.make_ndarray(value) for key, value in request.inputs.items()}
        painted = signatures[name](**{key: tf.constant(value) for key, value in inputs.items()})
        assert all(tf.size(output) > 0 for output in painted.values())
    assert names == ["serving_default", "uint8", "image_bytes"]


def test_warming_up_keeps_to_the_model_s_own_limits(stylizer, tmp_path):
    savedmodel.save(stylizer, tmp_path / "1", style="wave", max_pixels=10)
    default, *_ = warmup_requests(tmp_path / "1")
    assert set(default.inputs) == {"images"}
    assert tf.make_ndarray(default.inputs["images"]).shape == (1, 3, 3, 3)


def test_handwritten_message_is_the_official_one():
    inputs = {"images": tf.ones([1, 20, 20, 3]), "style_weights": tf.ones([1, 2])}
    request = predict_pb2.PredictRequest(
        model_spec=model_pb2.ModelSpec(signature_name="uint8"),
        inputs={name: tf.make_tensor_proto(tensor) for name, tensor in inputs.items()},
    )
    official = prediction_log_pb2.PredictionLog(
        predict_log=prediction_log_pb2.PredictLog(request=request)
    )
    written = warmup.prediction_log("uint8", inputs)
    assert prediction_log_pb2.PredictionLog.FromString(written) == official
