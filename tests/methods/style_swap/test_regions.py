"""Each region of a content in a style of its own."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal
from samples import picture

from tfstyle import image, style_swap
from tfstyle.image import color
from tfstyle.losses import perceptual
from tfstyle.methods.style_swap import strips, style_bank, whitening
from tfstyle.methods.style_swap.exchange import laying, matching, patches
from tfstyle.methods.style_swap.grid import Grid
from tfstyle.methods.style_swap.painting import colors
from tfstyle.methods.style_swap.painting import regions as region_painting
from tfstyle.methods.style_swap.styles import coloring, keeping
from tfstyle.methods.style_swap.swap import FeatureSwap
from tfstyle.networks import inverse_net
from tfstyle.regions import Regions

CONTENT, STYLE = picture(40, 48, seed=1), picture(36, 48, seed=2, smoothing=0)
OTHER = picture(40, 36, seed=3)

CONFIG = style_swap.Config(size=48, precision="float32", levels=2, first_size=20)
ONE_LEVEL = dataclasses.replace(CONFIG, levels=1, color_share=0.0)
PLAIN = dataclasses.replace(ONE_LEVEL, whiten=False)


def left_and_right(height, width, edge):
    """Two regions, [2, height, width], that meet at a column."""
    left = np.broadcast_to(np.arange(width) < edge, [height, width])
    return np.stack([left, ~left]).astype(np.float32)


EVERYWHERE = Regions(("all",), np.ones([1, 10, 12], np.float32), (np.ones([1, 9, 12], np.float32),))
ONE_PIXEL = np.ones([1, 1, 1], np.float32)
"""A mask of the whole picture, whatever its size."""
ALL = Regions(("all",), ONE_PIXEL, (ONE_PIXEL,))
WHOLE = tuple(np.eye(2, dtype=np.float32)[:, :, np.newaxis, np.newaxis])
"""The one style is the first region's, the other one the second's."""
HALVES = left_and_right(40, 48, 24)
"""Six columns of positions each."""
TWO = Regions(("left", "right"), HALVES, WHOLE)


class Seen:
    """Stands in for the inverse network: keeps what it is given, and paints a pattern."""

    def __call__(self, features):
        self.features = features.numpy()
        _, rows, columns, _ = features.shape
        return tf.constant(picture(4 * rows, 4 * columns, seed=9))


@pytest.fixture
def paint(shallow_encoder):
    """What paints; the features that the decoder gets last lie in `paint.seen`."""

    def paint(styles, config, regions, content=CONTENT):
        paint.seen = Seen()
        own = {"features": shallow_encoder, "decoder": paint.seen, "regions": regions}
        return style_swap.stylize(content, styles, config, **own).image

    return paint


@pytest.fixture
def encode(shallow_encoder):
    return lambda image: shallow_encoder(image)["block3_conv1"].numpy()


def grown(style):
    """A style at its level's size, mirrored to whole positions."""
    return Grid("block3_conv1").grow(image.fit(style, 48))


def untrained():
    """An inverse network that paints more than grey."""
    keras.utils.set_random_seed(0)
    net = inverse_net.InverseNet(channels=6, width=4)
    net.trainable_variables[-2].assign(np.random.default_rng(0).normal(size=[3, 3, 4, 3]))
    return net


# --- One region over everything ---


@pytest.mark.parametrize(
    "change", [{}, {"whiten": False}, {"preserve_color": "luminance"}, {"strength": 1.0}]
)
@pytest.mark.parametrize("size", [(40, 48), (37, 45)])
def test_one_region_over_everything_is_the_plain_swap(shallow_encoder, size, change):
    config = dataclasses.replace(CONFIG, **change)
    content, own = picture(*size, seed=1), {"features": shallow_encoder, "decoder": untrained()}
    plain = style_swap.stylize(content, STYLE, config, **own).image
    found = style_swap.stylize(content, STYLE, config, regions=EVERYWHERE, **own).image
    assert np.ptp(plain) > 0.1
    assert_allclose(found, plain, atol=1e-4)


