import re
import sys

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.testing import assert_allclose
from onnxruntime.transformers import float16
from runtimes import run

from tfstyle.export import config, onnx_litert, savedmodel
from tfstyle.networks import pretrained
from tfstyle.networks.layers import split_convolution
from tfstyle.networks.stylizers import transform_net
from tfstyle.system import processor

SAVERS = {".onnx": onnx_litert.save_onnx, ".tflite": onnx_litert.save_litert}
SIZES = (1, 16, 16), (3, 33, 50), (2, 1, 70)
BAKED_IN = {"wave": 1, "scream": 3}


def images(batch, height, width):
    return np.random.default_rng(0).random([batch, height, width, 3], np.float32)


@pytest.fixture(scope="module", params=SAVERS)
def converted(request, stylizer, tmp_path_factory):
    path = tmp_path_factory.mktemp("converted") / f"pair{request.param}"
    SAVERS[request.param](stylizer, path)
    return path


@pytest.fixture(scope="module", params=SAVERS)
def baked(request, stylizer, tmp_path_factory):
    path = tmp_path_factory.mktemp("converted") / f"baked{request.param}"
    SAVERS[request.param](stylizer, path, BAKED_IN)
    return path


@pytest.mark.parametrize("size", SIZES)
def test_file_paints_as_the_network_at_any_size_and_batch(stylizer, converted, size):
    weights = np.tile(np.float32([1, 3]), [size[0], 1])
    painted = run(converted, images=images(*size), style_weights=weights)
    expected = stylizer(images(*size), style=[0.25, 0.75])
    assert_allclose(painted, expected, atol=1e-4)


def test_each_image_has_its_style(stylizer, converted):
    weights = np.eye(2, dtype=np.float32)
    painted = run(converted, images=images(2, 20, 24), style_weights=weights)
    assert_allclose(painted, stylizer(images(2, 20, 24), style=weights), atol=1e-4)


@pytest.mark.slow
def test_baked_in_style_needs_no_weights(stylizer, baked):
    painted = run(baked, images=images(2, 20, 24))
    assert_allclose(painted, stylizer(images(2, 20, 24), style=BAKED_IN), atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("strength", [1.0, 0.25])
@pytest.mark.parametrize("suffix", SAVERS)
def test_strength_is_baked_in(suffix, strength, fading_stylizer, tmp_path):
    path = tmp_path / f"fading{suffix}"
    SAVERS[suffix](fading_stylizer, path, strength=strength)
    weights = np.float32([[0, 2]])
    painted = run(path, images=images(1, 20, 24), style_weights=weights)
    expected = fading_stylizer(images(1, 20, 24), style=[0.0, strength])
    assert_allclose(painted, expected, atol=1e-4)


ONNX = pytest.mark.parametrize("converted", [".onnx"], indirect=True)


@ONNX
def test_sizes_in_onnx_never_become_floats(converted):
    casts = [node for node in onnx.load(converted).graph.node if node.op_type == "Cast"]
    kinds = {attribute.i for node in casts for attribute in node.attribute}
    assert kinds <= {onnx.TensorProto.INT32, onnx.TensorProto.INT64}


@ONNX
@pytest.mark.parametrize("keep_io_types", [True, False])
@pytest.mark.parametrize("size", SIZES)
def test_onnx_in_half_precision_paints_the_same(converted, stylizer, size, keep_io_types):
    """By ONNX Runtime's own converter; the answer once had no images."""
    half = float16.convert_float_to_float16(onnx.load(converted), keep_io_types=keep_io_types)
    session = onnxruntime.InferenceSession(
        half.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    dtype = np.float32 if keep_io_types else np.float16
    inputs = {"images": images(*size), "style_weights": np.float32([[1, 3]])}
    inputs = {name: values.astype(dtype) for name, values in inputs.items()}
    (painted,) = session.run(["pastiches"], inputs)
    assert painted.dtype == dtype
    assert_allclose(painted, stylizer(images(*size), style=[0.25, 0.75]), atol=0.02)


@pytest.mark.parametrize("suffix", SAVERS)
@pytest.mark.slow
def test_stylizer_is_as_it_was_once_it_is_written(suffix, tmp_path):
    """Trained on, it paints by its new weights, not by those of the file."""
    trained = transform_net.Stylizer(("a",), width=4, residual_blocks=1)
    SAVERS[suffix](trained, tmp_path / f"a{suffix}")
    trained.set_weights([np.zeros_like(weights) for weights in trained.get_weights()])
    assert_allclose(trained(images(1, 16, 16)), np.full([1, 16, 16, 3], 0.5), atol=1e-6)


@pytest.mark.parametrize("suffix", SAVERS)
@pytest.mark.slow
def test_file_does_not_depend_on_this_processor(suffix, stylizer, tmp_path, monkeypatch):
    monkeypatch.setattr(processor, "convolves_pairs_faster", lambda: True)
    # Where images are split, it would be called.
    monkeypatch.setattr(split_convolution, "split", None)
    SAVERS[suffix](stylizer, tmp_path / f"pair{suffix}")


@pytest.mark.parametrize("suffix", SAVERS)
def test_file_that_paints_otherwise_is_an_error_and_not_written(
    suffix, stylizer, tmp_path, monkeypatch
):
    monkeypatch.setattr(onnx_litert, "TOLERANCE", 0.0)
    with pytest.raises(ValueError, match="would not paint as the network does"):
        SAVERS[suffix](stylizer, tmp_path / f"pair{suffix}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("suffix", "package", "extra"),
    [
        (".onnx", "tf2onnx", "onnx"),
        (".onnx", "onnxruntime", "onnx"),
        (".tflite", "ai_edge_litert.interpreter", "litert"),
    ],
)
def test_missing_package_is_a_sentence(suffix, package, extra, stylizer, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ValueError, match=rf'pip install "tfstyle\[{extra}\]"'):
        SAVERS[suffix](stylizer, tmp_path / f"pair{suffix}")


@pytest.mark.parametrize("suffix", SAVERS)
def test_half_precision_is_refused(suffix, stylizer, tmp_path):
    half = pretrained.in_precision(stylizer, "bfloat16")
    with pytest.raises(ValueError, match="precision must be float32"):
        SAVERS[suffix](half, tmp_path / f"pair{suffix}")


@pytest.mark.parametrize(
    ("output", "chosen"),
    [("a.onnx", "savedmodel"), ("a.tflite", "onnx"), ("a", "litert"), ("a.xyz", "savedmodel")],
)
def test_output_must_end_as_its_format(output, chosen, tmp_path):
    with pytest.raises(ValueError, match="output must end in .* for format="):
        savedmodel.export(tmp_path / output, config.Config(model="any", format=chosen))


@pytest.mark.parametrize("name", ["a.onnx", "A.ONNX"])
def test_a_name_of_another_format_is_answered_with_that_format(name, tmp_path):
    sentence = re.escape(f"savedmodel; {name[1:]} is of format=onnx. Received: ")
    with pytest.raises(ValueError, match=sentence):
        savedmodel.export(tmp_path / name, config.Config(model="any"))


@pytest.mark.parametrize("chosen", ["onnx", "litert"])
def test_limit_of_requests_is_refused_where_no_request_is_checked(chosen):
    with pytest.raises(ValueError, match="max_pixels must be none unless format=savedmodel"):
        config.Config(format=chosen, max_pixels=1000)


def test_litert_s_check_says_nothing_on_standard_error(stylizer, tmp_path, capfd):
    onnx_litert.save_litert(stylizer, tmp_path / "pair.tflite")
    assert "XNNPACK" not in capfd.readouterr().err
