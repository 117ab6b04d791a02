import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose
from samples import picture

from tfstyle.methods.style_swap import strips, swap
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
        swap.Grid("block3_conv1"),
        components=8,
    )
    bank = levels.prepare([picture(48, 60, seed=1, smoothing=0)], with_patches=False)
    content, net = picture(*size, seed=2), untrained()
    expected = net(levels.swap(content, bank, 0.0, 0.8))
    own = strips.statistics(content, levels.encode)

    def paint(seen):
        return net(levels.exchange(levels.encode(seen), bank, 0.0, 0.8, own))

    found = strips.paint(content, paint)
    assert found.shape == content.shape
    assert_allclose(found, expected, atol=2e-3)
    assert np.ptp(found) > 0.1
