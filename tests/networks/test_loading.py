"""Files of networks that are hostile, damaged or another program's."""

import io
import json
import zipfile

import h5py
import keras
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from tfstyle.cli import app
from tfstyle.networks import architecture, inverse_layers, inverse_net, pretrained
from tfstyle.networks.loading import hdf5
from tfstyle.networks.stylizers import transform_net
from tfstyle.system import doors


@pytest.fixture(scope="module")
def stylizer():
    keras.utils.set_random_seed(1)
    return transform_net.Stylizer(("wave", "scream"), width=2, residual_blocks=0)


@pytest.fixture
def saved(stylizer, tmp_path):
    stylizer.save(tmp_path / "stylizer.keras")
    return tmp_path / "stylizer.keras"


@pytest.fixture
def pack(stylizer, tmp_path):
    """Writes the packed network with other arrays, and returns its path."""
    pretrained.pack(stylizer, tmp_path / "packed.npz")
    arrays = dict(np.load(tmp_path / "packed.npz"))

    def write(save=np.savez, **others):
        save(tmp_path / "packed.npz", **{**arrays, **others})
        return tmp_path / "packed.npz"

    return write


def settings(**others):
    own = {"styles": ["wave", "scream"], "width": 2, "residual_blocks": 0}
    return json.dumps({**own, **others})


def refused(path, message):
    with pytest.raises(ValueError, match=message) as caught:
        pretrained.load(path)
    assert path.name in str(caught.value) and f"Received: model={path}" in str(caught.value)


# --- What the architecture may be ---


@pytest.mark.parametrize(
    ("styles", "shape"),
    [(1, (4, 0, 1, True)), (3, (5, 2, 9, False)), (2, (1, 1, 5, True)), (2, (2, 3, 3, False))],
)
def test_values_of_a_stylizer_are_counted_before_it_is_made(styles, shape):
    own = architecture.Architecture(*shape)
    names = [str(number) for number in range(styles)]
    width, blocks, kernel, norms = shape
    net = transform_net.Stylizer(
        names, width=width, residual_blocks=blocks, outer_kernel=kernel, inner_norms=norms
    )
    assert own.values(styles) == net.count_params()


@pytest.mark.parametrize("layer", ["block1_conv1", "block2_conv2", "block4_conv2"])
def test_values_of_an_inverse_network_are_counted_before_it_is_made(layer):
    net = inverse_net.InverseNet(layer=layer, channels=6, width=3)
    assert inverse_layers.values(layer, 6, 3) == net.count_params()


OUT_OF_RANGE = [
    {"residual_blocks": 100_000},
    {"residual_blocks": -1},
    {"width": 513},
    {"width": 0},
    {"width": True},
    {"width": 2.0},
    {"outer_kernel": 2},
    {"inner_norms": 1},
    {"styles": []},
    {"styles": "ab"},
    {"styles": ["wave", "wave"]},
    {"styles": ["wave", 7]},
    {"styles": ["wave", ""]},
]


@pytest.mark.parametrize("others", OUT_OF_RANGE)
def test_what_no_training_makes_is_refused_by_name(pack, others):
    (name,) = others
    refused(pack(architecture=settings(**others)), f"packed.npz is of no stylizer .*{name}")


@pytest.mark.parametrize("others", OUT_OF_RANGE)
def test_no_such_network_can_be_made_either(others):
    (name,) = others
    with pytest.raises(ValueError, match=f"{name} must be"):
        transform_net.Stylizer(**{"styles": ["wave"], "width": 2, "residual_blocks": 0, **others})


@pytest.mark.parametrize(
    "others",
    [
        {"layer": "block9_conv1"},
        {"pooling": "median"},
        {"padding": "none"},
        {"channels": 513},
        {"width": 0},
        {"unit": 0.0},
        {"unit": float("nan")},
    ],
)
def test_an_inverse_network_has_ranges_too(others):
    (name,) = others
    with pytest.raises(ValueError, match=f"{name} must be"):
        inverse_net.InverseNet(**{"channels": 3, "width": 2, **others})


def test_settings_that_are_not_known_are_refused(pack):
    refused(pack(architecture=settings(depth=3)), "settings that are not known: depth")


