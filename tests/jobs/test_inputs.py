import os
import re

import cli_stub
import pytest
from cli_stub import files, gatys, save_picture, sentence

method, folder = cli_stub.method, cli_stub.folder  # Fixtures.

TOO_LONG = f"{'a' * 300}.png"
"""A name that no file system in use takes."""


def test_several_styles_and_commas_in_paths(method, folder):
    save_picture("sea,storm.png")
    assert gatys(style="style.png,sea,storm.png") == 0
    assert len(method.calls[0][1]) == 2


def test_spaces_around_a_style_are_its_names_where_a_file_has_them(method, folder):
    save_picture("sea.png")
    os.rename("sea.png", " sea .png ")
    assert gatys(style=" sea .png ") == 0
    assert gatys(style="style.png, sea .png ") == 0
    assert gatys(style=" style.png , in.png") == 0
    assert [len(call[1]) for call in method.calls] == [1, 2, 2]


@pytest.mark.parametrize("style", ["great_wave", "style.png,udnie", "the_scream:0.5,udnie:0.5"])
def test_a_trained_style_s_name_is_told_from_a_picture(style, method, folder, capsys):
    assert gatys(style=style) == 2
    assert "a picture's path; a trained style's name is for tfstyle apply. Rec" in sentence(capsys)
    assert method.calls == []


def test_a_lone_content_may_go_into_a_folder(method, folder):
    (folder / "results").mkdir()
    assert gatys(output="results") == 0
    assert "results/in.png" in files(folder)


def test_paths_that_are_not_utf_8_are_no_obstacle(method, folder, capsys):
    name = os.fsdecode(b"out\xff.png")
    assert gatys(output=name) == 0
    assert capsys.readouterr().out.startswith(r"out\udcff.png  ")


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
        {"content": TOO_LONG},
        {"style": TOO_LONG},
        {"style": f"style.png,{TOO_LONG}"},
        {"output": TOO_LONG},
        {"content": "[is]*.png", "output": TOO_LONG.removesuffix(".png")},
    ],
)
def test_bad_paths_are_refused_before_anything_is_written(paths, method, folder, capsys):
    assert gatys(**paths) == 2
    assert re.match(r"tfstyle gatys: .+ Received: ", sentence(capsys))
    assert files(folder) == ["in.png", "style.png"]
    assert method.calls == []


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        ({"content": "loop.png"}, "loop"),
        ({"style": "loop.png"}, "loop"),
        ({"output": "loop.png"}, "output must not be a link that leads back to itself; remove it."),
        ({"content": "[is]*.png", "output": "loop"}, "output must be a folder"),
    ],
)
def test_links_that_lead_back_to_themselves_are_refused(paths, message, method, folder, capsys):
    for name in ("loop", "loop.png"):
        (folder / name).symlink_to(name)
    assert gatys(**paths) == 2
    assert message in sentence(capsys)
    assert method.calls == []


def test_a_link_beside_the_output_that_leads_to_itself_is_no_obstacle(method, folder):
    (folder / "out_step00004.png").symlink_to("out_step00004.png")
    assert gatys("--save_every=2") == 0


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


def test_contents_of_one_name_are_refused(method, folder, capsys):
    save_picture("in.jpg")
    assert gatys(content="in.*", output="results") == 2
    assert "rename one of in.jpg and in.png" in sentence(capsys)


def test_a_file_with_brackets_is_no_pattern(method, folder):
    save_picture("photo[1].png")
    assert gatys(content="photo[1].png") == 0


@pytest.mark.parametrize(("checkpoint", "file"), [("in.png", "in.png"), ("in.png/state", "in.png")])
def test_a_checkpoint_that_is_a_file_is_refused_at_once(checkpoint, file, method, folder, capsys):
    assert gatys(f"--checkpoint={checkpoint}") == 2
    assert sentence(capsys) == (
        f"tfstyle gatys: checkpoint must be a folder, and {file} is a file; choose another. "
        f"Received: checkpoint={checkpoint}\n"
    )
    assert method.calls == []


@pytest.mark.parametrize("flag", ["start", "checkpoint"])
def test_a_name_too_long_for_a_flag_is_refused_by_its_name(flag, method, folder, capsys):
    assert gatys(f"--{flag}={TOO_LONG}") == 2
    assert re.match(rf"tfstyle gatys: {flag} must .+ Received: {flag}=aaa", sentence(capsys))
    assert method.calls == []


def test_of_many_checkpoints_a_file_is_refused_before_any_is_painted(method, folder, capsys):
    (folder / "state").mkdir()
    (folder / "state" / "style").write_bytes(b"")
    assert gatys("--checkpoint=state", content="[is]*.png", output="results") == 2
    assert "state/style is a file" in sentence(capsys)
    assert method.calls == []


def test_a_checkpoint_where_nobody_may_write_is_refused(method, folder, monkeypatch, capsys):
    monkeypatch.setattr(os, "access", lambda path, mode: str(path) != "locked")
    (folder / "locked").mkdir()
    assert gatys("--checkpoint=locked/state") == 2
    assert "change the permissions of locked" in sentence(capsys)
