import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose
from samples import picture

from tfstyle import style_swap
from tfstyle.methods.style_swap import grid, strips, swap
from tfstyle.networks import inverse_net


def untrained():
    """An inverse network that paints more than grey."""
    keras.utils.set_random_seed(0)
    net = inverse_net.InverseNet(channels=6, width=4)
    net.trainable_variables[-2].assign(np.random.default_rng(0).normal(size=[3, 3, 4, 3]))
    return net


@pytest.mark.parametrize("size", [(300, 36), (256, 40), (64, 40), (132, 36)])
def test_strips_give_the_picture_of_the_whole(shallow_encoder, monkeypatch, size):
    """Statistics of the whole, and margins as wide as the networks see."""
    monkeypatch.setattr(strips, "STRIP_PIXELS", 64 * 40)
    levels = swap.FeatureSwap(
        lambda images: shallow_encoder(images)["block3_conv1"],
        grid.Grid("block3_conv1"),
        components=8,
    )
    bank = levels.prepare([picture(48, 60, seed=1, smoothing=0)], with_patches=False)
    content, net = picture(*size, seed=2), untrained()
    expected = net(levels.exchange(levels.encode(content), bank, 0.0, 0.8))
    own = strips.statistics([content], levels.encode)

    def paint(seen):
        return net(levels.exchange(levels.encode(seen), bank, 0.0, 0.8, own))

    found = strips.paint(content, paint)
    assert found.shape == content.shape
    assert_allclose(found, expected, atol=2e-3)
    assert np.ptp(found) > 0.1


@pytest.mark.parametrize("size", [(300, 36), (64, 40), (132, 36)])
def test_features_and_pictures_in_strips_are_those_of_the_whole(shallow_encoder, monkeypatch, size):
    monkeypatch.setattr(strips, "STRIP_PIXELS", 64 * 40)
    content, net = picture(*size, seed=2), untrained()
    encode = lambda images: shallow_encoder(images)["block3_conv1"]  # noqa: E731
    own = encode(content)
    assert_allclose(strips.features(content, encode), own, rtol=1e-5, atol=1e-4)
    assert_allclose(strips.decode(own, size, net), net(own), atol=2e-3)


@pytest.mark.parametrize("kept", [0, 10**6])
@pytest.mark.parametrize("match_size", [16, 640])
def test_picture_in_strips_is_that_of_the_whole(shallow_encoder, monkeypatch, kept, match_size):
    """With patches and without, the features kept or had twice; the style in strips too."""
    config = style_swap.Config(
        size=None, precision="float32", first_size=60, levels=2, match_size=match_size
    )
    content, style, own = picture(132, 180, 1), picture(140, 120, 2), {"decoder": untrained()}
    own["features"] = shallow_encoder
    expected = style_swap.stylize(content, style, config, **own).image
    monkeypatch.setattr(strips, "STRIP_PIXELS", 64 * 180)
    monkeypatch.setattr(strips, "KEPT_PIXELS", kept)
    found = style_swap.stylize(content, style, config, **own).image
    assert_allclose(found, expected, atol=5e-3)
