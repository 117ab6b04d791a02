"""Clips painted under masks: one for all frames, or one for each."""

import json

import clips
import film_stub
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from tfstyle import image, jobs, video

av = film_stub.av
folder, stop = film_stub.folder, film_stub.stop  # Fixtures.

pytestmark = pytest.mark.usefixtures("folder")

STILL = video.Config(stabilize=0.0)
"""Each frame by itself, so that frames do not depend on those before them."""

HEIGHT, WIDTH = clips.SIZE


def write_mask(path, white, size=clips.SIZE):
    pixels = np.zeros([1, *size, 3], np.float32)
    pixels[:, :, white] = 1
    image.write(path, pixels)


def write_masks(folder, count):
    """One mask a frame, whose white moves on by four columns each time; the first is black."""
    folder.mkdir()
    for number in range(count):
        write_mask(folder / f"mask_{number:04}.png", slice(0, 4 * number))


@pytest.fixture
def pictures(folder):
    """The clip's eight frames as pictures, which nothing codes anew."""
    (folder / "frames").mkdir()
    for number, frame in enumerate(clips.frames(8)):
        image.write(folder / "frames" / f"{number}.png", image.as_image(frame, "frame"))


def paint(output="out", config=STILL, **options):
    return jobs.paint_clip("frames", output, "wave", config, **options)


def read(folder, number):
    return image.read(f"{folder}/frame_{number:06}.png")


def assert_masked(number, white, plain="plain", masked="out"):
    expected = image.as_image(clips.frames(8)[number], "frame")
    expected[:, :, white] = read(plain, number)[:, :, white]
    assert_array_equal(read(masked, number), expected)


@pytest.mark.usefixtures("pictures")
def test_one_mask_is_for_all_frames(folder):
    write_mask(folder / "mask.png", slice(0, 30))
    paint("plain")
    paint(mask="mask.png")
    for number in range(8):
        assert_masked(number, slice(0, 30))
    assert json.loads((folder / "out.json").read_text("utf-8"))["mask"]["path"] == "mask.png"
    assert "mask" not in json.loads((folder / "plain.json").read_text("utf-8"))


@pytest.mark.usefixtures("pictures")
@pytest.mark.parametrize("masks", ["masks", "masks/mask_%04d.png"])
def test_each_frame_has_its_own_mask(folder, masks):
    write_masks(folder / "masks", 8)
    paint("plain")
    paint(mask=masks)
    for number in range(8):
        assert_masked(number, slice(0, 4 * number))


@pytest.mark.usefixtures("pictures")
def test_first_mask_is_that_of_the_first_frame_painted(folder):
    write_masks(folder / "masks", 3)
    paint("plain")
    paint(mask="masks", start=0.2, duration=0.3, rate=10)
    for number in range(3):
        expected = image.as_image(clips.frames(8)[number + 2], "frame")
        expected[:, :, : 4 * number] = read("plain", number + 2)[:, :, : 4 * number]
        assert_array_equal(read("out", number), expected)


@pytest.mark.usefixtures("pictures")
def test_interrupted_clip_goes_on_with_the_masks_that_are_left(folder, stop):
    """And stabilised by whole pastiches, not by what was cut out of them."""
    write_masks(folder / "masks", 8)
    steady = video.Config()
    paint("whole", steady, mask="masks")
    stop(4)
    with pytest.raises(KeyboardInterrupt):
        paint("out", steady, mask="masks")
    assert paint("out", steady, mask="masks", resume=True).painted == 5
    for number in range(8):
        assert_array_equal(read("out", number), read("whole", number))


def test_the_shell_masks_a_video(folder):
    write_mask(folder / "mask.png", slice(0, 30))
    assert film_stub.film("--stabilize=0", output="plain.mp4") == 0
    assert film_stub.film("--stabilize=0", "--mask=mask.png") == 0
    found, plain, clip = (film_stub.decode(path) for path in ("out.mp4", "plain.mp4", "in.mp4"))
    assert np.abs(np.float32(found[3]) - plain[3])[:, :24].mean() < 8
    assert np.abs(np.float32(found[3]) - clip[3])[:, 36:].mean() < 8
    assert np.abs(np.float32(plain[3]) - clip[3])[:, 36:].mean() > 20


@pytest.mark.usefixtures("pictures")
def test_masks_that_cannot_be_are_one_sentence_each_before_painting(folder):
    def refused(sentence, mask):
        with pytest.raises(ValueError, match=sentence):
            paint(mask=mask)
        assert not (folder / "out").exists()

    write_masks(folder / "few", 5)
    refused("a picture for each frame, of which there are 8 .* mask=few, 5 pictures", "few")
    refused("mask must be an image file", "none.png")
    write_mask(folder / "black.png", slice(0, 0))
    refused("mask must be white or grey .* Received: mask=black.png", "black.png")
    write_mask(folder / "tall.png", slice(0, 9), size=(WIDTH, HEIGHT))
    refused("mask must have the photograph's aspect, 64x48 .* mask=tall.png, 48x64", "tall.png")
    (folder / "few" / "mask_0002.png").unlink()
    refused("mask must have every number .* 1 are missing", "few/mask_%04d.png")


def test_output_replaces_no_mask(folder):
    write_mask(folder / "mask.png", slice(0, 30))
    with pytest.raises(ValueError, match="strip must not replace an input"):
        jobs.paint_clip("in.mp4", "out.mp4", "wave", mask="mask.png", strip="mask.png")


@pytest.mark.usefixtures("pictures")
def test_output_is_another_folder_than_that_of_the_masks(folder):
    """A run that goes on would take the pastiches for masks."""
    write_masks(folder / "masks", 8)
    with pytest.raises(ValueError, match="output must be another folder"):
        paint("masks", mask="masks")


@pytest.mark.usefixtures("pictures")
def test_whole_pastiches_lie_beside_their_pictures_as_long_as_they_are_needed(folder, stop):
    def hidden():
        return sorted(path.name for path in (folder / "out").glob(".*"))

    write_masks(folder / "masks", 8)
    stop(4)
    with pytest.raises(KeyboardInterrupt):
        paint("out", video.Config(), mask="masks")
    assert hidden() == [".frame_000002.png", ".run"]
    paint("out", video.Config(), mask="masks", resume=True)
    assert hidden() == []


@pytest.mark.usefixtures("pictures")
def test_another_program_s_hidden_picture_is_refused(folder):
    write_mask(folder / "mask.png", slice(0, 30))
    (folder / "out").mkdir()
    image.write(folder / "out" / ".frame_000003.png", image.noise((8, 8), 0))
    with pytest.raises(ValueError, match=r"output must hold no \.frame_000003\.png that tfstyle"):
        paint(mask="mask.png")
