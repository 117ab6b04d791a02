import itertools

import keras
import numpy as np
import pytest
from conftest import picture
from numpy.testing import assert_allclose

from tfstyle import image, networks, packing, stylizers


def net(styles, seed, **arguments):
    keras.utils.set_random_seed(seed)
    stylizer = networks.Stylizer(styles, **{"width": 4, "residual_blocks": 1, **arguments})
    for index, weight in enumerate(stylizer.weights):
        weight.assign(np.random.default_rng([seed, index]).normal(0, 0.3, weight.shape))
    return stylizer


def test_styles_are_taken_over_by_name_and_new_ones_are_the_mean():
    earlier, later = net(("wave", "scream"), 1), net(("night", "scream", "wave"), 2)
    stylizers.begin_from(later, earlier)
    image = picture(20, 24, seed=3)
    for style in ("wave", "scream"):
        assert_allclose(later(image, style=style), earlier(image, style=style), atol=1e-6)
    halves = {"wave": 0.5, "scream": 0.5}
    assert_allclose(later(image, style="night"), earlier(image, style=halves), atol=1e-6)


@pytest.mark.parametrize("other", [{"width": 8}, {"residual_blocks": 2}])
def test_another_network_is_no_beginning(other):
    (name,) = other
    with pytest.raises(ValueError, match=f"start must have the same {name}"):
        stylizers.begin_from(net(("wave",), 1), net(("wave",), 1, **other))


# --- Shipped ---


@pytest.mark.parametrize("name", stylizers.names())
def test_card_and_size_of_a_shipped_stylizer(name):
    stylizer = stylizers.load(name)
    assert set(stylizers.works(name)) == set(stylizer.styles)
    assert (packing.SHIPPED / f"{name}.npz").stat().st_size <= 6e6


def test_masters_tell_their_styles_apart():
    stylizer = stylizers.load("masters")
    photograph = image.fit(image.read(stylizers.PHOTOGRAPH), 96)
    painted = [np.mean(stylizer(photograph, style=style), (0, 1, 2)) for style in stylizer.styles]
    apart = [np.linalg.norm(a - b) for a, b in itertools.combinations(painted, 2)]
    assert min(apart) > 5 / 255  # Their mean colours already.
