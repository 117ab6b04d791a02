"""Clips whose regions have styles of their own."""

import dataclasses

import keras
import numpy as np
import pytest
from clips import frames
from drawn_maps import BLUE, GREEN, halves
from numpy.testing import assert_array_equal
from samples import TINY_CHANNELS, picture

from tfstyle import gatys, image, regions, style_swap, video
from tfstyle.losses import perceptual
from tfstyle.methods.feed_forward import method as feed_forward
from tfstyle.methods.style_swap import style_bank
from tfstyle.networks import inverse_net
from tfstyle.networks.stylizers import transform_net
from tfstyle.regions import frames as region_frames

STYLES = [picture(36, 40, seed=2, smoothing=0), picture(36, 40, seed=4)]
PLAIN = video.Config(stabilize=0)
FIRST = regions.match(regions.from_colors(halves(48, 64)), styles=2)
TURNED = region_frames.seen_in(regions.from_colors(halves(48, 64, GREEN, BLUE)), FIRST)
ALONE = region_frames.seen_in(regions.from_colors(halves(48, 64, BLUE, BLUE)), FIRST)


@pytest.fixture
def config(shallow_encoder, monkeypatch, tmp_path):
    """The settings of a swap by small networks."""
    built = perceptual.build(style_swap.Config(), shallow_encoder)
    monkeypatch.setattr(perceptual, "build", lambda *_: built)
    keras.utils.set_random_seed(0)
    inverse_net.pack(
        inverse_net.InverseNet(channels=TINY_CHANNELS["block3_conv1"], width=4),
        tmp_path / "net.npz",
    )
    return style_swap.Config(size=None, model=tmp_path / "net.npz", precision="float32")


def as_bytes(result):
    return np.rint(result.image[0] * 255).astype(np.uint8)


@pytest.mark.parametrize("given", [FIRST, [FIRST, TURNED, ALONE]], ids=["one for all", "each"])
def test_each_frame_has_its_regions(config, given):
    each = [given] * 3 if given is FIRST else given
    painted = list(video.stylize(frames(3), STYLES, PLAIN, config, regions=given))
    for frame, pastiche, found in zip(frames(3), painted, each, strict=True):
        alone = style_swap.stylize(frame, STYLES, config, regions=found)
        assert_array_equal(pastiche, as_bytes(alone))


def test_map_that_the_settings_name_is_every_frame_s(config, tmp_path):
    image.write(tmp_path / "map.png", halves(48, 64))
    named = dataclasses.replace(config, content_regions=str(tmp_path / "map.png"))
    found, expected = (
        list(video.stylize(frames(2), STYLES, PLAIN, method, regions=given))
        for method, given in ((named, None), (config, FIRST))
    )
    assert_array_equal(found, expected)


def test_styles_are_prepared_once_while_regions_move(config, monkeypatch):
    calls, of = [], style_bank.of
    monkeypatch.setattr(style_bank, "of", lambda *args: calls.append(1) or of(*args))
    list(video.stylize(frames(3), STYLES, PLAIN, config, regions=[FIRST, TURNED, FIRST]))
    # One for each of the two regions.
    assert len(calls) == 2


def test_optimisation_has_regions_too(tiny_encoder, monkeypatch):
    build = perceptual.build
    monkeypatch.setattr(
        perceptual, "build", lambda config, _, *more: build(config, tiny_encoder, *more)
    )
    quick = {"size": None, "levels": "1", "steps": 2, "precision": "float32"}
    method = video.GatysConfig(**quick, frame_steps=1)
    (first, second) = video.stylize(frames(2), STYLES, PLAIN, method, regions=[FIRST, TURNED])
    alone = gatys.stylize(frames(1)[0], STYLES, gatys.Config(**quick), regions=FIRST)
    assert_array_equal(first, as_bytes(alone))
    assert second.shape == first.shape


def test_trained_network_has_no_regions(monkeypatch):
    net = transform_net.Stylizer(["wave"], width=4, residual_blocks=1)
    monkeypatch.setattr(feed_forward, "load", lambda model, precision: net)
    with pytest.raises(ValueError, match="regions must be None for a trained network.* Received"):
        next(video.stylize(frames(1), "wave", PLAIN, regions=FIRST))
