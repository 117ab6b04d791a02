import dataclasses
import os
import pathlib

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from samples import picture

from tfstyle import image
from tfstyle.image import color
from tfstyle.losses import perceptual
from tfstyle.methods.gatys import method as gatys
from tfstyle.networks import vgg19_layers, vgg19_weights
from tfstyle.result import Interrupted
from tfstyle.system import memory

SMALL = gatys.Config(size=None, levels="1", steps=8, coarse_steps=4, precision="float32")


@pytest.fixture(scope="module")
def build(tiny_encoder):
    """Builds each objective on the tiny network once: most of the time would be tracing."""
    built = {}

    def build(config, features, *more, own_build=perceptual.build):
        weights = repr((config.weights(), more))
        if features is not tiny_encoder:
            return own_build(config, features, *more)
        if weights not in built:
            built[weights] = own_build(config, features, *more)
        return built[weights]

    return build


@pytest.fixture
def stylize(tiny_encoder, content, style, build, monkeypatch):
    """Runs the method on the small pictures with the tiny network; settings as keywords."""
    monkeypatch.setattr(gatys.perceptual, "build", build)

    def stylize(content=content, styles=style, callback=None, checkpoint=None, resume=False, **own):
        config = dataclasses.replace(SMALL, **own)
        return gatys.stylize(
            content,
            styles,
            config,
            callback=callback,
            checkpoint=checkpoint,
            resume=resume,
            features=tiny_encoder,
        )

    return stylize


def totals(result):
    return [loss.terms["total"] for loss in result.losses]


def last_total(result):
    return min(totals(result))


# --- The result ---


def test_result_has_the_content_s_shape_in_range(stylize, content):
    result = stylize()
    assert result.image.shape == content.shape
    assert result.image.dtype == np.float32
    assert 0 <= result.image.min() < result.image.max() <= 1


def test_size_is_the_longest_side_of_the_result(stylize):
    assert stylize(size=96, steps=1).image.shape == (1, 80, 96, 3)


def test_uint8_and_three_axes_mean_the_same_image(stylize, content, style):
    levels = np.rint(255 * content[0]).astype(np.uint8)
    as_floats = levels[np.newaxis].astype(np.float32) / np.float32(255)
    assert_array_equal(stylize(levels).image, stylize(as_floats).image)


def test_loss_falls_from_every_start(stylize):
    for start in ("noise", "content", "style"):
        curve = totals(stylize(start=start, steps=15))
        assert curve[-1] < curve[0], start


def test_loss_terms_sum_to_the_total(stylize):
    for loss in stylize().losses:
        terms = dict(loss.terms)
        assert set(terms) == {"total", "content", "style", "total_variation", "range"}
        assert terms.pop("total") == pytest.approx(sum(terms.values()), rel=1e-5)


def test_style_alone_gives_the_style_s_gram_matrices(stylize, tiny_encoder, style):
    result = stylize(
        content_weight=0.0, total_variation_weight=0.0, range_weight=0.0, steps=60, start="content"
    )
    assert last_total(result) < 0.02 * totals(result)[0]


def test_content_alone_keeps_the_content(stylize, content):
    result = stylize(
        style_weight=0.0, total_variation_weight=0.0, start="content", steps=5, range_weight=0.0
    )
    assert_allclose(result.image, content, atol=1e-6)


def test_more_style_weight_gives_less_content(stylize):
    little, much = (
        stylize(style_weight=weight, steps=30).losses[-1].terms for weight in (0.1, 10.0)
    )
    assert much["content"] > little["content"]
    assert much["style"] / 10 < little["style"] / 0.1


def test_coarse_levels_are_painted_first(stylize, content):
    result = stylize(size=96, levels="48,96")
    assert [level.size for level in result.levels] == [(40, 48), (80, 96)]
    assert [level.steps for level in result.levels] == [4, 8]


def test_tfp_s_own_line_search_works_too(stylize):
    result = stylize(line_search="hager_zhang", steps=4)
    assert last_total(result) < totals(result)[0]


def test_adam_works_too(stylize):
    result = stylize(optimizer="adam", steps=20)
    assert result.evaluations == 20
    assert last_total(result) < 0.9 * totals(result)[0]


def test_no_steps_give_the_start(stylize, content):
    assert_array_equal(stylize(steps=0, start="content").image, content)


# --- Seeds and inputs ---


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
def test_same_seed_gives_the_same_image(stylize, optimizer):
    first, second = (stylize(seed=5, optimizer=optimizer) for _ in range(2))
    assert_array_equal(first.image, second.image)
    assert totals(first) == totals(second)


def test_another_seed_gives_another_image(stylize):
    assert not np.array_equal(stylize(seed=1).image, stylize(seed=2).image)


