"""What `import tfstyle` alone lets Keras open, in a new process."""

import subprocess
import sys

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

import tfstyle.networks.inverse_net
import tfstyle.networks.stylizers.transform_net
import tfstyle.training.muon  # noqa: F401 (registers)
from tfstyle import saved_models


def run(program):
    return subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)


def test_every_class_is_named():
    """Whoever adds a class has to add its name."""
    custom = keras.saving.get_custom_objects()
    own = {name.removeprefix("tfstyle>") for name in custom if name.startswith("tfstyle>")}
    assert own == set(saved_models.CLASSES)
    for name, module in saved_models.CLASSES.items():
        assert custom[f"tfstyle>{name}"] is getattr(sys.modules[module], name)


def test_importing_loads_neither_tensorflow_nor_keras():
    run(
        "import sys, tfstyle\n"
        "assert not {'tensorflow', 'keras', 'numpy', 'h5py'} & set(sys.modules)\n"
    )


@pytest.mark.slow
@pytest.mark.parametrize("imports", ["import tfstyle, keras", "import keras, tfstyle"])
def test_keras_opens_saved_networks_and_models_that_contain_them(imports, fresh_stylizer, tmp_path):
    picture = np.random.default_rng(0).random([1, 20, 20, 3], np.float32)
    fresh_stylizer.save(tmp_path / "stylizer.keras")
    sequence = keras.Sequential([keras.Input([20, 20, 3]), fresh_stylizer])
    sequence.save(tmp_path / "sequence.keras")
    keras.Model(fresh_stylizer.net.inputs, fresh_stylizer.net.outputs).save(
        tmp_path / "layers.keras"
    )
    np.save(tmp_path / "picture.npy", picture)
    run(
        f"{imports}\n"
        "import sys, numpy as np\n"
        "assert 'tfstyle.networks.stylizers.transform_net' not in sys.modules\n"
        f"folder = {str(tmp_path)!r}\n"
        "picture = np.load(folder + '/picture.npy')\n"
        "for name in ('stylizer', 'sequence'):\n"
        "    model = keras.models.load_model(f'{folder}/{name}.keras')\n"
        "    np.save(f'{folder}/{name}.npy', model(picture))\n"
        "shares = np.array([[1, 0]], 'float32')\n"
        "model = keras.models.load_model(folder + '/layers.keras')\n"
        "np.save(folder + '/layers.npy', model([picture, shares]))\n"
    )
    expected = fresh_stylizer(picture)
    for name in ("stylizer", "sequence"):
        assert_allclose(np.load(tmp_path / f"{name}.npy"), expected, atol=1e-6)
    layers = np.load(tmp_path / "layers.npy")
    assert_allclose(np.squeeze(np.clip(layers, 0, 1)), np.squeeze(expected), atol=1e-6)


@pytest.mark.slow
def test_files_of_version_0_1_0_open_too():
    run(
        "import pathlib, tfstyle, keras\n"
        "folder = pathlib.Path('tests/legacy/version_0_1_0')\n"
        "assert keras.models.load_model(folder / 'stylizer.keras').styles == ('wave', 'scream')\n"
        "assert keras.models.load_model(folder / 'inverse.keras').layer == 'block3_conv1'\n"
    )