# --- Sizes ---


def test_small_file_of_a_large_network_is_refused_before_that_is_made(pack, monkeypatch):
    monkeypatch.setattr(transform_net.Stylizer, "__init__", None)
    large = settings(width=512, residual_blocks=64)
    refused(pack(architecture=large), "weights of another network than it says")


def test_bomb_is_refused_before_it_unfolds(pack):
    """Half a gigabyte of zeros that is half a megabyte on the disk."""
    zeros = np.broadcast_to(np.float16(0), [2**28])
    refused(pack(np.savez_compressed, w000=zeros), "would unfold to many times its size")


def test_header_of_more_values_than_there_are_is_refused(pack):
    path = pack()
    content = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files["w000.npy"] = files["w000.npy"].replace(b"(9, 9, 3, 2)", b"(9, 9, 9, 9)")
    with zipfile.ZipFile(path, "w") as archive:
        for name, inside in files.items():
            archive.writestr(name, inside)
    refused(path, "an array of another size than it says")


# --- Values ---


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_packed_weight_that_is_not_finite_is_refused_by_its_layer(pack, stylizer, value):
    kernel = np.asarray(stylizer.get_weights()[0], np.float16)
    kernel.flat[0] = value
    refused(pack(w000=kernel), "weights that are not finite in reflect_conv2d.*/kernel")


def test_saved_weight_that_is_not_finite_is_refused_by_its_layer(tmp_path):
    net = transform_net.Stylizer(("wave",), width=2, residual_blocks=0)
    net.weights[1].assign(np.full(net.weights[1].shape, np.nan))
    net.save(tmp_path / "stylizer.keras")
    refused(tmp_path / "stylizer.keras", "not finite in conditional_instance_norm.*/scale")


def test_weight_beyond_float16_is_not_packed(tmp_path):
    net = transform_net.Stylizer(("wave",), width=2, residual_blocks=0)
    net.weights[1].assign(np.full(net.weights[1].shape, 1e5))
    with pytest.raises(ValueError, match="at most 65504 to be packed.*scale"):
        pretrained.pack(net, tmp_path / "packed.npz")
    assert not (tmp_path / "packed.npz").exists()


def test_network_that_overflows_paints_nothing(tmp_path):
    from tfstyle import feed_forward

    net = transform_net.Stylizer(("wave",), width=2, residual_blocks=0)
    for weight in net.weights:
        weight.assign(np.full(weight.shape, 3e38))
    net.save(tmp_path / "stylizer.keras")
    config = feed_forward.Config(model=tmp_path / "stylizer.keras", precision="float32")
    with pytest.raises(ValueError, match="this one's overflow.*stylizer.keras"):
        feed_forward.stylize(np.full([16, 16, 3], 0.5, np.float32), config=config)


def test_python_objects_are_not_read(pack):
    refused(pack(w000=np.array([{}], object)), "holds Python objects, which are never read")


# --- Keras's files ---


