"""Transparent clips, in and out."""

import struct
from fractions import Fraction
from pathlib import Path

import clips
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image

from tfstyle.video_io.beside import lost
from tfstyle.video_io.encoding import Encoding
from tfstyle.video_io.reading import open_clip
from tfstyle.video_io.writing import begin

av = pytest.importorskip("av")

CASES = Path(__file__).parents[1] / "cases"

ALPHA = np.kron(np.array([[0, 255], [128, 64]], np.uint8), np.ones([24, 32], np.uint8))
FRAMES = [np.dstack([pixels, ALPHA]) for pixels in clips.frames(6)]

KINDS = {
    "vp9.webm": ("libvpx-vp9", "yuva420p", {"crf": "4", "b": "0"}),
    "vp8.webm": ("libvpx", "yuva420p", {"crf": "4", "b": "4M", "auto-alt-ref": "0"}),
    "vp9.mkv": ("libvpx-vp9", "yuva420p", {"crf": "4", "b": "0"}),
    "prores.mov": ("prores_ks", "yuva444p10le", {"profile": "4444", "alpha_bits": "16"}),
    "png.mov": ("png", "rgba", {}),
    "rle.mov": ("qtrle", "argb", {}),
    "ffv1.mkv": ("ffv1", "yuva420p", {}),
    "a.apng": ("apng", "rgba", {}),
}


def write(path, frames=FRAMES, kind=None):
    codec, pixels, options = KINDS[kind or path.name]
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=10)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt, stream.options = pixels, options
        for number, picture in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(picture, format="rgba")
            frame.pts, frame.time_base = number, Fraction(1, 10)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def save(path, frames=FRAMES):
    """Animated GIF and PNG by Pillow."""
    first, *others = map(Image.fromarray, frames)
    first.save(path, save_all=True, append_images=others, duration=100, disposal=2)
    return path


def save_pictures(folder, frames):
    folder.mkdir()
    for number, pixels in enumerate(frames):
        Image.fromarray(pixels).save(folder / f"{number}.png")
    return folder


def read(path, **options):
    with open_clip(path, **options) as clip:
        return clip, list(clip)


def copy(source, output):
    """Writes a clip as it is, in two parts."""
    film = begin(output, "run")
    with open_clip(source) as clip:
        coding = Encoding.of(clip, 8)
        for number, frame in enumerate(clip):
            film.write(frame.cut_out(frame.pixels), frame.tick, coding)
            if number == 2:
                film.close_part([frame.pixels])
        film.close_part([frame.pixels])
        film.finish(clip, coding)
    return output


@pytest.mark.parametrize("name", KINDS)
def test_transparency_is_read(tmp_path, name):
    clip, found = read(write(tmp_path / name))
    assert clip.has_alpha
    assert len(found) == 6
    assert not clip.problem
    for frame, given in zip(found, FRAMES, strict=True):
        assert frame.pixels.shape == (48, 64, 3)
        assert np.abs(frame.alpha.astype(int) - ALPHA).mean() < 3
        assert np.abs(frame.pixels.astype(int) - given[..., :3]).mean() < 8


@pytest.mark.parametrize("name", ["a.gif", "a.png"])
def test_transparency_of_animations_is_read(tmp_path, name):
    """A GIF's pixels are clear or opaque."""
    clip, found = read(save(tmp_path / name))
    assert clip.has_alpha
    levels = np.where(ALPHA < 64, 0, 255) if name == "a.gif" else ALPHA
    assert np.mean(found[0].alpha == levels) > 0.7


def test_it_is_found_in_pictures_that_are_read_without_their_damaged_remarks(tmp_path):
    remark = struct.pack(">I", 4) + b"tEXt" + b"a\0bc" + bytes(4)
    folder = save_pictures(tmp_path / "in", FRAMES)
    for path in folder.iterdir():
        data = path.read_bytes()
        end = data.index(b"IDAT") - 4
        path.write_bytes(data[:end] + remark + data[end:])
    clip, found = read(folder)
    assert clip.has_alpha
    assert_array_equal(found[0].alpha, ALPHA)


def test_the_case():
    """All of it is clear, over black."""
    clip, found = read(CASES / "alpha.webm")
    assert clip.has_alpha
    assert not found[0].alpha.any()


def test_it_is_fitted_and_chosen_as_the_colours(tmp_path):
    path = write(tmp_path / "a.mov", kind="png.mov")
    _, found = read(path, longest=32, start=0.2, duration=0.3)
    assert len(found) == 3
    assert found[0].alpha.shape == (24, 32)
    assert_array_equal(found[0].alpha[:11, :15], 0)
    assert_array_equal(found[0].alpha[:11, 17:], 255)


