"""Beginning from what another method paints."""

import pathlib

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from samples import picture

from tfstyle.image import color
from tfstyle.methods import style_swap
from tfstyle.methods.gatys import config as gatys_config
from tfstyle.methods.gatys import method as gatys
from tfstyle.methods.gatys import start
from tfstyle.networks import inverse_net, pretrained
from tfstyle.result import Interrupted, Level, Result
from tfstyle.system import files

PAINTED = picture(40, 48, seed=11)
"""What the other method paints."""

SMALL = {"size": None, "precision": "float32", "coarse_steps": 4}


@pytest.fixture
def swaps(monkeypatch):
    """Exchanges the swap for one that paints `PAINTED`; what it was called with, in order."""
    calls = []

    def stylize(content, styles, config, regions):
        calls.append((content, styles, config))
        return Result(PAINTED)

    monkeypatch.setattr(style_swap, "stylize", stylize)
    return calls


@pytest.fixture
def stylize(tiny_encoder, content, style):
    def stylize(styles=style, callback=None, checkpoint=None, resume=False, **own):
        config = gatys.Config(**SMALL | own)
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


def test_what_the_swap_refuses_is_said_to_be_the_start_s(content, style):
    """Two patches of the swap have 24 pixels, and a position of block5_conv1 has 16."""
    config = gatys.Config(size=128, style_size=20, quality="fast")
    sentence = (
        "start must be another than swap, which is what quality=fast begins with, or style_size "
        "must leave a style of 24 pixels at least, .* take style_size=24. Received: style_size=20"
    )
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        gatys.stylize(content, style, config)


def first(content, styles, **own):
    return start.first_image(content, styles, [Level((40, 48), 0)], gatys.Config(**own))


def test_swap_s_picture_is_the_first_image(swaps, stylize):
    assert_array_equal(stylize(start="swap", steps=0).image, PAINTED)


def test_swap_is_asked_with_the_settings_that_both_methods_have(swaps, content, style):
    shared = {"style_scale": 1.5, "preserve_color": "covariance", "precision": "float32"}
    first(content, [style, style], start="swap", vgg_weights="vgg.h5", **shared)
    ((seen, styles, config),) = swaps
    assert_array_equal(seen, content)
    assert len(styles) == 2
    assert config == style_swap.Config(size=None, vgg_weights="vgg.h5", **shared)


def test_swap_sees_the_content_at_the_full_size(swaps, content, style):
    levels = [Level((20, 24), 1), Level((30, 36), 1)]
    start.first_image(content, [style], levels, gatys.Config(start="swap"))
    assert swaps[0][0].shape == (1, 30, 36, 3)


def test_luminance_begins_in_grey(swaps, content, style):
    """The objective sees grey pictures, and the content's colours come back at the end."""
    begun = first(content, [style], start="swap", preserve_color="luminance")
    assert_allclose(begun, np.repeat(color.luminance(PAINTED), 3, axis=-1), atol=1e-6)


def test_network_s_picture_gets_the_content_s_colours_where_they_are_kept(content, style):
    painted = first(content, [style], start="apply:great_wave", precision="float32")
    kept = first(
        content, [style], start="apply:great_wave", preserve_color="covariance", precision="float32"
    )

    def distance(pixels):
        return np.abs(pixels.mean(axis=(1, 2)) - content.mean(axis=(1, 2))).max()

    assert painted.shape == kept.shape == content.shape
    assert distance(kept) < 0.2 * distance(painted)


def test_painted_start_has_the_full_size_alone_unless_levels_are_given():
    def sizes(**own):
        config = gatys.Config(size=512, start="swap", **own)
        return [level.size for level in gatys.plan((384, 512), config)]

    assert sizes() == [(384, 512)]
    assert sizes(levels=2) == [(192, 256), (384, 512)]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("apply:great_wav", "start=apply:great_wav must name a trained style.*mean great_wave"),
        ("apply:", "start must be one of apply:.*Received: start=apply:$"),
        ("swop", "start must be one of.*Did you mean swap"),
    ],
)
def test_unknown_start_is_refused_by_name(content, style, name, message):
    with pytest.raises(ValueError, match=message):
        first(content, [style], start=name)


@pytest.mark.parametrize("name", ["swap", pathlib.Path("swap"), "apply:great_wave"])
def test_painted_starts_are_told_from_paths(name):
    assert gatys_config.is_painted(name)
    assert not gatys_config.is_painted(f"./{name}")


# --- Which networks were used ---


def test_record_names_the_inverse_network_of_the_swap(swaps, stylize):
    used = stylize(start="swap", steps=1).weights
    digest = files.digest(inverse_net.find("inverse_white"), "sha256")
    assert used == {"inverse": "inverse_white", "inverse_sha256": digest}


def test_record_names_the_stylizer(stylize):
    used = stylize(start="apply:great_wave", steps=0).weights
    digest = files.digest(pretrained.find("masters"), "sha256")
    assert used == {"stylizer": "masters", "stylizer_sha256": digest}


def test_other_starts_use_no_network(stylize):
    assert stylize(start="content", steps=0).weights == {}


# --- Going on ---


def test_resumed_run_from_a_swap_is_the_uninterrupted_one(swaps, stylize, tmp_path):
    def stop(progress):
        if progress.total_step == 3:
            raise KeyboardInterrupt

    run = {"start": "swap", "steps": 6}
    with pytest.raises(Interrupted):
        stylize(callback=stop, checkpoint=tmp_path, **run)
    resumed = stylize(checkpoint=tmp_path, resume=True, **run)
    assert_array_equal(resumed.image, stylize(**run).image)
    assert resumed.steps == 6


def test_checkpoint_of_another_swap_is_refused(swaps, stylize, tmp_path, monkeypatch):
    def stop(progress):
        raise KeyboardInterrupt

    run = {"start": "swap", "steps": 6}
    with pytest.raises(Interrupted):
        stylize(callback=stop, checkpoint=tmp_path, **run)
    monkeypatch.setattr(style_swap, "stylize", lambda *given, **own: Result(1 - PAINTED))
    with pytest.raises(ValueError, match="same pictures and settings"):
        stylize(checkpoint=tmp_path, resume=True, **run)


# --- With the networks themselves ---


@pytest.mark.large
def test_swap_begins_nearer_to_the_goal_than_noise(data):
    from tfstyle import image

    content = image.fit(image.read(data / "contents" / "tubingen.jpg"), 128)
    style = image.read(next((data / "styles").glob("great_wave*")))
    totals = [
        gatys.stylize(content, style, gatys.Config(size=128, levels=1, steps=5, start=each))
        .losses[-1]
        .terms["total"]
        for each in ("swap", "noise")
    ]
    assert totals[0] < 0.7 * totals[1]
