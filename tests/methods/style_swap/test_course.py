import dataclasses

import pytest
import tensorflow as tf

from tfstyle.methods.style_swap import course
from tfstyle.methods.style_swap.config import Config

PLAIN = Config(whiten=False, levels=1, color_share=0.0)


def sides(config, size=(384, 512)):
    return [max(stage.size) for stage in course.plan(size, config).stages]


def shares(config, size=(384, 512)):
    return [stage.patch_share for stage in course.plan(size, config).stages]


def test_levels_double_up_to_the_picture():
    assert sides(Config()) == [128, 256, 512]
    assert course.plan((384, 512), Config()).stages[-1].size == (384, 512)


@pytest.mark.parametrize(
    ("longest", "expected"),
    [(100, [100]), (128, [128]), (256, [128, 256]), (1024, [128, 256, 512, 1024])],
)
def test_number_of_levels_follows_the_size(longest, expected):
    assert sides(Config(), (longest, longest)) == expected


def test_levels_and_the_first_can_be_given():
    assert sides(Config(levels=2)) == [128, 512]
    assert sides(Config(levels=1)) == [512]
    assert sides(Config(first_size=64)) == [64, 128, 256, 512]


def test_first_level_is_never_larger_than_the_picture():
    assert sides(Config(first_size=1000), (30, 40)) == [40]


def test_strength_0_leaves_the_photograph():
    way = course.plan((384, 512), Config(strength=0.0))
    assert (way.mixture, way.style_share, way.color_share, way.halo_share) == (0, 0, 0, 0)
    assert {stage.patch_share for stage in way.stages} == {0}


def test_shares_grow_with_the_strength():
    ways = [course.plan((512, 512), Config(strength=s)) for s in (0.0, 0.25, 0.5, 0.75, 1.0)]
    for name in ("mixture", "style_share", "color_share", "halo_share"):
        values = [getattr(way, name) for way in ways]
        assert values == sorted(values)
    coarsest = [way.stages[0].patch_share for way in ways]
    assert coarsest == sorted(coarsest)
    assert len(set(coarsest)) == 5


def test_fine_levels_have_smaller_shares_of_patches():
    assert shares(Config(patch_share=0.5)) == pytest.approx([0.5, 0.4, 0.3])


def test_levels_beyond_the_match_size_compare_no_patches():
    assert shares(Config(match_size=200), (512, 512))[1:] == [0, 0]


def test_each_share_can_be_given():
    way = course.plan((512, 512), Config(mixture=0.1, color_share=0.2, patch_share=0.0))
    assert (way.mixture, way.color_share) == (0.1, 0.2)
    assert {stage.patch_share for stage in way.stages} == {0}


def test_plain_swap_exchanges_every_patch_of_one_level():
    """Chen and Schmidt (2016)."""
    way = course.plan((2000, 3000), PLAIN)
    assert way.stages == (course.Stage((2000, 3000), 1.0),)
    assert way.color_share == 0


def test_strength_of_the_plain_swap_is_its_share_of_patches():
    half = dataclasses.replace(PLAIN, strength=0.5)
    assert course.plan((30, 40), half).stages[0].patch_share == 0.5


@pytest.mark.parametrize("strength", [0.0, 0.3, 0.5, 1.0])
@pytest.mark.parametrize(
    "config",
    [Config(), PLAIN, Config(levels=3, mixture=0.2), Config(first_size=50, match_size=300)],
    ids=["default", "plain", "given levels", "given sizes"],
)
def test_tensors_give_the_course_of_numbers(config, strength):
    """What is served computes in its graph what Python plans."""
    for size in ((1, 1), (40, 48), (683, 512), (90, 2000)):
        way = course.plan(size, dataclasses.replace(config, strength=strength))
        numbers = [tf.constant(number, tf.float64) for number in (*size, strength)]
        formulas = course.Formulas(tuple(numbers[:2]), numbers[2], config)
        assert formulas.count == len(way.stages)
        for number, stage in enumerate(way.stages):
            found = formulas.stage(tf.constant(number, tf.float64))
            assert tuple(map(float, found.size)) == stage.size
            assert float(found.patch_share) == pytest.approx(stage.patch_share)
        shares = [float(formulas.mixture), float(formulas.style_share)]
        assert shares == pytest.approx([way.mixture, way.style_share])
        assert float(formulas.color_share) == pytest.approx(way.color_share)
        assert float(formulas.halo_share) == pytest.approx(way.halo_share)
