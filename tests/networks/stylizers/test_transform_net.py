import re
import subprocess
import sys
from fractions import Fraction

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle import feed_forward
from tfstyle.networks import pretrained
from tfstyle.networks.layers import grain
from tfstyle.networks.stylizers import family, stages, transform_net

STYLES = ("wave", "scream", "night")


def randomise(stylizer, seed):
    random = np.random.default_rng(seed)
    for variable in stylizer.net.weights:
        if variable.name in ("scale", "shift"):
            variable.assign(random.uniform(0.5, 1.5, variable.shape))
        elif variable.shape[-1] == 3:
            variable.assign(random.normal(0, 0.2, variable.shape))


@pytest.fixture(scope="module", params=[True, False], ids=["inner_norms", "outer_norms"])
def stylizer(request):
    keras.utils.set_random_seed(1)
    stylizer = transform_net.Stylizer(STYLES, width=4, residual_blocks=2, inner_norms=request.param)
    randomise(stylizer, 2)
    return stylizer


def picture(height, width, batch=1, seed=0):
    return np.random.default_rng(seed).random([batch, height, width, 3], np.float32)


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (2, 3), (15, 17), (16, 16), (33, 50)])
def test_pastiche_has_the_image_s_size_and_range(stylizer, size):
    pastiche = stylizer(picture(*size))
    assert pastiche.shape == (1, *size, 3)
    assert pastiche.dtype == tf.float32
    assert 0 <= np.min(pastiche) <= np.max(pastiche) <= 1


def test_a_smaller_outer_kernel_is_kept_and_reaches_less_far():
    keras.utils.set_random_seed(1)
    net = transform_net.Stylizer(("wave",), width=4, residual_blocks=0, outer_kernel=5)
    outer = [stage.convolve.kernel.shape for stage in stages.stages(net.blocks)]
    assert outer[0] == (5, 5, 3, 4) and outer[-1] == (5, 5, 4, 3)
    assert transform_net.Stylizer.from_config(net.get_config()).architecture == net.architecture
    assert net(picture(17, 23)).shape == (1, 17, 23, 3)


@pytest.mark.parametrize("side", [-1, 0, 4, 11])
def test_other_outer_kernels_are_refused(side):
    with pytest.raises(ValueError, match=f"odd, from 1 to 9. Received: outer_kernel={side}"):
        transform_net.Stylizer(("wave",), width=4, outer_kernel=side)


def test_columns_that_only_mirror_the_image_do_not_matter(stylizer):
    image = picture(16, 15)
    mirrored = np.concatenate([image, image[:, :, -2:-3:-1]], axis=2)
    assert_allclose(stylizer(image), stylizer(mirrored)[:, :, :15], atol=1e-6)


def test_each_style_paints_its_own_way(stylizer):
    image = picture(20, 20)
    pastiches = [np.asarray(stylizer(image, style=name)) for name in STYLES]
    assert np.abs(pastiches[0] - pastiches[1]).max() > 0.01
    assert np.abs(pastiches[1] - pastiches[2]).max() > 0.01


def test_first_style_is_the_default(stylizer):
    image = picture(20, 20)
    assert_array_equal(stylizer(image), stylizer(image, style="wave"))


def test_shares_are_normalised_and_a_whole_share_is_the_style(stylizer):
    image = picture(20, 20)
    assert_array_equal(stylizer(image, style={"night": 7}), stylizer(image, style="night"))
    assert_allclose(stylizer.shares({"wave": 3, "night": 1}), [[0.75, 0, 0.25]])


