import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle import feed_forward
from tfstyle.networks import pretrained
from tfstyle.networks.stylizers import family, strips, transform_net

STYLES = ("wave", "scream", "night")
MEASURES = {"width": 4, "residual_blocks": 1, "identity": True}


def random_weights(network, seed):
    random = np.random.default_rng(seed)
    for weight in network.weights:
        scale = 0.2 if weight.shape[-1] == 3 else 0.1
        middle = 1.0 if weight.name == "scale" else 0.0
        weight.assign(random.normal(middle, scale, weight.shape))
    return network


@pytest.fixture(scope="module")
def members():
    """A network for each style, all near to one."""
    keras.utils.set_random_seed(1)
    first = random_weights(transform_net.Stylizer(("style",), **MEASURES), 0)
    made = []
    for seed in range(len(STYLES)):
        member = transform_net.Stylizer(("style",), **MEASURES)
        random = np.random.default_rng(seed + 1)
        for own, given in zip(member.weights, first.weights, strict=True):
            own.assign(given + random.normal(0, 0.03, own.shape))
        made.append(member)
    return made


@pytest.fixture(scope="module")
def stylizers(members):
    return family.join(dict(zip(STYLES, members, strict=True)))


def picture(height, width, batch=1, seed=0):
    return np.random.default_rng(seed).random([batch, height, width, 3], np.float32)


@pytest.mark.parametrize("size", [(1, 1), (17, 20), (33, 16)])
def test_each_style_is_painted_by_its_own_network(members, stylizers, size):
    for name, member in zip(STYLES, members, strict=True):
        painted = stylizers(picture(*size), style=name)
        assert painted.shape == (1, *size, 3)
        assert_allclose(painted, member(picture(*size)), atol=1e-6)


@pytest.mark.parametrize(
    ("others", "found"),
    [
        ({}, "none"),
        ({"a": {"styles": ("x", "y")}}, "a: 2 styles"),
        ({"a": {}, "b": {"width": 8}}, "width=8"),
    ],
    ids=["none", "two styles", "another width"],
)
def test_networks_that_differ_are_no_family(others, found):
    networks = {
        name: transform_net.Stylizer(**{"styles": ("style",), **MEASURES, **other})
        for name, other in others.items()
    }
    with pytest.raises(ValueError, match=f"one style each and of the same arch.*{found}"):
        family.join(networks)


@pytest.mark.parametrize("other", ["a family of 1 style", "no stylizer, NoneType"])
def test_what_is_no_single_network_joins_no_family(members, other):
    joined = family.join({"wave": members[0]}) if "family" in other else None
    with pytest.raises(ValueError, match=f"networks of one style each.* x: {other}"):
        family.join({"x": joined, "y": members[1]})


def test_blend_is_painted_by_the_mean_of_the_weights(members, stylizers):
    mean = transform_net.Stylizer(("style",), **MEASURES)
    for own, *given in zip(mean.weights, *(each.weights for each in members), strict=True):
        own.assign(0.25 * given[0] + 0.75 * given[2])
    painted = stylizers(picture(19, 16), style="wave:1,night:3")
    assert_allclose(painted, mean(picture(19, 16)), atol=1e-5)


def test_strength_is_each_network_s_own(members, stylizers):
    painted = stylizers(picture(16, 16), style=stylizers.at_strength("scream", 0.3))
    assert_allclose(painted, members[1](picture(16, 16), style=[0.3]), atol=1e-5)


def test_at_strength_0_the_photograph_itself_remains(stylizers):
    nothing = stylizers.at_strength("scream", 0)
    assert_allclose(stylizers(picture(16, 21), style=nothing), picture(16, 21), atol=1e-6)


@pytest.mark.parametrize("in_a_graph", [False, True])
def test_each_image_of_a_batch_has_its_style(members, stylizers, in_a_graph):
    images = picture(18, 22, batch=2)
    shares = np.float32([[0, 0, 1], [0.5, 0, 0]])
    call = tf.function(stylizers.__call__) if in_a_graph else stylizers
    painted = call(tf.constant(images), style=tf.constant(shares))
    assert_allclose(painted[:1], members[2](images[:1]), atol=1e-5)
    assert_allclose(painted[1:], members[0](images[1:], style=[0.5]), atol=1e-5)


def test_a_single_network_paints_the_blend_by_itself(stylizers):
    half = stylizers.at_strength("wave:0.6,scream:0.4", 0.5)
    net, style = stylizers.single(half)
    assert isinstance(net, transform_net.Stylizer)
    image = picture(16, 16)
    assert_allclose(net(image, style=style), stylizers(image, style=half), atol=1e-6)


def test_strips_are_the_whole(stylizers):
    image = picture(64, 30)
    painted = strips.paint(stylizers, image, "night", strip_rows=12)
    assert_allclose(painted, stylizers(image, style="night"), atol=1e-4)