def alter(path, name, content):
    with zipfile.ZipFile(path) as archive:
        files = {each: archive.read(each) for each in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for each, inside in {**files, name: content}.items():
            archive.writestr(each, inside)
    return path


def alter_weights(path, change):
    with zipfile.ZipFile(path) as archive:
        content = io.BytesIO(archive.read("model.weights.h5"))
    with h5py.File(content, "r+") as file:
        change(file)
    return alter(path, "model.weights.h5", content.getvalue())


def test_nothing_in_a_file_is_run(tmp_path, capsys):
    inputs = keras.Input([3])
    outputs = keras.layers.Lambda(lambda tensor: print("ran") or tensor, output_shape=(3,))(inputs)
    keras.Model(inputs, outputs).save(tmp_path / "model.keras")
    keras.models.load_model(tmp_path / "model.keras", safe_mode=False)(np.ones([1, 3]))
    assert "ran" in capsys.readouterr().out
    refused(tmp_path / "model.keras", "holds a Functional")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("class_name", ["Stylizer", "os>system", "\x1b[2J"])
def test_other_class_is_refused(saved, class_name):
    said = {"class_name": class_name, "registered_name": "another>Stylizer", "config": {}}
    refused(alter(saved, "config.json", json.dumps(said)), "holds a ")


def test_config_that_is_nested_deeply_is_refused(saved):
    refused(alter(saved, "config.json", "[" * 100_000), "is damaged or another program's")


def test_groups_nested_deeply_are_refused(saved):
    def nest(file):
        group = file
        for _ in range(2000):
            group = group.create_group("g")

    refused(alter_weights(saved, nest), "nested too deeply")


def test_groups_linked_to_often_are_walked_once(tmp_path):
    with h5py.File(tmp_path / "many_paths.h5", "w") as file:
        group = file
        for _ in range(30):
            inner = file.create_group(None)
            group["a"], group["b"], group = inner, inner, inner
        group["array"] = np.ones(3)
        file["elsewhere"] = h5py.ExternalLink("/etc/hostname", "/")
    with h5py.File(tmp_path / "many_paths.h5") as file:
        assert list(hdf5.datasets(file)) == [f"{'a/' * 30}array"]


def test_chunk_that_unfolds_to_more_than_a_weight_is_refused(saved):
    def inflate(file):
        name = "layers/functional/layers/reflect_conv2d/vars/0"
        shape = file[name].shape
        del file[name]
        chunks, unlimited = (9, 9, 3, 2**16), (None,) * 4
        file.create_dataset(name, shape, "f4", chunks=chunks, maxshape=unlimited, compression=9)

    refused(alter_weights(saved, inflate), "has an array .* that no such network has")


def test_weights_of_another_shape_are_refused(saved):
    def widen(file):
        name = "layers/functional/layers/reflect_conv2d/vars/0"
        del file[name]
        file[name] = np.zeros([3, 3], np.float32)

    refused(alter_weights(saved, widen), "is damaged or another program's")


def test_file_of_another_suffix_is_refused(saved):
    other = saved.rename(saved.with_suffix(".h5"))
    refused(other, "ends neither in .keras nor in .npz")


def test_sound_file_is_read_as_it_was_saved(saved, stylizer):
    loaded = pretrained.load(saved, "bfloat16")
    assert loaded.styles == stylizer.styles and loaded.architecture == stylizer.architecture
    assert loaded.dtype_policy.name == "mixed_bfloat16"
    for read, written in zip(loaded.get_weights(), stylizer.get_weights(), strict=True):
        assert_array_equal(read, written)


# --- Cards, and the shell ---


@pytest.mark.parametrize(
    "content", [b"{", b"[]", b"{}", b'{"styles": {"wave": 3}}', b"\xff\xfe", b"[" * 100_000]
)
def test_card_that_is_none_is_refused(saved, content):
    saved.with_suffix(".json").write_bytes(content)
    with pytest.raises(ValueError, match="model's card .* stylizer.json .* Received: model="):
        pretrained.works(saved)


def test_long_file_is_no_card(tmp_path):
    (tmp_path / "card.json").write_bytes(b"[" + b" " * 100 + b"]")
    with pytest.raises(doors.Unsound, match="is too long"):
        doors.read_json(tmp_path / "card.json", 100)


def test_names_from_a_file_are_shown_without_control_codes(stylizer, tmp_path, capsys):
    names = ("\x1b]0;owned\x07wave", "a\nb", "right\u202eleft", "Zoë 東")
    net = transform_net.Stylizer(names, width=2, residual_blocks=0)
    pretrained.pack(net, tmp_path / "packed.npz")
    assert app.main(["styles", f"--model={tmp_path / 'packed.npz'}"]) == 0
    shown = capsys.readouterr().out.splitlines()
    expected = [r"\x1b]0;owned\x07wave", r"a\nb", r"right\u202eleft", "Zoë 東"]
    assert [line.rstrip() for line in shown] == expected


def test_damaged_file_is_one_line_and_status_two(saved, capsys):
    saved.write_bytes(saved.read_bytes()[:3000])
    assert app.main(["styles", f"--model={saved}"]) == 2
    output, error = capsys.readouterr()
    assert output == "" and error.count("\n") == 1 and "stylizer.keras is damaged" in error
