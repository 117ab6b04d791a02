import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal
from samples import picture

from tfstyle.image import color
from tfstyle.methods.style_swap import decoding, swap, whitening
from tfstyle.methods.style_swap import method as style_swap
from tfstyle.methods.style_swap.exchange import matching, patches
from tfstyle.methods.style_swap.grid import Grid
from tfstyle.methods.style_swap.painting import haloes
from tfstyle.networks import inverse_net
from tfstyle.system import memory

CONTENT, STYLE = picture(40, 48, seed=1), picture(36, 48, seed=2, smoothing=0)

# Chen and Schmidt (2016) as it stands.
ONE_PASS = style_swap.Config(
    size=None, precision="float32", whiten=False, levels=1, color_share=0.0
)
OPTIMIZE = dataclasses.replace(ONE_PASS, decode="optimize", steps=5)


class Seen:
    """Stands in for the inverse network: keeps what it is given and paints grey."""

    def __call__(self, features):
        self.features = features.numpy()
        _, rows, columns, _ = features.shape
        return tf.fill([1, 4 * rows, 4 * columns, 3], 0.5)


def swapped(shallow_encoder, content=CONTENT, styles=STYLE, **changes):
    """The features that the inverse network gets."""
    seen = Seen()
    config = dataclasses.replace(ONE_PASS, **changes)
    style_swap.stylize(content, styles, config, features=shallow_encoder, decoder=seen)
    return seen.features


def features(shallow_encoder, image):
    return shallow_encoder(image)["block3_conv1"]


def test_decoder_gets_the_swapped_features(shallow_encoder):
    style = style_swap.image.fit(STYLE, 48)
    bank = patches.prepare([features(shallow_encoder, style)])
    expected = matching.swap(features(shallow_encoder, CONTENT), bank)
    assert_allclose(swapped(shallow_encoder), expected, rtol=1e-4, atol=1e-5)


def test_strength_mixes_with_the_content_s_own(shallow_encoder):
    own = features(shallow_encoder, CONTENT)
    assert_allclose(swapped(shallow_encoder, strength=0.0), own, rtol=1e-4, atol=1e-5)
    expected = 0.25 * swapped(shallow_encoder) + 0.75 * own
    assert_allclose(swapped(shallow_encoder, strength=0.25), expected, rtol=1e-4, atol=1e-5)


def test_content_in_its_own_style_keeps_its_features(shallow_encoder):
    own = features(shallow_encoder, CONTENT)
    assert_allclose(swapped(shallow_encoder, styles=CONTENT), own, rtol=1e-4, atol=1e-5)


def test_luminances_are_swapped_where_colours_are_kept(shallow_encoder):
    """Content and style are made grey, the style in the content's range."""
    grey = color.prepare_content(CONTENT, "luminance")
    style = style_swap.image.fit(color.prepare_style(STYLE, CONTENT, "luminance"), 48)
    own = features(shallow_encoder, grey)
    expected = matching.swap(own, patches.prepare([features(shallow_encoder, style)]))
    found = [swapped(shallow_encoder, preserve_color="luminance", strength=s) for s in (0.0, 1.0)]
    assert_allclose(found[0], own, rtol=1e-4, atol=1e-5)
    assert_allclose(found[1], expected, rtol=1e-4, atol=1e-5)


def test_several_swaps_go_on_from_the_last(shallow_encoder):
    style = style_swap.image.fit(STYLE, 48)
    bank = patches.prepare([features(shallow_encoder, style)])
    expected = matching.swap(matching.swap(features(shallow_encoder, CONTENT), bank), bank)
    assert_allclose(swapped(shallow_encoder, num_swaps=2), expected, rtol=1e-4, atol=1e-5)


def test_patches_of_several_styles_are_pooled(shallow_encoder):
    pooled = swapped(shallow_encoder, styles=[STYLE, CONTENT])
    assert_allclose(pooled, features(shallow_encoder, CONTENT), rtol=1e-4, atol=1e-5)


def test_memory_for_scores_does_not_alter_the_picture(shallow_encoder):
    large, small = picture(200, 240, seed=1), picture(210, 230, seed=2)
    few = swapped(shallow_encoder, large, small, score_memory=1)
    assert_array_equal(few, swapped(shallow_encoder, large, small, score_memory=1000))


def test_memory_for_scores_is_in_megabytes(shallow_encoder, monkeypatch):
    given, swap = [], matching.swap

    def spy(features, bank, score_bytes):
        given.append(score_bytes)
        return swap(features, bank, score_bytes)

    monkeypatch.setattr(matching, "swap", spy)
    swapped(shallow_encoder, score_memory=3)
    assert given == [3 * 2**20]


