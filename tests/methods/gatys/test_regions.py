"""Regions painted in styles of their own."""

import dataclasses

import numpy as np
import pytest
from drawn_maps import halves, mask
from numpy.testing import assert_allclose, assert_array_equal
from samples import picture

from tfstyle import image, regions
from tfstyle.image import color
from tfstyle.losses import perceptual
from tfstyle.methods import style_swap
from tfstyle.methods.gatys import by_region
from tfstyle.methods.gatys import method as gatys
from tfstyle.result import Interrupted, Result

SMALL = gatys.Config(
    size=None, levels="1", steps=8, coarse_steps=4, precision="float32", content_layers="relu3_1",
    style_layers="relu1_1,relu3_1",
)  # fmt: skip

OTHER = picture(36, 32, seed=7, smoothing=0)
RED, BLUE = np.array([0.9, 0.1, 0.1], np.float32), np.array([0.1, 0.1, 0.9], np.float32)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working folder with a map of the content's size, above and below."""
    monkeypatch.chdir(tmp_path)
    image.write("map.png", halves(40, 48))
    return tmp_path


@pytest.fixture(scope="module")
def build(tiny_encoder):
    """Builds each objective once: most of the time would be tracing."""
    built = {}

    def build(config, features, *more, own_build=perceptual.build):
        key = repr((config, more))
        if key not in built:
            built[key] = own_build(config, features, *more)
        return built[key]

    return build


@pytest.fixture
def stylize(tiny_encoder, content, style, build, monkeypatch):
    """Runs the method with the tiny network on two styles; settings as keywords."""
    monkeypatch.setattr(perceptual, "build", build)

    def stylize(styles=(style, OTHER), content=content, **own):
        names = ("callback", "checkpoint", "resume", "regions")
        run = {name: own.pop(name) for name in names if name in own}
        config = dataclasses.replace(SMALL, **own)
        return gatys.stylize(content, list(styles), config, features=tiny_encoder, **run)

    return stylize


def above_and_below(styles=2):
    return regions.match(regions.from_colors(halves(40, 48)), styles=styles)


# --- What is painted ---


@pytest.mark.parametrize("way", regions.WAYS)
def test_one_region_over_everything_paints_the_plain_picture(stylize, style, way):
    whole = np.ones([1, 1, 1], np.float32)
    found = regions.Regions(("all",), whole, (whole,))
    own = {"steps": 2, "start": "content"}
    painted = stylize([style], regions=found, region_guides=way, **own)
    plain = stylize([style], **own)
    assert_allclose(painted.image, plain.image, atol=1e-3)
    first, expected = (result.losses[0].terms for result in (painted, plain))
    assert_allclose(list(first.values()), list(expected.values()), rtol=1e-3)


def test_each_region_takes_the_colours_of_its_own_style(stylize):
    styles = [np.ones([1, 32, 32, 3], np.float32) * color for color in (RED, BLUE)]
    result = stylize(
        styles, regions=above_and_below(), content_weight=0, style_layers="relu1_1", steps=40
    )
    above, below = result.image[0, :18].mean((0, 1)), result.image[0, 22:].mean((0, 1))
    assert above[0] - above[2] > 0.2
    assert below[2] - below[0] > 0.2


def test_maps_of_settings_and_regions_at_hand_are_the_same(stylize, style):
    read = stylize(content_regions="map.png", steps=3)
    assert_array_equal(read.image, stylize(regions=above_and_below(), steps=3).image)
    assert np.abs(read.image - stylize([style], steps=3).image).max() > 0.01


def test_masks_and_maps_of_styles_work_at_every_level(stylize):
    sky = mask(40, 48, 20)
    for name, pixels in {"sky": sky, "ground": 1 - sky, "rock": mask(36, 32, 9)}.items():
        image.write(f"{name}.png", pixels)
    image.write("rest.png", 1 - mask(36, 32, 9))
    result = stylize(
        size=64,
        levels="48,64",
        content_regions="sky=sky.png,ground=ground.png",
        style_regions="sky=rock.png,ground=rest.png,ground=rock.png,sky=rest.png",
        style_blend=(0.5, 0.5),
    )
    assert [level.size for level in result.levels] == [(40, 48), (53, 64)]
    assert np.isfinite(result.image).all()


def test_loss_falls(stylize):
    losses = stylize(regions=above_and_below()).losses
    assert losses[-1].terms["total"] < losses[0].terms["total"]


# --- Refused ---


@pytest.mark.parametrize(
    "own, message",
    [
        ({"style_blend": (1.0, 2.0)}, "style_blend must be none where each region has one style"),
        ({"style_regions": "map.png"}, "style_regions must have one map for each style"),
        ({"style_regions": "map.png,map.png"}, "style_regions must have the aspect of style 1"),
        ({"style_layers": "relu5_1", "region_guides": "inside"}, "content_regions must give each"),
    ],
)
def test_maps_and_settings_that_do_not_fit_are_refused(stylize, own, message):
    with pytest.raises(ValueError, match=message):
        stylize(content_regions="map.png", **own)


def test_map_of_another_aspect_is_refused_before_the_work(stylize, monkeypatch):
    image.write("square.png", halves(40, 40))
    monkeypatch.setattr(perceptual, "build", None)
    with pytest.raises(image.ImageError, match="content_regions must have the aspect of content"):
        stylize(content_regions="square.png")


