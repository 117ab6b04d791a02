"""What requests bring and get, in TF Serving's forms."""

import base64
import json

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_array_equal
from tensorflow.core.protobuf import meta_graph_pb2

from tfstyle.server.bodies import answers, requests
from tfstyle.server.bodies.requests import Form
from tfstyle.server.models import State, Status
from tfstyle.server.refusals import Code, Refusal


def signature(*, defaults=(), **inputs):
    """A signature of inputs given as (type, shape)."""
    found = meta_graph_pb2.SignatureDef()
    for name, (dtype, shape) in inputs.items():
        found.inputs[name].dtype = dtype.as_datatype_enum
        found.inputs[name].tensor_shape.CopyFrom(tf.TensorShape(shape).as_proto())
    for name in defaults:
        found.defaults[name].CopyFrom(tf.make_tensor_proto([0.5]))
    return found


IMAGES = signature(images=(tf.float32, [None, None, None, 3]))
BYTES = signature(images=(tf.uint8, [None, None, None, 3]))
FILES = signature(files=(tf.string, [None]))
SWAP = signature(
    contents=(tf.string, [None]),
    styles=(tf.string, [None]),
    strength=(tf.float32, [None]),
    defaults=["strength"],
)


def parse(body, definition):
    contents = body if isinstance(body, bytes) else json.dumps(body).encode()
    return requests.parse(contents, lambda name: definition)


def refused(body, definition):
    with pytest.raises(Refusal) as raised:
        parse(body, definition)
    assert raised.value.code is Code.INVALID_ARGUMENT
    return str(raised.value)


# --- The two forms ---


def test_rows_of_one_input_need_no_name():
    request = parse({"instances": [[[[0, 0.5, 1]]], [[[1, 1, 1]]]]}, IMAGES)
    assert (request.signature, request.form) == ("serving_default", Form.ROWS)
    images = request.inputs["images"]
    assert images.dtype == np.float32
    assert_array_equal(images, [[[[0, 0.5, 1]]], [[[1, 1, 1]]]])


def test_rows_by_name_become_columns():
    rows = [{"contents": "a", "styles": "b", "strength": 0.25}] * 2
    inputs = parse({"instances": rows}, SWAP).inputs
    assert {name: list(array) for name, array in inputs.items()} == {
        "contents": [b"a", b"a"],
        "styles": [b"b", b"b"],
        "strength": [0.25, 0.25],
    }


def test_columns_may_have_lengths_of_their_own():
    columns = {"contents": ["a", "b"], "styles": ["c"], "strength": [1]}
    request = parse({"inputs": columns}, SWAP)
    assert request.form is Form.COLUMNS
    assert [len(array) for array in request.inputs.values()] == [2, 1, 1]


def test_columns_of_one_input_need_no_name():
    assert_array_equal(parse({"inputs": ["a"]}, FILES).inputs["files"], [b"a"])


@pytest.mark.parametrize("form", ["instances", "inputs"])
def test_what_has_a_default_may_be_left_out(form):
    one = {"contents": "a", "styles": "b"}
    body = [one] if form == "instances" else {name: [text] for name, text in one.items()}
    assert set(parse({form: body}, SWAP).inputs) == {"contents", "styles"}


def test_signature_is_the_one_that_is_named():
    body = {"signature_name": "image_bytes", "instances": ["a"]}
    assert parse(body, FILES).signature == "image_bytes"


# --- Bytes ---


@pytest.mark.parametrize("length", range(6))
@pytest.mark.parametrize("write", [str, lambda text: text.rstrip("="), lambda text: text + "\n"])
def test_bytes_come_in_base64_padded_or_not(length, write):
    contents = bytes(range(250, 250 + length))
    text = write(base64.b64encode(contents).decode())
    assert parse({"instances": [{"b64": text}]}, FILES).inputs["files"].tolist() == [contents]


def test_strings_are_utf8():
    assert parse({"inputs": ["ä"]}, FILES).inputs["files"].tolist() == ["ä".encode()]


# --- What is wrong ---