@pytest.mark.parametrize("mode", color.MODES)
def test_inputs_are_unchanged(stylize, content, style, mode):
    before = content.copy(), style.copy()
    stylize(preserve_color=mode, start="content", steps=2)
    assert_array_equal(content, before[0])
    assert_array_equal(style, before[1])


@pytest.mark.parametrize("size", [(33, 47), (32, 32), (65, 35)])
def test_odd_sizes_are_kept(stylize, size):
    assert stylize(picture(*size, seed=1), steps=2).image.shape == (1, *size, 3)


@pytest.mark.parametrize("size", [(1, 1), (31, 64), (64, 16)])
def test_picture_too_small_for_the_deepest_layer_is_refused(stylize, size):
    height, width = size
    expected = f"at least 32 pixels wide and high.*Received: level {width}x{height}"
    with pytest.raises(ValueError, match=expected):
        stylize(picture(*size, seed=1))


def test_shallow_layers_allow_small_pictures(tiny_encoder, style):
    layers = {"content_layers": ("relu2_1",), "style_layers": ("relu1_1",)}
    outputs = {name: tiny_encoder.output[name] for name in ("block1_conv1", "block2_conv1")}
    config = dataclasses.replace(SMALL, **layers, steps=2)
    shallow = keras.Model(tiny_encoder.input, outputs)
    result = gatys.stylize(picture(5, 4, seed=1), style, config, features=shallow)
    assert result.image.shape == (1, 5, 4, 3)


def test_size_beyond_the_memory_is_refused_before_the_work(stylize, monkeypatch):
    monkeypatch.setattr(memory, "available", lambda: 1e9)
    with pytest.raises(MemoryError, match="would fit. Received: size=4096"):
        stylize(size=4096)


@pytest.mark.parametrize(
    "own, advice",
    [
        ({"style_scale": 8.0}, r"style_scale=[1-7]\.\d+ or a size of \d+ would fit"),
        ({"style_size": 16000}, r"style_size=\d{4} would fit"),
    ],
)
def test_style_beyond_the_memory_is_named(stylize, monkeypatch, own, advice):
    monkeypatch.setattr(memory, "available", lambda: 4e9)
    with pytest.raises(MemoryError, match=advice):
        stylize(size=1000, tile=None, **own)


# --- Styles ---


def test_two_equal_styles_are_one(stylize, style):
    one, two = stylize(), stylize(styles=[style, style], style_blend=(0.2, 0.6))
    assert totals(one)[0] == pytest.approx(totals(two)[0], rel=1e-4)
    assert_allclose(one.image, two.image, atol=0.02)


def test_shares_for_more_styles_than_there_are_are_told_as_they_were_given(stylize):
    with pytest.raises(ValueError, match="Received: style_blend=1,2.5 for 1 style$"):
        stylize(style_blend=(1.0, 2.5))


def test_shares_are_normalised(stylize, style, content):
    styles = [style, picture(50, 32, seed=9)]
    small, large = (
        stylize(styles=styles, style_blend=blend) for blend in ((0.1, 0.3), (10.0, 30.0))
    )
    assert totals(small)[0] == pytest.approx(totals(large)[0], rel=1e-4)


def test_styles_are_shared_evenly_by_default(stylize, style):
    styles = (style, picture(50, 32, seed=9))
    assert_array_equal(
        stylize(styles=styles).image, stylize(styles=styles, style_blend=(1.0, 1.0)).image
    )


@pytest.mark.parametrize("blend", [(1.0,), (1.0, 1.0, 1.0), (0.0, 0.0)])
def test_shares_must_match_the_styles(stylize, style, blend):
    with pytest.raises(ValueError, match="one share per style, not all 0.*for 2 styles"):
        stylize(styles=[style, style], style_blend=blend)


def test_no_styles_are_refused(stylize):
    with pytest.raises(ValueError, match=r"styles must be one image or several.*styles=\[\]"):
        stylize(styles=[])


def test_style_scale_changes_the_size_at_which_the_style_is_seen(stylize):
    sizes = {scale: totals(stylize(style_scale=scale, steps=1))[0] for scale in (0.7, 1.0, 2.0)}
    assert len(set(sizes.values())) == 3


def test_style_of_the_content_s_size_is_seen_as_it_is(stylize, style):
    result = stylize(style, style, start="content", total_variation_weight=0.0)
    assert totals(result) == [pytest.approx(0, abs=1e-6)]  # Nothing left to change.
    assert_array_equal(result.image, style)


@pytest.mark.parametrize("size", [(200, 10), (3, 40), (1, 1)])
def test_style_of_any_shape_and_size_will_do(stylize, size):
    result = stylize(styles=picture(*size, seed=1, smoothing=0), steps=2, style_scale=0.5)
    assert np.isfinite(totals(result)).all()


# --- Colours ---


