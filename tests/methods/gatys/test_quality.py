"""What a quality decides, and that settings which are given go first."""

import dataclasses

import pytest

from tfstyle import settings
from tfstyle.methods import video
from tfstyle.methods.gatys import config
from tfstyle.methods.gatys import method as gatys
from tfstyle.methods.gatys.quality import COURSES, Course
from tfstyle.optimization import checkpoint_file

GIVEN = {"start": "content", "steps": 7, "coarse_steps": 5, "history": 3}


def plan(**own):
    levels = gatys.plan((384, 512), gatys.Config(size=512, **own))
    return [(max(level.size), level.steps) for level in levels]


def test_fast_has_the_full_size_alone_and_begins_from_the_swap():
    assert gatys.Config(quality="fast").course().start == "swap"
    assert plan(quality="fast") == [(512, COURSES["fast"].steps)]


def test_best_takes_more_steps_and_a_longer_history_than_the_default():
    best, default = COURSES["best"], COURSES["default"]
    assert best.start == default.start == "noise"
    assert best.steps > default.steps
    assert best.coarse_steps > default.coarse_steps
    assert best.history > default.history


@pytest.mark.parametrize("quality", COURSES)
def test_what_is_given_goes_before_the_quality(quality):
    assert gatys.Config(quality=quality, **GIVEN).course() == Course(**GIVEN)


def test_one_setting_may_be_given_and_the_rest_be_the_quality_s():
    course = gatys.Config(quality="fast", steps=60).course()
    assert course == dataclasses.replace(COURSES["fast"], steps=60)
    assert plan(quality="fast", start="noise", levels=2, steps=60) == [(256, 100), (512, 60)]


def test_no_steps_are_given_too():
    assert gatys.Config(steps=0).course().steps == 0


def test_unknown_quality_suggests_the_nearest():
    with pytest.raises(ValueError, match="quality must be one of.*Did you mean fast"):
        gatys.Config(quality="fats")


@pytest.mark.parametrize("kind", [gatys.Config, video.GatysConfig])
def test_settings_are_described_by_what_the_quality_decides(kind):
    # With a map: without one, the settings of regions are left out.
    described = settings.described(kind(quality="best", content_regions="map.png"))
    assert "quality" not in described
    assert {name: described[name] for name in GIVEN} == dataclasses.asdict(COURSES["best"])
    assert list(described) == [
        field.name
        for field in dataclasses.fields(kind)
        if field.name not in ("quality", *config.SINCE_0_1_0)
    ]


NEW = {
    "style_size": 300,
    "strokes": "absolute",
    "histogram_weight": 1.0,
    "histogram_layers": ("block3_conv1",),
    "tileable": True,
    "tile": 512,
}


@pytest.mark.parametrize("name", NEW)
def test_what_version_0_1_0_did_not_know_is_described_where_it_is_used(name):
    plain, own = gatys.Config().described(), gatys.Config(**{name: NEW[name]}).described()
    assert own == {**plain, name: NEW[name]} != plain


def test_all_that_version_0_1_0_did_not_know_is_tried_above():
    assert set(NEW) == set(config.SINCE_0_1_0)


def test_a_quality_and_what_it_decides_are_the_same_run():
    fast = gatys.Config(quality="fast")
    said = gatys.Config(**dataclasses.asdict(COURSES["fast"]))
    assert checkpoint_file.fingerprint(fast) == checkpoint_file.fingerprint(said)
    assert checkpoint_file.fingerprint(fast) != checkpoint_file.fingerprint(gatys.Config())
