"""Outputs that cannot be written are refused before anything is painted, and every input read."""

import os

import cli_stub
import pytest
from cli_stub import files, gatys, save_picture, sentence

from tfstyle.export import savedmodel
from tfstyle.export.config import Config as ExportConfig
from tfstyle.jobs import record
from tfstyle.jobs.video import checks
from tfstyle.jobs.video.job import VideoJob
from tfstyle.system import destinations
from tfstyle.training import stylizer

method, folder = cli_stub.method, cli_stub.folder  # Fixtures.


@pytest.fixture
def links(folder):
    """Links that lead into a folder that is missing, to a file that is, and to themselves."""
    for suffix in ("", ".png", ".json", ".mp4", ".onnx"):
        (folder / f"far{suffix}").symlink_to(f"missing/there{suffix}")
        (folder / f"near{suffix}").symlink_to(f"there{suffix}")
        (folder / f"loop{suffix}").symlink_to(f"loop{suffix}")
    return folder


@pytest.fixture
def locked(folder, monkeypatch):
    """A folder that may not be written to, also for who may write everywhere, and a link there."""
    (folder / "locked").mkdir()
    for suffix in (".png", ".mp4"):
        (folder / "locked" / f"a{suffix}").touch()
        (folder / f"inside{suffix}").symlink_to(f"locked/a{suffix}")
    access = os.access
    monkeypatch.setattr(
        os,
        "access",
        lambda path, mode: os.path.basename(path) != "locked" and access(path, mode),
    )
    return folder


# --- Pictures ---


@pytest.mark.parametrize("name", ["far", "near", "loop"])
def test_link_that_leads_nowhere(name, method, links, capsys):
    before = files(links)
    assert gatys(output=f"{name}.png") == 2
    assert "output must not be a link that leads" in sentence(capsys)
    assert gatys(content="[is]*.png", output=name) == 2
    assert "output must be a folder" in sentence(capsys)
    assert method.calls == [] and files(links) == before


@pytest.mark.parametrize("name", ["far", "near", "loop"])
@pytest.mark.parametrize("kind", ["output", "record"])
def test_one_of_many_that_cannot_be_written_is_refused_before_the_first(
    name, kind, method, links, capsys
):
    (links / "results").mkdir()
    suffix = ".png" if kind == "output" else ".json"
    (links / "results" / f"style{suffix}").symlink_to(f"../{name}{suffix}")
    assert gatys(content="[is]*.png", output="results") == 2
    assert "link that leads" in sentence(capsys)
    assert method.calls == []


def test_folder_in_an_output_s_place(method, folder, capsys):
    for name in ("out.png/x", "results/style.png", "records/style.json"):
        (folder / name).mkdir(parents=True)
    for paths, message in (
        ({"content": "[is]*.png", "output": "results"}, "output must be a file name, not a folder"),
        ({"content": "[is]*.png", "output": "records"}, "output's record would replace"),
        (
            {"content": "[is]*.png", "output": "out_%d_%d.png"},
            "output must have one number's place",
        ),
        ({"content": "[is]*.png", "output": "out_%d.psd"}, "output must end in one of"),
    ):
        assert gatys(**paths) == 2
        assert message in sentence(capsys)
    assert method.calls == []


@pytest.mark.parametrize("output", ["locked/out.png", "inside.png"])
def test_folder_that_may_not_be_written_to(output, method, locked, capsys):
    assert gatys(output=output) == 2
    assert "output must lie in a folder that you may write to" in sentence(capsys)
    assert method.calls == []


def test_neighbour_of_a_folder_to_be_is_no_obstacle(method, folder):
    (folder / "results.png").mkdir()
    assert gatys(content="[is]*.png", output="results") == 0
    assert "results/in.png" in files(folder)


def test_link_to_a_picture_is_painted_where_it_leads(method, folder):
    (folder / "there").mkdir()
    save_picture("there/out.png")
    (folder / "out.png").symlink_to("there/out.png")
    before = (folder / "there" / "out.png").read_bytes()
    assert gatys() == 0
    assert (folder / "out.png").is_symlink()
    assert (folder / "there" / "out.png").read_bytes() != before


@pytest.mark.filterwarnings("default:numbers are missing")
def test_pictures_may_be_numbered(method, folder):
    (folder / "in").mkdir()
    for number in (2, 3, 10):
        save_picture(f"in/f_{number}.png")
    assert gatys(content="in/f_%d.png", output="out_%03d.png") == 0
    assert [name for name in files(folder) if name.startswith("out") and "png" in name] == [
        "out_001.png",
        "out_002.png",
        "out_003.png",
    ]


