"""`tfstyle swap` from the shell, with a small network in the place of VGG19."""

import hashlib
import json

import numpy as np
import pytest
from drawn_maps import halves
from numpy.testing import assert_array_equal
from samples import picture

from tfstyle import image, regions
from tfstyle.cli import app
from tfstyle.methods.style_swap import method as style_swap
from tfstyle.networks import inverse_net


@pytest.fixture(autouse=True)
def folder(shallow_encoder, tmp_path, monkeypatch):
    """A working folder with pictures and an inverse network of six channels."""
    monkeypatch.chdir(tmp_path)
    build = style_swap.perceptual.build
    monkeypatch.setattr(
        style_swap.perceptual, "build", lambda config, _: build(config, shallow_encoder)
    )
    inverse_net.pack(inverse_net.InverseNet(channels=6, width=4), tmp_path / "net.npz")
    (tmp_path / "in").mkdir()
    for name in ("a", "b"):
        image.write(tmp_path / "in" / f"{name}.png", picture(30, 40, seed=1))
    image.write(tmp_path / "style.png", picture(36, 44, seed=2))
    return tmp_path


def swap(*flags, content="in/a.png", output="out.png"):
    files = [f"--content={content}", "--style=style.png", f"--output={output}"]
    settings = ["--model=net.npz", "--size=48", "--precision=float32"]
    return app.main(["swap", *files, *settings, *flags])


def test_picture_and_record_are_written(folder, capsys):
    assert swap() == 0
    assert image.read("out.png").shape == (1, 36, 48, 3)
    record = json.loads((folder / "out.json").read_text("utf-8"))
    assert record["command"] == "swap"
    assert record["outcome"] == "swapped and decoded in one pass"
    assert record["weights"]["inverse"] == "net.npz"
    assert "levels" not in record
    assert "swapped and decoded" in capsys.readouterr().out


def test_pixels_can_be_optimised_instead(folder):
    assert swap("--decode=optimize", "--steps=2", "--quiet") == 0
    record = json.loads((folder / "out.json").read_text("utf-8"))
    assert record["steps"] == 2
    assert set(record["losses"][0]) >= {"total", "content", "total_variation", "range"}


def test_folder_goes_on_past_a_broken_file_and_leaves_what_is_there(folder):
    (folder / "in" / "c.png").write_bytes(b"no picture")
    assert swap("--quiet", content="in", output="painted") == 1
    before = (folder / "painted" / "a.png").stat().st_mtime_ns
    (folder / "painted" / "b.png").unlink()
    assert swap("--quiet", "--skip_existing", content="in", output="painted") == 1
    assert (folder / "painted" / "a.png").stat().st_mtime_ns == before
    assert (folder / "painted" / "b.png").exists()


@pytest.mark.parametrize(
    "flags, message",
    [
        (["--layer=relu9_1"], "layer must be one of"),
        (["--pooling=average"], "pooling must be max, which the inverse network was trained for"),
        (["--resume", "--checkpoint=state"], "need decode=optimize"),
        (["--strength=2"], "strength must be from 0 to 1"),
        (["--save_every=2"], "save_every must be 0 where"),
        (["--model=nothing"], "model must be inverse, inverse_white or the path of a trained one"),
    ],
)
def test_what_cannot_be_is_one_sentence(folder, capsys, flags, message):
    assert swap("--quiet", *flags) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
    assert not (folder / "out.png").exists()


def test_same_picture_twice(folder):
    assert swap("--quiet") == 0 == swap("--quiet", output="again.png")
    assert np.array_equal(image.read("out.png"), image.read("again.png"))


# --- Prepared styles ---


def prepare(*flags, style="style.png", output="bank.npz"):
    settings = ["--size=48", "--precision=float32"]
    return app.main(["prepare", f"--style={style}", f"--output={output}", *settings, *flags])


def test_prepared_style_gives_the_same_picture(folder, capsys):
    assert prepare() == 0
    assert capsys.readouterr().out == "bank.npz  prepared\n"
    assert swap("--quiet", "--style=bank.npz") == 0 == swap("--quiet", output="of_picture.png")
    assert np.array_equal(image.read("out.png"), image.read("of_picture.png"))


def test_prepared_style_may_be_named_in_capitals(folder):
    assert prepare(output="BANK.NPZ") == 0 == swap("--quiet", "--style=BANK.NPZ")


def test_prepared_style_replaces_no_input(folder, capsys):
    """A picture may be called anything."""
    (folder / "style.png").rename("style.npz")
    before = (folder / "style.npz").read_bytes()
    assert prepare(style="style.npz", output="style.npz") == 2
    assert "output must not replace an input. Received: output=" in capsys.readouterr().err
    assert (folder / "style.npz").read_bytes() == before


def test_record_has_the_digest_of_a_prepared_style(folder):
    assert prepare("--quiet") == 0 == swap("--quiet", "--style=bank.npz")
    _, style = json.loads((folder / "out.json").read_text("utf-8"))["inputs"]
    digest = hashlib.sha256((folder / "bank.npz").read_bytes()).hexdigest()
    assert style == {"path": "bank.npz", "width": None, "height": None, "sha256": digest}