def test_prepared_style_gives_the_same_picture(shallow_encoder):
    config = dataclasses.replace(OPTIMIZE, size=48)
    bank = style_swap.prepare(STYLE, config, features=shallow_encoder)
    first, second = (
        style_swap.stylize(CONTENT, styles, config, features=shallow_encoder).image
        for styles in (STYLE, bank)
    )
    assert_array_equal(first, second)


def test_style_cannot_be_prepared_for_colours_of_contents_unknown(shallow_encoder):
    config = dataclasses.replace(OPTIMIZE, preserve_color="luminance")
    with pytest.raises(ValueError, match="must be none for a prepared style.* Received"):
        style_swap.prepare(STYLE, config, features=shallow_encoder)


@pytest.mark.parametrize("patch_size", [1, 3, 5])
@pytest.mark.parametrize("size", [(40, 48), (37, 50), (1, 1), (3, 90)])
def test_result_has_the_content_s_size(shallow_encoder, size, patch_size):
    content = picture(*size, seed=3)
    config = dataclasses.replace(ONE_PASS, patch_size=patch_size)
    result = style_swap.stylize(content, STYLE, config, features=shallow_encoder, decoder=Seen())
    assert_array_equal(result.image, np.full([1, *size, 3], 0.5, np.float32))
    assert result.outcome.sentence == "swapped and decoded in one pass"
    assert result.levels == result.losses == ()


def test_optimising_goes_from_the_content_to_the_swapped_features(shallow_encoder):
    target = swapped(shallow_encoder)
    config = dataclasses.replace(OPTIMIZE, steps=60, total_variation_weight=0.0)
    painted = style_swap.stylize(CONTENT, STYLE, config, features=shallow_encoder).image
    before, after = (
        np.mean((features(shallow_encoder, image) - target) ** 2) for image in (CONTENT, painted)
    )
    assert after < 0.5 * before


def test_without_steps_the_content_comes_back(shallow_encoder):
    config = dataclasses.replace(OPTIMIZE, steps=0)
    painted = style_swap.stylize(CONTENT, STYLE, config, features=shallow_encoder).image
    assert_allclose(painted, CONTENT, atol=1e-6)


def test_luminance_keeps_the_content_s_chroma(shallow_encoder):
    config = dataclasses.replace(ONE_PASS, preserve_color="luminance")
    result = style_swap.stylize(CONTENT, STYLE, config, features=shallow_encoder, decoder=Seen())
    grey = np.full_like(CONTENT, 0.5)
    assert_allclose(result.image, color.restore(grey, CONTENT, "luminance"), atol=1e-6)


def test_resumed_run_is_the_uninterrupted_one(shallow_encoder, tmp_path):
    class Stop:
        def __call__(self, progress):
            if progress.step == 3:
                raise KeyboardInterrupt

    whole = style_swap.stylize(CONTENT, STYLE, OPTIMIZE, features=shallow_encoder)
    with pytest.raises(KeyboardInterrupt):
        style_swap.stylize(
            CONTENT, STYLE, OPTIMIZE, callback=Stop(), checkpoint=tmp_path, features=shallow_encoder
        )
    resumed = style_swap.stylize(
        CONTENT, STYLE, OPTIMIZE, checkpoint=tmp_path, resume=True, features=shallow_encoder
    )
    assert_array_equal(resumed.image, whole.image)


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"patch_stride": 4}, "patch_stride must be at most patch_size.* Received"),
        ({"layer": "block3_conv9"}, "layer must be one of .* Received"),
        ({"decode": "optimise"}, "Did you mean optimize"),
        ({"strength": 1.5}, "strength must be from 0 to 1"),
    ],
)
def test_setting_that_cannot_be_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(ONE_PASS, **changes)


def test_style_smaller_than_a_patch_is_refused(shallow_encoder):
    with pytest.raises(ValueError, match="at least 12 pixels.* Received: 96x4"):
        swapped(shallow_encoder, styles=picture(4, 96, seed=5))


def test_no_styles_are_refused(shallow_encoder):
    with pytest.raises(ValueError, match="Received: styles="):
        swapped(shallow_encoder, styles=[])


def test_inverse_network_of_other_features_is_refused(shallow_encoder, monkeypatch):
    net = inverse_net.InverseNet()
    monkeypatch.setattr(inverse_net, "find", lambda model: __file__)
    monkeypatch.setattr(decoding, "_load", lambda *_: (net, "digest"))
    for changes in ({"layer": "block4_conv1"}, {"pooling": "average"}):
        config = dataclasses.replace(ONE_PASS, **changes)
        with pytest.raises(ValueError, match="which the inverse network was trained for"):
            style_swap.stylize(CONTENT, STYLE, config, features=shallow_encoder)


