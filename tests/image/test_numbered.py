"""Patterns with a number, by FFmpeg's rules for `image2`."""

import pytest

from tfstyle.image import numbered, paths


def touch(folder, *names):
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).touch()


def found(pattern):
    return [path.name for path in paths.find_contents(str(pattern), "input")]


@pytest.mark.parametrize(
    ("pattern", "number", "name"),
    [
        ("f_%d.png", 7, "f_7.png"),
        ("f_%03d.png", 7, "f_007.png"),
        # FFmpeg fills up with zeros without being asked for them.
        ("f_%3d.png", 7, "f_007.png"),
        ("f_%03d.png", 12345, "f_12345.png"),
        ("%06d.png", 0, "000000.png"),
        ("50%%_%02d.png", 4, "50%_04.png"),
        ("%%%d%%.png", 4, "%4%.png"),
        ("f[1]*_%d.png", 4, "f[1]*_4.png"),
    ],
)
def test_numbers_are_written_as_by_ffmpeg_and_read_back(pattern, number, name):
    named = numbered.parse(pattern)
    assert named.path(number).name == name
    assert named.number(name) == number


@pytest.mark.parametrize("name", ["f_7.png", "f_0007.png", "f_-07.png", "f_007.jpg", "x_007.png"])
def test_other_names_have_no_number(name):
    assert numbered.parse("f_%03d.png").number(name) is None


@pytest.mark.parametrize(
    "name", ["f.png", "50%.png", "100%%.png", "%s.png", "%5.png", "a%%04d.png"]
)
def test_percent_sign_alone_is_no_place(name):
    assert not numbered.has_place(name)
    with pytest.raises(ValueError, match="output must have one number's place"):
        numbered.parse(name, "output")


def test_several_places_are_refused():
    with pytest.raises(ValueError, match="input must have one .* Received: input=f_%d_%04d.png"):
        numbered.parse("f_%d_%04d.png", "input")


def test_frames_come_in_the_order_of_their_numbers(tmp_path):
    touch(tmp_path, *(f"f_{number}.png" for number in (2, 10, 1, 9)), "f_03.png", "f_4.jpg", "g_3")
    assert found(tmp_path / "f_%d.png") == ["f_1.png", "f_2.png", "f_9.png", "f_10.png"]


@pytest.mark.parametrize("folder", ["ph [2019]", "100%", "a%d"])
def test_folder_of_a_pattern_is_meant_as_it_is_written(tmp_path, folder):
    touch(tmp_path / folder, "f_01.png", "f_02.png")
    assert found(tmp_path / folder / "f_%02d.png") == ["f_01.png", "f_02.png"]


def test_percent_sign_of_a_folder_may_be_doubled(tmp_path):
    touch(tmp_path / "100%", "f_01.png")
    assert found(tmp_path / "100%%" / "f_%02d.png") == ["f_01.png"]


def test_file_and_folder_of_that_very_name_are_meant(tmp_path):
    touch(tmp_path, "f_%d.png", "f_1.png")
    assert found(tmp_path / "f_%d.png") == ["f_%d.png"]
    touch(tmp_path / "in_%d", "a.png")
    assert found(tmp_path / "in_%d") == ["a.png"]


@pytest.mark.parametrize("start", [0, 1, 4])
def test_first_number_is_looked_for_among_the_first_five(tmp_path, start):
    touch(tmp_path, f"{start:04}.png", "0007.png")
    assert found(tmp_path / "%04d.png") == [f"{start:04}.png", "0007.png"]


def test_later_first_number_is_refused_with_what_to_do(tmp_path):
    touch(tmp_path, "f_0005.png", "f_0006.png")
    with pytest.raises(ValueError, match="a number from 0 to 4, .* not with 5; .* input="):
        found(tmp_path / "f_%04d.png")


def test_numbers_say_when_frames_are_shown(tmp_path):
    touch(tmp_path, "2.png", "3.png", "7.png")
    for pattern, expected in (("%d.png", [0, 1, 5]), ("*.png", [0, 1, 2]), ("", [0, 1, 2])):
        content = str(tmp_path / pattern)
        assert paths.numbers(content, paths.find_contents(content)) == expected


def test_pattern_that_fits_nothing_is_an_error(tmp_path):
    for content in (tmp_path / "f_%d.png", tmp_path / "nowhere" / "f_%d.png"):
        with pytest.raises(ValueError, match="input must hold at least one picture"):
            found(content)
