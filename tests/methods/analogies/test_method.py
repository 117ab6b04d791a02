import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from samples import picture

from tfstyle.image import color
from tfstyle.methods.analogies import level as analogy_level
from tfstyle.methods.analogies import method as analogies
from tfstyle.result import Interrupted
from tfstyle.system import memory

WHOLE = {"size": None, "style_scale": None, "smoothing": 1.0}


def stylize(target, filtered, source=None, callback=None, **changes):
    config = analogies.Config(**{**WHOLE, **changes})
    return analogies.stylize(target, filtered, config, callback=callback, source=source)


def labels(height, width, seed=0):
    """A red and a blue land with a border as of a coast, and the masks of both."""
    heights = picture(height, width, seed, smoothing=12)[0, ..., 0]
    is_land = heights > np.median(heights)
    return np.where(is_land[..., None], [1, 0, 0], [0, 0, 1]).astype(np.float32)[None]


# --- What is known beforehand ---


@pytest.mark.parametrize("features", ["luminance", "rgb"])
def test_unfiltered_pair_gives_the_target_back_where_it_is_the_source(features):
    same = picture(40, 52, seed=1)
    colors = {"luminance": "target", "rgb": "filtered"}[features]
    result = stylize(same, same, same, features=features, kappa=0.0, color=colors)
    assert_allclose(result.image, same, atol=1e-6)
    assert result.losses[-1].terms["distance"] == pytest.approx(0, abs=1e-9)


def test_unfiltered_pair_stays_near_any_target():
    known, target = picture(64, 64, seed=1), picture(40, 52, seed=2)
    result = stylize(target, known, known, kappa=0.0)
    error = np.abs(color.luminance(result.image) - color.luminance(target)).mean()
    assert error < 0.3 * color.luminance(target).std()


def test_filter_is_learned_from_a_pair():
    known, target = picture(64, 64, seed=1), picture(48, 40, seed=2)
    result = stylize(target, 1 - known, known, kappa=0.0, remap_luminance=False)
    wanted = 1 - color.luminance(target)
    assert np.abs(color.luminance(result.image) - wanted).mean() < 0.3 * wanted.std()


def test_texture_by_numbers_of_the_same_labels_is_the_painting():
    map_ = labels(36, 44)
    painting = np.where(map_[..., :1] == 1, picture(36, 44, 3, 0), picture(36, 44, 4, 0) / 3)
    result = stylize(map_, painting, map_, features="rgb", color="filtered", levels=2)
    assert_array_equal(result.image, painting)


def test_texture_by_numbers_paints_each_label_with_its_texture():
    known_map, target_map = labels(36, 44, seed=0), labels(30, 50, seed=5)
    painting = np.where(known_map[..., :1] == 1, 0.8, 0.2) * np.ones(3)
    result = stylize(target_map, painting, known_map, features="rgb", color="filtered")
    wanted = np.where(target_map[..., :1] == 1, 0.8, 0.2) * np.ones(3)
    assert (np.abs(result.image - wanted) < 1e-6).mean() > 0.98


def test_texture_synthesis_copies_pixels_of_the_texture():
    texture, grey = picture(20, 20, 1, 0), np.full([1, 28, 24, 3], 0.5, np.float32)
    source = np.full_like(texture, 0.5)
    result = stylize(grey, texture, source, features="rgb", color="filtered", levels=2)
    known = {tuple(pixel) for pixel in texture.reshape(-1, 3)}
    assert {tuple(pixel) for pixel in result.image.reshape(-1, 3)} <= known
    assert len(np.unique(result.image.reshape(-1, 3), axis=0)) > 40


def test_kappa_halves_from_level_to_coarser_level(monkeypatch):
    penalties, level = [], analogy_level.Level

    def spy(*arguments, penalty, **options):
        penalties.append(penalty)
        return level(*arguments, penalty=penalty, **options)

    monkeypatch.setattr(analogy_level, "Level", spy)
    stylize(picture(20, 24, 1), picture(20, 20, 2), levels=3, kappa=6.0)
    assert penalties == [1.5, 3.0, 6.0]


def test_colors_of_the_target_are_kept():
    target = picture(24, 30, seed=1) / 2 + 0.25
    result = stylize(target, picture(28, 28, seed=2, smoothing=1) / 4 + 0.3)
    inside = np.all((result.image > 0) & (result.image < 1), axis=-1)
    chroma = np.diff(result.image, axis=-1)[inside]
    assert_allclose(chroma, np.diff(target, axis=-1)[inside], atol=1e-5)


def test_luminance_is_remapped_to_the_targets():
    dark, target = picture(40, 40, seed=1) / 4, picture(40, 48, seed=2)
    means = [
        color.luminance(stylize(target, dark, remap_luminance=remap).image).mean()
        for remap in (True, False)
    ]
    mean = color.luminance(target).mean()
    assert abs(means[0] - mean) < 0.02 < mean / 2 < abs(means[1] - mean)


