"""Which levels are painted in tiles, and that a picture does not show them."""

import dataclasses
import functools
import json

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from samples import picture

from tfstyle import image, jobs
from tfstyle.losses import perceptual
from tfstyle.methods.gatys import method as gatys
from tfstyle.methods.gatys import tiles
from tfstyle.optimization import checkpoint_file
from tfstyle.result import Interrupted
from tfstyle.system import memory

CONFIG = gatys.Config(size=None, precision="float32", tile=64)
SMALL = dataclasses.replace(CONFIG, levels="1", steps=6, start="content")


@pytest.fixture(scope="module")
def content():
    """150 x 200 pixels: nine tiles of 64."""
    return picture(150, 200, seed=1)


@pytest.fixture(scope="module")
def build(tiny_encoder):
    """Builds the objective on the tiny network once: most of the time would be tracing."""
    own = perceptual.build
    return functools.cache(lambda: own(SMALL, tiny_encoder))


@pytest.fixture
def stylize(tiny_encoder, content, style, build, monkeypatch):
    monkeypatch.setattr(gatys.perceptual, "build", lambda *_: build())

    def stylize(callback=None, checkpoint=None, resume=False, **changes):
        return gatys.stylize(
            content,
            style,
            dataclasses.replace(SMALL, **changes),
            callback=callback,
            checkpoint=checkpoint,
            resume=resume,
            features=tiny_encoder,
        )

    return stylize


def have(monkeypatch, size):
    monkeypatch.setattr(memory, "available", lambda: size)


def stop_at(step):
    def callback(progress):
        if progress.total_step == step:
            raise KeyboardInterrupt

    return callback


# --- The picture ---


def test_first_loss_is_the_whole_picture_s(stylize):
    """At the start; later, bfloat16 pairs lead elsewhere."""
    tiled, whole = (stylize(tile=tile, steps=1).losses[0].terms for tile in (64, None))
    assert_allclose([*tiled.values()], [*whole.values()], rtol=1e-3)


def test_it_comes_as_low_as_whole(stylize):
    tiled, whole = (stylize(tile=tile, steps=20).losses[-1].terms["total"] for tile in (64, None))
    assert tiled < 1.05 * whole


@pytest.mark.parametrize("axis", [1, 2])
def test_neighbours_of_two_tiles_are_no_further_apart_than_others(stylize, content, axis):
    steps = np.diff(stylize(start="noise", steps=15).image, axis=axis)
    jumps = np.sqrt(np.mean(np.square(steps), axis=tuple({0, 1, 2, 3} - {axis})))
    borders = {1: [48, 96], 2: [48, 96, 144]}[axis]
    across = jumps[[border - 1 for border in borders]]
    others = np.delete(jumps, [border - 1 for border in borders])
    assert across.max() <= others.max()
    assert across.mean() < 1.15 * others.mean()


def test_levels_say_that_they_are_in_tiles(stylize):
    result = stylize(levels="100,200", coarse_steps=1, steps=1)
    assert [level.tile for level in result.levels] == [None, 64]


def test_the_same_settings_give_the_same_picture(stylize):
    assert_array_equal(*(stylize().image for _ in range(2)))


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
@pytest.mark.parametrize("step", [1, 4])
def test_an_interrupted_run_goes_on_bit_for_bit(stylize, tmp_path, optimizer, step):
    whole = stylize(optimizer=optimizer)
    with pytest.raises(Interrupted):
        stylize(stop_at(step), tmp_path, optimizer=optimizer)
    resumed = stylize(checkpoint=tmp_path, resume=True, optimizer=optimizer)
    assert_array_equal(resumed.image, whole.image)
    assert [loss.terms for loss in resumed.losses] == [loss.terms for loss in whole.losses]


# --- What auto chooses ---


def whole_and_tiled(side=512, size=(3000, 4000)):
    """The bytes that a picture needs whole and in tiles."""
    config = dataclasses.replace(CONFIG, levels="1")
    (level,) = gatys.plan(size, dataclasses.replace(config, tile=None))
    return [tiles.needed(level, config, tiles.NO_STYLES, each) for each in (None, side)]


@pytest.mark.parametrize(
    ("memory_of", "side"),
    [
        (lambda whole, tiled: whole, None),
        (lambda whole, tiled: whole - 1, 2048),
        (lambda whole, tiled: tiled, 512),
        (lambda whole, tiled: tiled - 1, 512),
        (lambda whole, tiled: None, None),
    ],
)
def test_auto_has_tiles_where_the_whole_does_not_fit(monkeypatch, memory_of, side):
    have(monkeypatch, memory_of(*whole_and_tiled()))
    (level,) = gatys.plan((3000, 4000), dataclasses.replace(CONFIG, levels="1", tile="auto"))
    assert level.tile == side


def test_what_does_not_fit_in_tiles_is_refused_with_a_size_that_does(monkeypatch, stylize, content):
    large = dataclasses.replace(SMALL, size=4000, tile="auto")
    have(monkeypatch, whole_and_tiled(size=(3000, 4000))[1] - 1)
    with pytest.raises(MemoryError, match=r"4000x3000 pixels need about .* would fit"):
        gatys.stylize(picture(30, 40, seed=1), picture(30, 40, seed=2), large)


def test_without_tiles_what_does_not_fit_is_refused_as_before(monkeypatch):
    have(monkeypatch, 4e9)
    large = dataclasses.replace(SMALL, size=4000, tile=None)
    with pytest.raises(MemoryError, match=r"a size of \d+ would fit"):
        gatys.stylize(picture(30, 40, seed=1), picture(30, 40, seed=2), large)