def test_gradients_reach_the_networks_that_paint_and_no_others(stylizers):
    with tf.GradientTape() as tape:
        painted = stylizers(picture(16, 16), style="scream", training=True)
        loss = tf.reduce_sum(painted)
    moved = []
    for gradient in tape.gradient(loss, stylizers.trainable_variables):
        assert not np.any(gradient[0]) and not np.any(gradient[2])
        assert np.isfinite(gradient).all()
        moved.append(np.any(gradient[1]))
    assert all(moved)


def test_a_layer_in_a_larger_model_paints_the_same(stylizers):
    inputs = keras.Input([None, None, 3])
    model = keras.Model(inputs, stylizers(inputs))
    assert_allclose(model(picture(20, 24)), stylizers(picture(20, 24)), atol=1e-5)


@pytest.mark.parametrize("shares", [[0.0, 1.0, 0.0], [0.0, 0.5, 0.0], [0.2, 0.3, 0.5]])
def test_gradients_by_the_shares_are_those_of_the_graph(stylizers, shares):
    def gradient(shares):
        with tf.GradientTape() as tape:
            tape.watch(shares)
            loss = tf.reduce_sum(tf.square(stylizers(picture(16, 16), style=shares)))
        return tape.gradient(loss, shares)

    eager = gradient(tf.constant(shares))
    assert_allclose(eager, tf.function(gradient)(tf.constant(shares)), rtol=1e-3, atol=1e-3)
    assert np.all(np.abs(eager) > 0.1)


@pytest.mark.parametrize("suffix", [".npz", ".keras"])
def test_a_family_comes_back_from_its_files(stylizers, tmp_path, suffix):
    path = tmp_path / f"family{suffix}"
    pretrained.pack(stylizers, path) if suffix == ".npz" else stylizers.save(path)
    again = pretrained.load(path)
    assert type(again) is family.StylizerFamily
    assert (again.styles, again.architecture) == (stylizers.styles, stylizers.architecture)
    image = picture(24, 24)
    error = np.abs(again(image, style="night") - stylizers(image, style="night"))
    assert error.mean() < 0.5 / 255 if suffix == ".npz" else error.max() < 1e-6


WIDEST = 1.2 / 127
"""Neighbouring levels are less than this apart: the slope of x**1.2 at 1, over 127."""


def test_packed_kernels_are_within_a_level_of_themselves(stylizers, tmp_path):
    pretrained.pack(stylizers, tmp_path / "family.npz")
    arrays, again = np.load(tmp_path / "family.npz"), pretrained.load(tmp_path / "family.npz")
    for index, (own, given) in enumerate(zip(again.weights, stylizers.weights, strict=True)):
        own, given = np.array(own), np.array(given)
        if f"g{index:03}" not in arrays:
            assert_allclose(own, given, rtol=2**-11, atol=2**-25)
            continue
        gain = arrays[f"g{index:03}"]
        largest = np.abs(given - given.mean(0)).max((1, 2, 3), keepdims=True)
        # The mean is rounded to float16.
        assert_allclose(gain, largest, rtol=0.01)
        assert np.all(np.abs(own - given) <= WIDEST * gain + 1e-7)


def test_networks_that_are_alike_come_back_closer_than_in_float16(members, tmp_path):
    """What float16 takes off their mean is what each adds to it."""
    alike = family.join({"night": members[0], "wave": members[0]})
    pretrained.pack(alike, tmp_path / "family.npz")
    arrays, again = np.load(tmp_path / "family.npz"), pretrained.load(tmp_path / "family.npz")
    packed = [index for index in range(len(again.weights)) if f"g{index:03}" in arrays]
    for index in packed:
        given = np.array(alike.weights[index])
        rounding = np.abs(given.astype(np.float16) - given).max()
        assert np.abs(np.array(again.weights[index]) - given).max() < rounding / 50
    assert packed


@pytest.mark.filterwarnings("error")
def test_a_packed_family_without_any_weight_comes_back_as_that(tmp_path):
    networks = family.StylizerFamily(STYLES, **MEASURES)
    networks.set_weights([np.zeros_like(weight) for weight in networks.get_weights()])
    pretrained.pack(networks, tmp_path / "family.npz")
    for weight in pretrained.load(tmp_path / "family.npz").get_weights():
        assert not weight.any()


BACK_AND_FORTH = [(0, 0), (0, 1), (0, 2), (1, 2), (1, 1), (1, 0), (2, 0), (2, 1), (2, 2)]


def test_rounding_alters_the_sum_of_neighbours_by_half_a_level_at_most(tmp_path):
    """From a packed kernel's first value to any other, by rows that run back and forth."""
    networks = random_weights(family.StylizerFamily(STYLES, **MEASURES), 5)
    pretrained.pack(networks, tmp_path / "family.npz")
    arrays, again = np.load(tmp_path / "family.npz"), pretrained.load(tmp_path / "family.npz")
    packed = [index for index in range(len(again.weights)) if f"g{index:03}" in arrays]
    for index in packed:
        off = np.array(again.weights[index]) - np.array(networks.weights[index])
        sums = np.cumsum([off[:, row, column] for row, column in BACK_AND_FORTH], axis=0)
        # The last is the whole kernel's: what flat areas see.
        assert np.all(np.abs(sums) <= 0.501 * WIDEST * arrays[f"g{index:03}"][:, 0, 0])
    assert packed