def test_style_s_region_of_everything_is_the_style(encode):
    swap = FeatureSwap(encode, Grid("block3_conv1"), components=4)
    plain, found = (
        style_bank.of([STYLE, OTHER], 48, swap, CONFIG, masks)
        for masks in (None, [np.ones([9, 12], np.float32), ONE_PIXEL[0]])
    )
    assert_allclose(found.colors.covariance, plain.colors.covariance, atol=1e-6)
    for one, other in zip(found.levels, plain.levels, strict=True):
        assert_array_equal(one.patches.corners, other.patches.corners)
        assert_allclose(one.statistics.covariance, other.statistics.covariance, atol=1e-4)


# --- Features ---


def test_each_region_gets_the_statistics_of_its_own_style(paint, encode):
    """W = (F - m) C^-1/2 of a region's positions, coloured by its style, nothing of the rest."""
    paint([STYLE, OTHER], dataclasses.replace(ONE_LEVEL, patch_share=0.0), TWO)
    own, styles = encode(CONTENT), [encode(grown(each)) for each in (STYLE, OTHER)]
    for part, style in zip((np.s_[:, :, :6], np.s_[:, :, 6:]), styles, strict=True):
        target, inside = whitening.statistics([style]), own[part]
        white = whitening.whiten(inside, whitening.statistics([inside]), target.regulariser())
        expected = np.maximum(whitening.color(white, target, target.regulariser()), 0)
        assert_allclose(paint.seen.features[part], expected, rtol=1e-3, atol=1e-3)


def test_patches_are_those_that_lie_in_the_style_s_region(paint, encode):
    """Of the left half of the style's positions, as if there were no others."""
    half = left_and_right(36, 48, 24)[:1]
    paint(STYLE, PLAIN, Regions(("all",), ONE_PIXEL, (half,)))
    bank = patches.prepare([tf.constant(encode(STYLE)[:, :, :6])])
    expected = matching.swap(tf.constant(encode(CONTENT)), bank)
    assert_allclose(paint.seen.features, expected, rtol=1e-4, atol=1e-5)


def test_where_regions_share_a_position_features_are_blended_by_the_shares(paint):
    masks = np.reshape(np.float32([0.75, 0.25]), [2, 1, 1])
    found = []
    for styles, regions in [
        ([STYLE, OTHER], Regions(("one", "other"), masks, WHOLE)),
        (STYLE, ALL),
        (OTHER, ALL),
    ]:
        paint(styles, PLAIN, regions)
        found.append(paint.seen.features)
    assert_allclose(found[0], 0.75 * found[1] + 0.25 * found[2], rtol=1e-4, atol=1e-4)


def test_patches_are_compared_near_their_region_alone(paint, monkeypatch):
    """What is far from it would alter nothing."""
    compared, swap = [], matching.swap
    monkeypatch.setattr(
        matching, "swap", lambda own, *more: compared.append(own.shape[2]) or swap(own, *more)
    )
    paint([STYLE, OTHER], ONE_LEVEL, TWO)
    near = paint.seen.features
    # With a mirrored margin of two positions on either side.
    assert compared == [2 + 6 + 2 + 2, 2 + 6 + 2 + 2]
    monkeypatch.setattr(region_painting, "_side", lambda has_some, margin: slice(0, len(has_some)))
    paint([STYLE, OTHER], ONE_LEVEL, TWO)
    assert_allclose(near, paint.seen.features, rtol=1e-4, atol=1e-4)