def test_coarse_levels_are_whole_unless_they_took_more_than_the_finest(monkeypatch):
    levels = gatys.plan((4000, 6000), dataclasses.replace(CONFIG, tile=1024))
    in_tiles = [level.tile for level in levels]
    assert in_tiles == sorted(in_tiles, key=bool)
    assert in_tiles[0] is None and in_tiles[-1] == 1024
    most = tiles.needed(levels[-1], CONFIG, tiles.NO_STYLES, 1024)
    for level in levels[:-1]:
        assert (tiles.needed(level, CONFIG, tiles.NO_STYLES) > most) == bool(level.tile)


def test_a_picture_within_one_tile_is_whole():
    assert {
        level.tile for level in gatys.plan((150, 200), dataclasses.replace(CONFIG, tile=200))
    } == {None}


@pytest.mark.parametrize("changes", [{"tileable": True}, {"histogram_weight": 1.0}])
def test_what_has_to_be_whole_is_never_in_tiles(monkeypatch, changes):
    have(monkeypatch, whole_and_tiled()[1])
    config = dataclasses.replace(CONFIG, levels="1", tile="auto", **changes)
    (level,) = gatys.plan((3000, 4000), config)
    assert level.tile is None
    with pytest.raises(ValueError, match=f"tile must be auto or none beside {[*changes][0]}"):
        dataclasses.replace(config, tile=512)


# --- Steps ---


def steps_of(**changes):
    changes = {"tile": 1024, **changes}
    return [
        level.steps for level in gatys.plan((4000, 6000), dataclasses.replace(CONFIG, **changes))
    ]


def test_steps_fall_by_three_a_level_in_tiles():
    assert steps_of() == [100, 100, 100, 100, 34, 12]


def test_steps_that_are_given_stand():
    assert steps_of(steps=50) == [100, 100, 100, 100, 34, 50]
    assert steps_of(coarse_steps=20) == [20, 20, 20, 20, 20, 12]


def test_a_level_that_has_none_before_it_takes_all_its_steps():
    assert steps_of(levels="1") == [100]


def test_whole_levels_take_all_their_steps():
    assert steps_of(tile=None) == [100] * 6


@pytest.mark.parametrize(
    ("changes", "pairs"),
    [({}, 5), ({"history": 8}, 8), ({"history": 2}, 2), ({"quality": "best"}, 5)],
)
def test_pairs_are_few_unless_they_are_told(changes, pairs):
    assert tiles.history(dataclasses.replace(CONFIG, **changes)) == pairs


# --- The setting ---


@pytest.mark.parametrize("tile", ["large", 0, 63, -64, 16385, "64.5", ""])
def test_a_side_that_is_none_is_refused(tile):
    with pytest.raises(ValueError, match="tile must be auto, none, or from 64 to 16384 pixels"):
        gatys.Config(tile=tile)


def test_a_number_and_its_digits_are_the_same_setting():
    runs = [checkpoint_file.fingerprint(gatys.Config(tile=tile)) for tile in (512, "512")]
    assert runs[0] == runs[1]
    assert runs[0] != checkpoint_file.fingerprint(gatys.Config())


def test_auto_is_the_run_of_versions_without_tiles():
    assert "tile" not in gatys.Config().described()
    assert gatys.Config(tile=None).described()["tile"] is None


def test_a_run_goes_on_in_the_tiles_it_had_begun_with(monkeypatch, stylize, tmp_path):
    """Whatever memory there is by then."""
    whole = stylize()
    monkeypatch.setattr(tiles, "SIDES", (64,))
    level = gatys.plan((150, 200), dataclasses.replace(SMALL, tile=None))[0]
    have(monkeypatch, tiles.needed(level, SMALL, tiles.NO_STYLES) - 1)
    with pytest.raises(Interrupted):
        stylize(stop_at(3), tmp_path, tile="auto")
    assert checkpoint_file.tile(tmp_path) == 64
    have(monkeypatch, 1e12)
    resumed = stylize(checkpoint=tmp_path, resume=True, tile="auto")
    assert_array_equal(resumed.image, whole.image)


def test_progress_tells_the_levels_of_the_run_not_those_planned_beforehand(monkeypatch, stylize):
    """Styles take memory of which `plan` knows nothing, and other programs do meanwhile."""
    monkeypatch.setattr(tiles, "SIDES", (64,))
    planned = gatys.plan((150, 200), dataclasses.replace(SMALL, tile="auto"))
    have(monkeypatch, tiles.needed(planned[0], SMALL, tiles.NO_STYLES) - 1)
    told = []
    stylize(told.append, tile="auto", steps=1)
    assert [level.tile for level in planned] == [None]
    assert {level.tile for progress in told for level in progress.plan} == {64}


def test_the_record_tells_of_tiles(monkeypatch, build, content, style, tmp_path):
    monkeypatch.setattr(gatys.perceptual, "build", lambda *_: build())
    for name, pixels in (("content", content), ("style", style)):
        image.write(tmp_path / f"{name}.png", pixels)
    jobs.paint_file(
        tmp_path / "content.png",
        tmp_path / "style.png",
        tmp_path / "out.png",
        dataclasses.replace(SMALL, steps=1),
    )
    record = json.loads((tmp_path / "out.json").read_text())
    assert record["config"]["tile"] == 64
    assert record["levels"][0]["tile"] == 64