@pytest.mark.parametrize(
    ("body", "definition", "sentence"),
    [
        (b"", IMAGES, "The document is empty"),
        (b'{"instances": [1', IMAGES, "JSON Parse error"),
        (b"\xff", IMAGES, "JSON Parse error"),
        (b"[" * 100_000, IMAGES, "JSON Parse error"),
        (b'{"instances": ' + b"9" * 10_000 + b"}", IMAGES, "JSON Parse error"),
        ([1], IMAGES, "must be a JSON object"),
        ({}, IMAGES, "either 'instances' or 'inputs'"),
        ({"instances": [1], "inputs": [1]}, IMAGES, "either 'instances' or 'inputs'"),
        ({"instances": []}, IMAGES, "a list of one or more"),
        ({"instances": {"images": [1]}}, IMAGES, "a list of one or more"),
        ({"signature_name": 1, "instances": [1]}, IMAGES, "'signature_name' must be a string"),
        ({"instances": [[1]]}, IMAGES, "images must have the shape [-1, -1, -1, 3]"),
        ({"instances": [[[[1, 2]]]]}, IMAGES, "Received: [1, 1, 1, 2]"),
        ({"instances": [[[[1, 2, 3], [4]]]]}, IMAGES, "images must be a tensor"),
        ({"instances": [[[["a", "b", "c"]]]]}, IMAGES, "images must be float32"),
        ({"instances": [[[[None, 1, 2]]]]}, IMAGES, "images must be float32"),
        ({"instances": [[[[True, True, True]]]]}, IMAGES, "images must be float32"),
        ({"instances": [{"b64": "AAAA"}]}, IMAGES, "images must be float32"),
        ({"instances": [[[[0, 1, 256]]]]}, BYTES, "images must lie in 0 to 255"),
        ({"instances": [[[[0, 1, -1]]]]}, BYTES, "images must lie in 0 to 255"),
        ({"instances": [[[[0, 1, 0.5]]]]}, BYTES, "images must be uint8"),
        ({"inputs": {"image": []}}, IMAGES, "Did you mean images?"),
        ({"instances": ["a"]}, SWAP, "must name its inputs"),
        ({"inputs": ["a"]}, SWAP, "must name its inputs"),
        ({"inputs": {"contents": ["a"]}}, SWAP, "Missing named input: styles"),
        ({"instances": [{"contents": "a", "styles": "b"}, 1]}, SWAP, "with the same keys"),
        ({"instances": [{"b64": "!"}]}, FILES, "files must be base64"),
        ({"instances": [{"b64": "A"}]}, FILES, "files must be base64"),
        ({"instances": [{"b64": 1}]}, FILES, "files must be strings, or bytes"),
        ({"instances": [1]}, FILES, "files must be strings, or bytes"),
        ({"inputs": [["a"], ["b", "c"]]}, FILES, "its lists must be of one length"),
        ({"inputs": "a"}, FILES, "files must have the shape [-1]"),
    ],
)
def test_what_is_wrong_is_named(body, definition, sentence):
    assert sentence in refused(body, definition)


def test_huge_values_are_shown_in_short():
    assert len(refused({"instances": [["a" * 10_000] * 1000]}, IMAGES)) < 300


def test_numbers_that_are_not_finite_are_numbers():
    images = parse(b'{"instances": [[[[NaN, -Infinity, 1e300]]]]}', IMAGES).inputs["images"]
    assert_array_equal(images, [[[[np.nan, -np.inf, np.inf]]]])


# --- Answers ---


def answer(outputs, form):
    return json.loads(answers.predictions(outputs, form))


def test_one_output_has_no_name():
    pastiches = np.array([[0.25, 0.5]], np.float32)
    assert answer({"pastiches": pastiches}, Form.ROWS) == {"predictions": [[0.25, 0.5]]}
    assert answer({"pastiches": pastiches}, Form.COLUMNS) == {"outputs": [[0.25, 0.5]]}


def test_several_outputs_have_names():
    outputs = {"a": np.array([1, 2]), "b": np.array([3, 4])}
    assert answer(outputs, Form.ROWS) == {"predictions": [{"a": 1, "b": 3}, {"a": 2, "b": 4}]}
    assert answer(outputs, Form.COLUMNS) == {"outputs": {"a": [1, 2], "b": [3, 4]}}


def test_strings_are_bytes_where_the_name_says_so():
    outputs = np.array([b"\xff", b"ab"], object)
    assert answer({"pastiche_bytes": outputs}, Form.ROWS) == {
        "predictions": [{"b64": "/w=="}, {"b64": "YWI="}]
    }
    assert answer({"name": outputs[1:]}, Form.ROWS) == {"predictions": ["ab"]}


def test_floats_come_back_to_the_bit():
    numbers = np.random.default_rng(0).random(100, np.float32)
    back = np.float32(answer({"a": numbers}, Form.ROWS)["predictions"])
    assert_array_equal(back, numbers)


def test_states_are_as_tf_serving_has_them():
    found = [Status(2, State.END, "no room"), Status(1, State.AVAILABLE)]
    assert json.loads(answers.statuses(found)) == {
        "model_version_status": [
            {
                "version": "2",
                "state": "END",
                "status": {"error_code": "UNKNOWN", "error_message": "no room"},
            },
            {
                "version": "1",
                "state": "AVAILABLE",
                "status": {"error_code": "OK", "error_message": ""},
            },
        ]
    }


def test_metadata_are_as_tf_serving_has_them():
    definition = signature(images=(tf.float32, [None, 3]))
    definition.inputs["images"].name = "images:0"
    definition.method_name = "tensorflow/serving/predict"
    found = json.loads(answers.metadata("pair", 7, {"serving_default": definition}))
    assert found["model_spec"] == {"name": "pair", "signature_name": "", "version": "7"}
    described = found["metadata"]["signature_def"]["signature_def"]["serving_default"]
    assert described["method_name"] == "tensorflow/serving/predict"
    assert described["inputs"]["images"] == {
        "dtype": "DT_FLOAT",
        "name": "images:0",
        "tensor_shape": {
            "dim": [{"size": "-1", "name": ""}, {"size": "3", "name": ""}],
            "unknown_rank": False,
        },
    }