def test_picture_that_does_not_fit_in_memory_is_refused_before_any_work(monkeypatch):
    monkeypatch.setattr(memory, "available", lambda: 2e9)
    with pytest.raises(MemoryError, match="would fit. Received: size=4000"):
        style_swap.stylize(CONTENT, STYLE, dataclasses.replace(ONE_PASS, size=4000))


def test_style_larger_than_the_content_counts(monkeypatch):
    monkeypatch.setattr(memory, "available", lambda: 2e9)
    with pytest.raises(MemoryError, match="Received: size=500"):
        style_swap.stylize(CONTENT, STYLE, dataclasses.replace(ONE_PASS, size=500, style_scale=8.0))


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"patch_size": 5}, "patch_size must be 3, as the style was prepared. Received"),
        ({"patch_stride": 2}, "patch_stride must be 1"),
        ({"layer": "block2_conv1"}, "layer must be block3_conv1"),
        ({"precision": "bfloat16"}, "precision must be float32"),
        ({"preserve_color": "histogram"}, "preserve_color must be none"),
    ],
)
def test_prepared_style_is_refused_for_other_settings(tiny_encoder, changes, message):
    bank = style_swap.prepare(STYLE, ONE_PASS, features=tiny_encoder)
    config = dataclasses.replace(ONE_PASS, **changes)
    with pytest.raises(ValueError, match=message):
        style_swap.stylize(CONTENT, bank, config, features=tiny_encoder, decoder=Seen())


@pytest.mark.parametrize("size", [None, 4000])
def test_style_that_does_not_fit_is_not_prepared(monkeypatch, size):
    monkeypatch.setattr(memory, "available", lambda: 2e9)
    with pytest.raises(MemoryError, match="Received: size=4000"):
        style_swap.prepare(np.zeros([4000, 4000, 3]), dataclasses.replace(ONE_PASS, size=size))


def test_optimisation_may_begin_at_what_the_network_paints(shallow_encoder):
    begun = dataclasses.replace(OPTIMIZE, steps=0, start="inverse")
    own = {"features": shallow_encoder, "decoder": Seen()}
    assert_array_equal(
        style_swap.stylize(CONTENT, STYLE, begun, **own).image, np.full_like(CONTENT, 0.5)
    )
    begun = dataclasses.replace(begun, start="content")
    assert_allclose(style_swap.stylize(CONTENT, STYLE, begun, **own).image, CONTENT, atol=1e-6)


def test_one_pass_takes_no_checkpoint(shallow_encoder, tmp_path):
    with pytest.raises(ValueError, match="need decode=optimize"):
        style_swap.stylize(
            CONTENT, STYLE, ONE_PASS, checkpoint=tmp_path, features=shallow_encoder, decoder=Seen()
        )


def test_run_is_resumed_with_less_memory_but_not_with_another_style(shallow_encoder, tmp_path):
    def stop(progress):
        raise KeyboardInterrupt

    own = {"features": shallow_encoder, "checkpoint": tmp_path}
    with pytest.raises(KeyboardInterrupt):
        style_swap.stylize(CONTENT, STYLE, OPTIMIZE, callback=stop, **own)
    with pytest.raises(ValueError, match="resume needs the same pictures"):
        style_swap.stylize(CONTENT, 1 - STYLE, OPTIMIZE, resume=True, **own)
    thrifty = dataclasses.replace(OPTIMIZE, score_memory=1)
    assert style_swap.stylize(CONTENT, STYLE, thrifty, resume=True, **own).steps == OPTIMIZE.steps


def test_network_s_file_is_recorded_and_read_anew_when_it_changes(shallow_encoder, tmp_path):
    path, painted = tmp_path / "net.npz", []
    for bias in (0.0, 10.0):
        net = inverse_net.InverseNet(channels=6, width=4)
        net.weights[-1].assign(np.full(3, bias))
        inverse_net.pack(net, path)
        config = dataclasses.replace(ONE_PASS, model=str(path))
        painted.append(style_swap.stylize(CONTENT, STYLE, config, features=shallow_encoder))
    first, second = painted
    assert second.image.mean() > first.image.mean() + 0.3
    assert first.weights["inverse"] == str(path)
    assert first.weights["inverse_sha256"] != second.weights["inverse_sha256"]


# --- Whitened, coarse to fine ---


WHITE = style_swap.Config(size=None, precision="float32", levels=1, color_share=0.0)


