import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle.image import color

YIQ = np.array(  # The NTSC matrix, written out; each row but the first sums to 0.
    [[0.299, 0.587, 0.114], [0.595716, -0.274453, -0.321263], [0.211456, -0.522591, 0.311135]]
)


def picture(seed, size=(20, 30), mean=0.5, spread=0.04):
    """Colours near `mean`, correlated between channels, far from 0 and 1."""
    random = np.random.default_rng(seed)
    mixing = np.array([[1, 0.5, 0.2], [0, 0.8, -0.3], [0, 0, 0.6]])
    values = mean + spread * random.standard_normal([1, *size, 3]) @ mixing
    return np.clip(values, 0, 1).astype(np.float32)


CONTENT = picture(0, mean=[0.6, 0.5, 0.4], spread=0.05)
STYLE = picture(1, size=(12, 17), mean=[0.3, 0.4, 0.6], spread=0.03)


def colors_of(image):
    return image.reshape([-1, 3]).astype(np.float64)


def test_luminance_of_the_primaries():
    primaries = np.array([[[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]]], np.float32)[np.newaxis]
    result = color.luminance(primaries)
    assert result.shape == (1, 1, 4, 1) and result.dtype == np.float32
    assert_allclose(result[0, 0, :, 0], [0.299, 0.587, 0.114, 1], rtol=1e-6)


def test_content_becomes_grey_for_luminance_only():
    grey = color.prepare_content(CONTENT, "luminance")
    assert_array_equal(grey[..., 0], grey[..., 2])
    assert_allclose(grey[..., :1], color.luminance(CONTENT))
    for mode in ("none", "histogram", "covariance"):
        assert_array_equal(color.prepare_content(CONTENT, mode), CONTENT)


def test_style_luminance_takes_mean_and_deviation_of_the_content():
    style = color.prepare_style(STYLE, CONTENT, "luminance")
    assert_array_equal(style[..., 0], style[..., 1])
    wanted, before = color.luminance(CONTENT), color.luminance(STYLE)
    assert_allclose(style.mean(), wanted.mean(), rtol=1e-5)
    assert_allclose(style[..., 0].std(), wanted.std(), rtol=1e-4)
    assert_allclose(np.corrcoef(style[..., 0].ravel(), before.ravel())[0, 1], 1, rtol=1e-6)


def test_flat_style_stays_flat_in_luminance():
    flat = np.full([1, 4, 4, 3], 0.2, np.float32)
    flat[0, 0, 0] += 1e-6
    style = color.prepare_style(flat, CONTENT, "luminance")
    assert_allclose(style, np.full([1, 4, 4, 3], color.luminance(CONTENT).mean()), atol=1e-3)


def test_style_takes_mean_and_covariance_of_the_content():
    style = colors_of(color.prepare_style(STYLE, CONTENT, "covariance"))
    wanted = colors_of(CONTENT)
    assert_allclose(style.mean(axis=0), wanted.mean(axis=0), atol=1e-6)
    assert_allclose(np.cov(style.T), np.cov(wanted.T), rtol=0.01, atol=1e-5)


def test_covariance_of_independent_channels_scales_each_deviation():
    signs = np.array([[i, j, k] for i in (-1, 1) for j in (-1, 1) for k in (-1, 1)])
    style = (0.5 + 0.1 * signs).reshape([1, 2, 4, 3]).astype(np.float32)
    content = (0.5 + [0.2, 0.1, 0.05] * signs).reshape([1, 2, 4, 3]).astype(np.float32)
    matched = color.prepare_style(style, content, "covariance")
    assert_allclose(matched, content, atol=1e-3)


def test_covariance_of_itself_changes_nothing():
    assert_allclose(color.prepare_style(STYLE, STYLE, "covariance"), STYLE, atol=1e-6)


def test_covariance_of_one_colour_moves_to_the_mean():
    flat = np.full([1, 1, 1, 3], 0.9, np.float32)
    matched = color.prepare_style(flat, CONTENT, "covariance")
    assert_allclose(matched[0, 0, 0], colors_of(CONTENT).mean(axis=0), rtol=1e-5)


