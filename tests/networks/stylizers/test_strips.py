import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle.methods.feed_forward import method as feed_forward
from tfstyle.networks import pretrained
from tfstyle.networks.layers import norms
from tfstyle.networks.stylizers import strips, transform_net

KINDS = {
    "inner_norms": {},
    "outer_norms": {"inner_norms": False},
    "small_kernels": {"outer_kernel": 5},
    "identity": {"identity": True},
    "grain": {"identity": True, "grain": 0.3},
}


@pytest.fixture(scope="module", params=KINDS.values(), ids=KINDS)
def stylizer(request):
    keras.utils.set_random_seed(1)
    stylizer = transform_net.Stylizer(
        ("wave", "scream"), width=4, residual_blocks=2, **request.param
    )
    random = np.random.default_rng(2)
    for variable in stylizer.net.weights:
        if variable.name in ("scale", "shift"):
            variable.assign(random.uniform(0.5, 1.5, variable.shape))
        elif variable.shape[-1] == 3:
            side = variable.shape[0]  # The last layer sums over its square.
            variable.assign(random.normal(0, 0.18 / side, variable.shape))
    return stylizer


def picture(height, width):
    """Dark and flat above, bright and rough below: each strip's own moments would be wrong."""
    random = np.random.default_rng(0)
    brightness = np.linspace(0, 1, height, dtype=np.float32)[:, np.newaxis, np.newaxis]
    return (brightness * random.random([1, height, width, 3])).astype(np.float32)


@pytest.mark.parametrize("size", [(64, 48), (61, 50), (2, 3), (3, 70), (90, 2)])
@pytest.mark.parametrize("strip_rows", [5, 16, 1000])
def test_strips_are_the_whole(stylizer, size, strip_rows):
    image = picture(*size)
    painted = strips.paint(stylizer, image, strip_rows=strip_rows)
    assert painted.shape == image.shape and painted.dtype == np.float32
    assert_allclose(painted, stylizer(image), atol=1e-4)


def test_picture_is_one_whose_strips_differ(stylizer):
    image = picture(64, 48)
    apart = np.concatenate([stylizer(image[:, :32]), stylizer(image[:, 32:])], axis=1)
    assert np.abs(apart - stylizer(image)).max() > 0.1


def test_what_a_residual_block_adds_up_is_finished_once(stylizer, monkeypatch):
    rows = dict.fromkeys((block[-1].modulate for block in stylizer.blocks if len(block) > 1), 0)

    def counted(norm, features, *others, **named):
        if norm in rows:
            rows[norm] += features.shape[1]
        return keras.layers.Layer.__call__(norm, features, *others, **named)

    monkeypatch.setattr(norms.ConditionalAffine, "__call__", counted, raising=False)
    strips.paint(stylizer, picture(64, 48), strip_rows=5)
    # A quarter of the picture's rows. Finished for each use, they would be many times as many.
    assert list(rows.values()) == [16, 16]


def test_strips_without_grain_are_the_whole_without(stylizer):
    image = picture(33, 40)
    painted = strips.paint(stylizer, image, strip_rows=12, grained=False)
    assert_allclose(painted, stylizer(image, grained=False), atol=1e-4)


@pytest.mark.parametrize("style", ["scream", {"wave": 1, "scream": 3}])
def test_styles_and_blends_are_the_whole_s(stylizer, style):
    image = picture(64, 48)
    painted = strips.paint(stylizer, image, style, strip_rows=12)
    assert_allclose(painted, stylizer(image, style=style), atol=1e-4)
    assert np.abs(painted - stylizer(image)).max() > 0.01


def test_strength_is_the_whole_s(fading_stylizer):
    image, half = picture(64, 48), fading_stylizer.at_strength("scream", 0.5)
    painted = strips.paint(fading_stylizer, image, half, strip_rows=12)
    assert_allclose(painted, fading_stylizer(image, style=half), atol=1e-4)
    assert np.abs(painted - fading_stylizer(image, style="scream")).max() > 0.01


def test_bfloat16_is_as_near_as_its_rounding(stylizer):
    image = picture(64, 48)
    half = pretrained.in_precision(stylizer, "bfloat16")
    error = np.abs(strips.paint(half, image, strip_rows=12) - stylizer(image))
    assert error.mean() < 1.5 * np.abs(half(image) - stylizer(image)).mean()


def test_large_pictures_are_painted_in_strips(stylizer, monkeypatch):
    monkeypatch.setattr(strips, "paint", lambda stylizer, image, style: image)
    monkeypatch.setattr(strips, "WHOLE_PIXELS", 20 * 30)
    small, large = picture(20, 30), picture(20, 31)
    assert_array_equal(feed_forward.stylize(large, stylizer=stylizer).image, large)
    assert_array_equal(feed_forward.stylize(small, stylizer=stylizer).image, stylizer(small))


def test_variance_of_strips_far_from_zero_is_numpy_s():
    values = np.random.default_rng(3).normal(1000, 0.1, [1, 50, 7, 2])
    runner = strips._StripRunner(height=50, strip_rows=8, shares=None)
    mean, variance = runner._measure(strips._from(values.astype(np.float32)))
    assert_allclose(mean, values.mean((0, 1, 2)), rtol=1e-6)
    assert_allclose(variance, values.var((0, 1, 2)), rtol=0.01)
