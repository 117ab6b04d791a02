"""A fuzzer of command lines: each is done, or refused in one sentence with nothing written."""

import dataclasses
import os
import pathlib
import random
import shutil
import typing

import numpy as np
import pytest
from samples import picture

from tfstyle import image, web
from tfstyle.cli import app, process, values
from tfstyle.export import onnx_litert, savedmodel
from tfstyle.methods import analogies, feed_forward, gatys, quilting, style_swap, video
from tfstyle.methods.video import painters
from tfstyle.networks import inverse_net, pretrained, vgg19_files
from tfstyle.networks.stylizers import transform_net
from tfstyle.result import Level, Loss, Progress, Result
from tfstyle.training import inverse as inverse_training
from tfstyle.training import loop
from tfstyle.training import stylizer as stylizer_training

SEED = int(os.environ.get("TFSTYLE_FUZZ_SEED", "1"))

LINES = 300

COMMANDS = [name for name in app.COMMANDS if name != "completion"]

PATHS = {
    "content": ["in.png", "photos", "photos/*.png", "~/in.png", "a, b.png"],
    "style": ["style.png", "style.png,in.png", "~/style.png", "a, b.png,~/style.png"],
    "output": ["out.png", "out.jpg", "painted", "~/out.png", "new/out.png", "out:1.png"],
    "input": ["photos", "photos/*.png"],
    "target": ["in.png", "photos"],
    "texture": ["style.png", "style.png,in.png"],
    "filtered": ["style.png"],
    "source": ["in.png", "none"],
    "photos": ["photos", "photos/*.png"],
    "styles": ["style.png", "style.png,in.png"],
    "checkpoint": ["state", "~/state"],
    "sheet": ["sheet.png"],
    "strip": ["strip.png"],
    "model": ["masters", "slim"],
    "start": ["content", "noise", "style.png"],
    "vgg_weights": ["auto", "imagenet"],
    "layer": ["relu3_1", "block3_conv1"],
    "size": ["none", "16", "64"],
    "levels": ["auto", "1", "2"],
}
"""What a flag may be given."""

STYLES = ["great_wave", "udnie:0.3,the_kiss", "the_scream:1", "udnie,udnie:2", "udnie:-1"]

OUTPUTS = {
    "train": {"model": ["trained", "new/trained", "~/trained"]},
    "train_inverse": {"model": ["trained", "~/trained"], "start": ["inverse", "none"]},
    "export": {"output": ["served/1", "out.onnx", "out.tflite"], "style": STYLES},
    "prepare": {"output": ["bank.npz", "~/bank.npz"], "style": ["style.png", "style.png,in.png"]},
    "apply": {"style": STYLES},
    "video": {"output": ["out.mp4", "frames", "out.webm"], "style": [*STYLES, "style.png"]},
}
"""The same, where a command means something else."""

NUMBERS = ["0", "1", "2", "3", "0.5", "16", "17", "32", "64", "1e-3"]

HOSTILE = [
    *("", " ", ",", ",,", "a,,b", "a,a", "none", "-1", "nan", "inf", "-inf", "1e400", "9" * 400),
    *(
        "0x10",
        "1_0",
        "٣",
        "True",
        "~",
        "~/",
        "~nobody.there/x",
        "//no",
        ".",
        "..",
        "a\nb",
        "\x1b[31m",
    ),
    *(
        "a:b",
        "a:1:2",
        "great_wave:",
        ":0.5",
        "é" * 200,
        "x" * 300,
        "*",
        "[",
        "in.png/x",
        "/dev/null",
    ),
    *("no/such.png", "photos/", "in.png,", "udnie:nan", "udnie:1e999", "\udcff.png", "-", "--"),
]
"""What a flag had better not be given."""

STRAYS = [
    *(
        "extra.png",
        "--nonsense=1",
        "--",
        "-",
        "---size=3",
        "--=3",
        "--flagfile=in.png",
        "--flagfile",
    ),
    *("--undefok=size", "--helpxml", "--helpshort", "--noquiet", "--quiet=maybe", "--noquiet=1"),
    *("--SIZE=3", "--size", "-size=64", "--help", "-h", "--version", "", " ", "ё", "\udcff"),
]
"""Words beside the flags."""


# --- What is quick instead of the networks ---


def paint(content, *_, callback=None, **__):
    """Stands in for every method: a grey picture after one step."""
    grey = np.full([1, 8, 12, 3], 0.5, np.float32)
    loss = Loss(1, 1, 0.1, {"total": 1.0})
    if callback:
        callback(Progress(0, 1, (8, 12), 1, 1, 1, 1, loss, grey.copy))
    return Result(grey)


def write(path):
    savedmodel._check_output(pathlib.Path(path), "savedmodel")
    pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(path).touch()


class Trained:
    """Stands in for what is trained, and for its network."""

    FILE_NAME = "trained.keras"

    def __init__(self, *_):
        pass

    def network(self):
        return self

    def save(self, path):
        pathlib.Path(path).touch()