def test_each_image_of_a_batch_takes_its_own_shares(stylizer):
    images = picture(20, 20, batch=2)
    shares = tf.constant([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    both = stylizer(images, style=shares)
    assert_allclose(both[:1], stylizer(images[:1], style="scream"), atol=1e-5)
    assert_allclose(both[1:], stylizer(images[1:], style="night"), atol=1e-5)


@pytest.mark.parametrize(
    ("style", "message"),
    [
        ("scraem", "style must be .*scream"),
        ({"wave": 0}, "not all 0"),
        ({"wave": 2, "night": -1}, "0 or more.*night:-1"),
        ({"wave": float("inf"), "night": 1}, "Received: wave:inf"),
        ({"wave": 1, "night": float("nan")}, "Received: night:nan"),
        ({"wave": 1e308, "night": 1e308}, "Received: wave:1e.308"),
        ({"wave": 10**400}, "Received: wave:1000"),
        ({"wave": "much"}, "Received: wave:much"),
        ({"wave": True}, "Received: wave:True"),
        ([1.0, float("nan"), 0.0], "finite numbers of 0 or more. Received: nan"),
        (np.array([[1e39, 0, 0]]), "finite numbers of 0 or more. Received: inf"),
        ([0.5, 0.5, -0.25], "finite numbers of 0 or more. Received: -0.25"),
        (np.eye(3), "one row, or one for each image. Received: 3 rows for 1 images"),
        ([1.0, 0.0], r"one for each style. Received: shares of shape \(2,\)"),
        (1.0, "one for each style"),
        ({}, "not all 0"),
        ("", "style must be a name"),
        ({1: 1.0}, "style must be one of night, scream, wave"),
        (b"wave", "style must be a name, .* Received: style=b'wave'"),
        (["wave"], r"style must be a name, .* Received: style=\['wave'\]"),
    ],
)
def test_style_that_cannot_be_is_refused(stylizer, style, message):
    with pytest.raises(ValueError, match=message):
        stylizer(picture(16, 16), style=style)


@pytest.mark.parametrize("channels", [1, 4])
def test_an_image_of_other_channels_is_refused(stylizer, channels):
    with pytest.raises(ValueError, match=r"images must be \[batch, height, width, 3\]"):
        stylizer(np.zeros([1, 16, 16, channels], np.float32))


def test_an_image_without_a_batch_is_refused(stylizer):
    with pytest.raises(ValueError, match=r"add the batch by images.+ of shape \(16, 16, 3\)"):
        stylizer(picture(16, 16)[0])


def test_a_style_that_cannot_be_is_one_sentence_from_the_method(stylizer):
    with pytest.raises(ValueError) as caught:
        feed_forward.stylize(picture(16, 16), "scraem", stylizer=stylizer)
    assert re.fullmatch(r"style must be .+ Did you mean scream\? .+", str(caught.value))


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int64, tf.constant])
def test_shares_by_name_may_be_numpy_s_numbers(stylizer, kind):
    image = picture(16, 16)
    painted = stylizer(image, style={"wave": kind(3), "night": kind(1)})
    assert_allclose(painted, stylizer(image, style="wave:3,night:1"), atol=1e-6)


def test_shares_may_be_fractions(stylizer):
    shares = {"wave": Fraction(1, 3), "night": Fraction(2, 3)}
    assert_allclose(stylizer.shares(shares)[0], [1 / 3, 0, 2 / 3], rtol=1e-6)


@pytest.mark.parametrize("style", ["waev", {"wave": float("nan")}, {"wave": 10**5000}, {}, [0.5]])
def test_refused_style_is_one_line(stylizer, style):
    with pytest.raises(ValueError, match="Received: ") as raised:
        feed_forward.stylize(picture(16, 16), style, stylizer=stylizer)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("styles", [(), ("wave", "wave")])
def test_styles_need_different_names(styles):
    with pytest.raises(ValueError, match="styles must be different names"):
        transform_net.Stylizer(styles)


def test_unclipped_pastiche_is_what_training_sees(stylizer):
    image = picture(20, 20)
    unclipped = stylizer(image, training=True)
    assert np.max(unclipped) > 1 or np.min(unclipped) < 0
    assert_array_equal(np.clip(unclipped, 0, 1), stylizer(image))


def test_watching_does_not_alter_the_pastiche(stylizer):
    image = picture(31, 34)
    pastiche, first, *_ = stylizer.watch()(image, "scream")
    assert_allclose(pastiche, stylizer(image, style="scream", training=True), atol=1e-5)
    grown = np.pad(image - 0.5, [(0, 0), (0, 1), (0, 2), (0, 0)], mode="reflect")
    assert_allclose(first, stylizer.blocks[0][0].convolve(grown), atol=1e-5)


