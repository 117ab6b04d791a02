"""The shipped inverse network with the real VGG19, on real pictures."""

import numpy as np
import pytest

from tfstyle import image
from tfstyle.methods.style_swap import method as style_swap
from tfstyle.networks import inverse_net, vgg19, vgg19_files, vgg19_weights

pytestmark = [
    pytest.mark.large,
    pytest.mark.filterwarnings("default:VGG19's ImageNet weights are not at hand"),
]


@pytest.fixture(scope="module", params=sorted(inverse_net.SHIPPED))
def net(request):
    return inverse_net.load(request.param)


@pytest.fixture(scope="module")
def vgg():
    """Keras's own weights: features of others are none that the network knows."""
    found = vgg19_weights.load("auto")
    if found.name != vgg19_files.IMAGENET.name:
        pytest.skip("needs Keras's VGG19")
    return found


@pytest.fixture(scope="module")
def features(net, vgg):
    """VGG19 as the network was trained for it."""
    return vgg19.build([net.layer], vgg, pooling=net.pooling, padding=net.padding)


def test_shipped_network_is_of_vgg19_and_small(net):
    assert (net.layer, net.pooling, net.padding) == ("block3_conv1", "max", "reflect")
    assert all(path.stat().st_size <= 3e6 for path in inverse_net.SHIPPED.values())
    assert all(np.isfinite(weight).all() for weight in net.get_weights())


def test_photograph_comes_back_from_its_own_features(net, features, data):
    """What is lost is fine detail: errors are a fraction of the photograph's own contrast."""
    photograph = image.resize(image.read(data / "contents" / "parrots.jpg"), (192, 256))
    decoded = net(features(photograph)[net.layer]).numpy()
    assert np.mean((decoded - photograph) ** 2) < 0.15 * np.var(photograph)


def test_swap_brings_the_colours_of_the_style(vgg, data):
    content, style = (
        image.read(data / folder / name)
        for folder, name in (("contents", "parrots.jpg"), ("styles", "great_wave.jpg"))
    )
    painted = style_swap.stylize(content, style, style_swap.Config(size=192)).image
    before, after, wanted = (
        image.fit(each, 64).mean(axis=(0, 1, 2)) for each in (content, painted, style)
    )
    assert np.linalg.norm(after - wanted) < 0.7 * np.linalg.norm(before - wanted)