@pytest.mark.filterwarnings("default:numbers are missing")
def test_gaps_in_numbers_are_said(method, folder, capsys):
    for number in (2, 3, 10):
        save_picture(f"f_{number}.png")
    assert gatys(content="f_%d.png", output="out_%d.png") == 0
    message = capsys.readouterr().err
    assert "numbers are missing, 6 in all and the first after f_3.png" in message
    assert "the results are numbered without gaps" in message


@pytest.mark.filterwarnings("default:numbers are missing")
def test_a_numbered_result_of_another_picture_is_not_taken_for_ones_own(method, folder, capsys):
    for number in (1, 2, 4):
        save_picture(f"f_{number}.png")
    assert gatys(content="f_%d.png", output="out_%d.png") == 0
    # A frame that was rendered later than those behind it: out_3 is still of f_4.
    save_picture("f_3.png")
    capsys.readouterr()
    assert gatys("--skip_existing", content="f_%d.png", output="out_%d.png") == 0
    shown = capsys.readouterr().out
    assert [place for place in (1, 2, 3, 4) if f"out_{place}.png  " in shown] == [3, 4]
    assert [record.names(record.read(f"out_{place}.png"))[0] for place in (3, 4)] == [
        "f_3.png",
        "f_4.png",
    ]
    # Without its record, a picture is whatever its name says.
    (folder / "out_4.json").unlink()
    assert gatys("--skip_existing", content="f_%d.png", output="out_%d.png") == 0
    assert "skipped: 4 that are there" in capsys.readouterr().out


# --- Clips ---


def refusal_of(**options):
    job = VideoJob(input="in.mp4", style="wave", **options)
    with pytest.raises(ValueError) as raised:
        checks.check(job, [])
    return str(raised.value)


@pytest.mark.parametrize("name", ["far", "near", "loop"])
def test_clip_by_a_link_that_leads_nowhere(name, links):
    assert "output must not be a link that leads" in refusal_of(output=f"{name}.mp4")
    assert "output must be a folder for pictures" in refusal_of(output=name)
    assert "output must be a folder for pictures" in refusal_of(output=f"{name}/f_%d.png")
    strip = refusal_of(output="out.mp4", strip=f"{name}.png")
    assert "strip must not be a link that leads" in strip
    (links / "out.json").symlink_to(f"{name}.json")
    assert "output's record, out.json, must not be a link" in refusal_of(output="out.mp4")


@pytest.mark.parametrize(
    "output", ["locked/out.mp4", "inside.mp4", "locked/out", "locked", "locked/f_%d.png"]
)
def test_clip_in_a_folder_that_may_not_be_written_to(output, locked):
    assert "output must lie in a folder that you may write to" in refusal_of(output=output)


def test_clip_in_a_folder_s_place(folder):
    (folder / "out.mp4").mkdir()
    assert "output must be a file name, not a folder" in refusal_of(output="out.mp4")


# --- Exports and trainings ---


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("far", "output must not exist yet"),
        ("loop", "output must not exist yet"),
        ("far/1", "output must be a folder, and far is a link that leads nowhere"),
        ("in.png/1", "output must be a folder, and in.png is a file"),
        ("locked/served/1", "output must lie in a folder that you may write to"),
    ],
)
def test_export(output, message, links, locked, monkeypatch):
    monkeypatch.setattr(savedmodel, "_export_stylizer", lambda *_: pytest.fail("not refused"))
    with pytest.raises(ValueError, match=message):
        savedmodel.export(output, ExportConfig())


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("far", "model must be a folder, and far is a link that leads nowhere"),
        ("near/x/y", "model must be a folder, and near is a link that leads nowhere"),
        ("in.png", "model must be a folder, and in.png is a file"),
        ("locked", "model must lie in a folder that you may write to"),
        ("locked/model", "model must lie in a folder that you may write to"),
    ],
)
def test_training(model, message, links, locked):
    with pytest.raises(ValueError, match=message):
        stylizer.train("nowhere", {}, model)


@pytest.mark.parametrize("path", [".", "new", "new/below", "in [1]"])
def test_folder_that_can_be_made(path, folder):
    assert destinations.why_no_folder(path) == ""
