"""Pictures painted under masks, from file to file; by gatys and quilting."""

import json
import os
import pathlib
import pickle

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from samples import SHALLOW_GATYS, picture

from tfstyle import gatys, image, jobs, quilting
from tfstyle.cli import app
from tfstyle.jobs import pairs
from tfstyle.losses import perceptual
from tfstyle.system import files

QUILT = quilting.Config(size=None, block_size=8)

GATYS = gatys.Config(steps=4, **SHALLOW_GATYS)

SIZE = (36, 40)


def write_mask(path, white=slice(None, 20), size=SIZE):
    """White in the given columns, black elsewhere."""
    pixels = np.zeros([1, *size, 3], np.float32)
    pixels[:, :, white] = 1
    image.write(path, pixels)


@pytest.fixture(autouse=True)
def folder(shallow_encoder, tmp_path, monkeypatch):
    """A working folder with two contents, a style and a mask."""
    monkeypatch.chdir(tmp_path)
    build = perceptual.build
    monkeypatch.setattr(perceptual, "build", lambda config, *_: build(config, shallow_encoder))
    (tmp_path / "in").mkdir()
    for seed, name in enumerate(("in/a", "in/b", "style")):
        image.write(tmp_path / f"{name}.png", picture(*SIZE, seed))
    write_mask(tmp_path / "mask.png")
    return tmp_path


def record(path="out.json"):
    return json.loads(pathlib.Path(path).read_text("utf-8"))


def assert_masked(path, plain, content, white=slice(None, 20)):
    """That a result is a plain one in the white columns, and its content elsewhere."""
    expected = image.read(content)
    expected[:, :, white] = image.read(plain)[:, :, white]
    assert_array_equal(image.read(path), expected)


# --- One picture ---


@pytest.mark.parametrize("config", [QUILT, GATYS], ids=["quilt", "gatys"])
def test_style_is_inside_the_mask_alone(config):
    jobs.paint_file("in/a.png", "style.png", "plain.png", config)
    jobs.paint_file("in/a.png", "style.png", "out.png", config, mask="mask.png")
    assert_masked("out.png", "plain.png", "in/a.png")
    assert np.abs(image.read("plain.png") - image.read("in/a.png"))[:, :, 20:].max() > 0.05


def test_the_shell_paints_the_same(folder):
    flags = ["--texture=style.png", "--content=in/a.png", "--size=none", "--block_size=8"]
    assert app.main(["quilt", *flags, "--mask=mask.png", "--output=shell.png", "--quiet"]) == 0
    jobs.paint_file("in/a.png", "style.png", "out.png", QUILT, mask="mask.png")
    assert_array_equal(image.read("shell.png"), image.read("out.png"))


def test_record_names_the_mask(folder):
    jobs.paint_file("in/a.png", "style.png", "out.png", QUILT, mask="mask.png")
    digest = files.digest("mask.png", "sha256")
    expected = {"path": "mask.png", "width": 40, "height": 36, "sha256": digest}
    assert record()["mask"] == expected
    assert [each["path"] for each in record()["inputs"]] == ["in/a.png", "style.png"]


def test_transparency_of_the_content_stays(folder):
    alpha = np.linspace(0, 1, SIZE[0] * SIZE[1], dtype=np.float32).reshape(SIZE)
    image.write("clear.png", picture(*SIZE, 0), alpha)
    jobs.paint_file("clear.png", "style.png", "out.png", QUILT, mask="mask.png")
    found, expected = (image.read_picture(path).alpha for path in ("out.png", "clear.png"))
    assert_array_equal(found, expected)


def test_kept_colours_are_kept_inside(folder):
    config = gatys.Config(**{**vars(GATYS), "preserve_color": "luminance"})
    jobs.paint_file("in/a.png", "style.png", "plain.png", config)
    jobs.paint_file("in/a.png", "style.png", "out.png", config, mask="mask.png")
    assert_masked("out.png", "plain.png", "in/a.png")


def test_snapshots_and_what_the_callback_shows_are_masked(folder):
    content, shown = image.read("in/a.png"), []
    jobs.paint_file(
        "in/a.png",
        "style.png",
        "out.png",
        GATYS,
        mask="mask.png",
        save_every=2,
        callback=lambda progress: shown.append(progress.image()),
    )
    resized = image.resize(content, shown[0].shape[1:3])
    assert len(shown) == 4
    for each in (*shown, image.read("out_step00002.png")):
        assert np.abs(each - resized)[:, :, 21:].max() < 0.003


