"""Clips that are stored turned or mirrored."""

import itertools
import math
from pathlib import Path

import clips
import numpy as np
import pytest

from tfstyle import image
from tfstyle.video_io.encoding import Encoding
from tfstyle.video_io.ffmpeg.orientation import Orientation
from tfstyle.video_io.reading import open_clip
from tfstyle.video_io.writing import begin

av = pytest.importorskip("av")

CASES = Path(__file__).parents[1] / "cases"

UPRIGHT = (1, 0, 0, 1)
MATRICES = [
    (a, b, c, d)
    for a, b, c, d in itertools.product([-1, 0, 1], repeat=4)
    if abs(a * d - b * c) == 1 and abs(a) + abs(b) == 1 and abs(c) + abs(d) == 1
]
"""The eight that turn by quarters and mirror: a, b, c, d."""


def read(path, **options):
    with open_clip(path, **options) as clip:
        return clip, [frame.pixels for frame in clip]


def show(stored, matrix):
    """Puts each stored pixel (x, y) to (a x + c y, b x + d y), and the whole to (0, 0)."""
    a, b, c, d = matrix
    height, width = stored.shape[:2]
    places = {
        (a * x + c * y, b * x + d * y): stored[y, x] for y in range(height) for x in range(width)
    }
    left, top = (min(place[axis] for place in places) for axis in (0, 1))
    right, bottom = (max(place[axis] for place in places) for axis in (0, 1))
    shown = np.zeros([bottom - top + 1, right - left + 1, 3], stored.dtype)
    for (x, y), pixel in places.items():
        shown[y - top, x - left] = pixel
    return shown


def differ(pixels, others):
    return np.abs(pixels.astype(int) - others).mean()


def test_there_are_eight():
    assert len(MATRICES) == 8


@pytest.mark.parametrize("name", ["hflip", "vflip"])
def test_mirrored_clips_are_as_ffmpeg_shows_them(name):
    _, (first, *_) = read(CASES / f"{name}.mp4")
    right = image.to_bytes(image.read(CASES / f"{name}_right.png")[0])
    assert differ(first, right) < 2
    for wrong in (right[::-1], right[:, ::-1], right[::-1, ::-1]):
        assert differ(first, wrong) > 10


@pytest.mark.parametrize("start", [0.0, 0.5])
@pytest.mark.parametrize("matrix", MATRICES)
def test_each_pixel_is_where_the_matrix_puts_it(tmp_path, matrix, start):
    path = tmp_path / "a.mp4"
    clips.write(path, clips.frames(10))
    _, stored = read(path)
    clips.turn(path, matrix)
    clip, found = read(path, start=start)
    expected = [show(pixels, matrix) for pixels in stored[round(start * 10) :]]
    assert clip.size == expected[0].shape[:2]
    np.testing.assert_array_equal(found, expected)


def test_pixels_that_are_not_square_turn_too(tmp_path):
    clips.write(tmp_path / "a.mp4", clips.frames(2), aspect=clips.Fraction(4, 3))
    for matrix, aspect in (((0, 1, 1, 0), "3/4"), ((-1, 0, 0, 1), "4/3")):
        clips.turn(tmp_path / "a.mp4", matrix)
        assert str(read(tmp_path / "a.mp4")[0].pixel_aspect) == aspect


@pytest.mark.parametrize("start", [0.0, 0.5])
def test_the_result_is_upright_without_a_matrix(tmp_path, start):
    """Its sound is the source's."""
    source, output = tmp_path / "a.mp4", tmp_path / "b.mp4"
    clips.write(source, clips.frames(10), sound=True)
    clips.turn(source, (0, 1, 1, 0))
    film = begin(output, "run")
    with open_clip(source, start=start) as clip:
        coding = Encoding.of(clip, 4)
        shown = list(clip)
        for frame in shown:
            film.write(frame.pixels, frame.tick, coding)
        film.close_part([])
        film.finish(clip, coding)
    with av.open(str(output)) as container:
        assert len(container.streams.audio) == 1
        first = next(container.decode(video=0))
    assert first.side_data.get("DISPLAYMATRIX") is None
    assert differ(first.to_ndarray(format="rgb24"), shown[0].pixels) < 8


def in_degrees(degrees, scale=1.0):
    cosine, sine = (scale * each(math.radians(degrees)) for each in (math.cos, math.sin))
    return cosine, sine, -sine, cosine


@pytest.mark.parametrize(
    ("matrix", "like"),
    [
        ((0, 0, 0, 0), UPRIGHT),
        ((-1, 0, 0, 0), UPRIGHT),
        ((2, 0, 0, 2), UPRIGHT),
        ((0, -0.5, 0.5, 0), (0, -1, 1, 0)),
        ((1, 0, 0.3, 1), UPRIGHT),
        ((-1, 0, 0.3, -1), (-1, 0, 0, -1)),
        (in_degrees(1.5), UPRIGHT),
        (in_degrees(91), (0, 1, -1, 0)),
        (in_degrees(30), UPRIGHT),
        (in_degrees(70), (0, 1, -1, 0)),
        (in_degrees(-100), (0, -1, 1, 0)),
        (in_degrees(190, scale=3), (-1, 0, 0, -1)),
    ],
)
@pytest.mark.filterwarnings("ignore:.*another angle")
def test_odd_matrices_are_as_the_nearest_quarter_turn(tmp_path, matrix, like):
    """Those that leave nothing of the picture are as none."""
    path = tmp_path / "a.mp4"
    clips.write(path, clips.frames(1))
    clips.turn(path, like)
    _, expected = read(path)
    clips.turn(path, matrix)
    np.testing.assert_array_equal(read(path)[1], expected)


@pytest.mark.parametrize(("degrees", "is_odd"), [(2, False), (88, False), (3, True), (45, True)])
def test_another_angle_is_warned_of(tmp_path, recwarn, degrees, is_odd):
    clips.write(tmp_path / "a.mp4", clips.frames(1))
    clips.turn(tmp_path / "a.mp4", in_degrees(degrees))
    read(tmp_path / "a.mp4")
    assert [str(each.message).count("another angle") for each in recwarn] == [1] * is_odd


def test_what_turns_while_it_is_recorded_keeps_the_first_ones_size(tmp_path, monkeypatch):
    clips.write(tmp_path / "a.mp4", clips.frames(2))
    upright, turned = Orientation(), Orientation(is_on_its_side=True)
    each = iter([upright, upright, upright, turned])
    monkeypatch.setattr(Orientation, "of", lambda decoded: next(each))
    clip, found = read(tmp_path / "a.mp4")
    assert [pixels.shape for pixels in found] == [(*clip.size, 3)] * 2
