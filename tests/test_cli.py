import dataclasses
import json
import os
import re
import signal
import subprocess
import sys
import types
import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tfstyle import cli, image, progress_bar, pyramid, settings
from tfstyle.result import Interrupted, LevelTrace, Loss, Progress, Result

SIZE = (4, 6)


@dataclasses.dataclass(frozen=True)
class Config:
    """One field of each type that a method may have."""

    size: int | None = settings.setting(
        512, "Longest side.", unit="pixels", minimum=16, maximum=8192
    )
    weight: float = settings.setting(100.0, "More manner.", minimum=0)
    layers: tuple[str, ...] = settings.setting(("relu1_1", "relu2_1"), "Layers compared.")
    shares: tuple[float, ...] | None = settings.setting(None, "One per style.", minimum=0)
    pooling: str = settings.setting("max", "Pooling.", choices=("average", "max"))
    start: str = settings.setting("noise", "First image.")
    mirror: bool = settings.setting(True, "Whether to mirror.")

    def __post_init__(self):
        settings.check(self)


class Method(types.ModuleType):
    """Stands in for a method's module: two steps, and a grey image of 4 x 6 pixels."""

    Config = Config
    STARTS = ("noise", "content", "style")

    def __init__(self):
        super().__init__("stub")
        self.calls = []

    def plan(self, content_size, config):
        return (pyramid.Level(SIZE, 2),)

    def stylize(self, content, styles, config, *, callback=None, checkpoint=None, resume=False):
        self.calls.append((content, styles, config, checkpoint, resume))
        for step in (1, 2):
            loss = Loss(step, step, 0.1, {"total": 3.0, "content": 1.0, "style": 2.0})
            callback(Progress(0, 1, SIZE, step, 2, step, step, loss, self.result().image.copy))
            self.during(content)
        return self.result()

    def during(self, content):
        """What a test lets happen at each step."""

    def result(self, outcome="step limit reached"):
        return Result(
            np.full([1, *SIZE, 3], 0.5, np.float32), (), (LevelTrace(SIZE, 2, 2),), outcome
        )