def test_patches_lie_as_on_the_whole_picture_however_far_they_are_apart(paint):
    """Regions that meet at the eighth column, which no patch of three begins at."""
    config = dataclasses.replace(PLAIN, patch_stride=3)
    both = Regions(("left", "right"), left_and_right(40, 48, 28), (np.ones([2, 1, 1]),))
    paint(STYLE, config, both)
    found = paint.seen.features
    paint(STYLE, config, None)
    assert_allclose(found, paint.seen.features, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kept", [0, 10**6])
@pytest.mark.parametrize("match_size", [16, 640])
def test_picture_in_strips_is_that_of_the_whole(shallow_encoder, monkeypatch, kept, match_size):
    config = dataclasses.replace(CONFIG, size=None, first_size=60, match_size=match_size)
    drawn = left_and_right(132, 180, 100)
    regions = Regions(("left", "right"), drawn, (left_and_right(140, 120, 50),))
    content, style, own = picture(132, 180, 1), picture(140, 120, 2), {"decoder": untrained()}
    own |= {"features": shallow_encoder, "regions": regions}
    expected = style_swap.stylize(content, style, config, **own).image
    monkeypatch.setattr(strips, "STRIP_PIXELS", 64 * 180)
    monkeypatch.setattr(strips, "KEPT_PIXELS", kept)
    assert_allclose(style_swap.stylize(content, style, config, **own).image, expected, atol=5e-3)


def test_weighted_statistics_are_those_of_positions_that_are_there_so_often():
    features = np.random.default_rng(0).normal(size=[1, 2, 3, 4]).astype(np.float32)
    weights = np.float32([[0, 1, 2], [3, 1, 0]])
    found = whitening.statistics([features], [weights])
    rows = np.repeat(features.reshape(6, 4), weights.astype(int).ravel(), axis=0)
    assert_allclose(found.mean, rows.mean(axis=0), atol=1e-6)
    assert_allclose(found.covariance, np.cov(rows.T, bias=True), atol=1e-6)


def test_region_too_small_for_a_patch_has_those_most_inside():
    """One position of 4 x 4: of the four patches of 3 x 3, those that it lies in."""
    weights = np.zeros([4, 4], np.float32)
    weights[1, 0] = 1
    laid = laying.Laid(tf.zeros([16, 1]), tf.constant([0, 1, 4, 5]), tf.fill([4], 4), 3, 1)
    assert_array_equal(laying.inside(laid, tf.reshape(weights, [-1])).corners, [0, 4])


# --- Colours ---


def test_each_region_gets_the_colours_of_its_style():
    """Two regions of one colour each keep apart, whatever the picture was like."""
    pastiche, masks = picture(40, 48, seed=5), left_and_right(40, 48, 20)
    styles = [0.1 + 0.2 * STYLE, 0.5 + 0.3 * STYLE]
    wanted = [whitening.statistics([style]) for style in styles]
    found = colors.carry_by_region(pastiche, wanted, masks, 1.0).numpy()
    for part, style in zip((found[:, :, :20], found[:, :, 20:]), styles, strict=True):
        assert_allclose(part.mean(axis=(0, 1, 2)), style.mean(axis=(0, 1, 2)), atol=2e-3)
        assert_allclose(part.std(axis=(0, 1, 2)), style.std(axis=(0, 1, 2)), rtol=0.05)


def test_region_that_a_frame_lacks_alters_nothing():
    pastiche, masks = picture(40, 48, seed=5), np.stack([np.ones([40, 48]), np.zeros([40, 48])])
    wanted = whitening.statistics([STYLE])
    found = colors.carry_by_region(pastiche, [wanted, wanted], np.float32(masks), 1.0)
    assert_allclose(found, colors.carry_colors(pastiche, wanted, 1.0), atol=1e-5)


@pytest.mark.parametrize("mode", ["luminance", "covariance", "histogram"])
def test_kept_colours_are_those_of_the_region(mode):
    """A dark half of the content, and a bright half of the style that is brought down to it."""
    content, masks = CONTENT * np.float32(0.2), left_and_right(40, 48, 24)
    content[:, :, 24:] += 0.7
    style = np.concatenate([0.3 * OTHER, 0.6 + 0.3 * OTHER], axis=2)
    mask = left_and_right(40, 72, 36)[1]
    (found,) = coloring.of([style], content, mode, [mask], masks[0])
    brightness = color.luminance(found[:, :, 36:]).mean()
    assert_allclose(brightness, color.luminance(content[:, :, :24]).mean(), atol=0.01)


# --- Styles ---


def test_styles_of_one_region_are_pooled_or_blended_by_their_shares(paint):
    both = (np.ones([1, 1, 1], np.float32),) * 2
    regions = Regions(("all",), ONE_PIXEL, both)
    found = {}
    for name, styles, blend, used in [
        ("pooled", [STYLE, OTHER], None, regions),
        ("blended", [STYLE, OTHER], (3.0, 1.0), regions),
        ("one", STYLE, None, ALL),
        ("other", OTHER, None, ALL),
        ("plain", [STYLE, OTHER], None, None),
    ]:
        paint(styles, dataclasses.replace(ONE_LEVEL, style_blend=blend), used)
        found[name] = paint.seen.features
    expected = 0.75 * found["one"] + 0.25 * found["other"]
    assert_allclose(found["blended"], expected, rtol=1e-3, atol=1e-3)
    assert_allclose(found["pooled"], found["plain"], rtol=1e-3, atol=1e-3)


def test_prepared_style_can_be_a_region_s(paint, shallow_encoder):
    bank = style_swap.prepare(STYLE, CONFIG, features=shallow_encoder)
    assert_array_equal(paint([bank, OTHER], CONFIG, TWO), paint([STYLE, OTHER], CONFIG, TWO))


def test_prepared_style_has_no_regions_of_its_own(paint, shallow_encoder):
    bank = style_swap.prepare(STYLE, CONFIG, features=shallow_encoder)
    regions = Regions(TWO.names, HALVES, (left_and_right(36, 48, 24),))
    with pytest.raises(ValueError, match="style must be pictures where.* Received: .* for left"):
        paint(bank, CONFIG, regions)


def test_there_is_a_style_for_each_of_the_maps(paint):
    with pytest.raises(ValueError, match="one map for each style. Received: 2 maps for 1 styles"):
        paint(STYLE, CONFIG, TWO)


def test_region_smaller_than_a_position_is_refused_with_the_size_that_it_needs(paint):
    """Of 20 x 24 pixels at the coarsest level, 2 x 2 of the content's 40 x 48 are one."""
    small = np.zeros([1, 40, 48], np.float32)
    small[:, 16:18, 16:18] = 1
    config = dataclasses.replace(CONFIG, first_size=24)
    masks = np.concatenate([small, 1 - small])
    # The result has 48 pixels, and no level is larger than that.
    expected = "content_regions must give each.* take size=96 and first_size=96.* region left"
    with pytest.raises(ValueError, match=expected):
        paint([STYLE, OTHER], config, Regions(TWO.names, masks, WHOLE))
    with pytest.raises(ValueError, match="style_regions must give each region"):
        paint(CONTENT, config, Regions(TWO.names, HALVES, (masks,)))
    roomy = dataclasses.replace(config, size=96)
    with pytest.raises(ValueError, match="or take first_size=96"):
        paint([STYLE, OTHER], roomy, Regions(TWO.names, masks, WHOLE))


@pytest.mark.parametrize("moved, times", [(0, 1), (4, 2)])
def test_style_is_prepared_anew_for_another_map_of_it(shallow_encoder, monkeypatch, moved, times):
    calls, of = [], style_bank.of
    loss = perceptual.build(CONFIG, shallow_encoder)
    monkeypatch.setattr(perceptual, "build", lambda *_: loss)
    monkeypatch.setattr(style_bank, "of", lambda *args: calls.append(1) or of(*args))
    monkeypatch.setattr(keeping, "_last", [])
    for edge in (24, 24 + moved):
        regions = Regions(TWO.names, HALVES, (left_and_right(36, 48, edge),))
        style_swap.stylize(CONTENT, STYLE, CONFIG, decoder=Seen(), regions=regions)
    # Once for each of the two regions.
    assert len(calls) == 2 * times


def test_run_is_resumed_with_its_regions_and_not_with_others(shallow_encoder, tmp_path):
    config = dataclasses.replace(ONE_LEVEL, decode="optimize", steps=5)
    own = {"features": shallow_encoder}
    whole = style_swap.stylize(CONTENT, [STYLE, OTHER], config, regions=TWO, **own)

    def stop(progress):
        if progress.step == 3:
            raise KeyboardInterrupt

    own["checkpoint"] = tmp_path
    with pytest.raises(KeyboardInterrupt):
        style_swap.stylize(CONTENT, [STYLE, OTHER], config, callback=stop, regions=TWO, **own)
    other = Regions(TWO.names, left_and_right(40, 48, 32), WHOLE)
    with pytest.raises(ValueError, match="resume needs the same pictures"):
        style_swap.stylize(CONTENT, [STYLE, OTHER], config, resume=True, regions=other, **own)
    resumed = style_swap.stylize(CONTENT, [STYLE, OTHER], config, resume=True, regions=TWO, **own)
    assert_array_equal(resumed.image, whole.image)


def test_styles_with_regions_are_prepared_each_by_itself():
    config = dataclasses.replace(CONFIG, content_regions="map.png")
    with pytest.raises(ValueError, match="content_regions must be none to prepare.* Received"):
        style_swap.prepare(STYLE, config)