def test_interrupted_picture_is_masked_and_goes_on(folder):
    jobs.paint_file("in/a.png", "style.png", "whole.png", GATYS, mask="mask.png")
    state = {"mask": "mask.png", "checkpoint": "state"}

    def stop(progress):
        if progress.step == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match="--resume goes on from there"):
        jobs.paint_file("in/a.png", "style.png", "out.png", GATYS, callback=stop, **state)
    content = image.read("in/a.png")
    assert_array_equal(image.read("out.png")[:, :, 20:], content[:, :, 20:])
    assert record()["mask"]["path"] == "mask.png"
    jobs.paint_file("in/a.png", "style.png", "out.png", GATYS, resume=True, **state)
    assert_array_equal(image.read("out.png"), image.read("whole.png"))


def test_finished_picture_is_painted_again_for_another_mask(folder):
    (folder / "in" / "b.png").unlink()

    def status(**mask):
        state = {"checkpoint": "state", "resume": True}
        found = jobs.paint_files("in", "style.png", "painted", GATYS, **state, **mask)
        return {each.status.name for each in found}

    assert status() == {"PAINTED"}
    assert status(mask="mask.png") == {"PAINTED"}
    assert status(mask="mask.png") == {"FINISHED"}
    write_mask("mask.png", slice(10, 30))
    assert status(mask="mask.png") == {"PAINTED"}
    assert status() == {"PAINTED"}


# --- Many ---


def test_one_mask_is_for_all(folder):
    jobs.paint_files("in", "style.png", "plain", QUILT)
    jobs.paint_files("in", "style.png", "painted", QUILT, mask="mask.png")
    for name in ("a.png", "b.png"):
        assert_masked(f"painted/{name}", f"plain/{name}", f"in/{name}")


def test_each_content_has_the_mask_of_its_name(folder):
    (folder / "masks").mkdir()
    write_mask("masks/a.tif", slice(0, 10))
    write_mask("masks/b.png", slice(30, 40))
    write_mask("masks/c.png")
    jobs.paint_files("in", "style.png", "plain", QUILT)
    for mask in ("masks", "masks/*"):
        jobs.paint_files("in", "style.png", "painted", QUILT, mask=mask)
        assert_masked("painted/a.png", "plain/a.png", "in/a.png", slice(0, 10))
        assert_masked("painted/b.png", "plain/b.png", "in/b.png", slice(30, 40))


def test_mask_of_another_aspect_fails_that_picture_alone(folder):
    (folder / "masks").mkdir()
    write_mask("masks/a.png", size=(40, 36))
    write_mask("masks/b.png")
    found = jobs.paint_files("in", "style.png", "painted", QUILT, mask="masks")
    assert [each.status.name for each in found] == ["FAILED", "PAINTED"]
    assert found[0].sentence == (
        "mask must have the photograph's aspect, 40x36 or any size like it. "
        "Received: mask=masks/a.png, 36x40"
    )
    assert not (folder / "painted" / "a.png").exists()


# --- What is refused before anything is painted ---


def refused(sentence, content="in", output="painted", **mask):
    with pytest.raises(ValueError, match=sentence):
        jobs.paint_files(content, "style.png", output, QUILT, **mask)


def test_masks_that_cannot_be_are_one_sentence_each(folder):
    (folder / "masks").mkdir()
    write_mask("masks/a.png")
    refused("for each content's name|a picture of each .* none for b.png", mask="masks")
    write_mask("masks/b.png")
    write_mask("masks/b.tif")
    refused("mask must hold one picture of each name; .* b.png, b.tif", mask="masks")
    refused("mask must be an image file.* Received: mask=none.png", mask="none.png")
    refused("mask must be the path of a file or folder", mask="")
    write_mask("black.png", slice(0, 0))
    refused("mask must be white or grey .* Received: mask=black.png", mask="black.png")
    assert not (folder / "painted").exists()


def test_picture_that_tiles_has_no_mask():
    config = gatys.Config(**{**vars(GATYS), "tileable": True})
    with pytest.raises(ValueError, match="mask must be none where the result tiles: .*tileable=Tr"):
        jobs.paint_files("in", "style.png", "painted", config, mask="mask.png")
    assert not pathlib.Path("painted").exists()


def test_mask_by_a_pipe_is_for_one_picture():
    os.mkfifo("pipe")
    refused("mask must be a file where there are several contents: .* mask=pipe", mask="pipe")


def test_texture_of_nothing_has_no_mask():
    config = quilting.Config(size="50x42", block_size=8)
    with pytest.raises(ValueError, match="mask must be none where there is no content"):
        jobs.paint_file(None, "style.png", "more.png", config, mask="mask.png")


def test_output_replaces_no_mask():
    with pytest.raises(ValueError, match="output must not replace an input"):
        jobs.paint_file("in/a.png", "style.png", "mask.png", QUILT, mask="mask.png")


def test_pair_can_be_sent_elsewhere(folder):
    (pair,) = pairs.resolve("in/a.png", "out.png", mask="mask.png")
    assert pickle.loads(pickle.dumps(pair)).mask == pair.mask
