"""`tfstyle swap` from the shell, with a small network in the place of VGG19."""

import json

import numpy as np
import pytest
from samples import picture

from tfstyle import image
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
        (["--model=nothing"], "model must be inverse or the path of a trained one"),
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
