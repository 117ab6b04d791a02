"""How large style pictures are beside a result: relative, or in pixels."""

import dataclasses

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from samples import SHALLOW_GATYS, picture

from tfstyle import settings
from tfstyle.cli import app
from tfstyle.methods import style_scaling, style_swap
from tfstyle.methods.gatys import method as gatys
from tfstyle.methods.gatys import targets
from tfstyle.methods.style_swap import style_bank
from tfstyle.result import Level

SMALL = gatys.Config(steps=2, **SHALLOW_GATYS)


def side(own=800, level=250, full=1000, **settings):
    return style_scaling.side(gatys.Config(**settings), own, level, full)


def test_sides_by_hand():
    assert side(style_scale=0.5) == 125
    assert side(style_scale=0.5, full=2000) == 125
    # Half of 800 pixels beside the result, and a quarter of that at a quarter of it.
    assert side(style_scale=0.5, strokes="absolute", level=1000) == 400
    assert side(style_scale=0.5, strokes="absolute") == 100
    assert side(style_size=300, level=1000) == side(style_size=300, level=64, full=64) == 300
    assert side(style_size=300) == 75


@pytest.mark.parametrize("longest", [256, 512, 1024])
def test_style_of_given_pixels_has_them_beside_every_result(longest):
    style, size = np.zeros([1, 600, 900, 3], np.float32), (longest // 2, longest)
    config = gatys.Config(style_size=300)
    assert targets.style_size(style, Level(size, 1), longest, config) == (200, 300)
    config = style_swap.Config(style_size=300)
    assert style_bank.style_size(style, longest, longest, config) == (200, 300)


def test_relative_strokes_are_the_same_share_at_every_size():
    style, expected = np.zeros([1, 600, 900, 3], np.float32), [(200, 300), (800, 1200)]
    level, config = {n: Level((n, n), 1) for n in (300, 1200)}, gatys.Config()
    assert [targets.style_size(style, level[n], n, config) for n in level] == expected
    assert [style_bank.style_size(style, n, n, style_swap.Config()) for n in level] == expected


@pytest.mark.parametrize(
    "pixels", [{"style_size": 30}, {"strokes": "absolute", "style_scale": 30 / 36}]
)
def test_the_same_size_is_the_same_picture_however_it_is_said(
    pixels, shallow_encoder, content, style
):
    """The result's longest side is 40 pixels, and the style's own 36."""
    relative = gatys.stylize(
        content, style, _with(SMALL, style_scale=0.75), features=shallow_encoder
    )
    found = gatys.stylize(content, style, _with(SMALL, **pixels), features=shallow_encoder)
    assert_array_equal(found.image, relative.image)


@pytest.mark.parametrize(
    "pixels", [{"style_size": 60}, {"strokes": "absolute", "style_scale": 1.5}]
)
def test_the_swap_s_too_at_all_levels(pixels, shallow_encoder, inverse):
    """The result's longest side is 80 pixels, and the style's own 40."""
    content, style = picture(64, 80, seed=1), picture(40, 40, seed=2, smoothing=0)
    config = style_swap.Config(size=80, first_size=40, precision="float32")

    def paint(**changes):
        changed = _with(config, **changes)
        return style_swap.stylize(
            content, style, changed, features=shallow_encoder, decoder=inverse
        ).image

    assert_array_equal(paint(**pixels), paint(style_scale=0.75))
    assert np.abs(paint(**pixels) - paint()).max() > 0.001


def _with(config, **changes):
    return dataclasses.replace(config, **changes)


# --- The least ---


@pytest.mark.parametrize(
    "own, message",
    [
        ({"style_size": 11}, "style_size must leave .* 16 pixels .*, for a position of "
                             "block5_conv1; take style_size=16. Received: style_size=11"),
        ({"style_scale": 0.05}, "style_scale must .* take style_scale=0.13. .*: style_scale=0.05"),
        ({"style_scale": 0.1, "strokes": "absolute"}, "take style_scale=0.4. Received: style_sc"),
    ],
)  # fmt: skip
def test_style_too_small_for_the_deepest_layer_is_refused(own, message):
    """Before VGG19 is loaded; the style's own side is 40 pixels."""
    content, style = picture(96, 128, seed=1), picture(40, 40, seed=2)
    with pytest.raises(ValueError, match=message):
        gatys.stylize(content, style, gatys.Config(size=128, **own))


def test_the_style_that_the_sentence_names_is_taken(shallow_encoder):
    """A position of block3_conv1 is 4 pixels wide."""
    content, style = picture(36, 40, seed=1), picture(40, 40, seed=2)
    with pytest.raises(ValueError, match="take style_size=4. "):
        gatys.stylize(content, style, _with(SMALL, style_size=3), features=shallow_encoder)
    gatys.stylize(content, style, _with(SMALL, style_size=4), features=shallow_encoder)


def test_style_too_small_for_two_patches_at_the_coarsest_level_is_refused(shallow_encoder, inverse):
    """Two patches have 24 pixels, and the coarsest level is half the finest."""
    content, style = picture(64, 80, seed=1), picture(40, 40, seed=2)
    config = style_swap.Config(size=80, first_size=40, precision="float32")
    networks = {"features": shallow_encoder, "decoder": inverse}
    with pytest.raises(ValueError, match="24 .* where the picture has 40, .* take style_size=48. "):
        style_swap.stylize(content, style, _with(config, style_size=1))
    style_swap.stylize(content, style, _with(config, style_size=48), **networks)


# --- What is refused, and what runs are told apart by ---


@pytest.mark.parametrize("config", [gatys.Config, style_swap.Config])
def test_two_sizes_are_refused(config):
    with pytest.raises(ValueError, match="style_scale must be left out .* style_size=300"):
        config(style_size=300, style_scale=2.0)


@pytest.mark.parametrize("flag", ["--style_scale=1", "--strokes=absolute"])
def test_the_shell_refuses_what_would_do_nothing(flag, capsys):
    flags = ["--content=a.png", "--style=b.png", "--output=c.png", "--style_size=300", flag]
    assert app.main(["swap", *flags]) == 2
    assert "does nothing but with --style_size=none" in capsys.readouterr().err


def test_style_prepared_in_other_strokes_is_refused(shallow_encoder):
    config = style_swap.Config(size=48, precision="float32")
    bank = style_swap.prepare(picture(48, 48, seed=1), config, features=shallow_encoder)
    for name, value in (("strokes", "absolute"), ("style_size", 30)):
        with pytest.raises(ValueError, match=f"{name} must be .*, as the style was prepared"):
            style_swap.stylize(picture(48, 48, 2), bank, _with(config, **{name: value}))


def test_settings_that_0_1_0_did_not_know_are_told_only_where_they_do_something():
    described = settings.described(gatys.Config())
    new = {"style_size", "strokes", "histogram_weight", "histogram_layers", "tileable"}
    assert not new & set(described)
    config = gatys.Config(style_size=30, histogram_weight=1.0, tileable=True)
    assert new & set(settings.described(config)) == {"style_size", "histogram_weight", "tileable"}
