import json
from pathlib import Path

import cli_stub
import pytest
from cli_stub import files, gatys, save_picture, sentence

from tfstyle.jobs import outputs

method, folder = cli_stub.method, cli_stub.folder  # Fixtures.


# --- The record ---


@pytest.mark.parametrize("text", ['{"name": "app"}', "[1]", "{}", "", "no JSON"])
def test_a_json_file_of_another_program_is_not_replaced(text, method, folder, capsys):
    (folder / "package.json").write_text(text, encoding="utf-8")
    assert gatys(output="package.png") == 2
    assert sentence(capsys) == (
        "tfstyle gatys: output's record would replace package.json, which tfstyle did not write; "
        "rename one of them. Received: output=package.png\n"
    )
    assert method.calls == []
    assert (folder / "package.json").read_text(encoding="utf-8") == text
    assert files(folder) == ["in.png", "package.json", "style.png"]


def test_a_folder_in_the_record_s_place_is_refused(method, folder):
    (folder / "out.json").mkdir()
    assert gatys() == 2
    assert method.calls == []


def test_of_many_records_one_in_the_way_stops_all(method, folder, capsys):
    (folder / "results").mkdir()
    (folder / "results" / "style.json").write_text("{}", encoding="utf-8")
    assert gatys(content="[is]*.png", output="results") == 2
    assert "would replace results/style.json" in sentence(capsys)
    assert method.calls == []
    assert files(folder) == ["in.png", "results/style.json", "style.png"]


def test_an_earlier_record_is_replaced(method, folder):
    assert gatys("--size=16") == 0
    assert gatys("--size=32") == 0
    record = json.loads((folder / "out.json").read_text(encoding="utf-8"))
    assert record["config"]["size"] == 32


# --- Snapshots ---


@pytest.mark.parametrize("role", ["content", "style", "start"])
def test_a_snapshot_never_replaces_an_input(role, method, folder, capsys):
    save_picture("out_step00002.png")
    before = (folder / "out_step00002.png").read_bytes()
    paths = {role: "out_step00002.png"} if role != "start" else {}
    flags = ["--start=out_step00002.png"] if role == "start" else []
    assert gatys("--save_every=2", *flags, **paths) == 2
    assert sentence(capsys) == (
        "tfstyle gatys: save_every's snapshots must replace neither an input nor an output; "
        "rename out_step00002.png. Received: save_every=2\n"
    )
    assert method.calls == []
    assert (folder / "out_step00002.png").read_bytes() == before


def test_a_snapshot_never_replaces_an_input_through_a_link(method, folder):
    (folder / "out_step00002.png").symlink_to("in.png")
    assert gatys("--save_every=2") == 2
    assert method.calls == []


@pytest.mark.parametrize("present", [True, False])
def test_a_snapshot_never_replaces_an_output(present, method, folder, capsys):
    (folder / "photos").mkdir()
    for name in ("photos/a.png", "photos/a_step00002.png"):
        save_picture(name)
    if present:
        (folder / "results").mkdir()
    assert gatys("--save_every=2", content="photos", output="results") == 2
    assert "rename results/a_step00002.png." in sentence(capsys)
    assert method.calls == []


@pytest.mark.parametrize("every", [0, 3])
def test_steps_without_a_snapshot_clash_with_nothing(every, method, folder):
    save_picture("out_step00002.png")
    assert gatys(f"--save_every={every}", style="out_step00002.png") == 0


def test_earlier_snapshots_are_replaced(method, folder):
    save_picture("out_step00002.png")
    before = (folder / "out_step00002.png").read_bytes()
    assert gatys("--save_every=2") == 0
    assert (folder / "out_step00002.png").read_bytes() != before


@pytest.mark.parametrize("step", [1, 99_999, 100_000, 12_345_678])
def test_a_snapshot_is_known_by_its_name(step):
    output = Path("results/my_step00001.v2.png")
    assert outputs.snapshot_of(outputs.snapshot_path(output, step), 1) == output


@pytest.mark.parametrize(
    "name", ["out.png", "out_step1.png", "out_step000001.png", "out_step00001a.png", "_step00001"]
)
def test_other_names_are_no_snapshots(name):
    assert outputs.snapshot_of(Path(name), 1) is None


# --- Names ---


@pytest.mark.parametrize(
    ("output", "flags", "refused"),
    [
        ("a" * 251 + ".tif", [], "a" * 251 + ".json"),
        ("a" * 250 + ".png", ["--save_every=2"], "a" * 250 + "_step00002.png"),
    ],
)
def test_names_beside_the_output_must_fit_too(output, flags, refused, method, folder, capsys):
    assert gatys(*flags, output=output) == 2
    assert sentence(capsys) == (
        f"tfstyle gatys: output must have a shorter name: the file system refuses {refused}. "
        f"Received: output={output}\n"
    )
    assert method.calls == []


def test_the_longest_name_whose_record_fits_is_written(method, folder):
    assert gatys(output="a" * 250 + ".png") == 0
    assert "a" * 250 + ".json" in files(folder)


@pytest.mark.parametrize("present", [True, False])
def test_of_many_outputs_one_name_too_long_stops_all(present, method, folder):
    save_picture("i" * 251 + ".png")
    if present:
        (folder / "results").mkdir()
    assert gatys(content="i*.png", output="results") == 2
    assert method.calls == []
