import json

import cli_stub
import pytest
from cli_stub import files, gatys, sentence

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
