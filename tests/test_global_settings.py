"""No global setting of Keras, NumPy or TensorFlow alters a picture, or anything that is trained."""

import pathlib
import subprocess
import sys

import keras
import numpy as np
import pytest
from global_settings import vgg
from numpy.testing import assert_array_equal
from samples import ROOT, picture

from tfstyle.networks import inverse_net, vgg19
from tfstyle.networks.stylizers import transform_net
from tfstyle.optimization import adam
from tfstyle.optimization.options import Options

SCRIPT = ROOT / "tests" / "support" / "global_settings.py"

CHILDREN = {
    "narrow": (
        "mixed_float16 floatx_16 channels_first epsilon traceback numpy_prints numpy_raises "
        "hard_placement"
    ),
    "wide": "float64 floatx_64 channels_first deterministic",
    "mixed_bfloat16": "mixed_bfloat16",
}
"""What is set together, so that a few processes try all."""

CONTENT = picture(40, 48, seed=1)


@pytest.fixture(params=["mixed_float16", "mixed_bfloat16", "float64", "floatx", "channels_first"])
def setting(request):
    """Sets one of Keras's settings for a test."""
    before = keras.config.dtype_policy(), keras.config.floatx(), keras.config.image_data_format()
    if request.param == "floatx":
        keras.config.set_floatx("float16")
    elif request.param == "channels_first":
        keras.config.set_image_data_format("channels_first")
    else:
        keras.config.set_dtype_policy(request.param)
    yield request.param
    keras.config.set_floatx(before[1])
    keras.config.set_image_data_format(before[2])
    keras.config.set_dtype_policy(before[0])


def stylizer_paints():
    keras.utils.set_random_seed(1)
    stylizer = transform_net.Stylizer(["one", "two"], width=4, residual_blocks=1)
    return np.asarray(stylizer(CONTENT, style={"one": 0.3, "two": 0.7}))


def inverse_paints():
    keras.utils.set_random_seed(1)
    net = inverse_net.InverseNet(layer="block2_conv1", channels=5, width=4)
    return np.asarray(net(np.tile(CONTENT[:, :8, :9, :1], 5)))


def vgg19_sees(pooling, padding):
    features = vgg19.build(["block2_conv2"], vgg(), pooling=pooling, padding=padding)
    return np.asarray(features(CONTENT)["block2_conv2"])


def adam_moves():
    optimizer = adam.Adam(lambda image: (1.0, image - 0.3, {}), CONTENT, Options(learning_rate=0.1))
    for _ in range(3):
        optimizer.step()
    return optimizer.image()


def found():
    return {
        "stylizer": stylizer_paints(),
        "inverse": inverse_paints(),
        "vgg19": vgg19_sees("average", "zero"),
        "vgg19_mirrored": vgg19_sees("max", "reflect"),
        "adam": adam_moves(),
    }


@pytest.fixture(scope="module")
def usual():
    return found()


def test_networks_and_optimiser_are_the_same(usual, setting):
    for name, array in found().items():
        assert array.dtype == np.float32
        assert_array_equal(array, usual[name], name)


def test_saved_stylizer_opens_the_same(setting, fresh_stylizer, tmp_path):
    """In a process with another setting than the one that wrote it."""
    expected = np.asarray(fresh_stylizer(CONTENT, style="scream"))
    fresh_stylizer.save(tmp_path / "saved.keras")
    opened = keras.models.load_model(tmp_path / "saved.keras")
    assert_array_equal(opened(CONTENT, style="scream"), expected)


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_pipeline_gets_float32_from_a_stylizer(setting, dtype, tmp_path):
    """Keras believes it, too: the model's output says the type that comes."""
    keras.utils.set_random_seed(1)
    stylizer = transform_net.Stylizer(["one"], width=4, residual_blocks=1, dtype=dtype)
    inputs = keras.Input([None, None, 3], dtype="float32")
    model = keras.Model(inputs, stylizer(inputs))
    assert model.output.dtype == "float32"
    assert model(CONTENT).dtype == np.float32
    assert_array_equal(model(CONTENT), stylizer(CONTENT))


# --- All methods, in processes of their own ---


def start(output, settings):
    return subprocess.Popen([sys.executable, str(SCRIPT), str(output), *settings.split()], cwd=ROOT)


def arrays_in(path):
    with np.load(path) as arrays:
        return dict(arrays)


@pytest.fixture(scope="module")
def painted(tmp_path_factory):
    """What each process painted, arrays by name: of those with settings, and of a usual one."""
    folder = pathlib.Path(tmp_path_factory.mktemp("painted"))
    outputs = {child: folder / f"{child}.npz" for child in ("usual", *CHILDREN)}
    # All at once: each by itself keeps one core busy.
    running = [start(output, CHILDREN.get(child, "")) for child, output in outputs.items()]
    assert [process.wait(timeout=900) for process in running] == [0] * len(running)
    return {child: arrays_in(output) for child, output in outputs.items()}


@pytest.mark.slow
@pytest.mark.parametrize("child", CHILDREN)
def test_every_method_training_and_export_is_the_same(painted, child):
    assert set(painted[child]) == set(painted["usual"])
    for name, expected in painted["usual"].items():
        assert_array_equal(painted[child][name], expected, name)