def test_smoothed_strokes_do_not_stretch_the_painting():
    """Smoothing takes nearly all contrast off this one: brought to the target's, it would burst."""
    target, strokes = picture(40, 40, seed=1), picture(40, 40, seed=2, smoothing=0)
    result = stylize(target, 0.4 + 0.2 * strokes, smoothing=8.0)
    contrast = [color.luminance(each).std() for each in (result.image, target)]
    assert contrast[0] < 1.3 * contrast[1]


# --- Sizes, refusals, interruptions ---


@pytest.mark.parametrize("flat", ["source", "target"])
def test_flat_pictures_keep_the_paintings_contrast(flat):
    """What is flat has no deviation to bring A' to; a gain of 0 or of 1000 would be seen."""
    painting = picture(24, 24, seed=1)
    others = {"source": picture(24, 24, seed=2), "target": picture(24, 24, seed=3)}
    others[flat] = np.full([1, 24, 24, 3], 0.5, np.float32)
    result = stylize(others["target"], painting, others["source"], color="target")
    contrast = [color.luminance(each).std() for each in (result.image, painting)]
    assert 0.5 < contrast[0] / contrast[1] < 1.5


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (2, 40), (33, 17)])
@pytest.mark.parametrize("known_size", [(1, 1), (3, 2), (20, 31)])
def test_any_sizes_go_together(size, known_size):
    result = stylize(picture(*size, seed=1), picture(*known_size, seed=2), levels=3)
    assert result.image.shape == (1, *size, 3)
    assert [level.size for level in result.levels][-1] == size


def test_sizes_are_those_asked_for():
    seen = []
    result = stylize(
        picture(30, 60, 1), picture(50, 40, 2), callback=seen.append, size=40, style_scale=0.5
    )
    assert result.image.shape == (1, 20, 40, 3)
    assert [progress.total_step for progress in seen] == list(range(1, result.steps + 1))
    assert seen[-1].evaluations == 20 * 40
    assert_array_equal(seen[-1].image(), result.image)


def test_pair_of_two_sizes_is_refused():
    with pytest.raises(ValueError, match="source must have the size of the filtered picture, 8x9"):
        stylize(picture(9, 9, 1), picture(9, 8, 2), picture(9, 9, 3))


def test_several_styles_are_refused():
    with pytest.raises(ValueError, match="styles must be one filtered image. Received: 2 styles"):
        stylize(picture(9, 9, 1), [picture(9, 9, 2)] * 2)


def test_missing_package_is_a_sentence(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "scipy.spatial", None)
    with pytest.raises(ValueError, match=r'pip install "tfstyle\[classical\]"'):
        stylize(picture(9, 9, 1), picture(9, 9, 2))


@pytest.mark.parametrize("levels", ["some", 0, 11, "1,2"])
def test_levels_are_a_number_or_auto(levels):
    with pytest.raises(ValueError, match="levels must be auto or a number from 1 to 10"):
        analogies.Config(levels=levels)


def test_scale_that_leaves_nothing_of_the_filtered_picture_is_refused():
    """A fifth of 48 pixels is 10, and two neighbourhoods are 5 wide each."""
    target, painting = picture(36, 48, 1), picture(40, 40, 2)
    with pytest.raises(ValueError, match=r"must leave 10 pixels .* style_scale=0.18, .* 9x9$"):
        stylize(target, painting, size=48, style_scale=0.18)
    stylize(target, painting, size=48, style_scale=0.2)


def test_too_large_a_size_is_refused_beforehand(monkeypatch):
    monkeypatch.setattr(memory, "available", lambda: 2e9)
    with pytest.raises(MemoryError, match="would fit"):
        stylize(picture(9, 9, 1), picture(9, 9, 2), size=8192, style_scale=1.0)


def test_the_size_that_is_said_to_fit_fits_beside_a_pair_of_its_own_size(monkeypatch):
    target, painting = picture(64, 64, 1), picture(90, 90, 2)
    needed = analogies.memory.needed(48**2, 90**2, 1)
    monkeypatch.setattr(memory, "available", lambda: needed)
    monkeypatch.setattr(memory, "SMALLEST_SUGGESTED", 1)
    with pytest.raises(MemoryError, match="a size of 4[0-9] would fit"):
        stylize(target, painting, size=64)
    assert stylize(target, painting, size=40).image.shape == (1, 40, 40, 3)


@pytest.mark.parametrize("after", [1, 40, 60])
def test_interruption_keeps_the_picture_so_far(after):
    def stop(progress):
        if progress.total_step == after:
            raise KeyboardInterrupt

    target = picture(32, 32, 1)
    with pytest.raises(Interrupted, match="interrupted at level") as caught:
        stylize(target, picture(32, 32, 2), callback=stop, levels=2)
    result = caught.value.result
    assert (result.steps, result.losses[-1].step) == (after, after)
    image = result.image
    assert image.shape == target.shape
    assert np.isfinite(image).all() and image.std() > 0.01
