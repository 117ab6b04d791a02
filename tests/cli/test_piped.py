"""`-` as content and as output, in processes whose streams are pipes, files and terminals."""

import io
import os
import pty
import shlex
import subprocess
import sys

import cli_stub
import numpy as np
import pytest
from cli_stub import gatys
from PIL import Image

from tfstyle import image
from tfstyle.cli import app
from tfstyle.result import Interrupted

method = cli_stub.method  # A fixture.

TFSTYLE = f"{shlex.quote(sys.executable)} -m tfstyle"

QUILT = "quilt --texture=style.png --block_size=8 --seed=3 --size=36"
"""A command that needs no network."""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with a photograph and a texture."""
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(0)
    for name, size in (("in.png", [24, 36, 3]), ("style.png", [32, 32, 3])):
        image.write(name, random.random([1, *size], np.float32))
    return tmp_path


def shell(line, **more):
    done = subprocess.run(["bash", "-c", line], capture_output=True, **more)
    return done.returncode, done.stdout, done.stderr.decode()


def picture(contents):
    return np.asarray(Image.open(io.BytesIO(contents)).convert("RGB"))


def test_picture_comes_and_goes_by_pipes_as_by_files(folder):
    assert app.main([*shlex.split(QUILT), "--content=in.png", "--output=out.png", "--quiet"]) == 0
    line = f"cat in.png | {TFSTYLE} {QUILT} --content=- --output=- | cat"
    status, out, err = shell(line)
    assert status == 0
    # Byte for byte, and nothing else is written there.
    assert out == (folder / "out.png").read_bytes()
    assert err.splitlines()[-1].startswith("standard output  ")
    assert sorted(path.name for path in folder.iterdir()) == [
        "in.png",
        "out.json",
        "out.png",
        "style.png",
    ]


@pytest.mark.parametrize(
    ("flag", "kind"), [("", "PNG"), ("--format=jpeg", "JPEG"), ("--format=webp", "WEBP")]
)
def test_format_is_png_unless_a_flag_says_otherwise(folder, flag, kind):
    line = f"{TFSTYLE} {QUILT} --content=- --output=- --quiet {flag} < in.png"
    status, out, err = shell(line)
    assert (status, err) == (0, "")
    assert Image.open(io.BytesIO(out)).format == kind


@pytest.mark.parametrize("flag", ["texture", "content"])
def test_any_picture_may_come_by_standard_input(folder, flag):
    others = {"texture": "style.png", "content": "in.png"}
    words = " ".join(f"--{name}={'-' if name == flag else path}" for name, path in others.items())
    more = "--block_size=8 --size=36 --output=out.png --quiet"
    assert shell(f"{TFSTYLE} quilt {words} {more} < {others[flag]}")[0] == 0
    assert image.read("out.png").shape == (1, 24, 36, 3)


def test_mask_may_come_by_standard_input(folder):
    white = np.zeros([1, 24, 36, 3], np.float32)
    white[:, :, :20] = 1
    image.write("mask.png", white)
    words = "--content=in.png --mask=- --output=out.png --quiet"
    assert shell(f"{TFSTYLE} {QUILT} {words} < mask.png")[0] == 0
    outside = image.read("out.png")[:, :, 20:]
    assert np.array_equal(outside, image.read("in.png")[:, :, 20:])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("--content=- --texture=- --output=out.png < in.png", "standard input can be read once"),
        ("--content=. --texture=in.png --output=- | cat", "output must be a folder, as content"),
        (
            "--content=in.png --texture=in.png --output=- --skip_existing | cat",
            "skip_existing does",
        ),
        ("--content=in.png --texture=in.png --output=o.png --format=png", "format does nothing"),
        ("--content=- --texture=style.png --output=o.png < /dev/null", "this one is empty"),
    ],
)
def test_what_makes_no_sense_is_refused(folder, words, sentence):
    status, out, err = shell(f"set -o pipefail; {TFSTYLE} quilt {words}")
    assert (status, out) == (2, b"")
    assert sentence in err and err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "flag"),
    [("--content=in.png --output=-", "output"), ("--content=- --output=out.png", "content")],
)
def test_terminals_are_refused(folder, words, flag):
    master, slave = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "tfstyle", *shlex.split(f"{QUILT} {words}")],
        stdin=slave,
        stdout=slave,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(slave)
    os.close(master)
    assert done.returncode == 2
    assert done.stderr.startswith(f"tfstyle quilt: {flag} must ")
    assert "is a terminal" in done.stderr


def test_reader_who_has_gone_is_no_error(folder):
    line = f"{TFSTYLE} {QUILT} --content=in.png --output=- --quiet | true; echo ${{PIPESTATUS[0]}}"
    status, out, err = shell(line)
    assert (out, err) in [(b"141\n", ""), (b"0\n", "")]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_full_disk_behind_the_output_is_told(folder):
    line = f"{TFSTYLE} {QUILT} --content=in.png --output=- --quiet > /dev/full"
    status, _, err = shell(line)
    assert (status, err) == (
        2,
        "tfstyle quilt: standard output takes no more: No space left on device\n",
    )


def test_interrupted_picture_goes_to_standard_output(method, folder, capfdbinary):
    def interrupt(content):
        raise Interrupted(method.result("interrupted at step 1"))

    method.during = interrupt
    assert gatys("--quiet", output="-") == 130
    out, err = capfdbinary.readouterr()
    assert picture(out).shape == (4, 6, 3)
    assert err == (b"tfstyle gatys: interrupted; the best picture so far is in standard output\n")


@pytest.mark.parametrize(
    ("words", "closed", "stream"),
    [
        ("--content=in.png --output=-", ">&-", "standard output is closed"),
        ("--content=- --output=out.png", "<&-", "standard input is closed"),
    ],
)
def test_closed_stream_is_no_place_for_a_picture(folder, words, closed, stream):
    status, _, err = shell(f"{TFSTYLE} {QUILT} {words} {closed}")
    assert (status, err.count("\n")) == (2, 1)
    assert stream in err


def test_problem_stays_off_the_picture_s_stream_when_the_flag_is_two_words(folder):
    status, out, err = shell(f"{TFSTYLE} {QUILT} --content=in.png --output - --json")
    assert (status, out) == (2, b"")
    assert "json does nothing" in err


@pytest.mark.parametrize(
    "words", ["video --input=in.png --style=udnie --size=32", "export --model=slim"]
)
def test_what_is_no_picture_does_not_go_to_standard_output(folder, capfd, words):
    assert app.main([*words.split(), "--output=-"]) == 2
    assert "output must be a path" in capfd.readouterr().err
    # Neither a file nor a folder of that name.
    assert not (folder / "-").exists()
