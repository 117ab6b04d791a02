import pathlib
import shutil
import warnings

import numpy as np
import pytest
from PIL import Image

from tfstyle import image
from tfstyle.image import formats, paths

CASES = pathlib.Path(__file__).parents[1] / "cases"


@pytest.fixture
def folder(tmp_path):
    for name in ["b2.png", "b10.png", "b1.png", "a9b1.png", "a9b0.png", "B3.png", "x007.png"]:
        (tmp_path / name).touch()
    for name in ["x7.png", "notes.txt", ".hidden.png"]:
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    return tmp_path


IN_ORDER = ["B3", "a9b0", "a9b1", "b1", "b2", "b10", "x007", "x7"]


def touch(folder, *names):
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).touch()


def found(content):
    return [path.name for path in paths.find_contents(str(content))]


def test_numbers_in_names_sort_by_value(folder):
    assert [path.stem for path in paths.find_contents(str(folder))] == IN_ORDER


def test_pattern_sorts_as_a_folder_does(folder):
    found = paths.find_contents(str(folder / "*.png"))
    assert [path.stem for path in found if path.stem != ".hidden"] == IN_ORDER


def test_pattern_takes_what_a_folder_does(folder):
    assert found(folder / "*") == found(folder)


def test_nothing_found_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="input must hold at least one picture. Received: input="):
        paths.find_contents(str(tmp_path), "input")


# --- Brackets ---


def test_brackets_of_a_folder_that_is_there_are_no_pattern(tmp_path):
    touch(tmp_path / "ph [2019]", "a.jpg", "b.png")
    touch(tmp_path / "ph 2", "other.jpg")
    for content in ("ph [2019]", "ph [2019]/*", "ph [2019]/?.*"):
        assert found(tmp_path / content) == ["a.jpg", "b.png"]
    assert found(tmp_path / "ph [2-9]" / "*") == ["other.jpg"]


@pytest.mark.parametrize("pattern", ["photo[1].*", "*/photo[1].*", "*/[[]2019]/photo*", "a/[2*/*"])
def test_brackets_that_fit_nothing_as_a_pattern_are_brackets(tmp_path, pattern):
    touch(tmp_path, "photo[1].jpg")
    touch(tmp_path / "in", "photo[1].jpg")
    touch(tmp_path / "a" / "[2019]", "photo[1].jpg")
    assert found(tmp_path / pattern) == ["photo[1].jpg"]


def test_pattern_of_brackets_stays_one(tmp_path):
    touch(tmp_path, "photo1.jpg", "photo2.jpg", "photo[12].jpg")
    assert found(tmp_path / "photo[12].*") == ["photo1.jpg", "photo2.jpg"]
    assert found(tmp_path / "photo[12].jpg") == ["photo[12].jpg"]


# --- Suffixes ---


def test_all_that_can_be_read_is_found(tmp_path):
    names = [f"{number:02}{suffix}" for number, suffix in enumerate(formats.FORMATS)]
    touch(tmp_path, *names, *(name.replace(".", "x.").upper() for name in names))
    assert len(found(tmp_path)) == 2 * len(names)


def test_what_pillow_calls_a_format_of_ours_is_named_so_here():
    registered = Image.registered_extensions()
    theirs = {suffix for suffix, name in registered.items() if name in (*formats.SUFFIXES, "MPO")}
    # Pillow takes .mpo for a format of its own.
    assert theirs <= set(formats.FORMATS)


def test_second_picture_of_a_stereo_camera_stays_where_it_is(tmp_path):
    shutil.copy(CASES / "pair.mpo", tmp_path)
    (path,) = paths.find_contents(str(tmp_path))
    with Image.open(path) as file:
        assert file.n_frames == 2
        expected = image.from_bytes(np.asarray(file.convert("RGB")))
    assert (image.read(path)[0] == expected).all()


# --- What is left out ---


def left_out(folder, monkeypatch, extra=False):
    monkeypatch.setattr(formats, "_has_heif", lambda: extra)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        paths.find_contents(str(folder), warn=True)
    return [str(each.message) for each in caught]


def test_pictures_left_out_are_named_in_one_line_with_the_reason(tmp_path, monkeypatch):
    touch(tmp_path, "a.jpg", "b.HEIC", "c.NEF", "d.psd", "notes.txt", ".hidden.nef", "e.json")
    (sentence,) = left_out(tmp_path, monkeypatch)
    assert sentence.startswith(f"left out of {tmp_path}: ")
    assert 'b.HEIC (HEIF needs pip install "tfstyle[heif]")' in sentence
    assert "c.NEF (raw files must be developed first)" in sentence
    assert "d.psd (pictures must be one of JPEG, " in sentence
    assert "notes" not in sentence and "hidden" not in sentence and "json" not in sentence
    (sentence,) = left_out(tmp_path, monkeypatch, extra=True)
    assert "HEIC" not in sentence


def test_many_left_out_are_counted(tmp_path, monkeypatch):
    touch(tmp_path, "a.jpg", *(f"{number}.cr2" for number in range(12)))
    (sentence,) = left_out(tmp_path / "*", monkeypatch)
    assert sentence.endswith(": 0.cr2, 1.cr2, 2.cr2 and 9 more (raw files must be developed first)")


def test_nothing_is_said_where_nothing_is_left_out(tmp_path, monkeypatch):
    touch(tmp_path, "a.jpg", "b.jfif", "c.avif", "d.mpo", "e.jpe", "notes.txt")
    assert left_out(tmp_path, monkeypatch) == []


def test_folder_of_raw_files_alone_says_why(tmp_path):
    touch(tmp_path, "a.nef")
    with pytest.raises(ValueError, match="one picture. Left out: raw files must be developed"):
        paths.find_contents(str(tmp_path))