def test_histogram_match_of_a_permuted_image_has_its_values_in_the_styles_order():
    permutation = np.random.default_rng(2).permutation(600)
    content = CONTENT.reshape([1, 600, 1, 3])[:, permutation]
    style = CONTENT.reshape([1, 600, 1, 3]) ** 2
    matched = color.prepare_style(style, content, "histogram")
    assert_allclose(np.sort(matched, axis=1), np.sort(content, axis=1), rtol=1e-5)
    assert_allclose(matched, CONTENT.reshape([1, 600, 1, 3]), rtol=1e-5)


def test_histogram_match_keeps_flat_areas_flat():
    style = np.zeros([1, 4, 4, 3], np.float32)
    style[:, 2:] = 1
    content = np.linspace(0, 1, 48, dtype=np.float32).reshape([1, 4, 4, 3])
    matched = color.prepare_style(style, content, "histogram")
    quartiles = np.quantile(content, [0.25, 0.75], axis=(0, 1, 2))
    for half, quartile in zip((matched[:, :2], matched[:, 2:]), quartiles, strict=True):
        assert np.ptp(half, axis=(0, 1, 2)).max() == 0
        assert_allclose(half[0, 0, 0], quartile, atol=0.04)


def test_histogram_match_between_sizes_follows_the_ranks():
    style = np.array([0.1, 0.9], np.float32).repeat(3).reshape([1, 1, 2, 3])
    content = np.array([0, 0.2, 0.4, 0.6], np.float32).repeat(3).reshape([1, 2, 2, 3])
    matched = color.prepare_style(style, content, "histogram")
    assert_allclose(matched[0, 0, :, 0], [0.1, 0.5], rtol=1e-6)


def test_restore_puts_new_luminance_into_the_contents_chroma():
    pastiche = picture(3, mean=0.45, spread=0.03)
    restored = color.restore(pastiche, CONTENT, "luminance")
    yiq, wanted = colors_of(restored) @ YIQ.T, colors_of(CONTENT) @ YIQ.T
    assert_allclose(yiq[:, :1], color.luminance(pastiche).reshape([-1, 1]), atol=1e-6)
    assert_allclose(yiq[:, 1:], wanted[:, 1:], atol=1e-6)


def test_restore_of_the_grey_content_is_the_content():
    grey = color.prepare_content(CONTENT, "luminance")
    assert_allclose(color.restore(grey, CONTENT, "luminance"), CONTENT, atol=1e-6)


@pytest.mark.parametrize("mode", ["none", "histogram", "covariance"])
def test_other_modes_restore_nothing(mode):
    assert_array_equal(color.restore(STYLE, CONTENT, mode), STYLE)


def test_none_leaves_the_style_alone():
    assert_array_equal(color.prepare_style(STYLE, CONTENT, "none"), STYLE)


def test_restore_wants_one_shape():
    with pytest.raises(ValueError, match=r"\[1, 12, 17, 3\].*content\.shape=\[1, 20, 30, 3\]"):
        color.restore(STYLE, CONTENT, "luminance")


def test_unknown_mode_suggests_the_nearest():
    for call in (
        lambda: color.prepare_content(CONTENT, "histogramm"),
        lambda: color.prepare_style(STYLE, CONTENT, "histogramm"),
        lambda: color.restore(STYLE, STYLE, "histogramm"),
    ):
        with pytest.raises(ValueError, match="Did you mean histogram"):
            call()


@pytest.mark.parametrize("mode", color.MODES)
@pytest.mark.parametrize("size", [(1, 1), (3, 5), (16, 16)])
def test_contract_of_every_mode(mode, size):
    random = np.random.default_rng(4)
    style = random.random([1, 7, 2, 3], np.float32)
    content, pastiche = random.random([2, 1, *size, 3], np.float32)
    before = [array.copy() for array in (style, content, pastiche)]
    results = {
        "content": (color.prepare_content(content, mode), content),
        "style": (color.prepare_style(style, content, mode), style),
        "pastiche": (color.restore(pastiche, content, mode), pastiche),
    }
    for result, source in results.values():
        assert result.shape == source.shape and result.dtype == np.float32
        assert result.min() >= 0 and result.max() <= 1
        assert not np.shares_memory(result, source)
    for array, copy in zip((style, content, pastiche), before, strict=True):
        assert_array_equal(array, copy)
