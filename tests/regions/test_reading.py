"""Maps in files, and how they are written."""

import numpy as np
import pytest
from drawn_maps import halves, mask

from tfstyle import image, regions


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    image.write("map.png", halves(8, 6))
    image.write("sky.png", mask(8, 6, 4))
    image.write("ground.png", 1 - mask(8, 6, 4))


@pytest.mark.parametrize(
    "text, expected",
    [
        ("a.png", ["a.png"]),
        ("a.png, b.png", ["a.png", "b.png"]),
        ("sky=a.png,ground=b.png", [{"sky": "a.png", "ground": "b.png"}]),
        ("sky=a.png,sky=b.png", [{"sky": "a.png"}, {"sky": "b.png"}]),
        ("sky=a.png,b.png", [{"sky": "a.png"}, "b.png"]),
        ("b.png,sky=a.png", ["b.png", {"sky": "a.png"}]),
    ],
)
def test_maps_are_told_apart(text, expected):
    assert regions.parse(text) == expected


def test_comma_and_sign_inside_of_a_path_that_exists_stay_in_it():
    image.write("a=b,c.png", halves(8, 6))
    assert regions.parse("a=b,c.png") == ["a=b,c.png"]
    assert regions.parse("sky=a=b,c.png,ground=map.png") == [
        {"sky": "a=b,c.png", "ground": "map.png"}
    ]


@pytest.mark.parametrize("text", ["", "sky=", "=a.png", "a.png,,b.png", "a.png,"])
def test_nothing_beside_a_sign_is_refused(text):
    with pytest.raises(image.ImageError, match="style_regions must be pictures, or name=mask.png"):
        regions.parse(text, "style_regions")


def test_map_of_either_kind_is_read():
    assert regions.read("map.png").names == ("#0000ff", "#00ff00")
    read = regions.read({"sky": "sky.png", "ground": "ground.png"})
    assert read.names == ("sky", "ground")
    assert read.masks.shape == (2, 8, 6)


def test_missing_file_is_named_by_its_flag():
    with pytest.raises(image.ImageError, match="content_regions must .*Received: content_regions="):
        regions.read("nothing.png")


def test_content_and_styles_are_read_together():
    pairs = "sky=sky.png,ground=ground.png"
    found = regions.read_regions(pairs, f"{pairs},{pairs}", (80, 60), [(40, 30), (8, 6)])
    assert found.names == ("sky", "ground")
    assert [each.shape for each in found.styles] == [(2, 8, 6), (2, 8, 6)]


@pytest.mark.parametrize(
    "content, styles, message",
    [
        ("map.png,map.png", None, "content_regions must be one map"),
        ("map.png", "map.png", "content_regions must have the aspect of content, 80x60"),
        ("map.png", None, "style must name as many pictures"),
    ],
)
def test_maps_that_fit_nothing_are_refused(content, styles, message):
    with pytest.raises(image.ImageError, match=message):
        regions.read_regions(content, styles, (60, 80), [(40, 30)])


def test_map_of_a_style_must_have_its_aspect():
    with pytest.raises(image.ImageError, match="style_regions must have the aspect of style 1"):
        regions.read_regions("map.png", "map.png", (80, 60), [(30, 30)])


def test_public_names_are_there():
    for name in regions.__all__:
        assert getattr(regions, name) is not None
    assert isinstance(regions.read("map.png").masks, np.ndarray)