def test_small_region_is_refused_with_the_size_that_would_do(stylize):
    masks = np.zeros([2, 40, 48], np.float32)
    masks[0, :2, :2] = 1
    masks[1] = 1 - masks[0]
    found = regions.match(regions.Map(("speck", "rest"), masks), styles=2)
    with pytest.raises(image.ImageError, match="take size=96.*region speck of 4 pixels in 48x40"):
        stylize(regions=found)


def test_one_style_of_a_list_is_missed(stylize, style):
    with pytest.raises(image.ImageError, match="as many pictures as content_regions has regions"):
        stylize([style], content_regions="map.png")


# --- Colours and starts ---


@pytest.mark.parametrize("mode", ["covariance", "histogram"])
def test_style_takes_the_colours_of_its_own_region(content, style, mode):
    coloured = content.copy()
    coloured[:, :20] = 0.3 * content[:, :20] + 0.7 * RED
    coloured[:, 20:] = 0.3 * content[:, 20:] + 0.7 * BLUE
    found = above_and_below()
    for number, rows in enumerate((slice(0, 20), slice(20, 40))):
        masks = found.styles[number]
        prepared = by_region.prepare_style(style, masks, coloured, found, mode)
        assert_allclose(prepared.mean((0, 1, 2)), coloured[0, rows].mean((0, 1)), atol=0.02)


def test_one_region_over_everything_has_the_plain_colours(content, style):
    whole = np.ones([1, 1, 1], np.float32)
    found = regions.Regions(("all",), whole, (whole,))
    for mode in color.MODES:
        prepared = by_region.prepare_style(style, whole, content, found, mode)
        assert_allclose(prepared, color.prepare_style(style, content, mode), atol=1e-5)


def test_luminance_keeps_the_content_s_chroma(stylize, content):
    result = stylize(regions=above_and_below(), preserve_color="luminance")
    chroma = [pixels - color.luminance(pixels) for pixels in (result.image, content)]
    inside = ((result.image > 0) & (result.image < 1)).all(axis=-1)
    assert inside.mean() > 0.5
    assert_allclose(chroma[0][inside], chroma[1][inside], atol=1e-5)


def test_start_swap_paints_each_region_with_its_own_styles(stylize, style, monkeypatch):
    found, given = above_and_below(), []

    def paint(content, styles, config, regions):
        given.append((styles, regions))
        return Result(np.full_like(content, 0.25))

    monkeypatch.setattr(style_swap, "stylize", paint)
    result = stylize(regions=found, start="swap", steps=0)
    ((styles, regions_of_swap),) = given
    assert len(styles) == 2
    assert regions_of_swap is found
    assert_array_equal(result.image, np.full([1, 40, 48, 3], 0.25))


def test_start_swap_is_refused_where_a_region_is_too_small_for_it(stylize, monkeypatch):
    def paint(content, styles, config, regions):
        raise image.ImageError("content_regions must give each region one position")

    monkeypatch.setattr(style_swap, "stylize", paint)
    with pytest.raises(image.ImageError, match="start must be another than swap"):
        stylize(regions=above_and_below(), start="swap")


# --- Interrupted, and told apart ---


def test_resumed_painting_is_the_uninterrupted_one(stylize, tmp_path):
    def stop(progress):
        if progress.total_step == 6:
            raise KeyboardInterrupt

    own = {"content_regions": "map.png", "size": 64, "levels": "48,64"}
    with pytest.raises(Interrupted):
        stylize(callback=stop, checkpoint=tmp_path, **own)
    resumed = stylize(checkpoint=tmp_path, resume=True, **own)
    assert_array_equal(resumed.image, stylize(**own).image)


def test_checkpoint_of_other_maps_is_refused(stylize, tmp_path):
    def stop(progress):
        raise KeyboardInterrupt

    with pytest.raises(Interrupted):
        stylize(callback=stop, checkpoint=tmp_path, content_regions="map.png")
    image.write("map.png", mask(40, 48, 10))
    with pytest.raises(ValueError, match="same pictures and settings"):
        stylize(checkpoint=tmp_path, resume=True, content_regions="map.png")


def test_checkpoint_of_regions_that_reach_the_layers_otherwise_is_refused(stylize, tmp_path):
    def stop(progress):
        raise KeyboardInterrupt

    own = {"regions": above_and_below(), "checkpoint": tmp_path}
    with pytest.raises(Interrupted):
        stylize(callback=stop, **own)
    with pytest.raises(ValueError, match="same pictures and settings"):
        stylize(resume=True, region_guides="all", **own)


def test_runs_without_regions_are_described_as_before():
    plain = gatys.Config().described()
    assert not {"content_regions", "style_regions", "region_guides"} & set(plain)
    own = gatys.Config(content_regions="map.png").described()
    assert set(own) - set(plain) == {"content_regions", "style_regions", "region_guides"}


def test_maps_of_many_pictures_need_one_set_up(tiny_encoder, content, style, monkeypatch):
    image.write("other.png", halves(40, 48))
    built = []
    build = perceptual.build

    def spy(config, features, *more):
        built.append(config)
        return build(config, features, *more)

    monkeypatch.setattr(perceptual, "build", spy)
    for path in ("map.png", "other.png"):
        config = dataclasses.replace(SMALL, content_regions=path, steps=0)
        gatys.stylize(content, [style, OTHER], config, features=tiny_encoder)
    assert built[0] == built[1]