def test_norms_are_watched_whether_all_or_those_of_the_first_three_stages():
    """Seven stages have scales and shifts where there is one residual block."""
    for inner_norms, norms in ((True, 7), (False, 3)):
        net = transform_net.Stylizer(("wave",), width=4, residual_blocks=1, inner_norms=inner_norms)
        assert len(net.watch()(picture(16, 16), "wave")) == 1 + norms


def test_stylizer_is_a_layer_and_predicts_data_sets(stylizer):
    images = picture(20, 20, batch=3)
    sequence = keras.Sequential([keras.Input([20, 20, 3]), stylizer])
    expected = stylizer(images)
    assert_allclose(sequence(images), expected, atol=1e-6)
    data_set = tf.data.Dataset.from_tensor_slices(images).batch(2)
    assert_allclose(stylizer.predict(data_set, verbose=0), expected, atol=1e-5)


@pytest.mark.slow
def test_saved_stylizer_paints_the_same_in_a_new_process(stylizer, tmp_path):
    image = picture(20, 24)
    stylizer.save(tmp_path / "stylizer.keras")
    np.save(tmp_path / "image.npy", image)
    program = (
        "import tfstyle.networks.stylizers.transform_net, keras, sys, numpy as np\n"
        f"stylizer = keras.models.load_model({str(tmp_path / 'stylizer.keras')!r})\n"
        f"image = np.load({str(tmp_path / 'image.npy')!r})\n"
        f"np.save({str(tmp_path / 'out.npy')!r}, stylizer(image, style='scream'))\n"
        "import tfstyle.cli.commands.apply, tfstyle.cli.commands.video.command\n"
        "import tfstyle.methods.style_swap.method\n"
        "assert 'tensorflow_probability' not in sys.modules  # It takes more than a second.\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
    assert_allclose(np.load(tmp_path / "out.npy"), stylizer(image, style="scream"), atol=1e-6)


def test_blend_may_be_written_in_python_too(stylizer):
    written, given = stylizer.shares("wave:3,scream:1"), stylizer.shares({"wave": 3, "scream": 1})
    np.testing.assert_array_equal(written, given)


# --- Grain ---


def with_grain(stylizer, grain):
    made = transform_net.Stylizer(**{**pretrained.architecture(stylizer), "grain": grain})
    made.set_weights(stylizer.get_weights())
    return made


@pytest.fixture(scope="module")
def grainy(fading):
    return with_grain(fading, 0.1)


@pytest.mark.parametrize("size", [(16, 16), (19, 33)])
def test_the_network_sees_grain_and_the_photograph_under_it_has_none(fading, grainy, size):
    image = picture(*size)
    noise = tf.constant(0.1 * grain.over(image))
    assert_allclose(grainy(image), fading(image + noise), atol=1e-5)
    # At half strength half of the photograph lies under what is painted.
    half = fading.at_strength("wave", 0.5)
    grained = fading(image + noise, style=half, training=True) - 0.5 * noise
    assert_allclose(grainy(image, style=half), np.clip(grained, 0, 1), atol=1e-5)


def test_crops_of_a_training_have_noise_of_their_own(fading, grainy):
    image = picture(16, 16)
    assert_array_equal(grainy(image, training=True), fading(image, training=True))
    assert_array_equal(grainy(image, grained=False), fading(image))
    assert np.abs(grainy(image) - fading(image)).max() > 0.01


def test_a_family_sees_the_grain_of_its_networks(grainy):
    single = with_grain(transform_net.Stylizer(("a",), width=4, residual_blocks=1), 0.2)
    for weight in single.weights:
        weight.assign(np.random.default_rng(1).normal(0, 0.3, weight.shape))
    joined = family.join({"a": single})
    assert joined.architecture.grain == 0.2
    for how in ({}, {"grained": False}, {"training": True}):
        assert_allclose(joined(picture(16, 20), **how), single(picture(16, 20), **how), atol=1e-5)


def test_grain_comes_back_from_files_and_older_ones_have_none(grainy, tmp_path):
    for suffix in (".npz", ".keras"):
        path = tmp_path / f"grainy{suffix}"
        pretrained.pack(grainy, path) if suffix == ".npz" else grainy.save(path)
        assert pretrained.load(path).architecture.grain == 0.1
    assert pretrained.load("slim").architecture.grain == 0


# --- Strength ---


@pytest.fixture(scope="module")
def fading():
    keras.utils.set_random_seed(1)
    net = transform_net.Stylizer(STYLES, width=4, residual_blocks=1, identity=True)
    randomise(net, 3)
    return net


def test_the_photograph_has_what_shares_lack_to_1(fading):
    assert_allclose(fading.rows([0.25, 0.5, 0.0]), [[0.25, 0.5, 0.0, 0.25]])
    assert_allclose(fading.rows("scream"), [[0.0, 1.0, 0.0, 0.0]])
    assert_allclose(fading.at_strength("wave:1,night:3", 0.4), [[0.1, 0.0, 0.3]], rtol=1e-6)


def test_at_strength_0_every_style_paints_the_same(fading):
    image = picture(17, 20)
    wave, night = (fading(image, style=fading.at_strength(name, 0)) for name in ("wave", "night"))
    assert_array_equal(wave, night)
    assert np.abs(wave - fading(image, style="wave")).max() > 0.01


def test_each_image_of_a_batch_has_its_strength(fading):
    images = picture(16, 18, batch=2)
    both = fading(images, style=fading.at_strength("night", tf.constant([0.3, 1.0])))
    first = fading(images[:1], style=fading.at_strength("night", 0.3))
    assert_allclose(both[:1], first, atol=1e-5)
    assert_allclose(both[1:], fading(images[1:], style="night"), atol=1e-5)


def test_full_strength_is_the_style_itself_whatever_the_network(stylizer):
    assert stylizer.at_strength("wave", 1) == "wave"


def test_less_is_refused_by_a_network_that_knows_full_strength_alone(stylizer):
    with pytest.raises(ValueError, match="strength must be 1 for a model .* strength=0.5"):
        stylizer.at_strength("wave", 0.5)


@pytest.mark.parametrize(
    "strength", [-0.1, 1.5, float("nan"), np.float32(-1), np.int64(3), np.float32("nan"), "0.5"]
)
def test_strength_beyond_its_range_is_refused(fading, strength):
    with pytest.raises(ValueError, match="strength must be from 0 to 1. Received: strength="):
        fading.at_strength("wave", strength)


def test_shares_are_not_rounded_to_the_arithmetic_s_type(fading):
    half = pretrained.in_precision(fading, "bfloat16")
    image, shares = picture(16, 16), tf.constant([0.3, 0.0, 0.7])
    assert_array_equal(half(image, style=shares), half(image, style="wave:0.3,night:0.7"))
    # Nor is the photograph, which lies under what is painted.
    painted = half(image, style=tf.zeros(3), training=True)
    # As a graph, like the stylizer: operation by operation the net is rounded in other places.
    net = tf.function(half.net)
    under = painted - net([tf.constant(image), tf.constant([[0.0, 0.0, 0.0, 1.0]])])
    assert_allclose(under, image - 0.5, atol=1e-6)


def test_one_pass_at_a_strength_paints_what_the_network_does(fading):
    image = picture(21, 18)
    config = feed_forward.Config(strength=0.6)
    painted = feed_forward.stylize(image, "scream", config, stylizer=fading).image
    assert_allclose(painted, fading(image, style=[0.0, 0.6, 0.0]), atol=1e-6)


def test_a_fading_network_comes_back_from_its_files(fading, tmp_path):
    pretrained.pack(fading, tmp_path / "fading.npz")
    fading.save(tmp_path / "fading.keras")
    image, half = picture(16, 16), [0.0, 0.0, 0.5]
    for name in ("fading.npz", "fading.keras"):
        again = pretrained.load(tmp_path / name)
        assert again.architecture.identity
        assert_allclose(again(image, style=half), fading(image, style=half), atol=2e-3)


@pytest.mark.parametrize(("dtype", "pixels"), [("float32", 1), ("mixed_bfloat16", 2)])
def test_first_convolution_computes_pairs_where_values_are_multiplied_in_pairs(dtype, pixels):
    stylizer = transform_net.Stylizer(("night",), width=4, residual_blocks=0, dtype=dtype)
    assert stylizer.blocks[0][0].convolve.abreast == pixels