@pytest.fixture
def method(monkeypatch):
    stub = Method()
    monkeypatch.setitem(sys.modules, cli.COMMANDS["gatys"].module, stub)
    return stub


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with a content, `in.png`, and a style, `style.png`."""
    monkeypatch.chdir(tmp_path)
    save_picture("in.png")
    save_picture("style.png")
    return tmp_path


def save_picture(path, alpha=None):
    image.write(path, np.full([1, 8, 12, 3], 0.25, np.float32), alpha)


def gatys(*extra, content="in.png", style="style.png", output="out.png"):
    paths = [f"--content={content}", f"--style={style}", f"--output={output}"]
    return cli.main(["gatys", *paths, *extra])


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def sentence(capsys):
    """The one line that a refused call leaves, on stderr and nowhere else."""
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err


# --- Help ---


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_lists_the_commands(arguments, capsys):
    assert cli.main(arguments) == 0
    assert re.search(r"^  gatys  \w", capsys.readouterr().out, re.MULTILINE)


def test_version(capsys):
    assert cli.main(["--version"]) == 0
    assert re.fullmatch(r"tfstyle \d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_help_does_not_load_tensorflow():
    code = (
        "import sys; from tfstyle import cli; cli.main(['--help']); cli.main(['gatis']); "
        "sys.exit('tensorflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


def test_unknown_command_suggests_the_nearest():
    process = subprocess.run(
        [sys.executable, "-m", "tfstyle.cli", "gatis"], capture_output=True, text=True
    )
    assert (process.returncode, process.stdout) == (2, "")
    assert process.stderr == (
        "tfstyle: unknown command gatis. Did you mean gatys? See: tfstyle --help\n"
    )


def test_help_of_a_command_shows_every_flag(method, capsys):
    assert cli.main(["gatys", "--help"]) == 0
    out = capsys.readouterr().out
    for field in [*dataclasses.fields(cli.Files), *dataclasses.fields(Config)]:
        assert f"\n  --{field.name}=" in out
    assert "  --size=512\n      Longest side. From 16 to 8192 pixels or none.\n" in out
    assert "  --layers=relu1_1,relu2_1\n      Layers compared.\n" in out
    assert "  --shares=none\n      One per style. At least 0 or none.\n" in out
    assert "  --pooling=max\n      Pooling. One of average, max.\n" in out
    assert "  --mirror=true\n" in out


# --- Flags ---


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


# --- One picture ---


def test_a_picture_and_its_record_are_written(method, folder, capsys):
    assert gatys() == 0
    out, err = capsys.readouterr()
    assert re.fullmatch(r"out\.png  \d+\.\d s  step limit reached\n", out)
    assert err == "in.png, levels: 6x4 (2 steps)\n"
    assert image.read("out.png").shape == (1, *SIZE, 3)
    record = json.loads((folder / "out.json").read_text(encoding="utf-8"))
    assert [each["path"] for each in record["inputs"]] == ["in.png", "style.png"]
    assert files(folder) == ["in.png", "out.json", "out.png", "style.png"]


def test_quiet_says_nothing(method, folder, capsys):
    assert gatys("--quiet") == 0
    assert capsys.readouterr() == ("", "")


def test_snapshots_lie_beside_the_output(method, folder):
    assert gatys("--save_every=2") == 0
    assert "out_step00002.png" in files(folder)
    assert "out_step00001.png" not in files(folder)


def test_alpha_comes_back_at_the_size_of_the_result(method, folder):
    alpha = np.ones([8, 12], np.float32)
    alpha[:, :6] = 0
    save_picture("in.png", alpha)
    assert gatys() == 0
    result = image.read_picture("out.png").alpha
    assert result.shape == SIZE
    assert_allclose(result[:, [0, -1]], [[0, 1]] * 4, atol=0.01)


def test_checkpoint_and_resume_are_handed_on(method, folder):
    assert gatys("--checkpoint=state", "--resume") == 0
    assert method.calls[0][3:] == ("state", True)


def test_of_many_only_those_begun_are_resumed(method, folder):
    (folder / "state" / "in").mkdir(parents=True)
    (folder / "state" / "in" / "state.npz").write_bytes(b"")
    gatys("--checkpoint=state", "--resume", content="[is]*.png", output="results")
    assert [call[3:] for call in method.calls] == [("state/in", True), ("state/style", False)]


def test_paths_that_are_not_utf_8_are_no_obstacle(method, folder, capsys):
    name = os.fsdecode(b"out\xff.png")
    assert gatys(output=name) == 0
    assert capsys.readouterr().out.startswith(r"out\udcff.png  ")


def test_several_styles_and_commas_in_paths(method, folder):
    save_picture("sea,storm.png")
    assert gatys(style="style.png,sea,storm.png") == 0
    assert len(method.calls[0][1]) == 2


def test_a_start_picture_is_recorded(method, folder):
    save_picture("first.png")
    assert gatys("--start=first.png") == 0
    record = json.loads((folder / "out.json").read_text(encoding="utf-8"))
    assert record["inputs"][-1]["path"] == "first.png"


def test_a_lone_content_may_go_into_a_folder(method, folder):
    (folder / "results").mkdir()
    assert gatys(output="results") == 0
    assert "results/in.png" in files(folder)


@pytest.mark.parametrize(
    "paths",
    [
        {"content": "missing.png"},
        {"content": "*.gif"},
        {"style": "missing.png"},
        {"style": "."},
        {"output": "out.psd"},
        {"output": "missing/out.png"},
        {"output": "in.png"},
        {"output": "./style.png"},
        {"content": "[is]*.png", "output": "all.png"},
        {"content": "[is]*.png", "output": "."},
    ],
)
def test_bad_paths_are_refused_before_anything_is_written(paths, method, folder, capsys):
    assert gatys(**paths) == 2
    assert re.match(r"tfstyle gatys: .+ Received: ", sentence(capsys))
    assert files(folder) == ["in.png", "style.png"]
    assert method.calls == []


@pytest.mark.parametrize("error", [ValueError, OSError, MemoryError])
def test_errors_of_the_method_become_one_line(error, method, folder, capsys):
    def fail(*arguments, **options):
        raise error("two\nlines")

    method.stylize = fail
    assert gatys() == 2
    assert sentence(capsys) == "tfstyle gatys: two lines\n"
    assert files(folder) == ["in.png", "style.png"]


def test_warnings_become_one_line(method, folder, capsys):
    method.during = lambda content: warnings.warn("other weights", stacklevel=1)
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        assert gatys("--quiet") == 0
    assert "tfstyle gatys: other weights\n" in capsys.readouterr().err


# --- Many pictures ---


def test_a_folder_becomes_a_folder(method, folder, capsys):
    (folder / "photos").mkdir()
    for name in ("photos/b.jpg", "photos/a.png", "photos/.hidden.png"):
        save_picture(name)
    (folder / "photos" / "notes.txt").write_text("no picture", encoding="utf-8")
    assert gatys("--checkpoint=state", content="photos", output="results") == 0
    made = [name for name in files(folder) if name.startswith("results")]
    assert made == [f"results/{name}" for name in ("a.json", "a.png", "b.json", "b.png")]
    assert [call[3] for call in method.calls] == ["state/a", "state/b"]
    assert capsys.readouterr().out.count("\n") == 2


def test_a_failed_one_of_many_is_reported_and_the_rest_done(method, folder, capsys):
    (folder / "bad.png").write_bytes(b"no picture")
    assert gatys("--quiet", content="[bi]*.png", output="results") == 1
    assert sentence(capsys).startswith("tfstyle gatys: bad.png: ")
    assert "results/in.png" in files(folder)


def test_all_of_many_failing_is_bad_input(method, folder):
    for name in ("bad.png", "bed.png"):
        (folder / name).write_bytes(b"no picture")
    assert gatys(content="b*.png", output="results") == 2
    assert not (folder / "results").exists()


def test_contents_of_one_name_are_refused(method, folder, capsys):
    save_picture("in.jpg")
    assert gatys(content="in.*", output="results") == 2
    assert "rename one of in.jpg and in.png" in sentence(capsys)


def test_a_file_with_brackets_is_no_pattern(method, folder):
    save_picture("photo[1].png")
    assert gatys(content="photo[1].png") == 0


# --- Interruption ---


def test_ctrl_c_keeps_the_best_picture(method, folder, capsys):
    def interrupt(content):
        raise Interrupted(method.result("interrupted at step 1"))

    method.during = interrupt
    assert gatys("--quiet") == 130
    assert sentence(capsys) == ("tfstyle gatys: interrupted; the best picture so far is out.png\n")
    record = json.loads((folder / "out.json").read_text(encoding="utf-8"))
    assert record["outcome"] == "interrupted at step 1"
    assert (folder / "out.png").exists()


def test_ctrl_c_stops_the_rest_of_many(method, folder):
    def interrupt(content):
        raise Interrupted(method.result())

    method.during = interrupt
    assert gatys(content="[is]*.png", style="style.png", output="results") == 130
    assert len(method.calls) == 1


def test_sigterm_is_as_ctrl_c(method, folder, capsys):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    method.during = lambda content: os.kill(os.getpid(), signal.SIGTERM)
    assert gatys("--quiet") == 130
    assert sentence(capsys) == "tfstyle gatys: interrupted\n"
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


# --- What a terminal shows ---


def test_the_bar_draws_only_on_a_terminal(monkeypatch, capsys):
    levels = (pyramid.Level((2, 3), 10), pyramid.Level((4, 6), 5))
    loss = Loss(1, 2, 0.1, {"total": 3.0, "content": 1.0})
    progress = Progress(1, 2, (4, 6), 1, 5, 2, 11, loss, None)
    with progress_bar.show(levels) as report:
        report(progress)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress_bar.show(levels) as report:
        report(progress)
    err = capsys.readouterr().err
    assert all(
        part in err
        for part in ("level 2/2 6x4", "step 1/5, 2 evaluations", "left", "total 3, content 1")
    )


def test_work_counts_pixels_and_finished_levels():
    levels = (pyramid.Level((2, 3), 10), pyramid.Level((4, 6), 5))
    progress = Progress(1, 2, (4, 6), 2, 5, 2, 7, None, None)
    assert progress_bar.work(levels) == 10 * 6 + 5 * 24
    assert progress_bar.work_done(levels, progress) == 10 * 6 + 2 * 24


# --- The process ---


def test_descriptor_2_is_silent_only_inside(capfd):
    with cli.silent_descriptor():
        os.write(2, b"chatter")
    os.write(2, b"heard")
    assert capfd.readouterr().err == "heard"
