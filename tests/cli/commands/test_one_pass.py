"""The commands of one pass and of training, from a command line to files and status."""

import hashlib
import importlib
import json

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose
from samples import STYLES, picture

from tfstyle import image
from tfstyle.cli import app
from tfstyle.networks import pretrained


@pytest.fixture(scope="module")
def model(stylizer, tmp_path_factory):
    """The stylizer, packed."""
    path = tmp_path_factory.mktemp("model") / "pair.npz"
    pretrained.pack(stylizer, path)
    return path


@pytest.fixture
def photo(tmp_path):
    image.write(tmp_path / "photo.png", picture(30, 41, seed=5))
    return tmp_path / "photo.png"


def apply(model, content, output, *extra, style="wave"):
    flags = [f"--model={model}", f"--content={content}", f"--output={output}", f"--style={style}"]
    return app.main(["apply", "--precision=float32", *flags, *extra])


# --- styles ---


def test_styles_are_listed_with_their_works(model, capsys):
    model.with_suffix(".json").write_text(json.dumps({"styles": {"wave": "Hokusai, 1831"}}))
    assert app.main(["styles", f"--model={model}"]) == 0
    assert capsys.readouterr().out.splitlines() == ["wave    Hokusai, 1831", "scream"]


def test_other_shipped_models_are_told_of(capsys):
    assert app.main(["styles", "--model=slim"]) == 0
    _, others = capsys.readouterr().out.splitlines()
    assert others == "Other models, by --model: masters, starry_night"


def test_sheet_shows_the_photograph_in_every_style(model, photo, tmp_path):
    flags = [f"--model={model}", f"--content={photo}", f"--sheet={tmp_path / 'sheet.png'}"]
    assert app.main(["styles", "--precision=float32", *flags]) == 0
    drawn = image.read(tmp_path / "sheet.png")
    stylizer = pretrained.load(model)
    for column, style in enumerate(STYLES):
        cell = drawn[:, :30, column * 41 : (column + 1) * 41]
        assert_allclose(cell, stylizer(image.read(photo), style=style), atol=0.51 / 255)


def test_sheet_without_a_photograph_takes_the_package_s_own(model, tmp_path):
    flags = [f"--model={model}", f"--sheet={tmp_path / 'sheet.png'}"]
    assert app.main(["styles", "--size=40", *flags]) == 0
    assert image.read(tmp_path / "sheet.png").shape[2] == 2 * 40


@pytest.mark.parametrize("replaced", ["photo", "model"])
def test_sheet_replaces_no_input(model, photo, tmp_path, capsys, replaced):
    photo = tmp_path / "photo.png"
    own = tmp_path / "own.npz"
    own.write_bytes(model.read_bytes())
    sheet = tmp_path / "sheet.png"
    sheet.symlink_to(photo if replaced == "photo" else own)
    assert app.main(["styles", f"--model={own}", f"--content={photo}", f"--sheet={sheet}"]) == 2
    assert "sheet must not replace an input. Received: sheet=" in capsys.readouterr().err
    assert own.read_bytes() == model.read_bytes()
    assert image.read(photo).shape == (1, 30, 41, 3)


# --- apply ---


def test_apply_writes_the_pastiche_and_its_record(model, photo, tmp_path, capsys):
    assert apply(model, photo, tmp_path / "out.png", style="wave:1,scream:3") == 0
    written = image.read(tmp_path / "out.png")
    expected = pretrained.load(model)(image.read(photo), style={"wave": 0.25, "scream": 0.75})
    assert_allclose(written, expected, atol=0.51 / 255)
    record = json.loads((tmp_path / "out.json").read_text())
    assert record["command"] == "apply"
    assert record["weights"] == {
        "name": str(model),
        "sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
        "style": "wave:1,scream:3",
    }
    assert str(tmp_path / "out.png") in capsys.readouterr().out


def test_apply_fits_the_size(model, photo, tmp_path):
    assert apply(model, photo, tmp_path / "out.png", "--size=20", "--quiet") == 0
    assert image.read(tmp_path / "out.png").shape == (1, 15, 20, 3)


def test_broken_file_of_a_folder_does_not_stop_the_rest(model, photo, tmp_path, capsys):
    (tmp_path / "in").mkdir()
    photo.rename(tmp_path / "in" / "photo.png")
    (tmp_path / "in" / "broken.png").write_bytes(b"no picture")
    assert apply(model, tmp_path / "in", tmp_path / "painted") == 1
    assert (tmp_path / "painted" / "photo.png").exists()
    assert not (tmp_path / "painted" / "broken.png").exists()
    assert "broken.png" in capsys.readouterr().err


def test_existing_outputs_can_be_skipped(model, photo, tmp_path):
    assert apply(model, photo, tmp_path / "out.png") == 0
    before = (tmp_path / "out.png").stat().st_mtime_ns
    assert apply(model, photo, tmp_path / "out.png", "--skip_existing", style="scream") == 0
    assert (tmp_path / "out.png").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("style", "message"),
    [
        ("scraem", "Did you mean scream"),
        ("wave:much", "style must be a name, or names with shares"),
        ("wave:0", "not all 0"),
    ],
)
def test_style_that_cannot_be_is_one_sentence(model, photo, tmp_path, capsys, style, message):
    assert apply(model, photo, tmp_path / "out.png", style=style) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize("command", ["apply", "video"])
def test_picture_as_style_is_answered_with_who_takes_one(model, photo, tmp_path, capsys, command):
    flags = [f"--model={model}", f"--style={photo}", f"--output={tmp_path / 'painted'}"]
    (tmp_path / "painted").mkdir()
    what = f"--content={photo}" if command == "apply" else f"--input={tmp_path / '*.png'}"
    assert app.main([command, what, *flags]) == 2
    assert capsys.readouterr().err == (
        f"tfstyle {command}: style must be a trained style's name for apply, and gatys and swap "
        f"take pictures. Received: style={photo}\n"
    )


