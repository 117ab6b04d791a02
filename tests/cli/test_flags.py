import cli_stub
import pytest
from cli_stub import Config, files, gatys, sentence

method, folder = cli_stub.method, cli_stub.folder  # Fixtures.


@pytest.mark.parametrize(
    ("flag", "expected"),
    [
        ("--size=64", {"size": 64}),
        ("--size=none", {"size": None}),
        ("--weight=1e3", {"weight": 1000.0}),
        ("--layers=a, b,c", {"layers": ("a", "b", "c")}),
        ("--layers=", {"layers": ()}),
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
    ],
)
def test_bad_flags_are_refused_in_one_sentence(flag, message, method, folder, capsys):
    assert gatys(flag) == 2
    assert sentence(capsys) == f"tfstyle gatys: {message}\n"
    assert files(folder) == ["in.png", "style.png"]
