import itertools
import zipfile

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose
from samples import picture

from tfstyle import image
from tfstyle.networks import packing, pretrained
from tfstyle.networks.stylizers import family, stages, transform_net
from tfstyle.training import warm_start


def net(styles, seed, **arguments):
    keras.utils.set_random_seed(seed)
    stylizer = transform_net.Stylizer(styles, **{"width": 4, "residual_blocks": 1, **arguments})
    for index, weight in enumerate(stylizer.weights):
        weight.assign(np.random.default_rng([seed, index]).normal(0, 0.3, weight.shape))
    return stylizer


@pytest.mark.slow
def test_styles_are_taken_over_by_name_and_new_ones_are_the_mean():
    earlier, later = net(("wave", "scream"), 1), net(("night", "scream", "wave"), 2)
    warm_start.begin_from(later, earlier)
    image = picture(20, 24, seed=3)
    for style in ("wave", "scream"):
        assert_allclose(later(image, style=style), earlier(image, style=style), atol=1e-6)
    halves = {"wave": 0.5, "scream": 0.5}
    assert_allclose(later(image, style="night"), earlier(image, style=halves), atol=1e-6)


OTHERS = [{"width": 8}, {"residual_blocks": 2}, {"outer_kernel": 5}, {"inner_norms": False}]


@pytest.mark.parametrize("other", OTHERS)
def test_another_network_is_no_beginning(other):
    (name,) = other
    with pytest.raises(ValueError, match=f"start must have the same {name}"):
        warm_start.begin_from(net(("wave",), 1), net(("wave",), 1, **other))


@pytest.mark.slow
def test_without_inner_norms_the_photograph_measured_is_painted_as_with_them():
    stylizer, photograph = net(("wave", "scream"), 1), picture(32, 32, seed=3)
    made = warm_start.without_inner_norms(stylizer, [photograph])
    for style in stylizer.styles:
        expected = stylizer(photograph, style=style, training=True)
        assert_allclose(made(photograph, style=style, training=True), expected, atol=1e-4)
    brighter = np.concatenate([photograph, np.sqrt(photograph)])
    assert_allclose(made(brighter)[:1], made(brighter[:1]), atol=1e-5)
    apart = [np.abs(made(each) - stylizer(each)).max() for each in (brighter[:1], brighter[1:])]
    assert apart[0] < 1e-4 < 0.01 < apart[1]


def test_moments_of_several_photographs_are_averaged():
    stylizer = net(("wave",), 1)
    photographs = [picture(32, 32, seed=seed) for seed in (3, 4, 5)]
    together = warm_start.without_inner_norms(stylizer, photographs)
    last = [stage for stage in stages.stages(together.blocks) if stage.modulate][-1].modulate
    watch, norm = stylizer.watch(), stylizer.blocks[-2][0].modulate
    given = [np.asarray(watch(photograph, "wave")[-1]) for photograph in photographs]
    deviation = np.mean([np.sqrt(each.var((0, 1, 2)) + 1e-5) for each in given], 0)
    mean = np.mean([each.mean((0, 1, 2)) for each in given], 0)
    assert_allclose(last.scale[0], norm.scale[0] / deviation, rtol=1e-4)
    assert_allclose(last.shift[0], norm.shift[0] - norm.scale[0] * mean / deviation, rtol=1e-3)


@pytest.mark.slow
def test_a_packed_network_without_inner_norms_stays_so(tmp_path):
    stylizer = net(("wave",), 1, inner_norms=False)
    pretrained.pack(stylizer, tmp_path / "packed.npz")
    read, photograph = pretrained.load(tmp_path / "packed.npz"), picture(32, 32, seed=3)
    assert not read.architecture.inner_norms
    assert_allclose(read(photograph), stylizer(photograph), atol=0.01)


def test_packed_weights_are_compressed(tmp_path):
    pretrained.pack(net(["a"], seed=1), tmp_path / "packed.npz")
    with zipfile.ZipFile(tmp_path / "packed.npz") as archive:
        assert {member.compress_type for member in archive.infolist()} == {zipfile.ZIP_DEFLATED}


def test_packed_zeros_are_read(tmp_path):
    # As a family is made: compressed, its 24 MB would be 37 kB, which is refused as a trap.
    pretrained.pack(family.StylizerFamily(list("abcdefghijk")), tmp_path / "packed.npz")
    assert not any(map(np.any, pretrained.load(tmp_path / "packed.npz").get_weights()))


# --- Shipped ---


@pytest.mark.parametrize("name", pretrained.names())
def test_card_of_a_shipped_stylizer(name):
    stylizer = pretrained.load(name)
    assert set(pretrained.works(name)) == set(stylizer.styles)


def test_shipped_networks_take_30_megabytes_at_most():
    # Every clone and every wheel carries them.
    sizes = [path.stat().st_size for path in packing.SHIPPED.rglob("*") if path.is_file()]
    assert 0 < sum(sizes) <= 30e6


def test_masters_tell_their_styles_apart():
    stylizer = pretrained.load("masters")
    photograph = image.fit(image.read(pretrained.PHOTOGRAPH), 96)
    painted = [np.mean(stylizer(photograph, style=style), (0, 1, 2)) for style in stylizer.styles]
    apart = [np.linalg.norm(a - b) for a, b in itertools.combinations(painted, 2)]
    assert min(apart) > 5 / 255  # Their mean colours already.