def test_luminance_keeps_the_content_s_chroma(stylize, content):
    result = stylize(preserve_color="luminance", steps=10)
    expected = content + (color.luminance(result.image) - color.luminance(content))
    unclipped = ((result.image > 0) & (result.image < 1)).all(axis=-1)
    assert unclipped.mean() > 0.5
    assert_allclose(result.image[unclipped], expected[unclipped], atol=1e-5)


@pytest.mark.parametrize("mode", ["histogram", "covariance"])
def test_colours_near_the_content_s_are_kept(stylize, content, mode):
    red = np.clip(picture(40, 40, seed=3) * np.float32([1, 0.2, 0.2]), 0, 1)
    plain, kept = (
        stylize(styles=red, preserve_color=setting, steps=30, style_weight=100.0)
        for setting in ("none", mode)
    )

    def distance(result):
        return np.abs(result.image.mean(axis=(1, 2)) - content.mean(axis=(1, 2))).max()

    assert distance(kept) < distance(plain)


# --- The start ---


def test_start_may_be_a_picture_s_path(stylize, tmp_path):
    start = picture(20, 24, seed=8)
    image.write(tmp_path / "start.png", start)
    result = stylize(start=str(tmp_path / "start.png"), steps=0)
    assert_array_equal(result.image, image.resize(image.read(tmp_path / "start.png"), (40, 48)))


def test_start_style_is_the_first_style_resized(stylize, style):
    result = stylize(start="style", steps=0)
    assert_array_equal(result.image, image.resize(style, (40, 48)))


def test_start_noise_is_the_seed_s(stylize):
    assert_array_equal(stylize(seed=3, steps=0).image, image.noise((40, 48), 3))


def test_unknown_start_suggests_the_nearest(stylize):
    with pytest.raises(ValueError, match="start must be one of.*Did you mean content"):
        stylize(start="contents")


# --- Refused inputs and settings ---


def with_nan(pixels):
    pixels = pixels.copy()
    pixels[0, 3, 3, 1] = np.nan
    return pixels


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (with_nan, "finite values only"),
        (lambda pixels: 255 * pixels, r"in \[0, 1\]; divide 8-bit levels by 255"),
        (lambda pixels: pixels[0, :, :, 0], "one RGB image"),
        (lambda pixels: pixels[..., :1], "one RGB image"),
        (lambda pixels: np.concatenate([pixels, pixels]), "one RGB image"),
        (lambda pixels: pixels[:, :0], "one RGB image"),
        (lambda pixels: (255 * pixels).astype(np.int64), "floats in .* or uint8"),
    ],
)
def test_array_that_is_no_image_is_refused_by_name(stylize, content, style, spoil, message):
    with pytest.raises(ValueError, match=f"^content must .*{message}"):
        stylize(content=spoil(content))
    with pytest.raises(ValueError, match=f"^style must .*{message}"):
        stylize(styles=[style, spoil(style)])


def test_defaults_pass_their_own_checks():
    gatys.Config()


@pytest.mark.parametrize(
    "changes",
    [
        {"size": 0},
        {"content_weight": -1.0},
        {"style_weight": float("nan")},
        {"style_layer_weights": (1.0, 1.0, 1.0, 1.0, -1.0)},
        {"style_scale": 0.0},
        {"steps": -1},
        {"history": 0},
        {"learning_rate": 0.0},
        {"seed": -1},
        {"weights_at_size": 0},
    ],
)
def test_setting_outside_its_range_is_refused_by_name(changes):
    (name,) = changes
    with pytest.raises(ValueError, match=f"^{name} must be "):
        gatys.Config(**changes)


@pytest.mark.parametrize(
    "changes", [{"size": 100.5}, {"steps": 1.5}, {"content_layers": None}, {"style_layers": 3}]
)
def test_setting_of_another_type_is_refused_by_name(changes):
    (name,) = changes
    with pytest.raises(ValueError, match=f"^{name} must be .* Received: {name}="):
        gatys.Config(**changes)


def test_settings_that_mean_the_same_paint_the_same(stylize):
    plain = stylize(levels="1", content_layers=("relu4_2",), style_blend=(1.0,)).image
    assert_array_equal(stylize(levels=1, content_layers="relu4_2", style_blend=[1]).image, plain)


def test_start_that_is_no_file_is_refused(stylize):
    with pytest.raises(ValueError, match="Did you mean noise.*start=nose"):
        stylize(start=pathlib.Path("nose"))


