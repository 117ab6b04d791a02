import pytest

from tfstyle.image import paths


@pytest.fixture
def folder(tmp_path):
    for name in ["b2.png", "b10.png", "b1.png", "a9b1.png", "a9b0.png", "B3.png", "x007.png"]:
        (tmp_path / name).touch()
    for name in ["x7.png", "notes.txt", ".hidden.png"]:
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    return tmp_path


IN_ORDER = ["B3", "a9b0", "a9b1", "b1", "b2", "b10", "x007", "x7"]


def test_numbers_in_names_sort_by_value(folder):
    assert [path.stem for path in paths.find_contents(str(folder))] == IN_ORDER


def test_pattern_sorts_as_a_folder_does(folder):
    found = paths.find_contents(str(folder / "*.png"))
    assert [path.stem for path in found if path.stem != ".hidden"] == IN_ORDER


def test_nothing_found_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="input must hold at least one picture. Received: input="):
        paths.find_contents(str(tmp_path), "input")