@pytest.mark.parametrize(
    ("style", "shares"),
    [
        ("Kandinsky, Composition VII", [1, 0]),
        ("Night 23:00", [0, 1]),
        ("Night 23:00:0.25,Kandinsky, Composition VII:0.75", [0.75, 0.25]),
    ],
)
def test_names_with_commas_and_colons(stylizer, photo, tmp_path, style, shares):
    names = ("Kandinsky, Composition VII", "Night 23:00")
    named = type(stylizer)(names, width=4, residual_blocks=1)
    named.set_weights(stylizer.get_weights())
    pretrained.pack(named, tmp_path / "named.npz")
    assert apply(tmp_path / "named.npz", photo, tmp_path / "out.png", style=style) == 0
    expected = pretrained.load(tmp_path / "named.npz")(
        image.read(photo), style=np.array(shares, np.float32)
    )
    assert_allclose(image.read(tmp_path / "out.png"), expected, atol=0.51 / 255)


@pytest.mark.parametrize("command", ["train", "train_inverse"])
def test_style_that_is_missing_is_told_by_its_flag(tmp_path, capsys, command):
    model = tmp_path / "model"
    assert app.main([command, "--photos=no", "--styles=mine.jpg", f"--model={model}"]) == 2
    assert "Received: styles=mine.jpg" in capsys.readouterr().err
    assert not model.exists()


def test_model_that_is_none_is_one_sentence(photo, tmp_path, capsys):
    assert apply("mastres", photo, tmp_path / "out.png") == 2
    assert "model must be" in capsys.readouterr().err


# --- The stylizers' files ---


def test_packed_weights_are_within_float16(model, stylizer):
    pairs = zip(pretrained.load(model).get_weights(), stylizer.get_weights(), strict=True)
    for packed, weight in pairs:
        assert_allclose(packed, weight, rtol=1e-3, atol=1e-6)


def test_file_of_something_else_is_refused(tmp_path):
    keras.Sequential([keras.Input([3]), keras.layers.Dense(1)]).save(tmp_path / "other.keras")
    with pytest.raises(ValueError, match="model must be a stylizer"):
        pretrained.load(tmp_path / "other.keras")


@pytest.mark.parametrize("content", ["empty", "archive"])
def test_other_archive_is_refused(tmp_path, content):
    path = tmp_path / "other.npz"
    np.savez(path, a=np.ones(3)) if content == "archive" else path.write_bytes(b"PK")
    with pytest.raises(ValueError, match="model must be a packed stylizer"):
        pretrained.load(path)


# --- export ---


def test_export_writes_a_saved_model(model, tmp_path, capsys):
    assert app.main(["export", f"--model={model}", f"--output={tmp_path / 'served' / '1'}"]) == 0
    assert (tmp_path / "served" / "1" / "saved_model.pb").exists()
    assert app.main(["export", f"--model={model}", f"--output={tmp_path / 'served' / '1'}"]) == 2
    assert "must not exist yet" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(("name", "output"), [("onnx", "A.ONNX"), ("litert", "a.tflite")])
def test_export_writes_one_file_in_other_formats(name, output, model, tmp_path, capsys):
    flags = [f"--model={model}", f"--format={name}", "--style=wave"]
    assert app.main(["export", *flags, f"--output={tmp_path / output}"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == [output]
    assert app.main(["export", *flags, f"--output={tmp_path / 'a'}"]) == 2
    assert "output must end in" in capsys.readouterr().err


# --- train, train_inverse ---


@pytest.mark.parametrize("command", ["train", "train_inverse"])
def test_training_needs_its_flags_and_photographs(command, tmp_path, capsys):
    assert app.main([command, "--photos=x", "--styles=y"]) == 2
    assert "model must be given" in capsys.readouterr().err
    image.write(tmp_path / "style.png", picture(30, 41, seed=5))
    flags = [f"--photos={tmp_path}", f"--styles={tmp_path / 'style.png'}"]
    assert app.main([command, *flags, f"--model={tmp_path / 'model'}"]) == 2
    assert "at least 4 photographs" in capsys.readouterr().err
    assert not (tmp_path / "model").exists()


def test_crop_without_a_whole_patch_is_one_sentence(capsys):
    flags = ["--photos=x", "--styles=y", "--model=z", "--layer=relu5_1", "--crop=32"]
    assert app.main(["train_inverse", *flags]) == 2
    assert "crop must be at least 48 pixels" in capsys.readouterr().err


@pytest.mark.parametrize(("command", "use"), [("train", "apply"), ("train_inverse", "swap")])
def test_training_ends_with_what_to_do_next(command, use, tmp_path, monkeypatch, capsys):
    method = importlib.import_module(app.COMMANDS[command].module)
    trained = []
    monkeypatch.setattr(method, "train", lambda *args, **kwargs: trained.append(args))
    image.write(tmp_path / "a.png", picture(30, 41, seed=5))
    image.write(tmp_path / "b.png", picture(41, 30, seed=6))
    styles = f"--styles={tmp_path / 'a.png'},{tmp_path / 'b.png'}"
    assert app.main([command, "--photos=p", styles, "--model=m", "--steps=7"]) == 0
    photos, pictures, model, config = trained[0]
    assert (photos, model, list(pictures), config.steps) == ("p", "m", ["a", "b"], 7)
    assert f"tfstyle {use} --model=m" in capsys.readouterr().out
