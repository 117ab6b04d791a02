import dataclasses
import os

import cli_stub
import pytest
from cli_stub import Config, files, gatys, save_picture, sentence

from tfstyle import settings
from tfstyle.cli import app, values
from tfstyle.cli import flags as parser

method, folder = cli_stub.method, cli_stub.folder  # Fixtures.


@pytest.mark.parametrize(
    ("flag", "expected"),
    [
        ("--size=64", {"size": 64}),
        ("--size=none", {"size": None}),
        ("--weight=1e3", {"weight": 1000.0}),
        ("--layers=a, b,c", {"layers": ("a", "b", "c")}),
        ("--shares=1,0.5", {"shares": (1.0, 0.5)}),
        ("--shares=none", {"shares": None}),
        ("--nomirror", {"mirror": False}),
        ("--mirror=false", {"mirror": False}),
    ],
)
def test_flags_become_config(flag, expected, method, folder):
    assert gatys(flag) == 0
    assert method.calls[0][2] == Config(**expected)


@pytest.mark.parametrize(
    ("flag", "message"),
    [
        ("--sise=64", "unknown flag --sise. Did you mean --size? See: tfstyle gatys --help"),
        ("--zzzzzz", "unknown flag --zzzzzz. See: tfstyle gatys --help"),
        ("--size=big", "size must be a whole number or none. Received: size=big"),
        ("--size=", "size must be a whole number or none. Received: size="),
        ("--weight=heavy", "weight must be a number. Received: weight=heavy"),
        ("--shares=1,x", "shares must be a number. Received: shares=x"),
        ("--size=4", "size must be from 16 to 8192 pixels. Received: size=4"),
        (
            f"--size={'9' * 400}",
            f"size must be from 16 to 8192 pixels. Received: size={'9' * 400}",
        ),
        ("--weight=nan", "weight must be at least 0. Received: weight=nan"),
        ("--guarded=-1", "guarded must be at least 0 units. Received: guarded=-1.0"),
        (
            "--guarded=1e13",
            "guarded must be from 0 to 1e12 units. Received: guarded=10000000000000.0",
        ),
        ("--rate=0", "rate must be from 1e-6 to 1. Received: rate=0.0"),
        ("--pooling=men", "pooling must be one of average, max. Received: pooling=men"),
        ("--save_every=-1", "save_every must be at least 0 steps. Received: save_every=-1"),
        ("--resume", "resume needs the folder of the run, as --checkpoint=FOLDER."),
        ("--size", "Missing value for flag --size"),
        (
            "extra.png",
            "flags are written --name=value, and patterns in quotes. Received: extra.png",
        ),
        ("--content=", "content must be given, as --content=PATH."),
        ("--layers=", "layers must not be empty. Received: layers="),
        ("--checkpoint=", "checkpoint must not be empty. Received: checkpoint="),
        ("--start= ", "start must not be empty. Received: start="),
        (
            "--layers=,",
            "layers must have something before and behind each comma. Received: layers=,",
        ),
        (
            "--shares=1,,2",
            "shares must have something before and behind each comma. Received: shares=1,,2",
        ),
        ("--mirror=perhaps", "mirror must be true or false. Received: mirror=perhaps"),
        ("--flagfile=flags.txt", "unknown flag --flagfile. See: tfstyle gatys --help"),
        ("--undefok=sise", "unknown flag --undefok. See: tfstyle gatys --help"),
        ("-undefok", "unknown flag --undefok. See: tfstyle gatys --help"),
        ("--helpxml", "unknown flag --helpxml. See: tfstyle gatys --help"),
        (
            "--checkpoint=~nobody.there/state",
            "checkpoint must not begin with a home that there is not. "
            "Received: checkpoint=~nobody.there/state",
        ),
    ],
)
def test_bad_flags_are_refused_in_one_sentence(flag, message, method, folder, capsys):
    assert gatys(flag) == 2
    assert sentence(capsys) == f"tfstyle gatys: {message}\n"
    assert files(folder) == ["in.png", "style.png"]


# --- Homes ---


@pytest.fixture
def home(folder, monkeypatch):
    """The working folder, as the home of whoever runs this."""
    monkeypatch.setenv("HOME", str(folder))
    return folder