@pytest.mark.parametrize(
    ("changes", "suggestion"),
    [
        ({"optimizer": "lbgfs"}, "lbfgs"),
        ({"pooling": "avrage"}, "average"),
        ({"preserve_color": "luminence"}, "luminance"),
        ({"style_layers": ("block4_conv11",)}, "block4_conv1"),
        ({"content_layers": ("rel4_2", "relu4_2")}, "block4_conv2"),
    ],
)
def test_unknown_name_suggests_the_nearest(changes, suggestion):
    with pytest.raises(ValueError, match="must be one of") as error:
        gatys.Config(**changes)
    if "content_layers" not in changes:
        assert f"Did you mean {suggestion}?" in str(error.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"style_layer_weights": (1.0, 2.0)},
        {"content_layer_weights": (1.0, 2.0, 3.0)},
        {"style_layers": ("relu1_1", "block1_conv1")},
        {"content_layers": ()},
    ],
)
def test_layers_must_differ_and_match_their_weights(changes):
    with pytest.raises(ValueError, match="different layers, each with one weight"):
        gatys.Config(**changes)


def test_papers_layer_names_mean_keras_s(stylize):
    papers = {"content_layers": ("relu4_2",), "style_layers": ("relu1_1", "relu3_1")}
    own = {"content_layers": ("block4_conv2",), "style_layers": ("block1_conv1", "block3_conv1")}
    assert_array_equal(stylize(steps=3, **papers).image, stylize(steps=3, **own).image)


# --- VGG19, set up once for many pictures ---


@pytest.fixture
def loads(monkeypatch):
    """The weights files that were read, in order; kernels are drawn, seeded by a file's size."""
    loads = []

    def load(name, _):
        loads.append(name)
        size = os.path.getsize(name)
        random = np.random.default_rng(size)
        shapes = [(3, 3, 3, 64), (3, 3, 64, 64), (3, 3, 64, 128)]
        kernels = [random.normal(0, 0.05, shape).astype(np.float32) for shape in shapes]
        shallow = [(kernel, np.zeros(kernel.shape[-1], np.float32)) for kernel in kernels]
        deep = [(None, None)] * (len(vgg19_layers.LAYERS) - len(shallow))
        return vgg19_weights.Vgg19Weights(os.path.basename(name), str(size), shallow + deep)

    monkeypatch.setattr(vgg19_weights, "load", load)
    perceptual._build_on_vgg19.cache_clear()
    yield loads
    perceptual._build_on_vgg19.cache_clear()


@pytest.fixture
def weights_file(tmp_path):
    path = tmp_path / "weights.h5"
    path.write_bytes(b"weights")
    return path


def paint_with(path, content, style, **own):
    layers = {"content_layers": ("relu2_1",), "style_layers": ["relu1_1"]}
    config = dataclasses.replace(SMALL, vgg_weights=str(path), steps=3, **(layers | own))
    return gatys.stylize(content, style, config)


def test_many_pictures_need_one_set_up_and_look_as_if_alone(loads, weights_file, content, style):
    other = picture(36, 52, seed=7)
    paint_with(weights_file, content, style)
    second = paint_with(weights_file, other, style)
    assert loads == [str(weights_file)]
    perceptual._build_on_vgg19.cache_clear()
    alone = paint_with(weights_file, other, style)
    assert_array_equal(second.image, alone.image)
    assert totals(second) == totals(alone)
    assert second.weights == alone.weights == {"name": "weights.h5", "sha256": "7"}


def test_other_settings_or_another_file_need_their_own(loads, weights_file, content, style):
    first = paint_with(weights_file, content, style)
    pooled = paint_with(weights_file, content, style, pooling="max")
    weights_file.write_bytes(b"retrained weights")
    changed = paint_with(weights_file, content, style, pooling="max")
    assert len(loads) == 3
    assert len({totals(result)[0] for result in (first, pooled, changed)}) == 3
    assert changed.weights["sha256"] == "17"


def test_two_set_ups_are_kept_at_most(loads, weights_file, content, style):
    """A clip's first frames have one, and those that are held to others another."""
    for weight in (1.0, 2.0, 3.0):
        paint_with(weights_file, content, style, style_weight=weight)
    assert perceptual._build_on_vgg19.cache_info().currsize == 2


# --- Interrupting ---


def test_resumed_painting_is_the_uninterrupted_one(stylize, tmp_path):
    two_levels = {"size": 64, "levels": "48,64", "preserve_color": "luminance"}

    def stop(progress):
        if progress.total_step == 6:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as interrupted:
        stylize(callback=stop, checkpoint=tmp_path, **two_levels)
    assert interrupted.value.result.image.shape == (1, 53, 64, 3)
    resumed = stylize(checkpoint=tmp_path, resume=True, **two_levels)
    whole = stylize(**two_levels)
    assert_array_equal(resumed.image, whole.image)
    assert totals(resumed) == totals(whole)
    assert resumed.levels == whole.levels


def test_checkpoint_of_other_settings_is_refused(stylize, tmp_path):
    def stop(progress):
        raise KeyboardInterrupt

    with pytest.raises(Interrupted):
        stylize(callback=stop, checkpoint=tmp_path)
    with pytest.raises(ValueError, match="same pictures and settings"):
        stylize(checkpoint=tmp_path, resume=True, style_weight=7.0)