def test_it_turns_with_the_picture(tmp_path):
    path = write(tmp_path / "a.mov", kind="png.mov")
    clips.turn(path)
    _, found = read(path)
    assert_array_equal(found[0].alpha, np.rot90(ALPHA, -1))


@pytest.mark.parametrize("name", ["png.mov", "a.gif", "vp9.webm"])
def test_what_is_opaque_throughout_has_none(tmp_path, name):
    opaque = [np.dstack([frame[..., :3], np.full_like(ALPHA, 255)]) for frame in FRAMES]
    path = tmp_path / name
    clip, found = read(save(path, opaque) if name == "a.gif" else write(path, opaque))
    assert not clip.has_alpha
    assert all(frame.alpha is None for frame in found)


def test_what_becomes_transparent_late_has_it_throughout(tmp_path):
    late = [np.dstack([frame[..., :3], np.full_like(ALPHA, 255)]) for frame in FRAMES]
    late[4][10:20, 10:20, 3] = 7
    clip, found = read(write(tmp_path / "png.mov", late))
    assert clip.has_alpha
    assert [int(frame.alpha.min()) for frame in found] == [255] * 4 + [7, 255]


def test_pictures_keep_theirs(tmp_path):
    """One without any among them is opaque."""
    mixed = [FRAMES[0], FRAMES[1][..., :3], FRAMES[2]]
    clip, found = read(save_pictures(tmp_path / "in", mixed))
    assert clip.has_alpha
    assert_array_equal([frame.alpha for frame in found], [ALPHA, np.full_like(ALPHA, 255), ALPHA])
    assert read(tmp_path / "in", longest=32)[1][0].alpha.shape == (24, 32)
    opaque = [np.dstack([frame[..., :3], np.full_like(ALPHA, 255)]) for frame in FRAMES]
    assert not read(save_pictures(tmp_path / "opaque", opaque))[0].has_alpha


@pytest.mark.parametrize("suffix", [".webm", ".mkv", ".mov"])
@pytest.mark.parametrize("kind", ["vp9.webm", "png.mov", "prores.mov"])
def test_videos_that_can_keep_it_do(tmp_path, suffix, kind):
    source = write(tmp_path / f"in_{kind}", kind=kind)
    clip, found = read(copy(source, tmp_path / f"out{suffix}"))
    assert clip.has_alpha
    assert len(found) == 6
    for frame, given in zip(found, read(source)[1], strict=True):
        assert np.abs(frame.alpha.astype(int) - given.alpha).mean() < 4
        assert np.abs(frame.pixels.astype(int) - given.pixels).mean() < 12
    # Levels of flat colours, which wrong ranges would shift.
    one, other = (np.mean([each.pixels for each in part]) for part in (found, read(source)[1]))
    assert abs(one - other) < 2


def test_folders_keep_it(tmp_path):
    source = write(tmp_path / "png.mov")
    copy(source, tmp_path / "out")
    for path, given in zip(sorted((tmp_path / "out").glob("*.png")), FRAMES, strict=True):
        assert_array_equal(np.asarray(Image.open(path)), given)


@pytest.mark.parametrize(("suffix", "count"), [(".mp4", 1), (".m4v", 1), (".webm", 0), (".mov", 0)])
@pytest.mark.parametrize("name", ["png.mov", "pictures"])
def test_what_is_lost_is_warned_of(tmp_path, recwarn, name, suffix, count):
    path = tmp_path / name
    path = save_pictures(path, FRAMES) if name == "pictures" else write(path)
    lost.warn_of_lost(read(path)[0], tmp_path / f"out{suffix}")
    warned = [str(each.message) for each in recwarn]
    assert len(warned) == count
    assert all(f"transparency cannot be kept in {suffix}" in each for each in warned)


@pytest.mark.parametrize("suffix", [".mp4", ".m4v"])
def test_elsewhere_it_is_laid_onto_white(tmp_path, suffix):
    source = write(tmp_path / "png.mov")
    clip, found = read(copy(source, tmp_path / f"out{suffix}"))
    assert not clip.has_alpha
    share = ALPHA[..., np.newaxis] / 255
    for frame, given in zip(found, FRAMES, strict=True):
        expected = share * given[..., :3] + (1 - share) * 255
        assert np.abs(frame.pixels - expected).mean() < 8
        assert frame.pixels[:20, :28].min() > 245