@pytest.fixture
def quick(monkeypatch, tmp_path, tiny_encoder):
    """Everything but the work itself: it is done at once, and files appear all the same."""
    names = tuple(pretrained.works("masters"))
    stylizer = transform_net.Stylizer(names, width=1, residual_blocks=0)

    def load(model="masters", precision="float32"):
        pretrained.find(model)
        return stylizer

    def painter(styles, config, method):
        if isinstance(styles, str):
            load(method.model).shares(styles)
        return painters.OnePass(lambda frame: image.as_image(frame, "frame"), config, 16)

    monkeypatch.setattr(pretrained, "load", load)
    monkeypatch.setattr(feed_forward, "load", load)
    for room in (gatys, style_swap, quilting, analogies):
        monkeypatch.setattr(room, "stylize", paint)
    monkeypatch.setattr(style_swap, "prepare", lambda *_: None)
    monkeypatch.setattr(style_swap, "save_style", lambda _, path: pathlib.Path(path).touch())
    monkeypatch.setattr(quilting, "synthesize", paint)
    for room in (gatys, style_swap):
        monkeypatch.setattr(room, "plan", lambda size, config: (Level((8, 12), 1),))
    monkeypatch.setattr(video, "painter", painter)
    weights = tmp_path / "weights.h5"
    weights.touch()
    monkeypatch.setattr(vgg19_files, "_find_cached", lambda: weights)
    monkeypatch.setattr(loop.vgg19, "build", lambda *_, **__: tiny_encoder)
    monkeypatch.setattr(loop.vgg19_weights, "load", lambda name: None)
    monkeypatch.setattr(loop, "equip", lambda trainer, config: trainer)
    monkeypatch.setattr(loop, "_fit", lambda *_: None)
    monkeypatch.setattr(stylizer_training, "StylizerTrainer", Trained)
    monkeypatch.setattr(inverse_training, "InverseTrainer", Trained)
    monkeypatch.setattr(inverse_training, "_new", lambda *_: None)
    monkeypatch.setattr(inverse_training, "_begun", lambda start, _: inverse_net.find(start))
    monkeypatch.setattr(stylizer_training, "_stylizer", lambda *_: stylizer)
    monkeypatch.setattr(inverse_net, "load", lambda model, precision: inverse_net.find(model))
    monkeypatch.setattr(savedmodel, "save_swap", lambda net, path, **_: write(path))
    monkeypatch.setattr(savedmodel, "save", lambda net, path, style=None, **_: write(path))
    # A page stays open until somebody ends it.
    monkeypatch.setattr(web, "serve", lambda config, tell: None, raising=False)
    for name in ("save_onnx", "save_litert"):
        monkeypatch.setattr(onnx_litert, name, lambda net, path, *_: write(path))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder, which is the home too."""
    folder = tmp_path / "home"
    (folder / "photos").mkdir(parents=True)
    for number in range(5):
        image.write(folder / "photos" / f"{number}.png", picture(40, 48, number))
    for name in ("in.png", "style.png", "a, b.png"):
        image.write(folder / name, picture(32, 40, 1))
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(folder))
    return folder


# --- The lines ---


def fields_of(draw, command):
    """The command's fields by name, with the types that they declare."""
    runner = process.load(app.COMMANDS[command].runner)
    method = draw.choice(["apply", "gatys", "swap"])
    words = [f"--method={method}"] * (command == "video")
    groups = app.flag_groups(command, runner, words)
    found = {}
    for group in groups:
        hints = typing.get_type_hints(group)
        for field in dataclasses.fields(group):
            found.setdefault(field.name, (field, hints[field.name]))
    return found, words


def sound_value(draw, command, field, hint):
    """A value that the flag may well take."""
    kind, _ = values.unwrap(hint)
    choices = field.metadata["choices"] or OUTPUTS.get(command, {}).get(field.name)
    choices = choices or PATHS.get(field.name)
    if choices:
        return draw.choice(choices)
    if typing.get_origin(kind) is tuple:
        return ",".join(draw.choices([*NUMBERS, "relu1_1", "relu3_1"], k=draw.randint(1, 3)))
    return draw.choice(NUMBERS)


def line(draw):
    """The words of a command line."""
    command = draw.choice(COMMANDS)
    fields, words = fields_of(draw, command)
    required = [name for name, (field, _) in fields.items() if field.default == ""]
    others = sorted(set(fields) - {"show", "method"})
    optional = draw.sample(others, min(draw.randint(0, 3), len(others)))
    for name in [*required, *optional]:
        field, hint = fields[name]
        is_odd = draw.random() < (0.06 if name in required else 0.3)
        if is_odd and draw.random() < 0.1:
            continue
        value = draw.choice(HOSTILE) if is_odd else sound_value(draw, command, field, hint)
        if hint is bool:
            words.append(draw.choice([f"--{name}", f"--no{name}", f"--{name}={value}"]))
        elif draw.random() < 0.9:
            words.append(f"{draw.choice(['--', '--', '-'])}{name}={value}")
        else:
            words += [f"--{name}", value]
    if draw.random() < 0.15:
        words.insert(draw.randint(0, len(words)), draw.choice(STRAYS))
    return [command, *words]


def present(folder):
    """What lies in the folder, with the bytes of files."""
    return {
        path: path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))
    }


def restore(folder, before):
    for path in sorted(folder.rglob("*"), reverse=True):
        if path not in before:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path, data in before.items():
        if data is not None and path.read_bytes() != data:
            path.write_bytes(data)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_300_lines_are_done_or_refused_in_one_sentence(quick, folder, capsys):
    """300 lines: no traceback, no half-done work, and all that is refused leaves no trace."""
    draw = random.Random(SEED)
    before, statuses = present(folder), []
    for _ in range(LINES):
        words = line(draw)
        status = app.main(words)
        out, err = capsys.readouterr()
        statuses.append(status)
        assert status in (process.DONE, process.BAD_INPUT), (words, out, err)
        assert all(one.isprintable() for one in err.splitlines()), (words, err)
        if status == process.BAD_INPUT:
            sentence, nothing = (out, err) if app.JSON_WORDS.intersection(words) else (err, out)
            assert nothing == "", words
            assert sentence.startswith(("tfstyle", '{"command": ')), (words, sentence)
            assert sentence.count("\n") == 1, (words, sentence)
            assert present(folder) == before, (words, err)
        restore(folder, before)
    # Else all would be refused for one reason, and nothing else be tried.
    assert statuses.count(process.DONE) > LINES / 10