def test_homes_are_expanded_behind_the_equals_sign(method, home):
    save_picture("a.png")
    flags = ["--checkpoint=~/state", "--start=~/a.png"]
    paths = {"content": "~/in.png", "style": "~/style.png,~/a.png", "output": "~/out.png"}
    assert gatys(*flags, **paths) == 0
    ((_, styles, config, checkpoint, _),) = method.calls
    assert len(styles) == 2
    assert (config.start, checkpoint) == (f"{home}/a.png", f"{home}/state")
    assert "out.png" in files(home)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("~", "/home/me"),
        ("~/a.png", "/home/me/a.png"),
        ("~/a.png, ~/b.png", "/home/me/a.png, /home/me/b.png"),
        ("a~/b.png", "a~/b.png"),
        ("in/~/b.png", "in/~/b.png"),
        ("~$draft.png", "~$draft.png"),
        ("a.png,b~c.png", "a.png,b~c.png"),
        ("~root/a.png", f"{os.path.expanduser('~root')}/a.png"),
    ],
)
def test_home_stands_only_where_a_path_begins(written, expected, monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    assert values.expand_home("style", written) == expected


def test_folder_of_such_a_name_is_one(folder):
    (folder / "~nobody.there").mkdir()
    assert values.expand_home("style", "~nobody.there/a.png") == "~nobody.there/a.png"


# --- Flags that do nothing ---


@dataclasses.dataclass(frozen=True)
class Fields:
    """Fields that depend on others, of this class or another."""

    source: str | None = settings.setting(None, "A path.")
    optimizer: str = settings.setting("lbfgs", "How.", choices=("adam", "lbfgs", "muon"))
    rate: float = settings.setting(0.5, "How fast.", only_with="optimizer=adam|muon")
    sharpness: int = settings.setting(1, "How sharp.", only_with="source")
    blur: int = settings.setting(1, "How blurred.", only_with="source=none")
    other: int = settings.setting(1, "Another's.", only_with="elsewhere")


@pytest.mark.parametrize(
    ("arguments", "unused"),
    [
        ([], {"rate": "--optimizer=adam or muon", "sharpness": "--source"}),
        (["--optimizer=muon"], {"sharpness": "--source"}),
        (
            ["--source=a"],
            {"rate": "--optimizer=adam or muon", "blur": "--source=none"},
        ),
    ],
)
def test_fields_that_do_nothing(arguments, unused):
    groups = parser.parse("tfstyle", arguments, [Fields]).groups
    assert parser.unused_fields(groups) == unused
    for name in unused:
        with pytest.raises(ValueError, match=f"^{name} does nothing but with {unused[name]}; "):
            parser.parse("tfstyle", [*arguments, f"--{name}=1"], [Fields])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["gatys", "--learning_rate=0.1"], "learning_rate does nothing but with --optimizer=adam"),
        (["gatys", "--optimizer=adam", "--history=5"], "history does nothing but with"),
        (
            ["gatys", "--levels=1", "--coarse_steps=5"],
            "coarse_steps does nothing but with several --levels",
        ),
        (["gatys", "--start=swap", "--coarse_steps=5"], "coarse_steps does nothing but with"),
        (["gatys", "--size=255", "--coarse_steps=5"], "coarse_steps does nothing but with"),
        (["swap", "--steps=5"], "steps does nothing but with --decode=optimize"),
        (["quilt", "--passes=2", "--texture=style.png"], "passes does nothing but with --content"),
        (
            ["analogy", "--source=in.png", "--filtered=style.png", "--target=in.png", "--blur=1"],
            "unknown flag --blur",
        ),
        (
            ["analogy", "--source=a", "--filtered=b", "--target=c", "--smoothing=1"],
            "smoothing does nothing but with --source=none",
        ),
        (["export", "--vgg_weights=auto"], "vgg_weights does nothing but with --method=swap"),
        (["export", "--whiten=false"], "whiten does nothing but with --method=swap"),
        (["styles", "--content=in.png"], "content does nothing but with --sheet"),
        (["styles", "--size=64"], "size does nothing but with --sheet"),
        (["video", "--stabilize=0", "--cut=0.5"], "cut does nothing but with --stabilize above 0"),
        (["video", "--method=gatys", "--stabilize=0.5"], "stabilize does nothing but with"),
        (["video", "--output=frames", "--crf=3"], "crf does nothing but with a video as --output"),
        (["video", "--rate=3"], "rate does nothing but with pictures as --input"),
    ],
)
def test_flags_that_do_nothing_are_refused(words, message, folder, capsys):
    command, *given = words
    usual = {
        "video": ["--input=in.png", "--style=udnie", "--output=out.mp4"],
        "styles": [],
        "export": ["--output=served"],
    }
    paths = usual.get(command, ["--output=out.png"])
    if command in ("gatys", "swap"):
        paths = [*paths, "--content=in.png", "--style=style.png"]
    assert app.main([command, *paths, *given]) == 2
    assert sentence(capsys).startswith(f"tfstyle {command}: {message}")
    assert files(folder) == ["in.png", "style.png"]


@pytest.mark.parametrize(
    ("style", "message"),
    [
        (",", "style must have a path beside each comma. Received: style=,"),
        ("style.png,", "style must have a path beside each comma. Received: style=style.png,"),
        ("a,,b", "style must have a path beside each comma. Received: style=a,,b"),
        (
            "style.png,./style.png",
            "style must name each picture once. Received: style=style.png,./style.png",
        ),
    ],
)
def test_empty_and_doubled_pictures_are_refused(style, message, method, folder, capsys):
    assert gatys(style=style) == 2
    assert sentence(capsys) == f"tfstyle gatys: {message}\n"
