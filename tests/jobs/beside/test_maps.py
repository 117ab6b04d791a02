"""Maps of regions from file to file: records, folders of maps, going on."""

import json
import os
import pathlib

import numpy as np
import pytest
from drawn_maps import halves, mask
from numpy.testing import assert_array_equal
from samples import picture

from tfstyle import gatys, image, jobs
from tfstyle.jobs.beside import maps
from tfstyle.losses import perceptual
from tfstyle.system import files

CONFIG = {
    "size": 40,
    "steps": 1,
    "levels": 1,
    "style_layers": "block3_conv1",
    "content_layers": "block3_conv1",
    "precision": "float32",
}


@pytest.fixture(autouse=True)
def folder(shallow_encoder, tmp_path, monkeypatch):
    """A working folder with two contents, two styles and a map for each content."""
    monkeypatch.chdir(tmp_path)
    build = perceptual.build
    monkeypatch.setattr(
        perceptual, "build", lambda config, _, *more: build(config, shallow_encoder, *more)
    )
    for name in ("in", "maps", "skies"):
        os.mkdir(name)
    for seed, name in enumerate(("in/a", "in/b", "one", "two")):
        image.write(f"{name}.png", picture(36, 40, seed))
    for name in ("a", "b"):
        image.write(f"maps/{name}.png", halves(36, 40))
    image.write("skies/a.png", mask(36, 40, 10))
    return tmp_path


def config(**own):
    return gatys.Config(**CONFIG | own)


def record(path):
    return json.loads(pathlib.Path(path).read_text("utf-8"))


def test_folder_of_maps_goes_with_a_mask():
    """Painted by regions where the mask is white, the photograph elsewhere."""
    image.write("mask.png", mask(36, 40, 10))
    own = config(content_regions="maps")
    jobs.paint_file("in/a.png", "one.png,two.png", "plain.png", own)
    jobs.paint_file("in/a.png", "one.png,two.png", "out.png", own, mask="mask.png")
    white = image.read("mask.png") == 1
    content, plain, found = map(image.read, ("in/a.png", "plain.png", "out.png"))
    assert 0 < white.mean() < 1
    assert_array_equal(found, np.where(white, plain, content))
    assert not np.array_equal(plain, content)
    written = record("out.json")
    assert written["inputs"][-1]["path"] == "maps/a.png"
    assert written["mask"]["path"] == "mask.png"


def test_record_names_the_maps():
    jobs.paint_file("in/a.png", "one.png,two.png", "out.png", config(content_regions="maps/a.png"))
    written = record("out.json")
    assert [each["path"] for each in written["inputs"]] == [
        "in/a.png", "one.png", "two.png", "maps/a.png"
    ]  # fmt: skip
    assert written["inputs"][-1]["sha256"] == files.digest("maps/a.png", "sha256")
    assert written["config"]["content_regions"] == "maps/a.png"
    assert written["config"]["region_guides"] == "simple"


def test_record_without_regions_says_nothing_of_them():
    jobs.paint_file("in/a.png", "one.png", "out.png", config())
    written = record("out.json")
    assert len(written["inputs"]) == 2
    assert not [name for name in written["config"] if "region" in name]


def test_each_content_of_a_folder_has_its_own_map():
    outcomes = jobs.paint_files("in", "one.png,two.png", "out", config(content_regions="maps"))
    assert [outcome.error for outcome in outcomes] == [None, None]
    for name in ("a", "b"):
        written = record(f"out/{name}.json")
        assert written["inputs"][-1]["path"] == os.path.join("maps", f"{name}.png")
        assert written["config"]["content_regions"] == os.path.join("maps", f"{name}.png")


def test_one_map_serves_a_folder():
    outcomes = jobs.paint_files(
        "in", "one.png,two.png", "out", config(content_regions="maps/a.png")
    )
    assert [outcome.error for outcome in outcomes] == [None, None]


def test_content_without_a_map_is_refused_before_any_is_painted():
    os.remove("maps/b.png")
    with pytest.raises(ValueError) as refusal:
        jobs.paint_files("in", "one.png,two.png", "out", config(content_regions="maps"))
    assert str(refusal.value) == (
        "content_regions must hold a picture of each content's name, such as b.png; it has none "
        "for b.png. Received: content_regions=maps"
    )
    assert not os.path.exists("out")


def test_content_with_two_maps_is_refused_before_any_is_painted():
    image.write("maps/b.tif", halves(36, 40))
    with pytest.raises(ValueError, match="one picture of each name; .* b.png, b.tif"):
        jobs.paint_files("in", "one.png,two.png", "out", config(content_regions="maps"))
    assert not os.path.exists("out")


def test_folder_of_named_masks_must_have_one_of_each_content_too():
    with pytest.raises(ValueError, match="it has none for b.png. Received: .*=skies"):
        jobs.paint_files("in", "one.png,two.png", "out", config(content_regions="sky=skies"))


def test_folders_of_masks_are_looked_up_too():
    own = maps.for_content(config(content_regions="sky=skies"), pathlib.Path("in/a.png"))
    assert own.content_regions == f"sky={os.path.join('skies', 'a.png')}"


def test_settings_without_folders_stay_as_they_are():
    for each in (config(), config(content_regions="maps/a.png")):
        assert maps.for_content(each, pathlib.Path("in/a.png")) is each


def test_finished_pictures_are_left_and_another_map_paints_anew(tmp_path):
    def paint():
        return jobs.paint_files(
            "in",
            "one.png,two.png",
            "out",
            config(content_regions="maps"),
            checkpoint="state",
            resume=True,
        )

    os.mkdir("state")
    paint()
    image.write("maps/a.png", halves(36, 40)[:, ::-1])
    assert [outcome.status.name for outcome in paint()] == ["PAINTED", "FINISHED"]


@pytest.mark.parametrize("regions, output", [("maps/a.png", "maps/a.png"), ("maps", "maps/a.png")])
def test_no_output_replaces_a_map(regions, output):
    with pytest.raises(ValueError, match="output must not replace an input"):
        jobs.paint_file("in/a.png", "one.png,two.png", output, config(content_regions=regions))
    assert image.read("maps/a.png").shape == (1, 36, 40, 3)


def test_missing_map_is_named():
    with pytest.raises(image.ImageError, match="content_regions must.*content_regions=no.png"):
        jobs.paint_file("in/a.png", "one.png", "out.png", config(content_regions="no.png"))