@pytest.mark.parametrize(
    ("whole", "share"), [(127, 1), (-127, -1), (0, 0), (-8, -0.036236), (-128, -1.009456)]
)
def test_a_byte_n_stands_for_n_127ths_to_the_power_1_2_of_the_gain(
    stylizers, tmp_path, whole, share
):
    path = tmp_path / "family.npz"
    pretrained.pack(stylizers, path)
    arrays = dict(np.load(path))
    index = next(name[1:] for name in arrays if name.startswith("g"))
    arrays[f"w{index}"][:] = whole
    arrays[f"m{index}"][:] = 0.5
    arrays[f"g{index}"][:] = 2
    np.savez(path, **arrays)
    weights = pretrained.load(path).weights[int(index)]
    assert_allclose(weights, np.full(weights.shape, 0.5 + 2 * share), atol=1e-6)


@pytest.mark.parametrize("width", [3, 4])
def test_kernels_of_residual_blocks_alone_are_packed_in_bytes(tmp_path, width):
    """Of 3 channels, the first and the last layer's kernels are square as well."""
    networks = random_weights(family.StylizerFamily(STYLES, width=width, residual_blocks=1), 7)
    pretrained.pack(networks, tmp_path / "f")
    arrays = np.load(tmp_path / "f")
    shapes = [arrays[name].shape for name in arrays if arrays[name].dtype == np.int8]
    assert shapes == [(3, 3, 3, 4 * width, 4 * width)] * 2
    halves = [arrays[name] for name in arrays if name.startswith("w")]
    assert sum(each.dtype == np.float16 for each in halves) == len(halves) - 2


def test_packed_family_takes_less_than_half_of_a_half_float_files_bytes(tmp_path):
    wide = family.StylizerFamily([str(number) for number in range(9)], width=16)
    random_weights(wide, 3)
    pretrained.pack(wide, tmp_path / "family.npz")
    values = sum(int(np.prod(weight.shape)) for weight in wide.weights)
    # Two bytes a value at most are float16's; a byte, and a ninth of two for the mean, are these.
    assert (tmp_path / "family.npz").stat().st_size < 1.4 * values


def test_other_precision_keeps_the_weights(stylizers):
    half = pretrained.in_precision(stylizers, "bfloat16")
    assert half.dtype_policy.name == "mixed_bfloat16"
    for own, given in zip(half.weights, stylizers.weights, strict=True):
        assert_array_equal(own, given)
    image = picture(32, 32)
    assert np.abs(half(image) - stylizers(image)).mean() < 0.02


def test_apply_paints_as_the_family_does(stylizers, tmp_path):
    pretrained.pack(stylizers, tmp_path / "family.npz")
    config = feed_forward.Config(model=tmp_path / "family.npz", strength=0.5, precision="float32")
    painted = feed_forward.stylize(picture(20, 16), "scream:1,night:1", config).image
    again = pretrained.load(tmp_path / "family.npz")
    assert_allclose(painted, again(picture(20, 16), style=[0.0, 0.25, 0.25]), atol=1e-6)


def test_apply_takes_a_file_that_was_written_anew(stylizers, members, tmp_path):
    path = tmp_path / "model.npz"
    config = feed_forward.Config(model=path, precision="float32")
    pretrained.pack(stylizers, path)
    feed_forward.stylize(picture(16, 16), config=config)
    pretrained.pack(members[1], path)
    painted = feed_forward.stylize(picture(16, 16), config=config).image
    assert_allclose(painted, pretrained.load(path)(picture(16, 16)), atol=1e-6)


@pytest.mark.parametrize("gain", [np.inf, np.nan])
@pytest.mark.filterwarnings("error")
def test_gains_that_are_no_numbers_are_refused_in_one_sentence(stylizers, tmp_path, gain):
    path = tmp_path / "family.npz"
    pretrained.pack(stylizers, path)
    arrays = dict(np.load(path))
    name = next(name for name in arrays if name.startswith("g"))
    arrays[name] = np.full_like(arrays[name], gain)
    np.savez(path, **arrays)
    with pytest.raises(ValueError, match="model must be a packed stylizer, and .* not finite"):
        pretrained.load(path)


@pytest.mark.parametrize("images", [picture(8, 8)[0], picture(8, 8)[np.newaxis]])
def test_images_of_another_shape_are_refused(stylizers, images):
    with pytest.raises(ValueError, match=r"images must be \[batch, height, width, 3\]"):
        stylizers(images)


def test_unknown_style_is_refused(stylizers):
    with pytest.raises(ValueError, match="style must be one of night, scream, wave"):
        stylizers(picture(8, 8), style="wve")
