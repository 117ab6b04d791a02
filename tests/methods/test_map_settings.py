"""The settings that name maps of regions, the same for both methods that have them."""

from pathlib import Path

import pytest

from tfstyle import gatys, style_swap

CONFIGS = pytest.mark.parametrize("config", [gatys.Config, style_swap.Config])


@CONFIGS
def test_maps_of_styles_alone_are_refused(config):
    with pytest.raises(ValueError, match="content_regions must name .* style_regions=map.png"):
        config(style_regions="map.png")


@CONFIGS
def test_maps_may_be_paths(config):
    maps = {"content_regions": Path("map.png"), "style_regions": Path("styles.png")}
    described = config(**maps).described()
    assert {name: described[name] for name in maps} == maps