def test_whitened_content_in_its_own_style_keeps_its_features(shallow_encoder):
    """Each patch is its own nearest, and a map coloured by itself is itself."""
    config = dataclasses.replace(WHITE, patch_share=1.0, components=256)
    own = features(shallow_encoder, CONTENT)
    found = swapped(shallow_encoder, styles=CONTENT, **vars(config))
    assert_allclose(found, own, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("stride", [1, 2])
def test_flat_features_get_no_frame(stride):
    """All their patches are alike, so that one of the style's stands everywhere."""
    level = swap.FeatureSwap(lambda maps: maps, Grid("block3_conv1", 3, stride), components=6)
    style = np.random.default_rng(0).random([1, 9, 11, 6], np.float32)
    bank = level.bank([style])
    flat = tf.fill([1, 10, 12, 6], 0.3)
    found = level.exchange(flat, bank, measured=bank.statistics).numpy()
    middle = found[:, 4 : 4 + stride, 4 : 4 + stride]
    assert_allclose(found, np.tile(middle, [1, 10 // stride, 12 // stride, 1]), atol=1e-5)


def test_whitened_features_get_the_style_s_statistics(shallow_encoder):
    """Li et al. (2017): mean and covariance, but for what lies below 0."""
    style = style_swap.image.fit(STYLE, 48)
    target = whitening.statistics([features(shallow_encoder, style)])
    own = features(shallow_encoder, CONTENT)
    white = whitening.whiten(own, whitening.statistics([own]), target.regulariser())
    expected = np.maximum(whitening.color(white, target, target.regulariser()), 0)
    found = swapped(shallow_encoder, **vars(dataclasses.replace(WHITE, patch_share=0.0)))
    assert_allclose(found, expected, rtol=1e-3, atol=1e-3)


def test_share_of_0_compares_no_patches(shallow_encoder, monkeypatch):
    monkeypatch.setattr(matching, "swap", None)
    swapped(shallow_encoder, **vars(dataclasses.replace(WHITE, patch_share=0.0)))


@pytest.mark.parametrize("levels", [1, 2, 3])
def test_strength_0_gives_the_decoder_the_content_s_features(shallow_encoder, levels):
    found = swapped(shallow_encoder, strength=0.0, **{**vars_of(levels=levels)})
    assert_allclose(found, features(shallow_encoder, CONTENT), rtol=1e-3, atol=1e-3)


def vars_of(**changes):
    """The settings of a whitened swap that are not its defaults."""
    return {"whiten": True, "color_share": 0.0, "first_size": 20, **changes}


def test_every_level_is_decoded(shallow_encoder):
    decoder = Counting()
    config = style_swap.Config(size=None, precision="float32", levels=3, first_size=20)
    style_swap.stylize(CONTENT, STYLE, config, features=shallow_encoder, decoder=decoder)
    assert decoder.sizes == [(5, 5), (7, 8), (10, 12)]


class Counting:
    """Stands in for the inverse network: keeps the sizes of the features and paints grey."""

    def __init__(self):
        self.sizes = []

    def __call__(self, features):
        _, rows, columns, _ = features.shape
        self.sizes.append((rows, columns))
        return tf.fill([1, 4 * rows, 4 * columns, 3], 0.5)


def test_finished_picture_has_the_style_s_colours(shallow_encoder):
    """Whatever the decoder paints, where it paints anything."""
    config = dataclasses.replace(WHITE, color_share=1.0)
    style = 0.4 + 0.2 * STYLE
    paint = lambda features: tf.constant(picture(40, 48, seed=5))  # noqa: E731
    result = style_swap.stylize(CONTENT, style, config, features=shallow_encoder, decoder=paint)
    assert_allclose(result.image.mean(axis=(0, 1, 2)), style.mean(axis=(0, 1, 2)), atol=2e-3)
    assert_allclose(result.image.std(axis=(0, 1, 2)), style.std(axis=(0, 1, 2)), rtol=0.05)


def test_haloes_are_taken_out_of_what_the_decoder_paints(shallow_encoder):
    painted = tf.constant(picture(40, 48, seed=5))

    def stylized(share):
        config = dataclasses.replace(WHITE, halo_share=share)
        return style_swap.stylize(
            CONTENT, STYLE, config, features=shallow_encoder, decoder=lambda features: painted
        ).image

    height, width = CONTENT.shape[-3:-1]
    cut = painted[:, :height, :width]
    assert_array_equal(stylized(0.0), cut)
    expected = haloes.take_out(cut, tf.constant(CONTENT.reshape(1, height, width, 3)), 1.0)
    assert_allclose(stylized(1.0), expected, atol=1e-6)
    assert np.abs(stylized(1.0) - cut).max() > 0.05


def test_prepared_style_of_several_levels_gives_the_same_picture(shallow_encoder):
    config = style_swap.Config(size=48, precision="float32", levels=3, first_size=16)
    bank = style_swap.prepare(STYLE, config, features=shallow_encoder)
    first, second = (
        style_swap.stylize(CONTENT, styles, config, features=shallow_encoder, decoder=Seen()).image
        for styles in (STYLE, bank)
    )
    assert_array_equal(first, second)