def test_resuming_knows_a_prepared_style_by_its_digest(folder, capsys):
    """A folder that was painted is painted anew with another style of the same name."""
    flags = ["--style=bank.npz", "--decode=optimize", "--steps=1", "--checkpoint=state"]
    paint = lambda *more: swap(*flags, *more, content="in", output="painted")  # noqa: E731
    assert prepare("--quiet") == 0 == paint("--quiet")
    assert paint("--resume") == 0
    assert capsys.readouterr().out.count("skipped") == 2
    assert prepare("--quiet", style="in/a.png") == 0 == paint("--resume")
    assert "skipped" not in capsys.readouterr().out


def test_prepared_styles_are_blended(folder):
    assert prepare("--quiet") == 0 == prepare("--quiet", style="in/a.png", output="other.npz")
    both = ["--style=bank.npz,other.npz", "--quiet"]
    assert swap(*both, "--style_blend=1,0") == 0
    assert swap("--quiet", "--style=bank.npz", output="alone.png") == 0
    assert np.array_equal(image.read("out.png"), image.read("alone.png"))
    assert swap(*both, "--style_blend=0.5,0.5") == 0
    assert not np.array_equal(image.read("out.png"), image.read("alone.png"))


@pytest.mark.parametrize(
    "flags, message",
    [
        (["--output=bank.png"], "output must end in .npz. Received: output=bank.png"),
        (["--output=none/bank.npz"], "output must lie in an existing folder"),
        (["--style=none.png"], "style must be an image file"),
        (["--patch_stride=4"], "patch_stride must be at most patch_size"),
        (["--strength=2"], "strength must be from 0 to 1"),
        (["--whiten=false", "--components=8"], "components does nothing but with --whiten"),
        (["--steps=8"], "unknown flag --steps"),
    ],
)
def test_what_cannot_be_prepared_is_one_sentence(folder, capsys, flags, message):
    assert prepare(*flags) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
    assert not (folder / "bank.npz").exists()


def test_prepared_style_of_other_settings_is_refused(folder, capsys):
    assert prepare("--quiet", "--patch_size=2") == 0
    assert swap("--style=bank.npz") == 2
    assert "patch_size must be 2, as the style was prepared" in capsys.readouterr().err


def test_other_methods_and_other_files_are_refused(folder, capsys):
    (folder / "bank.npz").write_bytes(b"no archive")
    assert swap("--style=bank.npz") == 2
    assert "style must be a prepared style, and bank.npz is damaged" in capsys.readouterr().err
    paths = ["--content=in/a.png", "--style=bank.npz", "--output=out.png"]
    assert app.main(["gatys", *paths]) == 2
    assert "style must be a picture for gatys; swap takes prepared" in capsys.readouterr().err


# --- Regions ---


def test_regions_have_styles_of_their_own_and_stand_in_the_record(folder):
    image.write("map.png", halves(30, 40))
    image.write("other.png", picture(36, 44, seed=3))
    flags = ["--style=style.png,other.png", "--content_regions=map.png", "--quiet"]
    assert swap(*flags) == 0
    record = json.loads((folder / "out.json").read_text("utf-8"))
    assert [each["path"] for each in record["inputs"]] == [
        "in/a.png", "style.png", "other.png", "map.png"
    ]  # fmt: skip
    assert record["config"]["content_regions"] == "map.png"
    config = style_swap.Config(model="net.npz", size=48, precision="float32")
    drawn = regions.match(regions.from_colors(halves(30, 40)), styles=2)
    styles = [image.read("style.png"), image.read("other.png")]
    alone = style_swap.stylize(image.read("in/a.png"), styles, config, regions=drawn)
    image.write("alone.png", alone.image)
    assert_array_equal(image.read("out.png"), image.read("alone.png"))


def test_folder_has_a_folder_of_maps_of_its_names(folder):
    (folder / "maps").mkdir()
    image.write("style_map.png", halves(36, 44))
    image.write("maps/a.png", halves(30, 40))
    flags = ["--content_regions=maps", "--style_regions=style_map.png", "--quiet"]
    # There is no map for b.
    assert swap(*flags, content="in", output="painted") == 2
    assert not (folder / "painted").exists()
    image.write("maps/b.png", halves(30, 40))
    assert swap(*flags, content="in", output="painted") == 0
    assert (folder / "painted" / "a.png").exists()
    assert (folder / "painted" / "b.png").exists()


def test_record_without_regions_is_what_it_was(folder):
    assert swap("--quiet") == 0
    record = json.loads((folder / "out.json").read_text("utf-8"))
    assert not [name for name in record["config"] if name.endswith("_regions")]


@pytest.mark.parametrize(
    "flags, message",
    [
        (["--style_regions=map.png"], "content_regions must name the content's map"),
        (["--content_regions=map.png"], "as many pictures as content_regions has regions"),
        (["--content_regions=gone.png"], "content_regions must"),
        (
            ["--content_regions=map.png", "--style_regions=map.png", "--style_blend=1"],
            "style_blend must be none where each region has one style alone",
        ),
    ],
)
def test_regions_that_cannot_be_are_told_in_a_sentence(folder, capsys, flags, message):
    image.write("map.png", halves(30, 40))
    image.write("style.png", picture(33, 44, seed=2))
    assert swap(*flags) == 2
    assert message in capsys.readouterr().err
    assert not (folder / "out.png").exists()
