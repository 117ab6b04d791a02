import importlib

import pytest

from tfstyle import image

ROOMS = ("image.arrays", "image.formats", "image.masks", "image.reading", "image.writing")


@pytest.mark.parametrize("name", image.__all__)
def test_each_public_name_is_that_of_one_room(name):
    modules = [importlib.import_module(f"tfstyle.{room}") for room in ROOMS]
    assert any(getattr(module, name, None) is getattr(image, name) for module in modules)


def test_nothing_else_is_public():
    rooms = {
        "arrays",
        "color",
        "color_matching",
        "contact_sheet",
        "decoding",
        "formats",
        "masks",
        "numbered",
        "paths",
        "reading",
        "scalars",
        "srgb",
        "tensors",
        "writing",
    }
    public = {name for name in vars(image) if not name.startswith("_")}
    assert public - rooms == set(image.__all__)
